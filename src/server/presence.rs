//! When each device was last heard of: collected in memory and written in batches, not with each request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::Service;
use super::db::Db;

/// How often the collected times are written.
const WRITE_EVERY: Duration = Duration::from_secs(10);

/// Logins in one statement.
const ROWS: usize = 500;

#[derive(Debug, Default)]
pub struct Presence(Mutex<HashMap<Uuid, Timestamp>>);

impl Presence {
    pub fn seen(&self, device: Uuid, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(device, now);
    }

    /// Writes what was collected. What cannot be written now is written the next time.
    pub async fn flush(&self, db: &Db) {
        let seen = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if seen.is_empty() {
            return;
        }
        if let Err(error) = write(db, &seen).await {
            tracing::warn!(%error, "last contacts could not be written");
            let mut later = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (device, at) in seen {
                later.entry(device).or_insert(at);
            }
        }
    }
}

async fn write(db: &Db, seen: &HashMap<Uuid, Timestamp>) -> Result<(), sqlx::Error> {
    let seen: Vec<_> = seen.iter().collect();
    let mut tx = db.write().await?;
    for seen in seen.chunks(ROWS) {
        let rows: Vec<String> = (1..=seen.len()).map(|n| format!("(${}, ${})", 2 * n - 1, 2 * n)).collect();
        let mut query = sqlx::query(AssertSqlSafe(format!(
            "WITH seen (id, at) AS (VALUES {}) UPDATE login SET last_seen_at = seen.at FROM seen WHERE login.id = seen.id",
            rows.join(", ")
        )));
        for (login, at) in seen {
            query = query.bind(login.to_string()).bind(at.as_millisecond());
        }
        query.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Writes regularly, for ever.
pub async fn keep(service: &Service) {
    loop {
        tokio::time::sleep(WRITE_EVERY).await;
        service.presence.flush(&service.db).await;
        service.signals.tidy();
    }
}
