//! Transactions that write, one at a time, and what becomes of a connection whose transaction went wrong.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Executor};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::server::db::place::Place;
use crate::server::db::{Db, Trouble};

/// A writing transaction takes the lock at its start: taking it later fails at once when somebody else wrote meanwhile.
const BEGIN_SQLITE: &str = "BEGIN IMMEDIATE";
/// The same on `PostgreSQL`: writers of all processes take turns, in order, until their transactions end. The number stands
/// for Mailshift in this database ("mailshif" in ASCII).
const BEGIN_POSTGRES: &str = "BEGIN; SELECT 1 FROM pg_advisory_xact_lock(7881696737388685670)";
/// Writes without changing anything.
const PROBE: &str = "UPDATE signal SET number = number WHERE id = 1";

/// How long it may take to end what was begun.
const END: Duration = Duration::from_secs(5);

/// Who writes, and how the last one fared.
#[derive(Debug, Default)]
pub struct Writers {
    turn: Arc<Mutex<()>>,
    /// When a transaction could not be begun the last time.
    refused: RwLock<Option<(Instant, Trouble)>>,
    /// Why nothing could be written the last time.
    trouble: RwLock<Option<Trouble>>,
}

/// A transaction that writes; without [`Write::commit`] nothing has happened.
///
/// A connection that could not end its transaction is closed: nobody knows what it is in the middle of. (`SQLite` takes a
/// transaction back by itself when the disk is full; the next one to begin on that connection would fail for ever.)
pub struct Write {
    /// None as soon as the transaction has ended.
    connection: Option<PoolConnection<Any>>,
    db: Db,
    /// Goes when the transaction has ended.
    turn: Option<OwnedMutexGuard<()>>,
}

impl Writers {
    fn set_trouble(&self, trouble: Option<Trouble>) {
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn trouble(&self) -> Option<Trouble> {
        *self.trouble.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_refused(&self, error: &sqlx::Error) {
        let trouble = Trouble::of(error).unwrap_or(Trouble::Away);
        *self.refused.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), trouble));
    }

    /// Why a transaction could not be begun since then.
    fn refused_since(&self, since: Instant) -> Option<Trouble> {
        let refused = *self.refused.read().unwrap_or_else(PoisonError::into_inner);
        refused.filter(|(at, _)| *at > since).map(|(_, trouble)| trouble)
    }
}

impl Db {
    /// A transaction that will write. Writers of this process take turns here: in the database they would hold a
    /// connection each, and on `SQLite` they would wait by sleeping and looking again.
    pub async fn write(&self) -> Result<Write, sqlx::Error> {
        let asked = Instant::now();
        // The mutex is fair, so nobody waits for ever.
        let turn = Arc::clone(&self.writers.turn).lock_owned().await;
        // Whoever waited while the database went away would only wait once more for the same answer.
        if let Some(trouble) = self.writers.refused_since(asked) {
            return Err(trouble.into());
        }
        let begun = self.begin(turn).await;
        if let Err(error) = &begun {
            self.writers.set_refused(error);
        }
        begun
    }

    async fn begin(&self, turn: OwnedMutexGuard<()>) -> Result<Write, sqlx::Error> {
        let begin = if matches!(self.place, Place::Postgres { .. }) { BEGIN_POSTGRES } else { BEGIN_SQLITE };
        let connection = self.pool.acquire().await?;
        let mut write = Write { connection: Some(connection), db: self.clone(), turn: Some(turn) };
        write.execute(begin).await?;
        Ok(write)
    }

    /// Takes a turn to write, changes nothing, and tells whether that went well. After trouble it goes to the end: only a
    /// transaction that is committed comes to the disk.
    pub async fn prove(&self) -> Result<(), sqlx::Error> {
        let mut write = self.write().await?;
        write.execute(PROBE).await?;
        if self.trouble().is_none() {
            return write.roll_back().await;
        }
        write.commit().await?;
        self.trouble().map_or(Ok(()), |trouble| Err(trouble.into()))
    }

    /// Why nothing could be written the last time.
    pub fn trouble(&self) -> Option<Trouble> {
        self.writers.trouble()
    }

    /// Finds out why the database has ended a transaction by itself.
    async fn find_trouble(self) {
        if self.trouble().is_none() {
            self.writers.set_trouble(Some(Trouble::Away));
            if let Err(error) = self.prove().await {
                tracing::error!(%error, database = self.name(), "nothing can be written");
            }
        }
    }
}

impl Write {
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        let done = self.execute("COMMIT").await;
        match &done {
            Ok(_) => {
                drop(self.connection.take());
                // A small transaction may find a place where a larger one does not.
                if self.db.trouble() != Some(Trouble::Full) || self.db.place.has_room() {
                    self.db.writers.set_trouble(None);
                }
            }
            Err(error) => {
                let trouble = Trouble::of(error).unwrap_or(Trouble::Away);
                self.db.writers.set_trouble(Some(trouble));
            }
        }
        done.map(|_| ())
    }

    async fn roll_back(mut self) -> Result<(), sqlx::Error> {
        self.execute("ROLLBACK").await?;
        drop(self.connection.take());
        Ok(())
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        let (Some(mut connection), turn) = (self.connection.take(), self.turn.take()) else { return };
        let Ok(runtime) = Handle::try_current() else {
            connection.close_on_drop();
            return;
        };
        let db = self.db.clone();
        runtime.spawn(async move {
            let ended = tokio::time::timeout(END, connection.execute("ROLLBACK")).await;
            if matches!(ended, Ok(Ok(_))) {
                drop(turn); // with the connection free again for the next one
                return;
            }
            // Gracefully or not: it is gone for the pool.
            let _ = tokio::time::timeout(END, connection.close()).await;
            drop(turn);
            db.find_trouble().await;
        });
    }
}

impl Deref for Write {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.connection.as_ref().unwrap_or_else(|| unreachable!("a transaction that has ended is not used"))
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.connection.as_mut().unwrap_or_else(|| unreachable!("a transaction that has ended is not used"))
    }
}
