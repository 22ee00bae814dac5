//! What people, computers and servers with bad intentions have tried, replayed: each story was possible once. `SECURITY.md`
//! lists them.
#![cfg(all(feature = "server", unix))]

// Agents with real windows.
#[cfg(all(feature = "demo", target_os = "linux"))]
mod agent;
#[allow(dead_code)] // the program of the API's stories, of which these use a part
#[path = "../server_support/client.rs"]
mod client;
#[path = "../server_support/computer.rs"]
mod computer;
mod endurance;
mod identity;
mod limits;
#[cfg(all(feature = "demo", target_os = "linux"))]
mod mail;
mod privilege;
#[path = "../server_support/mod.rs"]
mod server_support;
