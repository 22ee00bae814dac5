//! How much a mail client means to the person; the greater is set up.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    Installed,
    HasProfiles,
    Running,
}
