//! Outlook for Windows ("classic"): a new profile beside the old one, made by Outlook's own interface or by its own
//! first start, never by inventing what only Outlook writes.
//!
//! Facts about the registry, Extended MAPI and PRF files come from Microsoft's documentation; each file names its own.
//!
//! | file | part |
//! |---|---|
//! | `install.rs`, `new_outlook.rs`, `program.rs`, `profile.rs`, `account.rs`, `section.rs`, `policy.rs`, `version.rs` | what is found on the computer |
//! | `inventory.rs` | what of it the operator is told |
//! | `plan.rs`, `prf.rs` | what a set-up will do, as a value |
//! | `look.rs` | what all of this is computed from |
//! | `set_up.rs`, `receipt.rs` | doing it, and going back |
//! | `mapi.rs` | Extended MAPI, in a child process |
//! | `mark.rs` | which profile may be removed again |
//! | `process.rs` | Outlook as a running program |
//! | `evidence.rs` | what proves that it works |
//! | `registry.rs` | the registry as a value, and its only door |

#![cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "elsewhere only the plans are used, by their tests"))]

mod account;
mod evidence;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod install;
mod inventory;
mod look;
pub mod mapi;
mod mark;
mod new_outlook;
mod plan;
mod policy;
mod prf;
pub(super) mod process;
mod profile;
mod program;
mod receipt;
mod registry;
#[cfg(test)]
mod samples;
mod section;
mod set_up;
mod version;

use std::path::Path;

use super::Error;
use super::usage::Use;
use crate::os::{self, Places};
use crate::protocol::{InstalledClient, MinimumVersion};

pub(super) use set_up::SetUp;

/// The name people know.
pub(super) const CLIENT: &str = "Outlook";

/// The classic Outlook that a set-up would be for, and how much it is used.
pub(super) fn detect() -> Result<(SetUp, Use), Error> {
    let found = look::find()?;
    let Some(install) = found.installs.into_iter().next() else {
        return Err(if found.new_outlook.is_some() { Error::NewOutlook } else { Error::NoClient });
    };
    let used = if process::running().is_some() {
        Use::Running
    } else if profile::profiles(&found.hive, &install.root()).is_empty() {
        Use::Installed
    } else {
        Use::HasProfiles
    };
    Ok((SetUp::new(install), used))
}

/// Every Outlook of this login, with its profiles and what would stop a set-up. What cannot be read is left out.
pub(super) fn inventory(places: &Places, minimum_versions: &[MinimumVersion]) -> Vec<InstalledClient> {
    let Ok(found) = look::find() else { return Vec::new() };
    inventory::clients(&inventory::Seen {
        hive: &found.hive,
        installs: &found.installs,
        new_outlook: found.new_outlook.as_ref(),
        minimum_versions,
        size: &|path: &Path| path.metadata().ok().map(|file| file.len()),
        free_disk: os::files::free_space(&places.state),
        running: process::running().is_some(),
        new_running: process::new_is_running(),
    })
}
