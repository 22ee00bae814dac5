//! The whole journey and everything that can come in between, with real mail servers, a real desktop, a real
//! Thunderbird and the real programs. One world per test; people act by the accessibility tree and real keys.
#![cfg(all(feature = "demo", target_os = "linux"))]

mod failure;
mod password;
mod stage;
mod success;
