//! The database: one `SQLite` file, or `PostgreSQL` for several server processes; opened the same way by the server and by
//! every command of the operator.
//!
//! Queries use `$1` parameters, text ids and millisecond times only, so that they run on both.
//!
//! What was acknowledged outlives a server that is killed, and a power failure (`SQLite` documentation, "PRAGMA
//! synchronous", FULL with WAL; `PostgreSQL` by itself), as far as the disk does what it says.

mod backup;
pub mod clock;
mod closing;
pub mod hash;
mod instance;
mod migration;
pub mod notify;
mod opening;
mod place;
mod restore;
mod trouble;
mod watcher;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::AnyPool;
use sqlx::migrate::MigrateError;

pub use crate::server::db::notify::{Called, ring, ring_logins};
pub use backup::{BackupError, backup};
pub use instance::Instance;
pub use opening::{Migrated, migrate};
use place::Place;
pub use restore::{RestoreError, Restored, restore};
pub use trouble::Trouble;
pub use watcher::{Change, UNNOTICED, Watcher};
pub use write::Write;

/// The name that stands for a database in memory, for tests and trials.
pub const MEMORY: &str = "sqlite::memory:";
/// Connections at the same time. `SQLite` has one writer anyway; readers are short.
pub const CONNECTIONS: u32 = 8;

/// A handle to the database; clones share the connections.
#[derive(Debug, Clone)]
pub struct Db {
    pool: AnyPool,
    place: Place,
    instance: Instance,
    writers: Arc<write::Writers>,
}

/// Databases are named without their passwords.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database's PostgreSQL address cannot be read: {source}; write postgres://user@host:port/database")]
    Address { source: sqlx::Error },
    #[error(
        "the database {name} cannot be reached: {source}; check address, user and password, and that it was created"
    )]
    Connect { name: String, source: sqlx::Error },
    #[error(
        "the database {name} cannot be opened: {source}; check that it is a whole database of Mailshift, and that this \
         user may write it and its folder"
    )]
    Open { name: String, source: sqlx::Error },
    #[error("the database {name} cannot be opened: {source}; check the path, its owner and its permissions")]
    File { name: String, source: std::io::Error },
    #[error("there is no database {0}; check --database, or make a new one there with: mailshift-server init")]
    Missing(String),
    #[error("the database {0} is empty; check --database, or make it Mailshift's with: mailshift-server init")]
    Empty(String),
    #[error("the database file {path} cannot be created: {source}; check the folder and its permissions")]
    Create { path: PathBuf, source: std::io::Error },
    #[error(
        "the database {name} was made by an older mailshift-server (schema {version}); bring it up to date with: \
         mailshift-server migrate"
    )]
    Older { name: String, version: i64 },
    #[error("the database {name} was made by a newer mailshift-server (schema {version}); run that version or newer")]
    Newer { name: String, version: i64 },
    #[error("the database {name} could not be brought up to date: {source}")]
    Migrate { name: String, source: MigrateError },
    #[error("the database {name} was not brought up to date, for it could not be copied before: {reason}")]
    NoCopy { name: String, reason: String },
}

impl Db {
    /// What the database is called in logs, without its password.
    pub fn name(&self) -> String {
        self.place.to_string()
    }

    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Which database it is, and how often it was put back.
    pub fn instance(&self) -> Instance {
        self.instance
    }
}

/// The present time, as exact as the database keeps it. A clock that has just jumped is not followed.
pub fn now() -> Timestamp {
    time(crate::server::db::clock::now().as_millisecond())
}

/// A time out of the database. What is out of range (nobody writes it) counts as 1970.
pub fn time(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Parameters in groups, for many rows in one statement: `($1, $2), ($3, $4), …`
pub fn rows(count: usize, columns: usize) -> String {
    let row = |row: usize| {
        let numbers: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &tempfile::TempDir, name: &str) -> String {
        folder.path().join(name).to_string_lossy().into_owned()
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_refused_politely() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(&folder, "a name with spaces & 50%.db");
        let db = Db::create(&path).await.expect("a new database").0;
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'future', TRUE, x'00', 0)",
        )
        .execute(db.pool())
        .await
        .expect("a row");
        db.close().await;
        let refused = Db::open(&path).await.expect_err("newer");
        assert!(matches!(refused, OpenError::Newer { version: 9999, .. }), "{refused}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn several_processes_may_create_the_same_database_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let path = file(&folder, "m.db");
            opening.spawn(async move { Db::create(&path).await.map(|_| ()) });
        }
        while let Some(opened) = opening.join_next().await {
            let opened = opened.expect("no panic");
            assert!(opened.is_ok(), "{opened:?}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_database_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(&folder, "m.db");
        let _db = Db::create(&path).await.expect("a new database").0;
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_named() {
        let refused = Db::create("/nowhere/at/all.db").await.expect_err("no folder");
        assert!(refused.to_string().contains("/nowhere/at/all.db"));
    }
}
