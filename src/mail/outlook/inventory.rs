//! What the operator is told about Outlook on this computer.

use std::path::Path;

use super::install::Install;
use super::new_outlook::NewOutlook;
use super::policy::{Blocks, blockers};
use super::profile::{DataFileKind, Profile, default_profile, profiles};
use super::registry::Hive;
use super::version::{OUTLOOK, too_old};
use crate::problem::ResponseCode;
use crate::protocol::{DataFile, Finding, InstalledClient, KnownAccount, MinimumVersion};

/// Everything that was looked at.
pub(super) struct Seen<'a> {
    pub hive: &'a Hive,
    pub installs: &'a [Install],
    pub new_outlook: Option<&'a NewOutlook>,
    /// The project's table; empty before the computer belongs to a project.
    pub minimum_versions: &'a [MinimumVersion],
    /// Size of a file in bytes; none when it is not there.
    pub size: &'a dyn Fn(&Path) -> Option<u64>,
    /// Room for data files, in bytes; none when unknown.
    pub free_disk: Option<u64>,
    /// Classic Outlook runs in this login.
    pub running: bool,
    /// The new Outlook runs in this login.
    pub new_running: bool,
}

/// Room that is to stay free beside a copy of the mailbox, in bytes: mail grows, and Windows needs some for itself.
const MARGIN: u64 = 2 << 30;

/// Every Outlook, the classic ones first.
pub(super) fn clients(seen: &Seen<'_>) -> Vec<InstalledClient> {
    let classic = seen.installs.iter().map(|install| classic(seen, install));
    classic.chain(seen.new_outlook.map(|new| new_outlook(seen, new))).collect()
}

fn classic(seen: &Seen<'_>, install: &Install) -> InstalledClient {
    let profiles = profiles(seen.hive, &install.root());
    let default_profile = default_profile(seen.hive, &install.root());
    let data_files: Vec<DataFile> = profiles.iter().flat_map(|profile| data_files(seen, profile)).collect();
    let of_default = data_files.iter().filter(|file| Some(&file.profile) == default_profile.as_ref());
    InstalledClient {
        kind: OUTLOOK.into(),
        version: install.version.clone(),
        running: seen.running,
        program: install.program.display().to_string(),
        architecture: install.architecture.id().into(),
        installation: install.installation.id().into(),
        channel: install.channel.clone(),
        findings: findings(seen, install, &of_default.collect::<Vec<_>>()),
        accounts: profiles.iter().flat_map(accounts).collect(),
        profiles: profiles.into_iter().map(|profile| profile.name).collect(),
        default_profile,
        data_files,
    }
}

fn accounts(profile: &Profile) -> impl Iterator<Item = KnownAccount> {
    profile.accounts.iter().map(|account| KnownAccount {
        profile: profile.name.clone(),
        kind: account.kind.id().into(),
        address: account.address.clone(),
    })
}

fn data_files(seen: &Seen<'_>, profile: &Profile) -> impl Iterator<Item = DataFile> {
    profile.data_files.iter().map(|file| DataFile {
        profile: profile.name.clone(),
        path: file.path.display().to_string(),
        kind: file.kind.id().into(),
        size: (seen.size)(&file.path),
    })
}

/// `files`: those of the default profile, whose mail the new profile is to have too.
fn findings(seen: &Seen<'_>, install: &Install, files: &[&DataFile]) -> Vec<Finding> {
    let old = too_old(&install.version, install.installation.id(), seen.minimum_versions).map(|rule| Finding {
        code: ResponseCode::ClientTooOld,
        detail: format!("{} < {} ({})", install.version, rule.version, rule.install),
    });
    let blockers = blockers(seen.hive, install).into_iter().filter(|it| it.blocks != Blocks::Nothing);
    let blockers = blockers.map(|it| Finding { code: ResponseCode::PolicyForbids, detail: it.setting });
    let is = |file: &&&DataFile, kind: DataFileKind| file.kind == kind.id();
    let missing = files.iter().filter(|file| is(file, DataFileKind::Pst) && file.size.is_none());
    let missing = missing.map(|file| Finding { code: ResponseCode::DataFileNotAdded, detail: file.path.clone() });
    let copies = files.iter().filter(|file| is(file, DataFileKind::Ost)).filter_map(|file| file.size);
    let needed = copies.fold(MARGIN, u64::saturating_add);
    let full = seen.free_disk.filter(|free| *free < needed);
    let full =
        full.map(|free| Finding { code: ResponseCode::DiskMayBeFull, detail: format!("{free} of {needed} bytes") });
    old.into_iter().chain(blockers).chain(missing).chain(full).collect()
}

fn new_outlook(seen: &Seen<'_>, new: &NewOutlook) -> InstalledClient {
    let alone = seen.installs.is_empty();
    InstalledClient {
        kind: "new-outlook".into(),
        version: new.version.clone(),
        running: seen.new_running,
        installation: "store".into(),
        findings: alone
            .then(|| Finding { code: ResponseCode::OnlyNewOutlook, detail: new.version.clone() })
            .into_iter()
            .collect(),
        ..InstalledClient::default()
    }
}
