//! Outlook for Windows ("classic"): a new profile beside the old one, made by Outlook's own interface or by its own
//! first start, never by inventing what only Outlook writes.
//!
//! Facts about the registry, Extended MAPI and PRF files come from Microsoft's documentation; each file names its own.
//!
//! | file | part |
//! |---|---|
//! | `install.rs`, `new_outlook.rs`, `program.rs`, `profile.rs`, `account.rs`, `policy.rs`, `version.rs` | what is found on the computer |
//! | `inventory.rs` | what of it the operator is told |
//! | `plan.rs`, `prf.rs` | what a set-up will do, as a value |
//! | `record.rs` | doing it, and going back |
//! | `mapi.rs` | Extended MAPI, in a child process |
//! | `mark.rs` | which profile may be removed again |
//! | `process.rs` | Outlook as a running program |
//! | `proof.rs` | what proves that it works |
//! | `registry.rs` | the registry as a value, and its only door |

#![cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "elsewhere only the plans are used, by their tests"))]

mod account;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod install;
mod inventory;
pub mod mapi;
mod mark;
mod new_outlook;
mod plan;
mod policy;
mod prf;
mod process;
mod profile;
mod program;
mod proof;
mod record;
mod registry;
#[cfg(test)]
mod samples;
mod version;

use std::path::Path;

use super::client::Use;
use super::{Error, Host, Order, files};
use crate::os::{self, Places};
use crate::protocol::{InstalledClient, MinimumVersion};
use install::Install;
use new_outlook::NewOutlook;
use registry::Hive;

pub(super) use record::Record;

/// The name people know.
pub(super) const CLIENT: &str = "Outlook";

/// What is here of Outlook.
struct Found {
    hive: Hive,
    installs: Vec<Install>,
    new_outlook: Option<NewOutlook>,
}

/// The classic Outlook that a set-up would be for, and how much it is used.
pub(super) async fn chosen() -> Result<(Record, Use), Error> {
    let found = files::in_background(found).await?;
    let Some(install) = found.installs.first() else {
        return Err(if found.new_outlook.is_some() { Error::NewOutlook } else { Error::NoClient });
    };
    let used = if process::running().await.is_some() {
        Use::Running
    } else if profile::profiles(&found.hive, &install.root()).is_empty() {
        Use::Installed
    } else {
        Use::HasProfiles
    };
    Ok((Record::new(install.clone()), used))
}

/// Every Outlook of this login, with its profiles and what would stop a set-up. What cannot be read is left out.
pub(super) async fn inventory(places: &Places, minimum_versions: &[MinimumVersion]) -> Vec<InstalledClient> {
    let (running, new_running) = (process::running().await.is_some(), process::new_is_running().await);
    let (minimum_versions, state) = (minimum_versions.to_vec(), places.state.clone());
    files::in_background(move || {
        let Ok(found) = found() else { return Vec::new() };
        inventory::clients(&inventory::Seen {
            hive: &found.hive,
            installs: &found.installs,
            new_outlook: found.new_outlook.as_ref(),
            minimum_versions: &minimum_versions,
            size: &|path: &Path| path.metadata().ok().map(|file| file.len()),
            free_disk: os::files::free_space(&state),
            running,
            new_running,
        })
    })
    .await
}

fn found() -> Result<Found, Error> {
    let known = [install::keys(), new_outlook::keys()].concat();
    let mut hive = read(&known)?;
    let installs = install::found(&hive, &program::look);
    let new_outlook = new_outlook_here(&hive);
    if !installs.is_empty() {
        let keys = installs.iter().flat_map(Install::keys);
        hive = read(&known.into_iter().chain(keys).collect::<Vec<_>>())?;
    }
    Ok(Found { hive, installs, new_outlook })
}

fn new_outlook_here(hive: &Hive) -> Option<NewOutlook> {
    new_outlook::found(hive, &os::local_data(), &program::is_there)
}

/// What a plan for this installation depends on. Outlook is closed, or it is planned for practice only.
fn planned_for(install: &Install, order: &Order, places: &Places, host: &Host) -> Result<plan::Found, Error> {
    let hive = read(&[install.keys(), new_outlook::keys()].concat())?;
    let root = install.root();
    let in_use = new_outlook_here(&hive).is_some_and(|new| new.in_use);
    Ok(plan::Found {
        profiles: profile::profiles(&hive, &root),
        default: profile::default_profile(&hive, &root),
        hindrances: policy::hindrances(&hive, install),
        new_outlook_in_use: in_use,
        switch_to_classic: order.switch_to_classic_outlook,
        has_helper: mapi::is_usable(&mapi::helper(host, install.architecture)),
        prf: prf::place(&[&places.state, &os::machine_settings().join(own_name())]),
        ansi: prf::in_ansi_code_page,
        install: install.clone(),
        hive,
    })
}

/// Until this returns, a change of the registry may be lost in a power cut, while the journal that speaks of it is not.
async fn flush() -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Registry { key: "HKEY_CURRENT_USER".into(), reason: error.to_string() };
    files::in_background(move || registry::flush().map_err(failed)).await
}

/// A name for this login's files in a folder that all logins share.
fn own_name() -> String {
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, os::login().as_bytes()).to_string()
}

fn read(keys: &[registry::Key]) -> Result<Hive, Error> {
    registry::read(keys).map_err(|error| Error::Registry { key: "HKEY_CURRENT_USER".into(), reason: error.to_string() })
}
