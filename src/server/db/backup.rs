//! A copy of the database while servers go on writing.

use std::path::{Path, PathBuf};

use sqlx::{AnyConnection, Connection};

use crate::server::db::OpenError;
use crate::server::db::place::Place;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("there is no database {0}; name it with: --database")]
    NoDatabase(PathBuf),
    #[error("{0} is in PostgreSQL; copy it with: pg_dump --format=custom")]
    Postgres(String),
    #[error("{path} cannot be made: {source}; name a file that does not exist yet, in a folder that does")]
    Create { path: PathBuf, source: std::io::Error },
    #[error("the copy {path} could not be written: {source}; is the disk full?")]
    Copy { path: PathBuf, source: sqlx::Error },
    #[error("the copy {path} could not be brought to the disk: {source}")]
    Flush { path: PathBuf, source: std::io::Error },
}

/// Copies an `SQLite` file as it is at one moment, compact, for its owner only, and never over another file. Neither the
/// schema of the original is touched nor are its writers kept waiting (`SQLite` documentation, "VACUUM INTO").
///
/// # Errors
/// When there is no such database, when it is not a file, or when the copy cannot be written; then it is removed.
pub async fn backup(database: &str, to: &Path) -> Result<(), BackupError> {
    let place = Place::parse(database)?;
    match &place {
        Place::File(path) if path.is_file() => {}
        Place::File(path) => return Err(BackupError::NoDatabase(path.clone())),
        Place::Memory => return Err(BackupError::NoDatabase(crate::server::db::MEMORY.into())),
        Place::Postgres { .. } => return Err(BackupError::Postgres(place.to_string())),
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(to).map_err(|source| BackupError::Create { path: to.into(), source })?;
    let copied = match copy(&place, to).await {
        Ok(()) => file.sync_all().map_err(|source| BackupError::Flush { path: to.into(), source }),
        Err(source) => Err(BackupError::Copy { path: to.into(), source }),
    };
    if copied.is_err() {
        // Half a copy is worse than none; that it was not made is told anyway.
        let _ = std::fs::remove_file(to);
    }
    copied
}

async fn copy(place: &Place, to: &Path) -> Result<(), sqlx::Error> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(place.url().reveal()).await?;
    // An empty file may be written into.
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(&mut connection).await?;
    connection.close().await
}
