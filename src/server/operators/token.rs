//! Tokens with which programs use the API in an operator's name.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use sqlx::{AnyPool, FromRow};

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::db::hash;
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::{Service, db};

/// How a token begins, so that a forgotten one is found in files.
const PREFIX: &str = "mailshift_";
/// Days for which a token can be made, at most.
pub const LONGEST_DAYS: i64 = 366;
/// Longest name, in characters.
pub const NAME_LIMIT: usize = 100;
/// Use is noted at most as often.
const NOTED: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, FromRow)]
pub struct Token {
    pub id: String,
    pub name: String,
    role: String,
    pub expires_at: i64,
    pub used_at: Option<i64>,
    manages: i64,
}

impl Token {
    pub fn role(&self) -> Role {
        Role::named(&self.role)
    }

    /// Whether it may manage operators and tokens.
    pub fn manages(&self) -> bool {
        self.manages != 0
    }
}

/// Who calls the API.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        known(parts, service).await.map(|(actor, _)| Self(actor))
    }
}

/// The same, with a token that was made to manage operators and tokens: a program cannot be asked for a password, so whoever
/// made the token has decided it.
#[derive(Debug, Clone)]
pub struct Manager(pub Actor);

impl FromRequestParts<Arc<Service>> for Manager {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        let (actor, manages) = known(parts, service).await?;
        actor.may(Role::Administrator)?;
        if manages { Ok(Self(actor)) } else { Err(ResponseCode::TokenMayNot.into()) }
    }
}

async fn known(parts: &Parts, service: &Service) -> Result<(Actor, bool), Refusal> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = header.and_then(|value| value.split_once(' ')).ok_or(ResponseCode::NotSignedIn)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ResponseCode::NotSignedIn.into());
    }
    caller(&service.db, token.trim()).await?.ok_or(Refusal::from(ResponseCode::NotSignedIn))
}

/// What a new token is to be.
pub struct New<'a> {
    pub name: &'a str,
    pub role: Role,
    pub days: i64,
    pub manages: bool,
}

/// A new token, to be shown once.
///
/// # Errors
/// [`ResponseCode::RoleTooLow`] for more than the actor's own role, [`ResponseCode::MalformedRequest`] for a name or time out of range.
pub async fn create(tx: &mut Operation, new: &New<'_>) -> Result<Secret, Refusal> {
    let New { name, role, days, manages } = *new;
    tx.actor().may(if manages { Role::Administrator } else { role })?;
    let name = name.trim();
    if !(1..=NAME_LIMIT).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Refusal::malformed("a token's name has 1 to 100 characters"));
    }
    if !(1..=LONGEST_DAYS).contains(&days) {
        return Err(Refusal::malformed(format!("a token is valid for 1 to {LONGEST_DAYS} days")));
    }
    let token = Secret::new(format!("{PREFIX}{}", hash::new_token()?.reveal()));
    let now = db::now();
    let expires = now + jiff::SignedDuration::from_hours(24 * days);
    sqlx::query(
        "INSERT INTO api_token (id, operator_id, name, role, token_hash, created_at, expires_at, manages)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(db::new_id())
    .bind(tx.actor().id.clone())
    .bind(name)
    .bind(role.name())
    .bind(hash::of_token(token.reveal()))
    .bind(now.as_millisecond())
    .bind(expires.as_millisecond())
    .bind(i64::from(manages))
    .execute(&mut **tx)
    .await?;
    let more = if manages { ", manages operators and tokens" } else { "" };
    tx.record(None, "token.create", name, &format!("{role}, {days} days{more}")).await?;
    Ok(token)
}

pub async fn of_operator(pool: &AnyPool, operator: &str) -> Result<Vec<Token>, sqlx::Error> {
    let query = sqlx::query_as(
        "SELECT id, name, role, expires_at, used_at, manages FROM api_token WHERE operator_id = $1
         ORDER BY created_at DESC, id",
    );
    query.bind(operator).fetch_all(pool).await
}

/// Revokes one of the actor's own tokens; its name.
pub async fn remove(tx: &mut Operation, id: &str) -> Result<Option<String>, sqlx::Error> {
    let query = sqlx::query_as("DELETE FROM api_token WHERE operator_id = $1 AND id = $2 RETURNING name");
    let removed = query.bind(tx.actor().id.clone()).bind(id).fetch_optional(&mut **tx).await?;
    Ok(removed.map(|(name,): (String,)| name))
}

#[derive(FromRow)]
struct Known {
    id: String,
    name: String,
    role: String,
    used_at: Option<i64>,
    manages: i64,
    operator_id: String,
    operator_name: String,
    operator_role: String,
}

async fn caller(db: &db::Db, token: &str) -> Result<Option<(Actor, bool)>, sqlx::Error> {
    let now = db::now();
    let query = sqlx::query_as(
        "SELECT t.id, t.name, t.role, t.used_at, t.manages, o.id AS operator_id, o.name AS operator_name, o.role AS operator_role
         FROM api_token t JOIN operator o ON o.id = t.operator_id WHERE t.token_hash = $1 AND t.expires_at > $2",
    );
    let query = query.bind(hash::of_token(token)).bind(now.as_millisecond());
    let Some(known): Option<Known> = query.fetch_optional(db.pool()).await? else { return Ok(None) };
    if known.used_at.is_none_or(|used| used < (now - NOTED).as_millisecond()) {
        let mut tx = db.write().await?;
        let query = sqlx::query("UPDATE api_token SET used_at = $1 WHERE id = $2");
        query.bind(now.as_millisecond()).bind(&known.id).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    let actor = Actor {
        id: known.operator_id,
        name: format!("{} ({})", known.operator_name, known.name),
        // The operator may have less than when the token was made.
        role: Role::named(&known.role).min(Role::named(&known.operator_role)),
    };
    Ok(Some((actor, known.manages != 0)))
}
