//! The agent on a real desktop: its adapters one by one, and the whole journey of a person.
#![cfg(all(feature = "demo", target_os = "linux"))]

mod adapters;
mod journey;
