//! Directory connectors: the doors through which a new mailbox password reaches the organisation's directory.

mod program;
mod webhook;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::described;
use crate::server::http::error::Refusal;
use crate::server::projects::users::User;
use crate::server::secret_source::{SecretError, SecretSource};
pub use webhook::is_safe;

/// How a project's directory is told a new password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Directory {
    /// A program and its arguments, started without a shell. `%EMAILADDRESS%` (the new address), `%OLDADDRESS%` and
    /// `%LOGIN%` are replaced. The new password is the one line on standard input. Exit status 0 within 30 s is a
    /// success; what the program writes is dropped, since it might repeat the password.
    Command(Vec<String>),
    Webhook(Webhook),
}

/// `POST` of `{"address", "old_address", "login", "new_password"}` to an HTTPS address. The header
/// `Mailshift-Signature: t=<seconds since 1970>,v1=<hex>` holds the HMAC-SHA-256 of `t`, a full stop and the body.
/// Any status 2xx within 15 s is a success; redirects are not followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// Plain HTTP only to this computer itself.
    pub url: String,
    /// The key of the signature.
    #[schema(value_type = described::SecretSource)]
    pub key: SecretSource,
    /// Certificate authority (path of a PEM file) of the webhook's own, besides those of the operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub certificate_authority: Option<PathBuf>,
}

/// Whose password becomes what.
pub struct Change<'a> {
    pub user: &'a User,
    pub new_password: &'a Secret,
}

/// Facts only: neither what a program printed nor what a webhook answered, since both might repeat the password.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error("the program {program} could not be started: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("the program {program} could not be given the password: {source}")]
    Input { program: String, source: std::io::Error },
    #[error("the program {program} ended with {status}")]
    Status { program: String, status: std::process::ExitStatus },
    #[error("no answer in time")]
    TimeLimit,
    #[error("no command is configured")]
    NoCommand,
    #[error("{0}")]
    Key(#[from] SecretError),
    #[error("the webhook's address must be https, or http to this computer itself")]
    Address,
    #[error("the certificate authority {path} cannot be used: {reason}")]
    CertificateAuthority { path: PathBuf, reason: String },
    #[error("the webhook cannot be reached: {0}")]
    Unreachable(reqwest::Error),
    #[error("the webhook answered {0}")]
    Answer(u16),
}

impl From<DirectoryError> for Refusal {
    fn from(error: DirectoryError) -> Self {
        Self::from(ResponseCode::DirectoryFailed).because(error)
    }
}

/// Changes that are passed on at once.
pub const AT_ONCE: usize = 8;
/// How long a change waits for its turn.
const TURN_LIMIT: Duration = Duration::from_secs(5);

/// A turn to change a password: programs are expensive, and directories slow.
///
/// # Errors
/// [`ResponseCode::ServerBusy`].
pub async fn turn(turns: &Semaphore) -> Result<SemaphorePermit<'_>, Refusal> {
    let turn = tokio::time::timeout(TURN_LIMIT, turns.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or(Refusal::busy(TURN_LIMIT))
}

pub async fn change(directory: &Directory, change: &Change<'_>) -> Result<(), DirectoryError> {
    match directory {
        Directory::Command(arguments) => program::run(arguments, change).await,
        Directory::Webhook(webhook) => webhook.post(change).await,
    }
}
