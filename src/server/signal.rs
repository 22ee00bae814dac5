//! Wakes the questions that are held open: one device's when it reported something itself, everyone's when an operator
//! changed something, also from another process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use sqlx::AnyConnection;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::board::memory::Memory;
use super::db::Db;

/// How often the database file is looked at for changes of other processes.
const LOOK: Duration = Duration::from_millis(100);
/// The pause after the database could not be looked at.
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub struct Signals {
    everyone: watch::Sender<i64>,
    devices: Mutex<HashMap<Uuid, Weak<Notify>>>,
    /// What is remembered until something changes.
    pub memory: Memory,
}

impl Signals {
    /// Changes when an operator did something.
    pub fn everyone(&self) -> watch::Receiver<i64> {
        self.everyone.subscribe()
    }

    /// The number of the operator's last change that is known here.
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

    /// Watches the database for an operator's changes, for ever. `PRAGMA data_version` costs no disk access and changes
    /// when another connection has written (`SQLite` documentation, "PRAGMA `data_version`").
    pub async fn watch(&self, db: &Db) {
        loop {
            if let Err(error) = self.watch_until_trouble(db).await {
                tracing::warn!(%error, "the database cannot be watched; trying again");
            }
            tokio::time::sleep(TROUBLE_PAUSE).await;
        }
    }

    async fn watch_until_trouble(&self, db: &Db) -> Result<(), sqlx::Error> {
        let Some(mut connection) = db.watcher().await? else {
            return std::future::pending().await;
        };
        let mut version = -1;
        loop {
            let seen: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut connection).await?;
            if seen != version {
                version = seen;
                let number = number(&mut connection).await?;
                self.everyone.send_if_modified(|known| std::mem::replace(known, number) != number);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn number(connection: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT number FROM signal WHERE id = 1").fetch_one(connection).await
}
