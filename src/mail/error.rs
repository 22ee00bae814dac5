//! What can go wrong with a mail client or a mail server, as facts. Texts are found by [`Error::code`].

use std::path::PathBuf;

use crate::problem::ResponseCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Incoming,
    Outgoing,
}

/// A set-up, an undo or a sign-in that did not work. Carries no secrets.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("{side:?} mail server {host}:{port} cannot be reached: {reason}")]
    Unreachable { side: Side, host: String, port: u16, reason: String },
    #[error("certificate of {host}:{port} is not trusted: {reason}")]
    Certificate { host: String, port: u16, reason: String },
    #[error("{host}:{port} does not answer as a mail server: {reason}")]
    NotAMailServer { host: String, port: u16, reason: String },
    #[error("{side:?} mail server {host}:{port} refused the sign-in of {username}: {reason}")]
    SignInRefused { side: Side, host: String, port: u16, username: String, reason: String },
    #[error("cannot be set up by the agent: {what}")]
    Unsupported { what: String },
    #[error("no mail client was found")]
    NoClient,
    #[error("{client} stayed open (process {pid})")]
    StayedOpen { client: String, pid: u32 },
    #[error("{path} cannot be written: {reason}")]
    FolderNotWritable { path: PathBuf, reason: String },
    #[error("{path} is not a list of profiles: {reason}")]
    ProfileList { path: PathBuf, reason: String },
    #[error("writing {path} failed: {reason}")]
    WriteFailed { path: PathBuf, reason: String },
    #[error("{program} did not start: {reason}")]
    NotStarted { program: PathBuf, reason: String },
    #[error("{client} does not use the profile {profile}")]
    ProfileNotUsed { client: String, profile: PathBuf },
    #[error("no mail arrived in {profile} within {seconds} s")]
    NothingArrived { profile: PathBuf, seconds: u64 },
    #[error("{client} {version} is too old, {wanted} or newer is needed")]
    TooOld { client: String, version: String, wanted: String },
    #[error("the new Outlook is used, which has no profiles")]
    NewOutlook,
    #[error("the policy {setting} stands in the way")]
    Policy { setting: String },
    #[error("Extended MAPI is not available: {reason}")]
    MapiUnavailable { reason: String },
    #[error("the helper {helper} is missing")]
    HelperMissing { helper: String },
    #[error("Extended MAPI failed in {call}: {reason}")]
    MapiFailed { call: String, reason: String },
    #[error("registry key {key}: {reason}")]
    Registry { key: String, reason: String },
    #[error("nobody signed in in {client} within {minutes} minutes")]
    NotSignedIn { client: String, minutes: u64 },
    #[error("{client} ended without setting up {address}")]
    NoAccount { client: String, address: String },
    #[error("profiles that no list names: {folders:?}")]
    ProfilesNotListed { folders: Vec<PathBuf> },
    #[error("profiles at {path} belong to a program that cannot be reached")]
    OutOfReach { path: PathBuf },
    #[error("{needed} bytes are needed at {path}, {free} are free")]
    NoRoom { path: PathBuf, needed: u64, free: u64 },
    #[error("{client} was opened during the set-up")]
    OpenedMeanwhile { client: String },
    #[error("the set-up was interrupted")]
    Interrupted,
    #[error("going back failed at {path}: {reason}")]
    UndoFailed { path: PathBuf, reason: String },
}

