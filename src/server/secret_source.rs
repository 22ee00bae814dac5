//! Where a secret of the operator comes from: never from an argument and never from the database.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// `{"file": "/etc/mailshift/smtp"}` (the first line counts) or `{"env": "MAILSHIFT_SMTP"}`. It is read when it is
/// needed, so a changed secret needs no restart and no new settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    File(PathBuf),
    Env(String),
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the secret file {path} cannot be read: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the secret file {path} is empty")]
    Empty { path: PathBuf },
    #[error("the environment variable {name} is not set")]
    Env { name: String },
}

impl SecretSource {
    pub fn read(&self) -> Result<Secret, SecretError> {
        match self {
            Self::File(path) => {
                let text = std::fs::read_to_string(path)
                    .map(zeroize::Zeroizing::new)
                    .map_err(|source| SecretError::File { path: path.clone(), source })?;
                match text.lines().next() {
                    Some(line) if !line.is_empty() => Ok(Secret::new(line)),
                    _ => Err(SecretError::Empty { path: path.clone() }),
                }
            }
            Self::Env(name) => match std::env::var(name) {
                Ok(text) if !text.is_empty() => Ok(Secret::new(text)),
                _ => Err(SecretError::Env { name: name.clone() }),
            },
        }
    }
}
