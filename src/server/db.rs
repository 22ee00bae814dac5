//! The database: one `SQLite` file, opened the same way by the server and by every command of the operator.
//!
//! Queries use `$1` parameters, text ids and millisecond times only, so that they run on `PostgreSQL` unchanged.

use std::fmt::Write as _;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The name that stands for a database in memory, for tests and trials.
pub const MEMORY: &str = "sqlite::memory:";
/// Connections at the same time. `SQLite` has one writer anyway; readers are short.
pub const CONNECTIONS: u32 = 8;
/// How long a query waits for a free connection.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(10);
/// How often the schema is brought up to date when another process is in the way, and the pause in between.
const MIGRATE_TRIES: u32 = 5;
const MIGRATE_PAUSE: Duration = Duration::from_millis(200);
/// Readers go on while somebody writes; writers wait for each other up to 5 s.
const ON_CONNECT: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON";
/// A writing transaction takes the lock at its start: taking it later fails at once when somebody else wrote meanwhile.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// A handle to the database; clones share the connections.
#[derive(Debug, Clone)]
pub struct Db {
    pool: AnyPool,
    in_memory: bool,
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

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database {path} cannot be opened: {source}; check the folder and its permissions")]
    Open { path: PathBuf, source: sqlx::Error },
    #[error("the database file {path} cannot be created: {source}; check the folder and its permissions")]
    Create { path: PathBuf, source: std::io::Error },
    #[error("the database {path} was made by a newer mailshift-server (schema {version}); run that version or newer")]
    Newer { path: PathBuf, version: i64 },
    #[error("the database {path} could not be brought up to date: {source}")]
    Migrate { path: PathBuf, source: MigrateError },
}

impl Db {
    /// Opens the `SQLite` file (or [`MEMORY`]), creates it when it is not there (readable for its owner only), and brings
    /// its schema up to date.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        sqlx::any::install_default_drivers();
        let in_memory = path == Path::new(MEMORY);
        if !in_memory {
            create_private(path).map_err(|source| OpenError::Create { path: path.into(), source })?;
        }
        // Every connection to a database in memory has one of its own, so there must be one that stays.
        let options = if in_memory {
            AnyPoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None)
        } else {
            AnyPoolOptions::new().max_connections(CONNECTIONS)
        };
        let pool = options
            .acquire_timeout(ACQUIRE_LIMIT)
            .after_connect(|connection, _| Box::pin(async move { connection.execute(ON_CONNECT).await.map(|_| ()) }))
            .connect(&url(path))
            .await
            .map_err(|source| OpenError::Open { path: path.into(), source })?;
        migrate(&pool).await.map_err(|source| match source {
            MigrateError::VersionMissing(version) => OpenError::Newer { path: path.into(), version },
            source => OpenError::Migrate { path: path.into(), source },
        })?;
        Ok(Self { pool, in_memory, writers: Arc::default() })
    }

    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A transaction that will write. Writers of this process take turns here: in the database they would wait by
    /// sleeping and looking again.
    pub async fn write(&self) -> Result<Write, sqlx::Error> {
        // The mutex is fair, so nobody waits for ever.
        let turn = Arc::clone(&self.writers).lock_owned().await;
        Ok(Write { transaction: self.pool.begin_with(BEGIN_WRITE).await?, _turn: turn })
    }

    /// A connection outside the pool, to watch for changes of other processes. None when no other process can be there.
    pub async fn watcher(&self) -> Result<Option<AnyConnection>, sqlx::Error> {
        if self.in_memory {
            return Ok(None);
        }
        Ok(Some(self.pool.acquire().await?.detach()))
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Tells running servers that an operator changed something: agents that wait ask themselves anew.
pub async fn ring(tx: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE signal SET number = number + 1 WHERE id = 1").execute(tx).await.map(|_| ())
}

/// The present time, as exact as the database keeps it.
pub fn now() -> Timestamp {
    time(Timestamp::now().as_millisecond())
}

/// A time out of the database. What is out of range (nobody writes it) counts as 1970.
pub fn time(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Brings the schema up to date. When another process does the same at this moment, one of the two fails and finds the
/// work done when it looks again.
async fn migrate(pool: &AnyPool) -> Result<(), MigrateError> {
    let migrator = sqlx::migrate!("src/server/schema");
    let mut tries_left = MIGRATE_TRIES;
    loop {
        tries_left -= 1;
        match migrator.run(pool).await {
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) if tries_left > 0 => {
                tokio::time::sleep(MIGRATE_PAUSE).await;
            }
            done => return done,
        }
    }
}

fn url(path: &Path) -> String {
    if path == Path::new(MEMORY) {
        return MEMORY.into();
    }
    let encoded: String = path.to_string_lossy().bytes().fold(String::new(), |mut url, byte| {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}"); // writing to a String cannot fail
        }
        url
    });
    format!("sqlite:{encoded}?mode=rw")
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

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_refused_politely() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a name with spaces & 50%.db");
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
            let path = folder.path().join("m.db");
            opening.spawn(async move { Db::open(path).await.map(|_| ()) });
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
        let path = folder.path().join("m.db");
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
