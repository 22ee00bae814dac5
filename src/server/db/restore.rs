//! Puts a copy back in the place of a database. What was given out since the copy was made is not in it: order numbers jump
//! ahead of all that agents may have seen, and a new epoch makes them say again where they stand.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::{AnyConnection, Connection, Executor, Row};

use crate::server::db::instance::{self, Instance};
use crate::server::db::opening::{beside, create_private, give_to_owner, look, trial, with_end};
use crate::server::db::place::Place;
use crate::server::db::watcher::LISTENER;
use crate::server::db::{Db, OpenError, time};
use crate::server::operators::Actor;

/// Orders that may have been given since the copy was made, beyond one in each second.
const JUMP: i64 = 1_000_000;
/// When anything was last written that somebody would miss.
const NEWEST: &str = "SELECT MAX(at) FROM (SELECT MAX(received_at) AS at FROM event UNION ALL SELECT MAX(at) FROM audit
    UNION ALL SELECT MAX(created_at) FROM code UNION ALL SELECT MAX(created_at) FROM login
    UNION ALL SELECT MAX(bound_at) FROM login) AS newest";

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("there is no copy {0}; name a file that `mailshift-server backup` has made")]
    NoCopy(PathBuf),
    #[error("{path} cannot be used: {reason}; name a file that `mailshift-server backup` has made")]
    Unusable { path: PathBuf, reason: String },
    #[error("{0} is in PostgreSQL; put the copy back with pg_restore, and then say: mailshift-server restore")]
    Postgres(String),
    #[error("{0} is in use; stop every server and command that works on it first")]
    InUse(String),
    #[error(
        "{name} was written to after the copy was made ({there} is newer than {copy}); what came since would be left out; \
         to put the copy in its place all the same, add --force (the present file is kept beside it)"
    )]
    Newer { name: String, there: Timestamp, copy: Timestamp },
    #[error("database: {0}; nothing was put in its place")]
    Database(#[from] sqlx::Error),
    #[error("{path} cannot be put in its place: {source}; what was there is still there or lies beside it")]
    Replace { path: PathBuf, source: std::io::Error },
}

/// What was put in its place.
#[derive(Debug, Clone)]
pub struct Restored {
    pub instance: Instance,
    /// What was there before.
    pub kept: Option<PathBuf>,
}

/// Puts a copy in the place of a file. Without a copy, the database has been put back by other means already: a file, or
/// `PostgreSQL` by its own program.
///
/// # Errors
/// When the copy is none, when something works on the database or has written to it later, or when the disk refuses.
pub async fn restore(copy: Option<&Path>, database: &str, force: bool) -> Result<Restored, RestoreError> {
    let place = Place::parse(database)?;
    match (&place, copy) {
        (Place::Postgres { .. }, Some(_)) => Err(RestoreError::Postgres(place.to_string())),
        (Place::File(path), Some(copy)) => put_back(copy, path, force).await,
        (Place::Postgres { .. }, None) => in_place(database, &place).await,
        (Place::File(path), None) => {
            look(&place).await?;
            drop(exclusive(path).await?);
            in_place(database, &place).await
        }
        (Place::Memory, _) => Err(RestoreError::InUse(place.to_string())),
    }
}

async fn in_place(database: &str, place: &Place) -> Result<Restored, RestoreError> {
    crate::server::db::migrate(database).await?;
    let db = Db::open(database).await?;
    let mut tx = db.write().await?;
    if matches!(place, Place::Postgres { .. }) {
        let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = $1";
        if sqlx::query_scalar::<_, i64>(others).bind(LISTENER).fetch_one(&mut *tx).await? > 0 {
            return Err(RestoreError::InUse(place.to_string()));
        }
    }
    let instance = renew(&mut tx, 0).await?;
    tx.commit().await?;
    db.close().await;
    Ok(Restored { instance, kept: None })
}

async fn put_back(copy: &Path, path: &Path, force: bool) -> Result<Restored, RestoreError> {
    let new = trial(path);
    let put = async {
        let (written, prepared) = prepare(copy, &new).await?;
        let there = if path.exists() { exclusive(path).await? } else { None };
        let (mut lock, mut epoch) = (None, 0);
        if let Some(mut there) = there {
            let newest: i64 = newest(&mut there).await;
            if newest > written && !force {
                let (there, copy) = (time(newest), time(written));
                return Err(RestoreError::Newer { name: path.display().to_string(), there, copy });
            }
            epoch = instance::look(&mut there).await.map_or(0, |instance| instance.epoch);
            lock = Some(there);
        }
        let mut tx = prepared.write().await?;
        let instance = renew(&mut tx, epoch).await?;
        tx.commit().await?;
        prepared.close().await;
        let kept = replace(&new, path).map_err(|source| RestoreError::Replace { path: path.into(), source })?;
        drop(lock);
        Ok(Restored { instance, kept })
    };
    let put = put.await;
    if put.is_err() {
        // Of no use any more; what went wrong is told anyway.
        let _ = std::fs::remove_file(&new);
    }
    put
}

