//! The people of a project.

pub mod change;
pub mod import;

use std::collections::HashSet;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Row};
use uuid::Uuid;

use crate::server::db;
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::projects::identity::State;

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
    /// An id of [`State`].
    pub state: String,
}

const COLUMNS: &str = "SELECT u.id, u.project_id, u.name, u.old_address, u.new_address, u.login, u.language, u.state
    FROM project_user u ";

pub async fn find(from: impl Executor<'_, Database = Any>, id: &str) -> Result<User, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE u.id = $1"));
    read(&sqlx::query(query).bind(id).fetch_one(from).await?)
}

/// The user with this id, when it is one of the project.
pub async fn of(from: impl Executor<'_, Database = Any>, project: &str, id: &str) -> Result<Option<User>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE u.id = $1 AND u.project_id = $2"));
    let row = sqlx::query(query).bind(id).bind(project).fetch_optional(from).await?;
    row.map(|row| read(&row)).transpose()
}

/// The same, when it is an active one.
pub async fn active(
    from: impl Executor<'_, Database = Any>,
    project: &str,
    id: &str,
) -> Result<Option<User>, sqlx::Error> {
    let user = of(from, project, id).await?;
    Ok(user.filter(|user| State::of(&user.state) == Some(State::Active)))
}

/// The users with these ids, in this order.
///
/// # Errors
/// [`ResponseCode::FieldFaults`](crate::problem::ResponseCode::FieldFaults) for the place in the field `users` that names
/// none of the project, and when the database fails.
pub async fn chosen(from: &mut AnyConnection, project: &str, ids: &[String]) -> Result<Vec<User>, Refusal> {
    let mut chosen = Vec::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        let Some(user) = of(&mut *from, project, id).await? else {
            return Err(Refusal::fault(format!("users[{place}]"), "name a user of this project"));
        };
        chosen.push(user);
    }
    Ok(chosen)
}

/// Everybody who takes part and has no activated computer.
pub async fn not_installed(from: &mut AnyConnection, project: &str) -> Result<Vec<User>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE u.project_id = $1 AND u.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM login l WHERE l.user_id = u.id AND l.state = 'bound') ORDER BY u.old_key"
    ));
    sqlx::query(query).bind(project).fetch_all(from).await?.iter().map(read).collect()
}

/// The ids of those who have an activated computer.
pub async fn installed(pool: &AnyPool, project: &str) -> Result<HashSet<String>, sqlx::Error> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT u.id FROM project_user u JOIN login l ON l.user_id = u.id
         WHERE u.project_id = $1 AND l.state = 'bound'",
    )
    .bind(project)
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().collect())
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

/// Every user with this address, old or new.
pub async fn all_addressed(
    from: impl Executor<'_, Database = Any>,
    project: &str,
    address: &str,
) -> Result<Vec<User>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE u.project_id = $1 AND (u.old_key = $2 OR u.new_key = $2) ORDER BY u.id"
    ));
    sqlx::query(query).bind(project).bind(key(address)).fetch_all(from).await?.iter().map(read).collect()
}

/// An operating-system login with an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub id: Uuid,
    /// The computer's name, as it tells it itself.
    pub device: String,
    /// Language of its session, BCP 47.
    pub language: String,
}

/// A bound login, and its project's id.
pub async fn login_and_project(pool: &AnyPool, login: Uuid) -> Result<Option<(Login, String)>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT l.language, d.name AS device, d.project_id FROM login l JOIN device d ON d.id = l.device_id
         WHERE l.id = $1 AND l.state = 'bound'",
    )
    .bind(login.to_string())
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let found = Login { id: login, device: row.try_get("device")?, language: row.try_get("language")? };
    Ok(Some((found, row.try_get("project_id")?)))
}

/// A person who was not on the list.
pub struct New<'a> {
    pub name: &'a str,
    pub address: &'a str,
    /// BCP 47.
    pub language: &'a str,
}

/// Records a person who has registered and proved the address. The new address is the old one until an operator says
/// otherwise. None when the database took the record and did not keep it.
pub async fn register(
    tx: &mut AnyConnection,
    project: &str,
    new: &New<'_>,
    now: Timestamp,
) -> Result<Option<User>, sqlx::Error> {
    let id: Option<String> = sqlx::query_scalar(
        "INSERT INTO project_user (id, project_id, source, name, old_address, new_address, old_key, new_key, login,
         language, created_at) VALUES ($1, $2, 'registration', $3, $4, $4, $5, $5, '', $6, $7) RETURNING id",
    )
    .bind(db::new_id())
    .bind(project)
    .bind(new.name)
    .bind(new.address)
    .bind(key(new.address))
    .bind(Words::of(new.language).language())
    .bind(now.as_millisecond())
    .fetch_optional(&mut *tx)
    .await?;
    match id {
        Some(id) => find(tx, &id).await.map(Some),
        None => Ok(None),
    }
}

/// The activated agents of each user of the project.
pub async fn agents_of_all(
    from: &mut AnyConnection,
    project: &str,
) -> Result<std::collections::HashMap<String, Vec<Uuid>>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT l.user_id, l.id FROM login l JOIN project_user u ON u.id = l.user_id
         WHERE u.project_id = $1 AND l.state = 'bound' ORDER BY l.id",
    )
    .bind(project)
    .fetch_all(from)
    .await?;
    let mut agents = std::collections::HashMap::<String, Vec<Uuid>>::new();
    for (user, agent) in rows {
        if let Ok(agent) = agent.parse() {
            agents.entry(user).or_default().push(agent);
        }
    }
    Ok(agents)
}

/// The user's bound logins, the oldest first.
pub async fn logins(pool: &AnyPool, user: &str) -> Result<Vec<Uuid>, sqlx::Error> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM login WHERE user_id = $1 AND state = 'bound' ORDER BY bound_at, id")
            .bind(user)
            .fetch_all(pool)
            .await?;
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
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
        state: row.try_get("state")?,
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
            state: "active".into(),
        }
    }
}
