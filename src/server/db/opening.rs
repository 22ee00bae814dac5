//! Opening a database. Nothing is created and nothing is brought up to date that nobody asked for: a mistyped path must not
//! become a server that knows nobody.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection, Executor};

use crate::server::db::migration::{self, Schema};
use crate::server::db::place::Place;
use crate::server::db::{CONNECTIONS, Db, OpenError, backup, instance, watcher};

/// How long a query waits for a free connection.
pub const ACQUIRE_LIMIT: Duration = Duration::from_secs(10);
/// The same on `PostgreSQL`, which may be away: whoever asks is told so, and comes again.
const REACH_LIMIT: Duration = Duration::from_secs(3);
/// A connection that was used so long ago is asked whether it is still there before it is used again, and how long it has
/// to answer: one whose other end has gone without a word would keep whoever uses it waiting.
const PROVEN: Duration = Duration::from_secs(1);
const PROOF_LIMIT: Duration = Duration::from_millis(500);
/// Readers go on while somebody writes; writers wait for each other up to 5 s. What was committed is on the disk: a token that
/// was revoked or a code that was spent must not be good again after the power has failed.
const ON_CONNECT_SQLITE: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON";
/// Writers wait for each other up to 5 s, also for one that is stuck or whose computer has gone.
const ON_CONNECT_POSTGRES: &str = "SET application_name = 'mailshift-server'; SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '5s'; SET client_min_messages = 'warning'";
/// Only one process at a time makes a database out of an empty one ("mailshif" in ASCII, and one).
const MAKE_POSTGRES: &str = "SELECT 1 FROM pg_advisory_lock(7881696737388685671)";

/// What [`migrate`] has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migrated {
    /// It was up to date.
    Nothing,
    /// From this schema; a file was copied there before.
    From { version: i64, copy: Option<PathBuf> },
}

impl Db {
    /// Opens a database to serve from it. A file of an older version is copied and brought up to date; `PostgreSQL` is not,
    /// for other servers may be running on it, and only its own program can copy it.
    ///
    /// # Errors
    /// As for [`Db::open`] and [`migrate`].
    pub async fn open_to_serve(database: &str) -> Result<(Self, Migrated), OpenError> {
        let migrated = match Self::open(database).await {
            Err(OpenError::Older { .. }) if Place::parse(database)?.is_file() => migrate(database).await?,
            opened => return opened.map(|db| (db, Migrated::Nothing)),
        };
        Ok((Self::open(database).await?, migrated))
    }

    /// Opens a database that is there and up to date: `postgres://user@host:port/database`, [`crate::server::db::MEMORY`] (which is
    /// made anew each time), or the path of an `SQLite` file. Over a network that is not trusted, add
    /// `?sslmode=verify-full` (`PostgreSQL` documentation, "SSL Support").
    ///
    /// # Errors
    /// When there is none, when it cannot be reached or read, or when another version of this program has made it.
    pub async fn open(database: impl AsRef<str>) -> Result<Self, OpenError> {
        let place = Place::parse(database.as_ref())?;
        if matches!(place, Place::Memory) {
            return made(connect(&place).await?, place).await;
        }
        let schema = look(&place).await?;
        refuse_unless_current(&place, schema)?;
        let pool = connect(&place).await?;
        let failed = |source| OpenError::Open { name: place.to_string(), source };
        let mut connection = pool.acquire().await.map_err(failed)?;
        let instance = instance::look(&mut connection).await;
        let instance = match instance {
            Err(sqlx::Error::RowNotFound) => instance::read(&mut connection).await,
            looked => looked,
        };
        drop(connection);
        Ok(Self { instance: instance.map_err(failed)?, pool, place, writers: Arc::default() })
    }

    /// The same, after making the database when there is none, or only an empty one; whether it was made. A file is for its
    /// owner only, and is there as a whole or not at all.
    ///
    /// # Errors
    /// As for [`Db::open`], and when it cannot be made.
    pub async fn create(database: impl AsRef<str>) -> Result<(Self, bool), OpenError> {
        let place = Place::parse(database.as_ref())?;
        match &place {
            Place::File(path) if !path.exists() => {
                let made = make_file(path).await?;
                Ok((Self::open(database).await?, made))
            }
            Place::Postgres { .. } => {
                let failed = |source| OpenError::Connect { name: place.to_string(), source };
                let mut lock = reach(&place).await?;
                lock.execute(MAKE_POSTGRES).await.map_err(failed)?;
                let empty = look(&place).await? == Schema::Empty;
                if empty {
                    made(connect(&place).await?, place.clone()).await?.close().await;
                }
                lock.close().await.map_err(failed)?;
                Ok((Self::open(database).await?, empty))
            }
            _ => {
                let empty = look(&place).await? == Schema::Empty;
                if empty {
                    made(connect(&place).await?, place.clone()).await?.close().await;
                }
                Ok((Self::open(database).await?, empty))
            }
        }
    }
}

/// Brings a database up to date, after copying a file beside itself. `PostgreSQL` copies with its own program.
///
/// # Errors
/// When there is no database, when it cannot be copied, or when it cannot be brought up to date.
pub async fn migrate(database: &str) -> Result<Migrated, OpenError> {
    let place = Place::parse(database)?;
    let schema = look(&place).await?;
    let Schema::Older(version) = schema else {
        return refuse_unless_current(&place, schema).map(|()| Migrated::Nothing);
    };
    let copy = match &place {
        Place::File(path) => {
            let copy = beside(path, &format!("schema-{version}"));
            let failed = |error: crate::server::db::BackupError| OpenError::NoCopy {
                name: place.to_string(),
                reason: error.to_string(),
            };
            backup(database, &copy).await.map_err(failed)?;
            Some(copy)
        }
        Place::Postgres { .. } | Place::Memory => None,
    };
    made(connect(&place).await?, place).await?.close().await;
    Ok(Migrated::From { version, copy })
}

