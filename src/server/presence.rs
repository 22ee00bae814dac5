//! When each device was last heard of: collected in memory and written in batches, not with each request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::Service;
use super::db::Db;

/// How often the collected times are written.
const WRITE_EVERY: Duration = Duration::from_secs(10);
/// Times in one statement; each takes two of the 32,766 parameters that `SQLite` knows.
const BATCH: usize = 500;

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

/// Writes in batches, so that other writers get their turns in between. What another process knows better stays.
async fn write(db: &Db, seen: &HashMap<Uuid, Timestamp>) -> Result<(), sqlx::Error> {
    let seen: Vec<_> = seen.iter().collect();
    for batch in seen.chunks(BATCH) {
        let rows: Vec<String> = (0..batch.len()).map(|i| format!("(${}, ${})", 2 * i + 1, 2 * i + 2)).collect();
        // Columns of VALUES are called like this on SQLite and on PostgreSQL.
        let statement = format!(
            "UPDATE login SET last_seen_at = seen.column2 FROM (VALUES {}) AS seen
             WHERE login.id = seen.column1 AND (last_seen_at IS NULL OR last_seen_at < seen.column2)",
            rows.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
        for (device, at) in batch {
            query = query.bind(device.to_string()).bind(at.as_millisecond());
        }
        let mut tx = db.write().await?;
        query.execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Writes regularly, for ever.
pub async fn keep(service: &Service) {
    loop {
        tokio::time::sleep(WRITE_EVERY).await;
        service.presence.flush(&service.db).await;
        service.signals.tidy();
    }
}
