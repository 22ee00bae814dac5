//! A real Thunderbird finds a project's mail servers on our server, in its own window for new accounts.
#![cfg(all(feature = "server", target_os = "linux"))]

#[cfg(feature = "demo")]
mod account;
mod found;
mod marionette;
#[allow(dead_code)] // the program of the stories of operation, of which these use a part
#[path = "../server_operation/program.rs"]
mod program;
#[path = "../server_support/mod.rs"]
mod server_support;
mod stage;
mod thunderbird;
