//! What people without an account see in a browser: their personal page, confirmations, downloads, and what mail programs
//! ask for.

pub mod autoconfig;
pub mod colour;
pub mod confirmation;
pub mod download;
pub mod installer_choice;
pub mod link;
pub mod person;
pub mod system;
pub mod view;
