//! The record of an operator.

use sqlx::{Any, AnyConnection, AnyPool, Executor, FromRow};

use crate::problem::ResponseCode;
use crate::server::db;
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 100;

#[derive(Debug, Clone, FromRow)]
pub struct Account {
    pub id: String,
    pub name: String,
    role: String,
    /// Argon2id; none until the one-time link was followed.
    pub password_hash: Option<String>,
    pub totp_sealed: Option<String>,
    /// Until then no code of the app is looked at.
    pub totp_locked_until: i64,
    pub language: String,
    pub zone: String,
    pub signed_in_at: Option<i64>,
}

impl Account {
    pub fn role(&self) -> Role {
        Role::named(&self.role)
    }

    /// Too many wrong codes came with the right password.
    pub fn has_locked_factor(&self) -> bool {
        self.totp_sealed.is_some() && self.totp_locked_until > db::now().as_millisecond()
    }

    pub fn actor(&self) -> Actor {
        Actor { id: self.id.clone(), name: self.name.clone(), role: self.role() }
    }
}

const COLUMNS: &str =
    "SELECT id, name, role, password_hash, totp_sealed, totp_locked_until, language, zone, signed_in_at FROM operator ";

pub async fn all(pool: &AnyPool) -> Result<Vec<Account>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY name_key"))).fetch_all(pool).await
}

pub async fn named(pool: &AnyPool, name: &str) -> Result<Option<Account>, sqlx::Error> {
    let query = sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE name_key = $1")));
    query.bind(key(name)).fetch_optional(pool).await
}

pub async fn find(from: impl Executor<'_, Database = Any>, id: &str) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = $1"))).bind(id).fetch_optional(from).await
}

/// A new operator without a password; its id.
///
/// # Errors
/// [`ResponseCode::OperatorNameTaken`], and [`ResponseCode::MalformedRequest`] for what is no name.
pub async fn create(tx: &mut Operation, name: &str, role: Role) -> Result<String, Refusal> {
    let name = name.trim();
    if !(1..=NAME_LIMIT).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Refusal::malformed("an operator's name has 1 to 100 characters, without line breaks"));
    }
    let id = db::new_id();
    let created = sqlx::query(
        "INSERT INTO operator (id, name, name_key, role, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name_key) DO NOTHING",
    )
    .bind(&id)
    .bind(name)
    .bind(key(name))
    .bind(role.name())
    .bind(db::now().as_millisecond());
    if created.execute(&mut **tx).await?.rows_affected() == 0 {
        return Err(ResponseCode::OperatorNameTaken.into());
    }
    Ok(id)
}

/// # Errors
/// [`ResponseCode::LastAdministrator`].
pub async fn set_role(tx: &mut Operation, id: &str, role: Role) -> Result<(), Refusal> {
    let before = administrators(tx).await?;
    let query = sqlx::query("UPDATE operator SET role = $1 WHERE id = $2").bind(role.name()).bind(id);
    query.execute(&mut **tx).await?;
    keep_an_administrator(before, administrators(tx).await?)
}

/// Removes an operator with everything that lets them in. What they did stays on record.
///
/// # Errors
/// [`ResponseCode::LastAdministrator`].
pub async fn remove(tx: &mut Operation, id: &str) -> Result<(), Refusal> {
    let before = administrators(tx).await?;
    for statement in [
        "DELETE FROM operator_session WHERE operator_id = $1",
        "DELETE FROM operator_link WHERE operator_id = $1",
        "DELETE FROM known_browser WHERE operator_id = $1",
        "DELETE FROM recovery_code WHERE operator_id = $1",
        "DELETE FROM api_token WHERE operator_id = $1",
        "DELETE FROM operator WHERE id = $1",
    ] {
        sqlx::query(statement).bind(id).execute(&mut **tx).await?;
    }
    keep_an_administrator(before, administrators(tx).await?)
}

/// Keeps language and time zone; empty ones are the browser's language and UTC.
pub async fn set_habits(tx: &mut Operation, id: &str, language: &str, zone: &str) -> Result<(), sqlx::Error> {
    let query = sqlx::query("UPDATE operator SET language = $1, zone = $2 WHERE id = $3");
    query.bind(language).bind(zone).bind(id).execute(&mut **tx).await.map(|_| ())
}

/// Whether there is nobody yet.
pub async fn none(tx: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM operator").fetch_one(tx).await?;
    Ok(count == 0)
}

/// Administrators who can sign in.
async fn administrators(tx: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    let query = "SELECT COUNT(*) FROM operator WHERE role = 'administrator' AND password_hash IS NOT NULL";
    sqlx::query_as(query).fetch_one(tx).await.map(|(count,): (i64,)| count)
}

fn keep_an_administrator(before: i64, after: i64) -> Result<(), Refusal> {
    if before > 0 && after == 0 { Err(ResponseCode::LastAdministrator.into()) } else { Ok(()) }
}

/// What a name is found by: letters' case does not matter.
pub fn key(name: &str) -> String {
    name.trim().to_lowercase()
}
