//! Sees what was written, also by other processes.
//!
//! `SQLite` is asked often: `PRAGMA data_version` costs no disk access and changes when another connection has written
//! (`SQLite` documentation, "PRAGMA `data_version`"). `PostgreSQL` tells by itself, through the triggers of `postgres.sql`.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{AnyConnection, AnyPool, Executor};
use uuid::Uuid;

use crate::server::db::Db;
use crate::server::db::notify::{self, Called};
use crate::server::db::opening::ACQUIRE_LIMIT;
use crate::server::db::place::Place;

/// How often `SQLite` is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long `PostgreSQL` may be silent until it is asked whether it is still there, and how long it has to answer. What is
/// told over a connection that broke without a word is therefore noticed after [`UNNOTICED`] at the latest.
const SILENCE: Duration = Duration::from_secs(5);
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long a connection may be broken without being noticed.
pub const UNNOTICED: Duration = SILENCE.saturating_add(ANSWER_LIMIT);

const CHANNEL: &str = "mailshift";
/// What a running server calls the connection over which it is told.
pub const LISTENER: &str = "mailshift-server listens";

/// Something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nobody knows for whom.
    Everyone,
    /// For these.
    Called(Vec<Called>),
    /// For nobody but those who show everything.
    Other,
}

/// Changes from now on. After an error nothing more is seen: open another one, and look at everything anew.
pub struct Watcher {
    eyes: Eyes,
    pool: AnyPool,
    /// The last number of the signal.
    number: i64,
}

enum Eyes {
    /// A connection of its own: its own writes would not count.
    File(AnyConnection, i64),
    /// There is but one connection, which counts its own writes.
    Memory(i64),
    Postgres(PgListener),
}

impl Watcher {
    pub async fn open(db: &Db) -> Result<Self, sqlx::Error> {
        let eyes = match &db.place {
            Place::Memory => Eyes::Memory(0),
            Place::File(_) => Eyes::File(db.pool.acquire().await?.detach(), 0),
            Place::Postgres { options, .. } => {
                let mut tx = db.write().await?;
                tx.execute(include_str!("postgres.sql")).await?;
                tx.commit().await?;
                let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_LIMIT);
                let pool = pool
                    .max_lifetime(None)
                    .idle_timeout(None)
                    .connect_with((**options).clone().application_name(LISTENER))
                    .await?;
                let mut listener = PgListener::connect_with(&pool).await?;
                listener.listen(CHANNEL).await?;
                Eyes::Postgres(listener)
            }
        };
        let number = notify::number(&db.pool).await?;
        Ok(Self { eyes, pool: db.pool.clone(), number })
    }

    /// Waits for the next change.
    pub async fn next(&mut self) -> Result<Change, sqlx::Error> {
        loop {
            match &mut self.eyes {
                Eyes::File(connection, seen) => {
                    let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await?;
                    if std::mem::replace(seen, version) != version {
                        return self.looked().await;
                    }
                    tokio::time::sleep(LOOK).await;
                }
                Eyes::Memory(seen) => {
                    let version = sqlx::query_scalar("SELECT total_changes()").fetch_one(&self.pool).await?;
                    if std::mem::replace(seen, version) != version {
                        return self.looked().await;
                    }
                    tokio::time::sleep(LOOK).await;
                }
                Eyes::Postgres(listener) => {
                    if let Ok(told) = tokio::time::timeout(SILENCE, listener.try_recv()).await {
                        let notification = told?.ok_or_else(lost)?;
                        return self.told(notification.payload()).await;
                    }
                    // A connection that broke without a word looks like silence.
                    let answer = sqlx::query_scalar(notify::NUMBER).fetch_one(&mut *listener);
                    let number = tokio::time::timeout(ANSWER_LIMIT, answer).await.map_err(|_| lost())??;
                    if number > self.number {
                        return self.rung(number).await;
                    }
                }
            }
        }
    }

    /// Something was written, nobody has said what.
    async fn looked(&mut self) -> Result<Change, sqlx::Error> {
        let number = notify::number(&self.pool).await?;
        self.rung(number).await
    }

    async fn told(&mut self, payload: &str) -> Result<Change, sqlx::Error> {
        match payload.split_once(' ') {
            Some(("signal", number)) => self.rung(number.parse().unwrap_or(self.number)).await,
            Some(("login", id)) => {
                Ok(id.parse().map_or(Change::Other, |login: Uuid| Change::Called(vec![Called::Login(login)])))
            }
            _ => Ok(Change::Other),
        }
    }

    async fn rung(&mut self, number: i64) -> Result<Change, sqlx::Error> {
        // Known already with an earlier one.
        if number <= self.number {
            return Ok(Change::Other);
        }
        let (called, last) = notify::since(&self.pool, self.number).await?;
        self.number = last.max(number);
        Ok(if called.is_empty() { Change::Everyone } else { Change::Called(called) })
    }
}

pub fn lost() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "the database does not answer any more"))
}
