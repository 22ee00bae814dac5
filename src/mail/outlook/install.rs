//! Where classic Outlook and the new Outlook are installed, as their installers note it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(in crate::mail) use super::program::Architecture;
use super::program::Program;
use super::registry::{Hive, Key};

/// One installation of classic Outlook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Install {
    /// Full path of `OUTLOOK.EXE`.
    pub program: PathBuf,
    /// `16.0.17932.20130`; only `16.0` when nothing says more.
    pub version: String,
    /// `15.0` or `16.0`: the name of its key below `Software\Microsoft\Office`.
    pub release: String,
    pub architecture: Architecture,
    pub installation: Installation,
    /// Update channel in the words of the Office Deployment Tool; empty when there is none.
    pub channel: String,
}

/// How Office came to this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum Installation {
    ClickToRun,
    Msi,
}

impl Install {
    /// The person's own settings: `HKCU\Software\Microsoft\Office\<release>\Outlook`.
    pub fn root(&self) -> Key {
        Key::user(format!(r"Software\Microsoft\Office\{}\Outlook", self.release))
    }

    /// What has to be read for everything else that is said about it: profiles, settings, policies.
    pub fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}

/// The new Outlook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct NewOutlook {
    /// Empty when unknown.
    pub version: String,
    /// The person has switched to it.
    pub in_use: bool,
}

/// What has to be read for [`found`] and [`new_outlook`].
pub(super) fn keys() -> Vec<Key> {
    Vec::new()
}

/// Every classic Outlook. `look` opens a program; `None` when the file is not there.
pub(super) fn found(hive: &Hive, look: &dyn Fn(&Path) -> Option<Program>) -> Vec<Install> {
    let _ = (hive, look);
    Vec::new()
}

/// The new Outlook, when it is here. `local` is `%LOCALAPPDATA%`, `exists` looks for a file or folder.
pub(super) fn new_outlook(hive: &Hive, local: &Path, exists: &dyn Fn(&Path) -> bool) -> Option<NewOutlook> {
    let _ = (hive, local, exists);
    None
}
