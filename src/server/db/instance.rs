//! Which database this is. Tokens are good in the database that gave them out; after a copy was put back, agents say again
//! where they stand.

use sqlx::{AnyConnection, Row};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// Of the database and of its copies.
    pub id: Uuid,
    /// Higher whenever a copy was put in the place of the database.
    pub epoch: u64,
}

/// The row of the database; made when it is not there yet.
pub async fn read(connection: &mut AnyConnection) -> Result<Instance, sqlx::Error> {
    sqlx::query("INSERT INTO instance (place, id, epoch) VALUES (1, $1, 1) ON CONFLICT (place) DO NOTHING")
        .bind(Uuid::new_v4().to_string())
        .execute(&mut *connection)
        .await?;
    look(connection).await
}

/// The row of a database that has one.
pub async fn look(connection: &mut AnyConnection) -> Result<Instance, sqlx::Error> {
    let row = sqlx::query("SELECT id, epoch FROM instance WHERE place = 1").fetch_one(connection).await?;
    let id = row.try_get::<String, _>("id")?.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Instance { id, epoch: u64::try_from(row.try_get::<i64, _>("epoch")?).unwrap_or(1) })
}
