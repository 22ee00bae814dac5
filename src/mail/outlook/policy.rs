//! Policies and settings that stand in the way of a set-up.

use super::install::Install;
use super::registry::{Hive, Key};

/// A policy or setting that a plan has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mail) struct Hindrance {
    pub key: Key,
    /// Name of the value.
    pub name: String,
    /// Exactly as it is: `HKCU\…\ZeroConfigExchange=1`.
    pub setting: String,
    pub blocks: Blocks,
    /// The organisation's, not the person's own: nobody but an administrator changes it.
    pub policy: bool,
}

/// What cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::mail) enum Blocks {
    /// Any Exchange account, made in whatever way.
    Exchange,
    /// An Exchange account on Microsoft 365.
    Microsoft365,
    /// Any set-up by Outlook's own wizard in an empty profile.
    EmptyProfile,
    /// An IMAP account.
    Imap,
    /// A POP account.
    Pop3,
    /// Importing a PRF file of ours.
    Prf,
    /// Adding the old profile's data files.
    DataFiles,
    /// Nothing: worth knowing.
    Nothing,
}

/// Everything that stands in the way, in the order of the settings' names.
pub(super) fn hindrances(hive: &Hive, install: &Install) -> Vec<Hindrance> {
    let _ = (hive, install);
    Vec::new()
}
