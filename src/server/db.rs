//! The database: one `SQLite` file, or `PostgreSQL` for several server processes; opened the same way by the server and by
//! every command of the operator.
//!
//! Queries use `$1` parameters, text ids and millisecond times only, so that they run on both.
//!
//! What was acknowledged outlives a server that is killed. When the power fails, `SQLite` may forget the last transactions
//! but is not damaged (`SQLite` documentation, "PRAGMA synchronous", NORMAL with WAL); `PostgreSQL` forgets nothing.

mod backup;
mod migration;
mod place;
mod ring;
mod watcher;

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Executor, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use backup::{BackupError, backup};
use place::Place;
pub use ring::{Called, ring, ring_logins};
pub use watcher::{Change, UNNOTICED, Watcher};

/// The name that stands for a database in memory, for tests and trials.
pub const MEMORY: &str = "sqlite::memory:";
/// Connections at the same time. `SQLite` has one writer anyway; readers are short.
pub const CONNECTIONS: u32 = 8;
/// How long a query waits for a free connection.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(10);
/// A connection that was used so long ago is asked whether it is still there before it is used again, and how long it has
/// to answer: one whose other end has gone without a word would keep whoever uses it waiting.
const PROVEN: Duration = Duration::from_secs(1);
const PROOF_LIMIT: Duration = Duration::from_secs(1);
/// Readers go on while somebody writes; writers wait for each other up to 5 s.
const ON_CONNECT_SQLITE: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    PRAGMA foreign_keys = ON";
/// Writers wait for each other up to 5 s, also for one that is stuck or whose computer has gone.
const ON_CONNECT_POSTGRES: &str = "SET application_name = 'mailshift-server'; SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '5s'; SET client_min_messages = 'warning'";
/// A writing transaction takes the lock at its start: taking it later fails at once when somebody else wrote meanwhile.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
/// The same on `PostgreSQL`: writers of all processes take turns, in order, until their transactions end. The number stands
/// for Mailshift in this database ("mailshif" in ASCII).
const TAKE_TURN: &str = "SELECT 1 FROM pg_advisory_xact_lock(7881696737388685670)";

/// A handle to the database; clones share the connections.
#[derive(Debug, Clone)]
pub struct Db {
    pool: AnyPool,
    place: Place,
    writers: Arc<Mutex<()>>,
}

/// A transaction that writes; without [`Write::commit`] nothing has happened.
pub struct Write {
    transaction: Transaction<'static, Any>,
    _turn: OwnedMutexGuard<()>,
}

impl Write {
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }
}

impl Deref for Write {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
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
    #[error("the database {name} cannot be opened: {source}; check the folder and its permissions")]
    Open { name: String, source: sqlx::Error },
    #[error("the database file {path} cannot be created: {source}; check the folder and its permissions")]
    Create { path: PathBuf, source: std::io::Error },
    #[error("the database {name} was made by a newer mailshift-server (schema {version}); run that version or newer")]
    Newer { name: String, version: i64 },
    #[error("the database {name} could not be brought up to date: {source}")]
    Migrate { name: String, source: MigrateError },
}

impl Db {
    /// Opens a database and brings its schema up to date: `postgres://user@host:port/database`, [`MEMORY`], or the path of
    /// an `SQLite` file, which is created when it is not there (readable for its owner only). Over a network that is not
    /// trusted, add `?sslmode=verify-full` (`PostgreSQL` documentation, "SSL Support").
    ///
    /// # Errors
    /// When the database cannot be reached, created or read, or when a newer version of this program has made it.
    pub async fn open(database: impl AsRef<str>) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let place = Place::parse(database.as_ref())?;
        let name = place.to_string();
        let (options, on_connect) = match &place {
            // Every connection to a database in memory has one of its own, so there must be one that stays.
            Place::Memory => {
                let one = AnyPoolOptions::new().max_connections(1).min_connections(1);
                (one.idle_timeout(None).max_lifetime(None), ON_CONNECT_SQLITE)
            }
            Place::File(path) => {
                create_private(path).map_err(|source| OpenError::Create { path: path.clone(), source })?;
                (AnyPoolOptions::new().max_connections(CONNECTIONS), ON_CONNECT_SQLITE)
            }
            Place::Postgres { options, .. } => {
                reach(options).await.map_err(|source| OpenError::Connect { name: name.clone(), source })?;
                (AnyPoolOptions::new().max_connections(CONNECTIONS), ON_CONNECT_POSTGRES)
            }
        };
        let pool = options
            .acquire_timeout(ACQUIRE_LIMIT)
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for >= PROVEN {
                        let answer = tokio::time::timeout(PROOF_LIMIT, connection.ping()).await;
                        answer.map_err(|_| watcher::lost())??;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(on_connect).await.map(|_| ()) })
            })
            .connect(place.url().reveal())
            .await
            .map_err(|source| OpenError::Open { name: name.clone(), source })?;
        migration::run(&pool).await.map_err(|source| match source {
            MigrateError::VersionMissing(version) => OpenError::Newer { name, version },
            source => OpenError::Migrate { name, source },
        })?;
        Ok(Self { pool, place, writers: Arc::default() })
    }

    /// What the database is called in logs, without its password.
    pub fn name(&self) -> String {
        self.place.to_string()
    }

    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A transaction that will write. Writers of this process take turns here: in the database they would hold a
    /// connection each, and on `SQLite` they would wait by sleeping and looking again.
    pub async fn write(&self) -> Result<Write, sqlx::Error> {
        // The mutex is fair, so nobody waits for ever.
        let turn = Arc::clone(&self.writers).lock_owned().await;
        let transaction = if matches!(self.place, Place::Postgres { .. }) {
            let mut transaction = self.pool.begin().await?;
            transaction.execute(TAKE_TURN).await?;
            transaction
        } else {
            self.pool.begin_with(BEGIN_WRITE).await?
        };
        Ok(Write { transaction, _turn: turn })
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// The present time, as exact as the database keeps it.
pub fn now() -> Timestamp {
    time(Timestamp::now().as_millisecond())
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

/// Connects once: the pool would hide why it cannot behind a time-out.
async fn reach(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let connection = tokio::time::timeout(ACQUIRE_LIMIT, options.connect()).await;
    connection.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await
}

fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
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
        let db = Db::open(&path).await.expect("a new database");
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
            opening.spawn(async move { Db::open(&path).await.map(|_| ()) });
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
        let _db = Db::open(&path).await.expect("a new database");
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_named() {
        let refused = Db::open("/nowhere/at/all.db").await.expect_err("no folder");
        assert!(refused.to_string().contains("/nowhere/at/all.db"));
    }
}
