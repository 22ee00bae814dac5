//! Projects: one organisation's move.

mod check;
pub mod outreach;
mod reach;
mod settings;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};

use super::db::{self, Db};
use super::decision::Cutover;
use super::refusal::Refusal;
use super::{hash, waves};
use crate::code::ActivationCode;
pub use check::{Fault, unread};
pub use settings::{Settings, Smtp, SmtpSecurity};

/// Longest name of a project, in characters.
pub const NAME_LIMIT: usize = 100;

/// A project as it is in the database.
#[derive(Debug, Clone)]
pub struct Project {
    pub id: String,
    pub name: String,
    pub settings: Settings,
    /// Ten letters that bind a device to the project; never changed.
    pub activation_code: String,
    pub(super) cutover: Option<Cutover>,
}

pub(super) const COLUMNS: &str = "SELECT id, name, settings, activation_code, cutover_at, cutover_at_once,
    cutover_version, cutover_set_at FROM project ";

pub(super) async fn find(pool: &AnyPool, id: &str) -> Result<Project, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = $1"));
    read(&sqlx::query(query).bind(id).fetch_one(pool).await?)
}

/// The project that this activation code belongs to.
pub(super) async fn activated_by(pool: &AnyPool, code: &ActivationCode) -> Result<Option<Project>, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE activation_code = $1"));
    sqlx::query(query).bind(code.letters()).fetch_optional(pool).await?.map(|row| read(&row)).transpose()
}

/// The project of this name.
pub(super) async fn named(pool: &AnyPool, name: &str) -> Result<Option<Project>, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE name = $1"));
    sqlx::query(query).bind(name).fetch_optional(pool).await?.map(|row| read(&row)).transpose()
}

pub(super) async fn names(pool: &AnyPool) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM project ORDER BY name").fetch_all(pool).await
}

/// Every project, by name.
pub(super) async fn all(pool: &AnyPool) -> Result<Vec<Project>, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY name"));
    sqlx::query(query).fetch_all(pool).await?.iter().map(read).collect()
}

pub(super) fn read(row: &AnyRow) -> Result<Project, Refusal> {
    Ok(Project {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        settings: serde_json::from_str(&row.try_get::<String, _>("settings")?)?,
        activation_code: row.try_get("activation_code")?,
        cutover: waves::cutover(row)?,
    })
}

/// Records a new project. False when the name is taken.
pub(super) async fn create(db: &Db, name: &str, settings: &Settings) -> Result<bool, Refusal> {
    let mut tx = db.write().await?;
    let made = sqlx::query(
        "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(db::new_id())
    .bind(name)
    .bind(serde_json::to_string(settings)?)
    .bind(hash::new_activation_code()?)
    .bind(db::now().as_millisecond())
    .execute(&mut *tx)
    .await?;
    if made.rows_affected() == 0 {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// Puts other settings in the place of a project's. The cutover stays.
pub(super) async fn set(db: &Db, id: &str, settings: &Settings) -> Result<(), Refusal> {
    let mut tx = db.write().await?;
    sqlx::query("UPDATE project SET settings = $1 WHERE id = $2")
        .bind(serde_json::to_string(settings)?)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    db::ring(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets the moment the mail moves; `at_once` leaves lead and spread out.
pub(super) async fn set_cutover(
    tx: &mut AnyConnection,
    id: &str,
    at: Timestamp,
    at_once: bool,
) -> Result<(), sqlx::Error> {
    let version = waves::next_version(tx, id).await?;
    sqlx::query(
        "UPDATE project SET cutover_at = $1, cutover_at_once = $2, cutover_version = $3, cutover_set_at = $4
         WHERE id = $5",
    )
    .bind(at.as_millisecond())
    .bind(i64::from(at_once))
    .bind(version)
    .bind(db::now().as_millisecond())
    .bind(id)
    .execute(&mut *tx)
    .await?;
    db::ring(tx, id).await
}
