//! The people of a project.

pub mod import;

use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct User {
    pub id: String,
    pub project_id: String,
    pub name: String,
    pub old_address: String,
    pub new_address: String,
    /// Operating-system or directory login; may be empty.
    pub login: String,
    /// `en` or `de`.
    pub language: String,
}

const COLUMNS: &str = "SELECT u.id, u.project_id, u.name, u.old_address, u.new_address, u.login, u.language
    FROM project_user u ";

pub async fn find(pool: &AnyPool, id: &str) -> Result<User, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE u.id = $1"));
    read(&sqlx::query(query).bind(id).fetch_one(pool).await?)
}

pub async fn of_device(pool: &AnyPool, device: Uuid) -> Result<Option<User>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} JOIN login d ON d.user_id = u.id WHERE d.id = $1"));
    let row = sqlx::query(query).bind(device.to_string()).fetch_optional(pool).await?;
    row.map(|row| read(&row)).transpose()
}

pub async fn of_project(pool: &AnyPool, project: &str) -> Result<Vec<User>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE u.project_id = $1 ORDER BY u.old_key"));
    sqlx::query(query).bind(project).fetch_all(pool).await?.iter().map(read).collect()
}

/// The user with this address, old or new. The old one counts first.
pub async fn addressed(pool: &AnyPool, project: &str, address: &str) -> Result<Option<User>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE u.project_id = $1 AND (u.old_key = $2 OR u.new_key = $2)
         ORDER BY CASE WHEN u.old_key = $2 THEN 0 ELSE 1 END LIMIT 1"
    ));
    let row = sqlx::query(query).bind(project).bind(key(address)).fetch_optional(pool).await?;
    row.map(|row| read(&row)).transpose()
}

/// Whether one of the user's computers is bound.
pub async fn has_device(pool: &AnyPool, user: &str) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("SELECT id FROM login WHERE user_id = $1 AND state = 'bound' LIMIT 1").bind(user);
    Ok(row.fetch_optional(pool).await?.is_some())
}

/// What an address is found by: letters' case does not matter.
pub fn key(address: &str) -> String {
    address.trim().to_lowercase()
}

fn read(row: &AnyRow) -> Result<User, sqlx::Error> {
    Ok(User {
        id: row.try_get("id")?,
        project_id: row.try_get("project_id")?,
        name: row.try_get("name")?,
        old_address: row.try_get("old_address")?,
        new_address: row.try_get("new_address")?,
        login: row.try_get("login")?,
        language: row.try_get("language")?,
    })
}

#[cfg(test)]
impl User {
    pub fn sample() -> Self {
        Self {
            id: "u".into(),
            project_id: "p".into(),
            name: "Anna Example".into(),
            old_address: "anna@old.example".into(),
            new_address: "anna@new.example".into(),
            login: "anna".into(),
            language: "en".into(),
        }
    }
}
