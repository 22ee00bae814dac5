//! STUB of the contract, replaced by identity.
use jiff::Timestamp;
use sqlx::{AnyConnection, AnyPool, Row};

use super::decision::Cutover;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    pub id: String,
    pub name: String,
    pub cutover: Option<Cutover>,
    pub users: i64,
}

pub async fn list(pool: &AnyPool, project: &str) -> Result<Vec<Wave>, sqlx::Error> {
    let rows = sqlx::query("SELECT w.id, w.name FROM wave w WHERE w.project_id = $1 ORDER BY w.name")
        .bind(project.to_owned())
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| Ok(Wave { id: row.try_get("id")?, name: row.try_get("name")?, cutover: None, users: 0 }))
        .collect()
}

pub async fn put_users(
    tx: &mut AnyConnection,
    _project: &str,
    wave: Option<&str>,
    users: &[String],
) -> Result<u64, sqlx::Error> {
    for user in users {
        sqlx::query("UPDATE project_user SET wave_id = $1 WHERE id = $2")
            .bind(wave.map(str::to_owned))
            .bind(user.clone())
            .execute(&mut *tx)
            .await?;
    }
    Ok(0)
}

pub async fn create(tx: &mut AnyConnection, project: &str, name: &str) -> Result<String, sqlx::Error> {
    let id = super::db::new_id();
    sqlx::query("INSERT INTO wave (id, project_id, name, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.clone())
        .bind(project.to_owned())
        .bind(name.to_owned())
        .bind(super::db::now().as_millisecond())
        .execute(tx)
        .await?;
    Ok(id)
}

pub async fn set_cutover(
    _tx: &mut AnyConnection,
    _project: &str,
    _wave: &str,
    _at: Option<Timestamp>,
    _at_once: bool,
) -> Result<(), sqlx::Error> {
    Ok(())
}
