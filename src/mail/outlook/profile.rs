//! Reading Outlook's profiles. Never writing: only Outlook and MAPI do that.
//!
//! A profile is a key. Its subkeys are MAPI profile sections, named by 32 hexadecimal digits; their values are MAPI
//! properties, named by type and id of the property tag in eight digits (`PR_…` names from the MAPI reference,
//! <https://learn.microsoft.com/office/client-developer/outlook/mapi/mapi-properties>). One section belongs to Outlook's
//! account manager (<https://learn.microsoft.com/office/client-developer/outlook/auxiliary/account-management-api>): its
//! subkeys are the accounts, with values that have plain names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::registry::{Hive, Key, folded};
use super::section::{mailbox, text};
use super::{account, version};

#[allow(unused_imports, reason = "for those who look at accounts")]
pub(in crate::mail) use super::account::{Account, AccountKind};

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

impl DataFileKind {
    /// As it travels in the inventory.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pst => "pst",
            Self::Ost => "ost",
        }
    }
}

/// Where Outlook 2010 and older keep their profiles, and there the name of the default profile too.
const MAIL_SUBSYSTEM: &str = r"Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem\Profiles";

/// The key whose subkeys are the profiles of an installation with this root.
pub(super) fn list(root: &Key) -> Key {
    if is_old(root) { Key::user(MAIL_SUBSYSTEM) } else { root.below("Profiles") }
}

/// Outlook 2010 or older.
fn is_old(root: &Key) -> bool {
    let release = root.path.rsplit('\\').nth(1).unwrap_or_default();
    !version::at_least(release, "15.0")
}

/// Every profile below an installation's root, in the order of their names.
pub(super) fn profiles(hive: &Hive, root: &Key) -> Vec<Profile> {
    let list = list(root);
    hive.subkeys(&list).map(|name| profile(hive, &list.below(name), name)).collect()
}

/// The profile that Outlook opens by itself, when it exists.
pub(super) fn default_profile(hive: &Hive, root: &Key) -> Option<String> {
    let list = list(root);
    let named = hive.text(if is_old(root) { &list } else { root }, "DefaultProfile")?;
    hive.subkeys(&list).find(|name| folded(name) == folded(&named)).map(str::to_owned)
}

/// The profile whose key this is.
pub(super) fn profile(hive: &Hive, key: &Key, name: &str) -> Profile {
    let mut mailboxes = Vec::new();
    let mut data_files = Vec::new();
    let mut seen = BTreeSet::new();
    for section in sections(hive, key) {
        if let Some(address) = mailbox(hive, &section).filter(|address| seen.insert(folded(address))) {
            mailboxes.push(address);
        }
        data_files
            .extend(files(hive, &section).into_iter().filter(|file| seen.insert(folded(&file.path.to_string_lossy()))));
    }
    Profile { name: name.to_owned(), accounts: account::accounts(hive, key), mailboxes, data_files }
}

fn sections(hive: &Hive, profile: &Key) -> impl Iterator<Item = Key> {
    let is_uid = |name: &&str| name.len() == 32 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
    hive.subkeys(profile).filter(is_uid).map(|name| profile.below(name))
}

/// The files that a section names: `PR_PROFILE_OFFLINE_STORE_PATH` and `PR_PST_PATH`. The latter is also where an IMAP
/// account's copy of its mailbox is named, which Outlook 2013 and newer keep in an OST file.
fn files(hive: &Hive, section: &Key) -> Vec<DataFile> {
    let named = |id: &str| text(hive, section, id).filter(|path| !path.trim().is_empty());
    let copy = named("6610").map(|path| DataFile { path: path.into(), kind: DataFileKind::Ost });
    let own = named("6700").map(|path| {
        let is_copy = Path::new(path.trim()).extension().is_some_and(|it| it.eq_ignore_ascii_case("ost"));
        DataFile { kind: if is_copy { DataFileKind::Ost } else { DataFileKind::Pst }, path: path.into() }
    });
    copy.into_iter().chain(own).collect()
}
