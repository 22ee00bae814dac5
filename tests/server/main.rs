//! The server over HTTP and by its command line. Most stories are told on both databases.
#![cfg(feature = "server")]

mod api;
mod autoconfig;
mod cli;
#[path = "../server_support/client.rs"]
mod client;
#[path = "../server_support/computer.rs"]
mod computer;
mod contract;
mod diagnostics;
mod discovery;
mod faces;
mod guessing;
mod identity;
mod installers;
mod invitation;
#[cfg(unix)]
mod killed;
mod load;
mod mailings;
mod operation;
mod operators;
mod pages;
#[cfg(unix)]
mod password;
mod person;
mod protocol;
mod record;
#[path = "../protocol/recording.rs"]
mod recording;
mod refusals;
#[path = "../server_support/mod.rs"]
mod server_support;
mod signal;
#[cfg(unix)]
mod storage;
#[cfg(unix)]
mod upgrade;
mod wakes;
mod waves;
