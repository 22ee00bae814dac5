//! When each device was last heard of: collected in memory and written in batches, not with each request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::server::Service;
use crate::server::db::Db;

/// How often the collected times are written.
const WRITE_EVERY: Duration = Duration::from_secs(10);
/// How long writing may take: a database that has gone without a word must not be waited for.
const WRITE_LIMIT: Duration = Duration::from_secs(30);
/// Times in one statement, of two parameters each. More cost more: for each parameter `SQLite` looks through the names of
/// all of them.
const BATCH: usize = 100;

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
        let written = tokio::time::timeout(WRITE_LIMIT, write(db, &seen)).await;
        if let Err(error) = written.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::db::{MEMORY, time};

    /// As many logins, heard of at 1000 ms.
    async fn logins(db: &Db, number: usize) -> Vec<Uuid> {
        let mut tx = db.write().await.expect("a turn");
        for statement in [
            "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ('p', 'P', '{}', 'A', 0)",
            "INSERT INTO device (id, project_id, machine, name, system, created_at) VALUES ('d', 'p', 'm', '', '', 0)",
        ] {
            sqlx::query(statement).execute(&mut *tx).await.expect("a row");
        }
        let ids: Vec<Uuid> = (0..number).map(|_| Uuid::now_v7()).collect();
        for id in &ids {
            let login = sqlx::query(
                "INSERT INTO login (id, device_id, token_hash, state, name, agent, language, created_at, last_seen_at)
                 VALUES ($1, 'd', $1, 'bound', '', '', '', 0, 1000)",
            );
            login.bind(id.to_string()).execute(&mut *tx).await.expect("a row");
        }
        tx.commit().await.expect("committed");
        ids
    }

    #[tokio::test]
    async fn all_batches_are_written_and_nothing_newer_is_lost() {
        let db = Db::open(MEMORY).await.expect("a database");
        let ids = logins(&db, 2 * BATCH + 1).await;
        let presence = Presence::default();
        presence.seen(ids[0], time(999));
        for id in &ids[1..] {
            presence.seen(*id, time(2000));
        }
        presence.flush(&db).await;
        let count = "SELECT COUNT(*) FROM login WHERE last_seen_at = $1";
        for (at, expected) in [(1000_i64, 1), (2000, 2 * BATCH)] {
            let found: i64 = sqlx::query_scalar(count).bind(at).fetch_one(db.pool()).await.expect("a number");
            assert_eq!(usize::try_from(found), Ok(expected), "{at}");
        }
    }
}
