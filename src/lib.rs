//! Mailshift points everyone's mail program at the new mailbox on the day an organisation's mail moves.
//!
//! # The map
//!
//! | room | what it is for |
//! |---|---|
//! | [`account`] | the mail account: servers, security, placeholders |
//! | [`code`] | the code a person types: alphabet, check character, grouping |
//! | [`schedule`] | when to ask, when to start, when to try again; `now` is an argument |
//! | [`protocol`] | what travels between agent and server |
//! | [`problem`] | the catalogue of response codes |
//! | [`secret`] | a text that never shows itself |
//! | [`installer_name`] | what the name of an installer says |
//! | [`i18n`] | which language somebody gets, and its words |
//! | `mail` | mail clients: find, plan, apply, prove, undo |
//! | `os` | what the operating system does for us: folders, autostart, notifications |
//! | `agent` | the program in the tray: state, windows, guardian |
//! | `server` | the program that tells the agents when |
//! | `fuzz` | every parser of foreign bytes as a function of bytes, for `make fuzz` and its tests |
//! | `demo` | real mail servers and a played person, for `make demo` and the tests |
//!
//! # Direction of dependencies
//!
//! `account code schedule protocol problem secret installer_name i18n` (pure: no clock, no files, no network) ← `mail os server` (adapters) ←
//! `agent`. Only this file and `Cargo.toml` know the features: the agent links no web server and no database, the
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
