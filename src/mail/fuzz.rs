//! What mail programs and mail servers say, as anybody may say it. See [`crate::fuzz`].

pub use super::outlook::fuzz::registry;
pub use super::sign_in::fuzz::imap;
