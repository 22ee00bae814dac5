//! The schema: how far a database has got, and bringing it up to date, by one process at a time.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AnyPool};

use crate::server::db::instance::{self, Instance};
use crate::server::db::place::Place;

static MIGRATOR: Migrator = sqlx::migrate!("src/server/schema");

/// How often the schema is brought up to date when another process is in the way, and the pause in between.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// How far a database has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Nothing of Mailshift is there.
    Empty,
    /// Its newest part has this number.
    Older(i64),
    Current,
    /// It has this part, which this version does not know.
    Newer(i64),
}

pub async fn schema(connection: &mut AnyConnection, place: &Place) -> Result<Schema, sqlx::Error> {
    let tables = match place {
        Place::Postgres { .. } => {
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'"
        }
        Place::File(_) | Place::Memory => {
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'"
        }
    };
    if sqlx::query_scalar::<_, i64>(tables).fetch_one(&mut *connection).await? == 0 {
        return Ok(Schema::Empty);
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
        .fetch_all(connection)
        .await?;
    let Some(newest) = applied.last() else { return Ok(Schema::Empty) };
    let known: Vec<i64> = MIGRATOR.iter().map(|part| part.version).collect();
    if let Some(unknown) = applied.iter().rev().find(|version| !known.contains(version)) {
        return Ok(Schema::Newer(*unknown));
    }
    let complete = known.iter().all(|version| applied.contains(version));
    Ok(if complete { Schema::Current } else { Schema::Older(*newest) })
}

/// Brings the schema up to date. On `PostgreSQL` processes wait for each other. On `SQLite`, when another process does the
/// same at this moment, one of the two fails and finds the work done when it looks again.
pub async fn run(pool: &AnyPool) -> Result<Instance, MigrateError> {
    let mut tries_left = TRIES;
    loop {
        tries_left -= 1;
        match MIGRATOR.run(pool).await {
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) if tries_left > 0 => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
            Ok(()) => return Ok(instance::read(&mut *pool.acquire().await?).await?),
        }
    }
}
