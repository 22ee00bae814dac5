//! The agent without a desktop: its pages as pictures, its words, what it reads, and how it signs in to mail servers.
#![cfg(feature = "agent")]

#[cfg(feature = "fuzz")]
mod fuzz;
mod gallery;
mod i18n;
mod protocol;
#[allow(dead_code)] // the program of the server's stories writes them, too
#[path = "../protocol/recording.rs"]
mod recording;
#[cfg(all(feature = "demo", target_os = "linux"))]
mod sign_in;
mod views;
