//! What a computer has, and what would stop a set-up there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ClientKind;
use crate::problem;

/// `PUT /v1/inventory`: what this computer has, for the operator to see before cutover.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inventory {
    pub clients: Vec<InstalledClient>,
    /// Room on the disk that holds the mail clients' data, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_disk: Option<u64>,
    /// The last rehearsal, when one was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
}

/// The set-up, planned with what is on the computer, without changing anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    pub at: Timestamp,
    /// What would have stopped it; none: it would have gone on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<Finding>,
}

impl Inventory {
    /// The mail client that the person uses, and that is set up: one that runs, else one with profiles, else any; of
    /// those used alike, the first. The new Outlook counts only where there is no other.
    pub fn preferred(&self) -> Option<&InstalledClient> {
        let rank = |client: &&InstalledClient| {
            (client.kind != ClientKind::NewOutlook, client.running, !client.profiles.is_empty())
        };
        // `max_by_key` takes the last of equals.
        self.clients.iter().rev().max_by_key(rank)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstalledClient {
    pub kind: ClientKind,
    pub version: String,
    pub profiles: Vec<String>,
    pub default_profile: Option<String>,
    pub running: bool,
    /// Path of the program.
    pub program: String,
    /// `x86`, `x64` or `arm64`; empty when unknown.
    pub architecture: String,
    /// `click-to-run`, `msi`, `store`; empty when unknown.
    pub installation: String,
    /// Update channel of a Click-to-Run installation.
    pub channel: String,
    pub accounts: Vec<KnownAccount>,
    pub data_files: Vec<DataFile>,
    /// What would stop or disturb a set-up today.
    pub findings: Vec<Finding>,
}

/// An account that a profile holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownAccount {
    pub profile: String,
    /// `exchange`, `imap`, `pop3`, `activesync`, `ldap`; empty when unknown.
    pub kind: String,
    pub address: String,
}

/// A file in which a profile keeps mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DataFile {
    pub profile: String,
    pub path: String,
    /// `pst`: the person's own. `ost`: a copy of a mailbox.
    pub kind: String,
    /// Size in bytes; none when the file is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// Something that would stop or disturb a set-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: problem::ResponseCode,
    /// The exact setting, version or path.
    pub detail: String,
}

/// The oldest version of a mail client that works with the new account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MinimumVersion {
    pub client: ClientKind,
    /// First parts of the versions that this is about: `15.0`, `16.0`. Empty: all.
    pub release: String,
    /// `click-to-run` or `msi`. Empty: both.
    pub installation: String,
    /// Dotted numbers, compared part by part.
    pub version: String,
    /// What to install, in words: `Microsoft 365 Apps 1706`.
    pub install: String,
}

impl MinimumVersion {
    /// What Microsoft 365 has refused since 1 November 2021 (Microsoft's announcement of the oldest Outlook for Windows
    /// that connects; version 1706 is build 8229).
    pub fn refused_by_microsoft_365() -> Vec<Self> {
        let outlook = |release: &str, installation: &str, version: &str, install: &str| Self {
            client: ClientKind::Outlook,
            release: release.into(),
            installation: installation.into(),
            version: version.into(),
            install: install.into(),
        };
        vec![
            outlook("14.0", "", "15.0", "Microsoft 365 Apps"),
            outlook("15.0", "", "15.0.4971.1000", "Office 2013 SP1 + KB4043461"),
            outlook("16.0", "msi", "16.0.4600.1000", "Office 2016 + KB4051890"),
            outlook("16.0", "click-to-run", "16.0.8229", "Microsoft 365 Apps 1706"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mail_client_that_is_used_is_preferred() {
        let client = |kind: ClientKind, running, profiles: &[&str]| InstalledClient {
            kind,
            running,
            profiles: profiles.iter().map(|&name| name.into()).collect(),
            ..InstalledClient::default()
        };
        let preferred = |clients: Vec<InstalledClient>| {
            Inventory { clients, ..Inventory::default() }.preferred().map(|client| client.kind.clone())
        };
        let (outlook, thunderbird) =
            (client(ClientKind::Outlook, false, &["a"]), client(ClientKind::Thunderbird, false, &["b"]));
        let running = client(ClientKind::Thunderbird, true, &["b"]);
        let without_profile = client(ClientKind::Outlook, false, &[]);
        let new_outlook = client(ClientKind::NewOutlook, true, &[]);
        assert_eq!(preferred(vec![]), None);
        assert_eq!(preferred(vec![outlook.clone(), thunderbird.clone()]), Some(ClientKind::Outlook));
        assert_eq!(preferred(vec![outlook.clone(), running]), Some(ClientKind::Thunderbird));
        assert_eq!(preferred(vec![without_profile, thunderbird]), Some(ClientKind::Thunderbird));
        assert_eq!(preferred(vec![new_outlook.clone(), outlook]), Some(ClientKind::Outlook));
        assert_eq!(preferred(vec![new_outlook]), Some(ClientKind::NewOutlook));
    }
}
