//! Mailshift points everyone's mail program at the new mailbox on the day an organisation's mail moves.
//!
//! # The map
//!
//! | room | what it is for |
//! |---|---|
//! | [`account`] | the mail account: servers, security, placeholders |
//! | [`code`] | the code a person types: alphabet, check character, grouping |
//! | `i18n` | words and times as people read them, for both programs |
//! | `installer_name` | the name of an installer that carries an activation code |
//! | [`schedule`] | when to ask, when to start, when to try again; `now` is an argument |
//! | [`protocol`] | what travels between agent and server |
//! | [`problem`] | the catalogue of response codes |
//! | [`secret`] | a text that never shows itself |
//! | `mail` | mail clients: find, plan, apply, prove, undo; a script on a thread of its own. `thunderbird` and `outlook` are one room for each, `client` is where they part ways |
//! | `os` | what the operating system does for us: folders, autostart, notifications; the only door to the environment |
//! | `agent` | the program in the tray |
//! | `server` | the program that tells the agents when |
//! | `fuzz` | every parser of foreign bytes as a function of bytes, for `make fuzz` and its tests |
//! | `demo` | real mail servers and a played person, for `make demo` and the tests |
//!
//! In `agent`: `facts` is what views are told, `connection` the server and the token, `window` what is open, `activation` how the
//! agent gets a project, `identity` who the person is, `set_up` and `undo` what is done to the mail program, `wizard` the four
//! pages, `tray` the menu.
//!
//! In `server`, each thing owns its operations, and the three faces only call them:
//!
//! | wing | what it is for |
//! |---|---|
//! | `dashboard` `api` `cli` | the operator's three faces: pages, programs with a token, the command line |
//! | `site` | what people without an account see: personal page, confirmations, downloads, autoconfig |
//! | `agents` | the calls of the agents, `/v1` |
//! | `directive` | what each agent is to do: decision, admission, lookup for thousands at once, who is woken |
//! | `projects` | projects and what is in them: settings, cutovers, waves, users, codes, identity, actions, alerts |
//! | `mailings` | invitations, reminders, their queue and what came back |
//! | `operators` | who may operate: accounts, sessions, second factors, tokens, the record |
//! | `operation` `name` | what an operator does, as one value; what operators call things |
//! | `installers` `discovery` `status` `load_test` | downloads, mail servers of a domain, how far everyone is, ten thousand played agents |
//! | `http` `db` | what every request passes; the database, its migrations, backups and notifications |
//!
//! # Direction of dependencies
//!
//! `account code i18n installer_name schedule protocol problem secret` (pure: no clock, no files, no network) ← `mail os server`
//! (adapters) ← `agent`. Only this file and `Cargo.toml` know the features: the agent links no web server and no database, the
//! server no window.

pub mod account;
pub mod code;
pub mod i18n;
pub mod installer_name;
pub mod problem;
pub mod protocol;
pub mod schedule;
pub mod secret;

#[cfg(feature = "agent")]
pub mod agent;
#[cfg(feature = "agent")]
pub mod mail;
#[cfg(feature = "agent")]
pub mod os;

#[cfg(feature = "server")]
pub mod server;

#[cfg(feature = "demo")]
pub mod demo;

#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
