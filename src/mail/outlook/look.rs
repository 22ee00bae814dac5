//! Reads what is here of Outlook.

use super::install::{self, Install};
use super::new_outlook::{self, NewOutlook};
use super::registry::{self, Hive, Key};
use super::{mapi, plan, policy, prf, profile, program};
use crate::mail::{Error, Host, Order};
use crate::os::{self, Places};

pub(super) struct Found {
    pub hive: Hive,
    pub installs: Vec<Install>,
    pub new_outlook: Option<NewOutlook>,
}

pub(super) fn find() -> Result<Found, Error> {
    let known = [install::keys(), new_outlook::keys()].concat();
    let mut hive = read(&known)?;
    let installs = install::find(&hive, &program::look);
    let new_outlook = new_outlook_here(&hive);
    if !installs.is_empty() {
        let keys = installs.iter().flat_map(keys);
        hive = read(&known.into_iter().chain(keys).collect::<Vec<_>>())?;
    }
    Ok(Found { hive, installs, new_outlook })
}

fn new_outlook_here(hive: &Hive) -> Option<NewOutlook> {
    new_outlook::find(hive, &os::local_data(), &program::is_there)
}

/// What has to be read for everything else that is said about an installation: settings, profiles, policies.
pub(super) fn keys(install: &Install) -> Vec<Key> {
    // The root is where the person's own settings are, so it is among them.
    let mut keys = policy::keys(install);
    let (root, list) = (install.root(), profile::list(&install.root()));
    if list != root.below("Profiles") {
        keys.push(list);
    }
    keys
}

/// What a plan for this installation depends on. Outlook is closed, or it is planned for practice only.
pub(super) fn for_plan(install: &Install, order: &Order, places: &Places, host: &Host) -> Result<plan::Found, Error> {
    let hive = read(&[keys(install), new_outlook::keys()].concat())?;
    let root = install.root();
    Ok(plan::Found {
        profiles: profile::profiles(&hive, &root),
        default: profile::default_profile(&hive, &root),
        blockers: policy::blockers(&hive, install),
        new_outlook_in_use: new_outlook_here(&hive).is_some_and(|new| new.in_use),
        switch_to_classic: order.switch_to_classic_outlook,
        has_helper: mapi::is_usable(&mapi::helper(host, install.architecture)),
        prf: prf::place(&[&places.state, &os::machine_settings().join(own_name())]),
        ansi: prf::in_ansi_code_page,
        install: install.clone(),
        hive,
    })
}

/// A name for this login's files in a folder that all logins share.
fn own_name() -> String {
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, os::login().as_bytes()).to_string()
}

pub(super) fn read(keys: &[Key]) -> Result<Hive, Error> {
    registry::read(keys).map_err(|error| Error::Registry { key: "HKEY_CURRENT_USER".into(), reason: error.to_string() })
}
