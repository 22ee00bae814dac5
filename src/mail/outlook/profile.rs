//! Reading Outlook's profiles. Never writing: only Outlook and MAPI do that.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::registry::{Hive, Key};

/// A profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Profile {
    pub name: String,
    /// What Outlook's account manager lists, in its order. Address books and data files are not among them.
    pub accounts: Vec<Account>,
    /// Addresses of the Exchange mailboxes that MAPI knows, also before Outlook's first start lists an account.
    pub mailboxes: Vec<String>,
    pub data_files: Vec<DataFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Account {
    pub kind: AccountKind,
    /// Empty when unknown.
    pub address: String,
    /// The name in the list of accounts.
    pub name: String,
    /// Incoming server of an IMAP or POP account.
    pub incoming: Option<Incoming>,
    /// Names of the signatures for new messages and for replies.
    pub new_signature: Option<String>,
    pub reply_signature: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum AccountKind {
    Exchange,
    Imap,
    Pop3,
    ActiveSync,
    Ldap,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Incoming {
    pub host: String,
    /// None: the protocol's own.
    pub port: Option<u32>,
    pub user: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct DataFile {
    pub path: PathBuf,
    pub kind: DataFileKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum DataFileKind {
    /// The person's own file.
    Pst,
    /// A copy of a mailbox.
    Ost,
}

/// Every profile below an installation's root, in the order of their names.
pub(super) fn profiles(hive: &Hive, root: &Key) -> Vec<Profile> {
    let _ = (hive, root);
    Vec::new()
}

/// The profile that Outlook opens by itself, when it exists.
pub(super) fn default_profile(hive: &Hive, root: &Key) -> Option<String> {
    let _ = (hive, root);
    None
}
