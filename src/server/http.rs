//! What every request passes, whoever sends it: its body, its limits, its errors, its language.

pub mod attempts;
pub mod certificate;
pub mod error;
pub mod extract;
pub mod gate;
pub mod health;
pub mod i18n;
pub mod limiter;
pub mod listener;
pub mod open_files;
pub mod origin;
pub mod redaction;
pub mod requests;
