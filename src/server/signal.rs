//! Wakes the questions that are held open: one device's when it reported something itself, everyone's when an operator
//! changed something, also through another process; and the pages that show everything when anything was written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::board::memory::Memory;
use super::db::{Change, Db, Watcher};

/// How often pages that show everything hear of changes at most.
const PAGES: Duration = Duration::from_millis(250);
/// The pause after the database could not be looked at.
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub struct Signals {
    everyone: watch::Sender<i64>,
    written: watch::Sender<u64>,
    changed: watch::Sender<u64>,
    devices: Mutex<HashMap<Uuid, Weak<Notify>>>,
    /// What is remembered until something changes.
    pub memory: Memory,
}

impl Signals {
    /// Changes when an operator did something.
    pub fn everyone(&self) -> watch::Receiver<i64> {
        self.everyone.subscribe()
    }

    /// How many changes of operators are known here.
    pub fn number(&self) -> i64 {
        *self.everyone.borrow()
    }

    /// What one device's questions wait on. All of its questions share one bell.
    pub fn bell(&self, device: Uuid) -> Arc<Notify> {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = devices.get(&device).and_then(Weak::upgrade) {
            return bell;
        }
        let bell = Arc::new(Notify::new());
        devices.insert(device, Arc::downgrade(&bell));
        bell
    }

    /// Something changed for this device.
    pub fn wake(&self, device: Uuid) {
        self.memory.forget(device);
        let devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = devices.get(&device).and_then(Weak::upgrade) {
            bell.notify_waiters();
        }
    }

    /// Forgets devices that wait no longer.
    pub fn tidy(&self) {
        self.memory.tidy();
        self.devices.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, bell| bell.strong_count() > 0);
    }

    /// Moves when anything was written, at most every [`PAGES`].
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Watches the database for changes of this and of other processes, for ever.
    pub async fn watch(&self, db: &Db) {
        tokio::join!(self.look(db), self.publish());
    }

    async fn look(&self, db: &Db) {
        loop {
            if let Err(error) = self.look_until_trouble(db).await {
                tracing::warn!(%error, "the database cannot be watched; trying again");
            }
            tokio::time::sleep(TROUBLE_PAUSE).await;
        }
    }

    async fn look_until_trouble(&self, db: &Db) -> Result<(), sqlx::Error> {
        let mut watcher = Watcher::open(db).await?;
        // Nobody knows what was written while nobody looked.
        let mut change = Change::Everyone;
        loop {
            match change {
                Change::Everyone => self.everyone.send_modify(|times| *times += 1),
                Change::Login(device) => self.wake(device),
                Change::Other => {}
            }
            self.written.send_modify(|times| *times += 1);
            change = watcher.next().await?;
        }
    }

    async fn publish(&self) {
        let mut written = self.written.subscribe();
        // The sender lives as long as this.
        while written.changed().await.is_ok() {
            self.changed.send_modify(|times| *times += 1);
            tokio::time::sleep(PAGES).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::server::db::{self, MEMORY};

    const LIMIT: Duration = Duration::from_secs(10);

    async fn moves<T>(changed: &mut watch::Receiver<T>) {
        tokio::time::timeout(LIMIT, changed.changed()).await.expect("in time").expect("watched");
    }

    /// Signals that are watched until the test ends.
    async fn watched(database: &str) -> (Db, Arc<Signals>) {
        let (db, signals) = (Db::open(database).await.expect("a database"), Arc::new(Signals::default()));
        tokio::spawn({
            let (db, signals) = (db.clone(), Arc::clone(&signals));
            async move { signals.watch(&db).await }
        });
        moves(&mut signals.changed()).await;
        (db, signals)
    }

    /// A write that is not for agents.
    async fn write(db: &Db) {
        let mut tx = db.write().await.expect("a turn");
        let insert = "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ($1, $1, '', $1, 0)";
        sqlx::query(insert).bind(db::new_id()).execute(&mut *tx).await.expect("written");
        tx.commit().await.expect("committed");
    }

    #[tokio::test]
    async fn pages_hear_of_every_write_but_at_most_four_times_a_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("m.db");
        for database in [MEMORY, &file.to_string_lossy()] {
            let (db, signals) = watched(database).await;
            let mut changed = signals.changed();
            write(&db).await;
            moves(&mut changed).await;
            let (before, start) = (*changed.borrow_and_update(), Instant::now());
            // For a second, or as long as a busy machine takes to tell of one.
            while start.elapsed() < Duration::from_secs(1) || *changed.borrow() == before {
                assert!(start.elapsed() < LIMIT, "{database}: heard of nothing");
                write(&db).await;
                tokio::task::yield_now().await;
            }
            let times = *changed.borrow_and_update() - before;
            // One for what came before, one for what had waited.
            let most = u64::try_from(start.elapsed().as_millis() / 250).unwrap_or(u64::MAX) + 2;
            assert!((1..=most).contains(&times), "{database}: {times} times in {:?}", start.elapsed());
        }
    }

    #[tokio::test]
    async fn a_ring_wakes_everyone_and_a_write_does_not() {
        let (db, signals) = watched(MEMORY).await;
        let (mut everyone, mut changed) = (signals.everyone(), signals.changed());
        changed.mark_unchanged();
        write(&db).await;
        moves(&mut changed).await;
        assert!(!everyone.has_changed().expect("watched"));
        let mut tx = db.write().await.expect("a turn");
        db::ring(&mut tx).await.expect("rung");
        tx.commit().await.expect("committed");
        moves(&mut everyone).await;
    }
}
