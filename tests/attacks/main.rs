//! What people, computers and servers with bad intentions have tried, replayed: each story was possible once. `SECURITY.md`
//! lists them.
#![cfg(all(feature = "server", unix))]

// Agents with real windows.
#[cfg(all(feature = "demo", target_os = "linux"))]
mod agent;
mod endurance;
mod identity;
mod limits;
#[cfg(all(feature = "demo", target_os = "linux"))]
mod mail;
mod privilege;
#[path = "../server_support/mod.rs"]
mod server_support;
