//! The dashboard as an operator uses it, and the personal page: in a real browser.
#![cfg(feature = "server")]

mod access;
mod browser;
#[path = "../server_support/computer.rs"]
mod computer;
mod installers;
mod person;
#[path = "../server_support/mod.rs"]
mod server_support;
mod story;
