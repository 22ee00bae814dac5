//! A profile for the demo and the tests, made with the same means as the real ones.

use std::path::Path;

use super::password_store::{Failed, Job, hand_over};
use super::prefs::{self, Owner};
use crate::account::Account;
use crate::mail::{Host, script};
use crate::secret::Secret;

/// `prefs.js` of a profile with one account.
pub fn prefs(account: &Account, name: &str, address: &str) -> String {
    prefs::written(&prefs::of_new_profile(account, Owner { name, address }))
}

/// Stores the account's password, and trusts its private certificate authority, in a profile of the first installation.
pub async fn store_password(host: &Host, profile: &Path, account: &Account, password: &Secret) -> Result<(), Failed> {
    let installs = super::install::find(Path::new("/"), Path::new("/nonexistent"), &host.path);
    let install = installs.into_iter().next().ok_or_else(|| Failed::new("no Thunderbird"))?;
    let ids = [(); 2].map(|()| format!("{{{}}}", uuid::Uuid::new_v4()));
    let job = Job::new(install.folder, profile.to_path_buf(), account, Some((password, &ids)));
    let host = host.clone();
    script::run(move || hand_over(&host, &job)).await
}