/// A database made of the copy, under another name, and when it was last written to. The copy stays as it is.
async fn prepare(copy: &Path, new: &Path) -> Result<(i64, Db), RestoreError> {
    sqlx::any::install_default_drivers();
    if !copy.is_file() {
        return Err(RestoreError::NoCopy(copy.into()));
    }
    let unusable = |reason: String| RestoreError::Unusable { path: copy.into(), reason };
    create_private(new).map_err(|source| RestoreError::Replace { path: new.into(), source })?;
    let read = async {
        let mut connection = AnyConnection::connect(Place::File(copy.into()).url_to_read().reveal()).await?;
        let newest = newest(&mut connection).await;
        // An empty file may be written into.
        sqlx::query("VACUUM INTO $1").bind(new.to_string_lossy().into_owned()).execute(&mut connection).await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(newest)
    };
    let newest = read.await.map_err(|error| unusable(error.to_string()))?;
    let database = new.to_string_lossy();
    let done = async {
        if let crate::server::db::Migrated::From { copy: Some(twice), .. } =
            crate::server::db::migrate(&database).await?
        {
            // The copy that was named is there.
            let _ = std::fs::remove_file(twice);
        }
        Db::open(&*database).await
    };
    let db = done.await.map_err(|error| unusable(error.to_string()))?;
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(db.pool()).await?;
    if whole != "ok" {
        return Err(unusable(whole));
    }
    Ok((newest, db))
}

async fn newest(connection: &mut AnyConnection) -> i64 {
    let newest = sqlx::query(NEWEST).fetch_one(connection).await.and_then(|row| row.try_get::<Option<i64>, _>(0));
    // What cannot be read is older than everything.
    newest.ok().flatten().unwrap_or(0)
}

/// A connection that nobody else has one beside; none to a file that is no database (any more). To leave the mode with a
/// log, everybody else has to be gone (`SQLite` documentation, "Write-Ahead Logging").
async fn exclusive(path: &Path) -> Result<Option<AnyConnection>, RestoreError> {
    let connect = async {
        let mut connection = AnyConnection::connect(Place::File(path.into()).url().reveal()).await?;
        connection.execute("PRAGMA busy_timeout = 500").await?;
        connection.execute("PRAGMA journal_mode = DELETE").await?;
        connection.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").await?;
        Ok::<_, sqlx::Error>(connection)
    };
    match connect.await {
        Ok(connection) => Ok(Some(connection)),
        Err(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("5" | "261" | "517")) => {
            Err(RestoreError::InUse(path.display().to_string()))
        }
        Err(_) => Ok(None),
    }
}

/// A higher epoch than any before, and order numbers above all that were ever given.
async fn renew(tx: &mut AnyConnection, epoch: u64) -> Result<Instance, sqlx::Error> {
    let now = crate::server::db::now().as_second();
    let known = instance::look(tx).await?.epoch.max(epoch);
    let actor = Actor::command_line();
    let epoch = i64::try_from(known).unwrap_or(0).saturating_add(1).max(now);
    sqlx::query("UPDATE instance SET epoch = $1 WHERE place = 1").bind(epoch).execute(&mut *tx).await?;
    sqlx::query("UPDATE project SET last_order = $2 + CASE WHEN last_order < $1 THEN $1 ELSE last_order END")
        .bind(now)
        .bind(JUMP)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO audit (id, at, actor_id, actor_name, action, subject, detail)
         VALUES ($1, $2, $3, $4, 'database.restore', '', $5)",
    )
    .bind(crate::server::db::new_id())
    .bind(crate::server::db::now().as_millisecond())
    .bind(&actor.id)
    .bind(&actor.name)
    .bind(epoch.to_string())
    .execute(&mut *tx)
    .await?;
    // Sessions that were ended since would be open again.
    tx.execute("DELETE FROM operator_session").await?;
    instance::look(tx).await
}

/// What was there is kept under another name, with its log.
fn replace(new: &Path, path: &Path) -> std::io::Result<Option<PathBuf>> {
    let kept = path.exists().then(|| beside(path, "replaced"));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    give_to_owner(new, if path.exists() { path } else { folder })?;
    std::fs::File::open(new)?.sync_all()?;
    for end in ["-wal", "-shm", ""] {
        let there = with_end(path, end);
        if let Some(kept) = kept.as_deref().filter(|_| there.exists()) {
            std::fs::rename(&there, with_end(kept, end))?;
        } else if there.exists() {
            // The log of a file that is gone would be played into the new one.
            std::fs::rename(&there, with_end(&beside(path, "replaced"), end))?;
        }
    }
    std::fs::rename(new, path)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(kept)
}