impl Error {
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::Unreachable { side: Side::Incoming, .. } => ResponseCode::IncomingUnreachable,
            Self::Unreachable { side: Side::Outgoing, .. } => ResponseCode::OutgoingUnreachable,
            Self::Certificate { .. } => ResponseCode::CertificateNotTrusted,
            Self::NotAMailServer { .. } => ResponseCode::NotAMailServer,
            Self::SignInRefused { side: Side::Incoming, .. } => ResponseCode::PasswordRefused,
            Self::SignInRefused { side: Side::Outgoing, .. } => ResponseCode::OutgoingRefused,
            Self::Unsupported { .. } => ResponseCode::AccountNotSupported,
            Self::NoClient => ResponseCode::NoMailClient,
            Self::StayedOpen { .. } => ResponseCode::ClientStayedOpen,
            Self::FolderNotWritable { .. } => ResponseCode::FolderNotWritable,
            Self::ProfileList { .. } => ResponseCode::ProfileListUnreadable,
            Self::WriteFailed { .. } => ResponseCode::ProfileNotWritten,
            Self::NotStarted { .. } => ResponseCode::ClientNotStarted,
            Self::ProfileNotUsed { .. } => ResponseCode::ProfileNotUsed,
            Self::NothingArrived { .. } => ResponseCode::NoMailArrived,
            Self::TooOld { .. } => ResponseCode::ClientTooOld,
            Self::NewOutlook => ResponseCode::OnlyNewOutlook,
            Self::Policy { .. } => ResponseCode::PolicyForbids,
            Self::MapiUnavailable { .. } => ResponseCode::MapiMissing,
            Self::HelperMissing { .. } => ResponseCode::HelperMissing,
            Self::MapiFailed { .. } => ResponseCode::MapiFailed,
            Self::Registry { .. } => ResponseCode::RegistryFailed,
            Self::NotSignedIn { .. } => ResponseCode::OutlookSignInTimedOut,
            Self::NoAccount { .. } => ResponseCode::OutlookEnded,
            Self::ProfilesNotListed { .. } => ResponseCode::UnlistedProfiles,
            Self::OutOfReach { .. } => ResponseCode::SandboxedClient,
            Self::NoRoom { .. } => ResponseCode::DiskFull,
            Self::OpenedMeanwhile { .. } => ResponseCode::ClientOpened,
            Self::Interrupted => ResponseCode::Interrupted,
            Self::UndoFailed { .. } => ResponseCode::UndoFailed,
        }
    }

    /// Facts for the text of the code: names of the variables and their values.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unreachable { host, port, reason, .. }
            | Self::Certificate { host, port, reason }
            | Self::NotAMailServer { host, port, reason } => {
                vec![("host", host.clone()), ("port", port.to_string()), ("reason", reason.clone())]
            }
            Self::SignInRefused { host, port, username, reason, .. } => vec![
                ("host", host.clone()),
                ("port", port.to_string()),
                ("username", username.clone()),
                ("reason", reason.clone()),
            ],
            Self::Unsupported { what } => vec![("what", what.clone())],
            Self::NoClient | Self::NewOutlook | Self::Interrupted => Vec::new(),
            Self::TooOld { client, version, wanted } => {
                vec![("client", client.clone()), ("version", version.clone()), ("wanted", wanted.clone())]
            }
            Self::Policy { setting } => vec![("setting", setting.clone())],
            Self::MapiUnavailable { reason } => vec![("reason", reason.clone())],
            Self::HelperMissing { helper } => vec![("helper", helper.clone())],
            Self::MapiFailed { call, reason } => vec![("call", call.clone()), ("reason", reason.clone())],
            Self::Registry { key, reason } => vec![("path", key.clone()), ("reason", reason.clone())],
            Self::NotSignedIn { client, minutes } => {
                vec![("client", client.clone()), ("minutes", minutes.to_string())]
            }
            Self::NoAccount { client, address } => vec![("client", client.clone()), ("address", address.clone())],
            Self::ProfilesNotListed { folders } => {
                let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
                vec![("path", names.join(", "))]
            }
            Self::OutOfReach { path } => vec![("path", path.display().to_string())],
            Self::NoRoom { path, needed, free } => {
                let room = format!("{} ({})", gigabytes(*needed), gigabytes(*free));
                vec![("path", path.display().to_string()), ("room", gigabytes(*needed)), ("reason", room)]
            }
            Self::OpenedMeanwhile { client } | Self::StayedOpen { client, .. } => vec![("client", client.clone())],
            Self::FolderNotWritable { path, reason }
            | Self::ProfileList { path, reason }
            | Self::WriteFailed { path, reason }
            | Self::UndoFailed { path, reason }
            | Self::NotStarted { program: path, reason } => {
                vec![("path", path.display().to_string()), ("reason", reason.clone())]
            }
            Self::ProfileNotUsed { client, profile } => {
                vec![("client", client.clone()), ("path", profile.display().to_string())]
            }
            Self::NothingArrived { profile, seconds } => {
                vec![("path", profile.display().to_string()), ("seconds", seconds.to_string())]
            }
        }
    }
}

/// As people read sizes; never less than it is.
fn gigabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000_000);
    format!("{}.{} GB", tenths / 10, tenths % 10)
}
