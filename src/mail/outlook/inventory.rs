//! What the operator is told about Outlook on this computer.

use std::path::Path;

use super::install::{Install, NewOutlook};
use super::registry::Hive;
use crate::protocol::{InstalledClient, MinimumVersion};

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

/// Every Outlook, the classic ones first.
pub(super) fn clients(seen: &Seen<'_>) -> Vec<InstalledClient> {
    let _ = seen;
    Vec::new()
}
