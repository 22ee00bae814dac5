//! Brings the schema up to date, by one process at a time.

use std::time::Duration;

use sqlx::AnyPool;
use sqlx::migrate::MigrateError;

/// How often the schema is brought up to date when another process is in the way, and the pause in between.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// On `PostgreSQL` processes wait for each other. On `SQLite`, when another process does the same at this moment, one of
/// the two fails and finds the work done when it looks again.
pub async fn run(pool: &AnyPool) -> Result<(), MigrateError> {
    let migrator = sqlx::migrate!("src/server/schema");
    let mut tries_left = TRIES;
    loop {
        tries_left -= 1;
        match migrator.run(pool).await {
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) if tries_left > 0 => {
                tokio::time::sleep(PAUSE).await;
            }
            done => return done,
        }
    }
}
