//! Thunderbird.

mod hash;
mod ini;
mod prefs;

use super::{Error, Host};
use crate::os::Places;
use crate::protocol::Inventory;

/// The only argument of the short-lived child that stores the password. See [`nss_child_main`].
pub const NSS_CHILD_ARGUMENT: &str = "--store-password-in-profile";

/// Reads a job with its secrets from standard input and hands it to Thunderbird's own NSS library. Runs in a process
/// of its own, so that a C library cannot harm the agent. The caller passes the result on as the exit status.
pub fn nss_child_main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}

/// What this login has: mail clients, versions, profiles.
pub async fn inventory(places: &Places, host: &Host) -> Inventory {
    let _ = (places, host);
    Inventory::default()
}

/// Opens the mail client as the person would.
pub async fn open_client(places: &Places, host: &Host) -> Result<(), Error> {
    let _ = (places, host);
    Err(Error::NoClient)
}
