//! The dashboard as an operator uses it, and the personal page: in a real browser.
#![cfg(feature = "server")]

mod access;
mod browser;
#[path = "../server_support/computer.rs"]
mod computer;
mod german;
mod installers;
#[allow(dead_code)] // the internet of the stories of discovery, of which these use a part
#[path = "../server/discovery/internet.rs"]
mod internet;
mod office;
mod person;
mod screen;
#[path = "../server_support/mod.rs"]
mod server_support;
mod story;
