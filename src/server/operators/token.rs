//! Tokens with which programs use the API in an operator's name.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use sqlx::FromRow;

use crate::problem::{Fault, ResponseCode};
use crate::secret::Secret;
use crate::server::Service;
use crate::server::db::{self, Db, hash};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};

/// How a token begins, so that a forgotten one is found in files.
const PREFIX: &str = "mailshift_";
/// Days for which a token can be made, at most.
pub const LONGEST_DAYS: i64 = 366;
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
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        Ok(Self(bearer(&service.db, header).await?.actor))
    }
}

/// Whom a token speaks for.
#[derive(Debug, Clone)]
pub struct Bearer {
    pub actor: Actor,
    manages: bool,
}

impl Bearer {
    /// # Errors
    /// [`ResponseCode::RoleTooLow`].
    pub fn administrator(self) -> Result<Actor, Refusal> {
        self.actor.may(Role::Administrator)?;
        Ok(self.actor)
    }

    /// The administrator who made the token to manage operators and tokens: a program cannot be asked for a password, so
    /// whoever made the token has decided it.
    ///
    /// # Errors
    /// [`ResponseCode::RoleTooLow`], [`ResponseCode::TokenMayNot`].
    pub fn manager(self) -> Result<Actor, Refusal> {
        let manages = self.manages;
        let actor = self.administrator()?;
        if manages { Ok(actor) } else { Err(ResponseCode::TokenMayNot.into()) }
    }
}

/// Whose token it is, by the value of the header `Authorization`; that it was used is noted.
///
/// # Errors
/// [`ResponseCode::NotSignedIn`].
pub async fn bearer(db: &Db, header: Option<&str>) -> Result<Bearer, Refusal> {
    let (scheme, token) = header.and_then(|value| value.split_once(' ')).ok_or(ResponseCode::NotSignedIn)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ResponseCode::NotSignedIn.into());
    }
    known(db, token.trim()).await?.ok_or(Refusal::from(ResponseCode::NotSignedIn))
}

/// What a new token is to be.
pub struct New<'a> {
    pub name: &'a Name,
    pub role: Role,
    pub days: i64,
    pub manages: bool,
}

/// Makes a token for oneself, to be shown once.
///
/// # Errors
/// [`ResponseCode::RoleTooLow`] for more than one's own role, [`ResponseCode::FieldFaults`] for a time out of range.
pub async fn create(db: &Db, actor: &Actor, new: &New<'_>) -> Result<Secret, Refusal> {
    let New { name, role, days, manages } = *new;
    if !(1..=LONGEST_DAYS).contains(&days) {
        let remedy = format!("write a number from 1 to {LONGEST_DAYS}");
        return Err(Refusal::faults(vec![Fault { field: "days".into(), line: None, remedy }]));
    }
    let needed = if manages { Role::Administrator } else { role };
    let mut tx = Operation::begin(db, actor, needed).await?;
    let token = Secret::new(format!("{PREFIX}{}", hash::new_token()?.reveal()));
    let now = db::now();
    let expires = now + jiff::SignedDuration::from_hours(24 * days);
    sqlx::query(
        "INSERT INTO api_token (id, operator_id, name, role, token_hash, created_at, expires_at, manages)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(db::new_id())
    .bind(&actor.id)
    .bind(&**name)
    .bind(role.name())
    .bind(hash::of_token(token.reveal()))
    .bind(now.as_millisecond())
    .bind(expires.as_millisecond())
    .bind(i64::from(manages))
    .execute(&mut *tx)
    .await?;
    let more = if manages { ", manages operators and tokens" } else { "" };
    tx.record(None, "token.create", name, &format!("{role}, {days} days{more}")).await?;
    tx.commit().await?;
    Ok(token)
}

/// The tokens of whoever acts.
pub async fn own(db: &Db, actor: &Actor) -> Result<Vec<Token>, Refusal> {
    let query = sqlx::query_as(
        "SELECT id, name, role, expires_at, used_at, manages FROM api_token WHERE operator_id = $1
         ORDER BY created_at DESC, id",
    );
    Ok(query.bind(&actor.id).fetch_all(db.pool()).await?)
}

/// Revokes one of one's own tokens.
pub async fn revoke(db: &Db, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Viewer).await?;
    let query = sqlx::query_scalar("DELETE FROM api_token WHERE operator_id = $1 AND id = $2 RETURNING name");
    let removed: Option<String> = query.bind(&actor.id).bind(id).fetch_optional(&mut *tx).await?;
    let name = removed.ok_or_else(Refusal::no_such_resource)?;
    tx.record(None, "token.revoke", &name, "").await?;
    Ok(tx.commit().await?)
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

async fn known(db: &Db, token: &str) -> Result<Option<Bearer>, sqlx::Error> {
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
    Ok(Some(Bearer { actor, manages: known.manages != 0 }))
}
