//! The operating system's keyring: Secret Service, Credential Manager, Keychain.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error};

use crate::secret::Secret;

/// Under which everything of ours is kept. Stable: an agent must find what an older one kept.
const SERVICE: &str = "mailshift";

/// How the Credential Manager keeps what it is given: on this computer, not with the login wherever it goes.
#[cfg(target_os = "windows")]
const PERSISTENCE: &str = "persistence";
#[cfg(target_os = "windows")]
const LOCAL: &str = "Local";

/// Why the keyring did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is none.
    None,
    /// There is one, but it stays locked or does not answer.
    Locked,
}

/// One place in the keyring. All calls block, for as long as the person looks at a passphrase prompt.
pub struct Entry(keyring_core::Entry);

impl Entry {
    /// The store is opened for each entry: a Secret Service that was missing or has been restarted since is found.
    pub fn open(name: &str, owner: &str) -> Result<Self, Refusal> {
        let store = store().map_err(|error| refusal(&error))?;
        let label = format!("Mailshift {name}");
        // Only the Secret Service shows labels to people.
        #[cfg(target_os = "linux")]
        let modifiers = Some(HashMap::from([("label", label.as_str())]));
        #[cfg(target_os = "windows")]
        let modifiers = Some(HashMap::from([(PERSISTENCE, LOCAL)]));
        #[cfg(target_os = "macos")]
        let modifiers: Option<HashMap<&str, &str>> = None;
        let _ = &label;
        let entry = store.build(SERVICE, &format!("{name} {owner}"), modifiers.as_ref());
        entry.map(Self).map_err(|error| refusal(&error))
    }

    pub fn set(&self, secret: &Secret) -> Result<(), Refusal> {
        self.0.set_password(secret.reveal()).map_err(|error| refusal(&error))
    }

    pub fn get(&self) -> Result<Option<Secret>, Refusal> {
        match self.0.get_password() {
            Ok(text) => {
                let secret = Secret::new(text);
                #[cfg(target_os = "windows")]
                self.keep_here(&secret);
                Ok(Some(secret))
            }
            Err(Error::NoEntry | Error::BadEncoding(_)) => Ok(None),
            Err(error) => Err(refusal(&error)),
        }
    }

    /// What an older agent kept goes with a roaming profile to other computers, where it is of no use and one more place
    /// to lose it: from now on it stays here.
    #[cfg(target_os = "windows")]
    fn keep_here(&self, secret: &Secret) {
        let kept = self.0.get_attributes().ok().and_then(|attributes| attributes.get(PERSISTENCE).cloned());
        if kept.is_some_and(|kept| !kept.eq_ignore_ascii_case(LOCAL)) {
            // What is not moved is moved the next time.
            let _ = self.set(secret);
        }
    }

    pub fn delete(&self) -> Result<(), Refusal> {
        match self.0.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(&error)),
        }
    }
}

#[cfg(target_os = "linux")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    zbus_secret_service_keyring_store::Store::new().map(|store| store as Arc<CredentialStore>)
}

#[cfg(target_os = "windows")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    windows_native_keyring_store::Store::new().map(|store| store as Arc<CredentialStore>)
}

#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    apple_native_keyring_store::keychain::Store::new().map(|store| store as Arc<CredentialStore>)
}

fn refusal(error: &Error) -> Refusal {
    let refusal = match error {
        Error::NoStorageAccess(_) => Refusal::Locked,
        _ => Refusal::None,
    };
    // Debug would print what a damaged entry holds; Display never does.
    tracing::debug!(%error, ?refusal, "keyring");
    refusal
}
