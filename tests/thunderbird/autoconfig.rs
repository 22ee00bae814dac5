//! A real Thunderbird finds a project's mail servers on our server, in its own window for new accounts.

#[cfg(feature = "demo")]
mod account;
mod found;
mod marionette;
#[allow(dead_code)] // the program of the stories of operation, of which these use a part
#[path = "../server/operation/program.rs"]
mod program;
mod stage;
mod thunderbird;
