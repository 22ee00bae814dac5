//! What of the old profile is wanted in the new one: address books, tags, signatures, local folders, filters, calendars,
//! spelling and junk training. Not: accounts, passwords, caches, the old server's mail.

mod tree;

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::prefs::{Prefs, account_address};
use crate::account::Account;
use crate::mail::files;
pub(super) use tree::Tree;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Old {
    pub folder: PathBuf,
    pub prefs: Prefs,
    pub names: Vec<String>,
    pub filters: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    pub from: PathBuf,
    /// Relative to the new profile.
    pub to: PathBuf,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct CarryOver {
    pub prefs: Prefs,
    pub copies: Vec<Copy>,
    pub filters: Option<String>,
}

const NAMES: [&str; 8] = [
    "persdict.dat",
    "training.dat",
    "mailViews.dat",
    "calendar-data",
    "openpgp.sqlite",
    "pubring.gpg",
    "secring.gpg",
    ENCRYPTED_PASSPHRASE,
];

/// Opens the `OpenPGP` keys, and can itself only be opened with the profile's key store.
const ENCRYPTED_PASSPHRASE: &str = "encrypted-openpgp-passphrase.txt";

const PREFIXES: [&str; 5] =
    ["mailnews.tags.", "ldap_2.servers.", "calendar.registry.", "calendar.list.", "calendar.timezone."];

const IDENTITY: [&str; 21] = [
    "htmlSigText",
    "htmlSigFormat",
    "attach_signature",
    "sig_file",
    "sig_file-rel",
    "sig_bottom",
    "sig_on_reply",
    "sig_on_fwd",
    "reply_on_top",
    "organization",
    "replyTo",
    "compose_html",
    "attach_vcard",
    "escapedVCard",
    "autoQuote",
    "openpgp_key_id",
    "signing_cert_name",
    "encryption_cert_name",
    "encryptionpolicy",
    "sign_mail",
    "suppress_signature_separator",
];

impl Old {
    pub fn read(folder: &Path, old_address: &str) -> Self {
        let text = fs::read(folder.join("prefs.js")).ok().and_then(|bytes| files::decoded(&bytes)).unwrap_or_default();
        let mut names: Vec<String> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|it| it.file_name().into_string().ok())
            .collect();
        names.sort();
        let mut old = Self { folder: folder.to_path_buf(), prefs: super::prefs::parsed(&text), names, filters: None };
        let rules = old.server_of(old_address).and_then(|server| old.directory(&server));
        old.filters = rules.and_then(|folder| fs::read_to_string(folder.join("msgFilterRules.dat")).ok());
        old
    }

    /// Whether the person receives mail in it, and not only has a mail program's first empty folders.
    pub fn has_accounts(&self) -> bool {
        self.accounts().any(|account| self.text(&format!("mail.account.{account}.identities")).is_some())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.prefs.get(name).and_then(Value::as_str)
    }

    fn accounts(&self) -> impl Iterator<Item = &str> {
        self.text("mail.accountmanager.accounts").unwrap_or_default().split(',').filter(|key| !key.is_empty())
    }

    /// Account and identity that write as this address; else the default ones.
    fn account_of(&self, address: &str) -> Option<(&str, &str)> {
        let first = |account| {
            let identities = self.text(&format!("mail.account.{account}.identities"))?;
            identities.split(',').next().map(|identity| (account, identity))
        };
        let all = || {
            self.accounts().flat_map(|account| {
                let identities = self.text(&format!("mail.account.{account}.identities")).unwrap_or_default();
                identities.split(',').map(move |identity| (account, identity))
            })
        };
        let is_it = |(_, identity): &(&str, &str)| {
            self.text(&format!("mail.identity.{identity}.useremail")).is_some_and(|it| it.eq_ignore_ascii_case(address))
        };
        all().find(is_it).or_else(|| self.text("mail.accountmanager.defaultaccount").and_then(first))
    }

    fn server_of(&self, address: &str) -> Option<String> {
        let (account, _) = self.account_of(address)?;
        self.text(&format!("mail.account.{account}.server")).map(str::to_owned)
    }

    /// Folder of a server's mail. The relative name counts first, as in Thunderbird.
    fn directory(&self, server: &str) -> Option<PathBuf> {
        let relative = self.text(&format!("mail.server.{server}.directory-rel"));
        match relative.and_then(|name| name.strip_prefix("[ProfD]")) {
            Some(name) => Some(self.folder.join(name)),
            None => self.text(&format!("mail.server.{server}.directory")).map(PathBuf::from),
        }
    }

    /// The key store is only taken along when something that was encrypted with it is.
    fn needs_key_store(&self, identity: &str) -> bool {
        let certificate =
            |key| self.text(&format!("mail.identity.{identity}.{key}")).is_some_and(|name| !name.is_empty());
        self.names.iter().any(|name| name == ENCRYPTED_PASSPHRASE)
            || certificate("signing_cert_name")
            || certificate("encryption_cert_name")
    }
}

pub(super) fn chosen(old: &Old, old_address: &str, account: &Account) -> CarryOver {
    let identity = old.account_of(old_address).map_or("", |(_, identity)| identity);
    let mut carried = CarryOver::default();
    for (name, value) in &old.prefs {
        let personal = name.strip_prefix(&format!("mail.identity.{identity}."));
        if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            carried.prefs.insert(name.clone(), value.clone());
        } else if let Some(key) = personal.filter(|key| IDENTITY.contains(key)) {
            carried.prefs.insert(format!("mail.identity.id1.{key}"), value.clone());
        }
    }
    let mut copy = |from: PathBuf, to: &str| carried.copies.push(Copy { from, to: to.into() });
    for name in &old.names {
        let is_book = ["abook", "history"].iter().any(|book| name.starts_with(book)) && name.contains(".sqlite");
        let is_key_store = ["key4.db", "cert9.db"].contains(&name.as_str()) && old.needs_key_store(identity);
        if is_book || is_key_store || NAMES.contains(&name.as_str()) {
            copy(old.folder.join(name), name);
        }
    }
    let local = old.text("mail.accountmanager.localfoldersserver");
    let folder = local.and_then(|server| old.directory(server));
    copy(folder.unwrap_or_else(|| old.folder.join("Mail/Local Folders")), "Mail/Local Folders");
    if let Some(store) = local.and_then(|server| old.prefs.get(&format!("mail.server.{server}.storeContractID"))) {
        carried.prefs.insert("mail.server.server2.storeContractID".into(), store.clone());
    }
    if let Some(file) = carried.prefs.get("mail.identity.id1.sig_file-rel").and_then(Value::as_str)
        && let Some(inside) = file.strip_prefix("[ProfD]").filter(|name| is_inside(name))
    {
        carried.copies.push(Copy { from: old.folder.join(inside), to: inside.into() });
        // The absolute name would still be the old profile's.
        carried.prefs.remove("mail.identity.id1.sig_file");
    }
    carried.filters = old.filters.as_ref().and_then(|filters| {
        let server = old.server_of(old_address)?;
        let of = |key: &str| old.text(&format!("mail.server.{server}.{key}"));
        let before = account_address(of("userName")?, of("hostname")?);
        Some(filters.replace(&before, &account_address(&account.incoming.username, &account.incoming.host)))
    });
    carried
}

/// Whether a relative name stays below the folder it is in.
fn is_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests;
