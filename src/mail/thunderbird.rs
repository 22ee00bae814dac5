//! Thunderbird: every set-up makes a new profile beside the old one and lets the list of profiles point to it.
//!
//! Facts about the files were measured with Thunderbird 153 on Debian; each file names its own.

mod carry_over;
mod evidence;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod hash;
mod ini;
mod install;
mod lock;
mod logins;
mod made;
mod nss;
mod password_store;
mod plan;
mod prefs;
pub(super) mod process;
mod profiles;
mod restore;
pub mod sample;
mod set_up;
mod sync;
#[cfg(target_os = "linux")]
mod windows;

use std::fs;
use std::path::PathBuf;

use super::usage::Use;
use super::{Error, Host};
use crate::os::{self, Places};
use crate::protocol::InstalledClient;
use profiles::{PROFILES, Profiles};

pub(super) use install::Install;
pub use password_store::{NSS_CHILD_ARGUMENT, nss_child_main};
pub(super) use set_up::SetUp;

/// The name people know.
pub(super) const CLIENT: &str = "Thunderbird";

/// The installation that the person uses: the one that runs, else one that has been used, else the first.
pub(super) fn detect(places: &Places, host: &Host) -> Result<Option<(Install, Use)>, Error> {
    let installs = all(places, host);
    let how = |install: &Install| match fs::exists(install.root.join(PROFILES)) {
        _ if profiles::user_of_any(&install.root).is_some() => Use::Running,
        Ok(true) => Use::HasProfiles,
        _ => Use::Installed,
    };
    let reached: Vec<PathBuf> = installs.iter().map(|install| install.root.clone()).collect();
    // Of several that are used alike, the first: `max_by_key` would take the last.
    let chosen = installs.into_iter().rev().map(|install| (how(&install), install));
    let chosen = chosen.max_by_key(|(used, _)| *used).map(|(used, install)| (install, used));
    // A profile of a Thunderbird that is out of reach: another one beside it would not be the person's.
    let elsewhere = install::sandboxed_roots(&places.home)
        .into_iter()
        .find(|root| !reached.contains(root) && root.join(PROFILES).exists());
    match (chosen, elsewhere) {
        (None | Some((_, Use::Installed)), Some(path)) => Err(Error::OutOfReach { path }),
        (chosen, _) => Ok(chosen),
    }
}

fn all(places: &Places, host: &Host) -> Vec<Install> {
    install::find(&os::program_root(), &places.home, &host.path)
}

/// Every Thunderbird of this login, with its profiles. What cannot be read is left out.
pub(super) fn inventory(places: &Places, host: &Host) -> Vec<InstalledClient> {
    let describe = |install: Install| {
        let profiles = Profiles::read(&install.root).ok();
        let default = profiles.as_ref().and_then(|profiles| profiles.default_for(install.hash.as_deref()));
        InstalledClient {
            kind: "thunderbird".into(),
            default_profile: default.map(|profile| profile.name.clone()),
            profiles: profiles.iter().flat_map(|profiles| &profiles.list).map(|profile| profile.name.clone()).collect(),
            running: profiles::user_of_any(&install.root).is_some(),
            program: install.command.0.display().to_string(),
            version: install.version,
            ..InstalledClient::default()
        }
    };
    all(places, host).into_iter().map(describe).collect()
}
