//! Sees what was written, also by other processes.
//!
//! `SQLite` is asked often: `PRAGMA data_version` costs no disk access and changes when another connection has written
//! (`SQLite` documentation, "PRAGMA `data_version`"). `PostgreSQL` tells by itself, through the triggers of `postgres.sql`.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{AnyConnection, AnyPool, Executor};
use uuid::Uuid;

use super::place::Place;
use super::{ACQUIRE_LIMIT, Db};

/// How often `SQLite` is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long `PostgreSQL` may be silent until it is asked whether it is still there, and how long it has to answer.
const SILENCE: Duration = Duration::from_secs(10);
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

const CHANNEL: &str = "mailshift";
const NUMBER: &str = "SELECT number FROM signal WHERE id = 1";

/// Something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// For all agents: somebody has rung, see [`super::ring`].
    Everyone,
    /// For the agent at one login.
    Login(Uuid),
    /// For nobody but those who show everything.
    Other,
}

/// Changes from now on. After an error nothing more is seen: open another one, and look at everything anew.
pub struct Watcher {
    eyes: Eyes,
    /// The last number of the signal.
    number: i64,
}

enum Eyes {
    /// A connection of its own: its own writes would not count.
    File(AnyConnection, i64),
    /// There is but one connection, which counts its own writes.
    Memory(AnyPool, i64),
    Postgres(PgListener),
}

impl Watcher {
    pub async fn open(db: &Db) -> Result<Self, sqlx::Error> {
        let eyes = match &db.place {
            Place::Memory => Eyes::Memory(db.pool.clone(), 0),
            Place::File(_) => Eyes::File(db.pool.acquire().await?.detach(), 0),
            Place::Postgres { options, .. } => {
                let mut tx = db.write().await?;
                tx.execute(include_str!("postgres.sql")).await?;
                tx.commit().await?;
                let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_LIMIT);
                let pool = pool.max_lifetime(None).idle_timeout(None).connect_with((**options).clone()).await?;
                let mut listener = PgListener::connect_with(&pool).await?;
                listener.listen(CHANNEL).await?;
                Eyes::Postgres(listener)
            }
        };
        let number = sqlx::query_scalar(NUMBER).fetch_one(&db.pool).await?;
        Ok(Self { eyes, number })
    }

    /// Waits for the next change.
    pub async fn next(&mut self) -> Result<Change, sqlx::Error> {
        loop {
            match &mut self.eyes {
                Eyes::File(connection, seen) => {
                    let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *connection).await?;
                    if std::mem::replace(seen, version) != version {
                        let number = sqlx::query_scalar(NUMBER).fetch_one(connection).await?;
                        return Ok(self.counted(number));
                    }
                    tokio::time::sleep(LOOK).await;
                }
                Eyes::Memory(pool, seen) => {
                    let version = sqlx::query_scalar("SELECT total_changes()").fetch_one(&*pool).await?;
                    if std::mem::replace(seen, version) != version {
                        let number = sqlx::query_scalar(NUMBER).fetch_one(&*pool).await?;
                        return Ok(self.counted(number));
                    }
                    tokio::time::sleep(LOOK).await;
                }
                Eyes::Postgres(listener) => {
                    if let Ok(told) = tokio::time::timeout(SILENCE, listener.try_recv()).await {
                        let notification = told?.ok_or_else(lost)?;
                        return Ok(self.told(notification.payload()));
                    }
                    // A connection that broke without a word looks like silence.
                    let answer = sqlx::query_scalar(NUMBER).fetch_one(&mut *listener);
                    let number = tokio::time::timeout(ANSWER_LIMIT, answer).await.map_err(|_| lost())??;
                    if number != self.number {
                        return Ok(self.counted(number));
                    }
                }
            }
        }
    }

    fn counted(&mut self, number: i64) -> Change {
        if std::mem::replace(&mut self.number, number) == number { Change::Other } else { Change::Everyone }
    }

    fn told(&mut self, payload: &str) -> Change {
        match payload.split_once(' ') {
            Some(("signal", number)) => {
                self.number = number.parse().unwrap_or(self.number);
                Change::Everyone
            }
            Some(("login", id)) => id.parse().map_or(Change::Other, Change::Login),
            _ => Change::Other,
        }
    }
}

fn lost() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "the connection that listens was lost"))
}