/// A name beside a file for something that does not stay; nobody else has it.
pub fn trial(path: &Path) -> PathBuf {
    beside(path, &format!("new-{}", crate::server::db::new_id()))
}

/// A name beside a file for what stays: with what it is and when it was made.
pub fn beside(path: &Path, what: &str) -> PathBuf {
    with_end(path, &format!(".{what}.{}", crate::server::db::now().strftime("%Y%m%d-%H%M%S-%f")))
}

/// The same name with an end, as `SQLite` names what belongs to a file.
pub fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn refuse_unless_current(place: &Place, schema: Schema) -> Result<(), OpenError> {
    let name = place.to_string();
    match schema {
        Schema::Current => Ok(()),
        Schema::Empty => Err(OpenError::Empty(name)),
        Schema::Older(version) => Err(OpenError::Older { name, version }),
        Schema::Newer(version) => Err(OpenError::Newer { name, version }),
    }
}

/// How far a database has got. Connects once: the pool would hide why it cannot behind a time-out.
pub(super) async fn look(place: &Place) -> Result<Schema, OpenError> {
    sqlx::any::install_default_drivers();
    let failed = |source| OpenError::Open { name: place.to_string(), source };
    let mut connection = match place {
        Place::Postgres { .. } => reach(place).await?,
        Place::Memory => return Ok(Schema::Empty),
        Place::File(path) => {
            writable(path)?;
            let mut connection = AnyConnection::connect(place.url().reveal()).await.map_err(failed)?;
            connection.execute(ON_CONNECT_SQLITE).await.map_err(failed)?;
            connection
        }
    };
    let schema = migration::schema(&mut connection, place).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(schema)
}

fn writable(path: &Path) -> Result<(), OpenError> {
    let name = || path.display().to_string();
    match std::fs::OpenOptions::new().read(true).write(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(OpenError::Missing(name())),
        Err(source) => Err(OpenError::File { name: name(), source }),
    }
}

async fn reach(place: &Place) -> Result<AnyConnection, OpenError> {
    sqlx::any::install_default_drivers();
    let failed = |source| OpenError::Connect { name: place.to_string(), source };
    let connection = tokio::time::timeout(ACQUIRE_LIMIT, AnyConnection::connect(place.url().reveal())).await;
    connection.map_err(|_| failed(sqlx::Error::PoolTimedOut))?.map_err(failed)
}

async fn connect(place: &Place) -> Result<AnyPool, OpenError> {
    sqlx::any::install_default_drivers();
    let many = AnyPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE_LIMIT);
    let (options, on_connect) = match place {
        // Every connection to a database in memory has one of its own, so there must be one that stays.
        Place::Memory => {
            let one = AnyPoolOptions::new().max_connections(1).min_connections(1);
            (one.idle_timeout(None).max_lifetime(None), ON_CONNECT_SQLITE)
        }
        Place::File(_) => (many, ON_CONNECT_SQLITE),
        Place::Postgres { .. } => (many.acquire_timeout(REACH_LIMIT), ON_CONNECT_POSTGRES),
    };
    options
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
        .after_connect(move |connection, _| Box::pin(async move { connection.execute(on_connect).await.map(|_| ()) }))
        .connect(place.url().reveal())
        .await
        .map_err(|source| OpenError::Open { name: place.to_string(), source })
}

/// The database behind the pool, brought up to date.
async fn made(pool: AnyPool, place: Place) -> Result<Db, OpenError> {
    match migration::run(&pool).await {
        Ok(instance) => Ok(Db { pool, place, instance, writers: Arc::default() }),
        Err(source) => Err(OpenError::Migrate { name: place.to_string(), source }),
    }
}

/// Makes a database under another name and gives it its own when it is whole. False: somebody else was faster.
async fn make_file(path: &Path) -> Result<bool, OpenError> {
    let failed = |source| OpenError::Create { path: path.into(), source };
    let new = trial(path);
    create_private(&new).map_err(failed)?;
    let made = async {
        let place = Place::File(new.clone());
        made(connect(&place).await?, place).await?.close().await;
        give_to_owner(&new, path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        std::fs::File::open(&new).and_then(|file| file.sync_all()).map_err(failed)?;
        match std::fs::hard_link(&new, path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            // Some file systems have no links.
            Err(_) => std::fs::rename(&new, path).map(|()| true).map_err(failed),
        }
    };
    let made = made.await;
    // It has its name, or is of no use.
    let _ = std::fs::remove_file(&new);
    made
}

/// Makes a file for its owner only.
pub(super) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// What root makes beside a server is the server's.
#[cfg(unix)]
pub(super) fn give_to_owner(file: &Path, like: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let like = if like.as_os_str().is_empty() { Path::new(".") } else { like };
    let (ours, theirs) = (std::fs::metadata(file)?, std::fs::metadata(like)?);
    if ours.uid() == 0 && theirs.uid() != 0 {
        return chown(file, Some(theirs.uid()), Some(theirs.gid()));
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn give_to_owner(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}
