//! A real Thunderbird: set-ups in it, and how it finds the mail servers that our server names.
#![cfg(target_os = "linux")]

#[cfg(feature = "server")]
mod autoconfig;
#[cfg(feature = "server")]
#[path = "../server_support/mod.rs"]
mod server_support;
#[cfg(feature = "demo")]
mod set_up;
#[cfg(feature = "demo")]
mod stage;
