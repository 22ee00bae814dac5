//! Devices: pending until their token is first used, then bound; the first of several pending ones wins the code.

pub mod name;

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use uuid::Uuid;

use crate::problem::{Problem, ResponseCode};
use crate::protocol;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::db::{self, Db, hash, time};
use crate::server::http::error::Refusal;
use crate::server::projects::identity::method::Method;
use crate::server::projects::{codes, diagnostics};

/// How long a token may wait for its first use.
const PENDING_LIMIT: SignedDuration = SignedDuration::from_hours(1);
/// Pending devices per code; the oldest goes when there are more.
const PENDING_PER_CODE: i64 = 10;
/// Longest text about a device that is kept, in characters.
const TEXT_LIMIT: usize = 200;

/// A request that carries the token of a device, pending or bound.
pub struct Bearer {
    pub id: Uuid,
    project: Uuid,
    /// None: it came with the project's activation code, which is not spent.
    code_id: Option<String>,
    state: String,
    created_at: Timestamp,
}

/// A request of a bound device; a pending one is bound by it.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    pub id: Uuid,
    pub project: Uuid,
}

/// A device about to be recorded.
pub struct Pending<'a> {
    pub id: Uuid,
    pub project: &'a str,
    /// The authentication code and whose it is; none for an activation code.
    pub by: Option<(&'a str, &'a str)>,
    pub token: &'a Secret,
}

impl FromRequestParts<Arc<Service>> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        let row = sqlx::query(
            "SELECT l.id, d.project_id, l.code_id, l.state, l.created_at FROM login l JOIN device d ON d.id = l.device_id
             WHERE l.token_hash = $1",
        )
        .bind(token_hash(parts)?)
        .fetch_optional(service.db.pool())
        .await?
        .ok_or(ResponseCode::UnknownAgent)?;
        let bearer = bearer(&row)?;
        match bearer.state.as_str() {
            "bound" => Ok(bearer),
            "pending" if db::now().duration_since(bearer.created_at) < PENDING_LIMIT => Ok(bearer),
            "refused" => Err(ResponseCode::CodeUsed.into()),
            _ => Err(ResponseCode::UnknownAgent.into()),
        }
    }
}

fn token_hash(parts: &Parts) -> Result<String, Refusal> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match header.and_then(|value| value.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => Ok(hash::of_token(token.trim())),
        _ => Err(ResponseCode::UnknownAgent.into()),
    }
}

fn bearer(row: &AnyRow) -> Result<Bearer, Refusal> {
    let id = |column| row.try_get::<String, _>(column)?.parse().map_err(|_| Refusal::from(ResponseCode::UnknownAgent));
    Ok(Bearer {
        id: id("id")?,
        project: id("project_id")?,
        code_id: row.try_get("code_id")?,
        state: row.try_get("state")?,
        created_at: time(row.try_get("created_at")?),
    })
}

impl FromRequestParts<Arc<Service>> for Device {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        let (memory, now) = (service.memory(), db::now());
        let token_hash = token_hash(parts)?;
        if let Some(device) = memory.device(&token_hash) {
            service.presence.seen(device.id, now);
            return Ok(device);
        }
        let since = memory.now();
        let bearer = Bearer::from_request_parts(parts, service).await?;
        if bearer.state == "pending" {
            bind(&service.db, &bearer, now).await?;
        }
        let device = Self { id: bearer.id, project: bearer.project };
        memory.remember_token(token_hash, device, since);
        service.presence.seen(device.id, now);
        Ok(device)
    }
}

/// "Unknown device" says in which database: another one than the token is from proves nothing.
pub async fn name_database(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    let unknown = answer.extensions().get::<Problem>().filter(|problem| problem.code == ResponseCode::UnknownAgent);
    let Some(problem) = unknown.map(|problem| Problem { instance: Some(service.db.instance().id), ..problem.clone() })
    else {
        return answer;
    };
    let (mut parts, _) = answer.into_parts();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    parts.extensions.insert(problem);
    Response::from_parts(parts, body.into())
}

async fn bind(db: &Db, bearer: &Bearer, now: Timestamp) -> Result<(), Refusal> {
    let id = bearer.id.to_string();
    let mut tx = db.write().await?;
    if let Some(code) = &bearer.code_id
        && !codes::spend(&mut tx, code, &id, now).await?
    {
        // Two first calls of the same device at once: the other one has bound it.
        let used_by: Option<String> =
            sqlx::query_scalar("SELECT used_by FROM code WHERE id = $1").bind(code).fetch_one(&mut *tx).await?;
        return match used_by {
            Some(device) if device == id => Ok(()),
            Some(_) => Err(ResponseCode::CodeUsed.into()),
            None => Err(ResponseCode::CodeExpired.into()),
        };
    }
    sqlx::query(
        "UPDATE login SET state = 'bound', bound_at = $1, last_seen_at = $1 WHERE id = $2 AND state = 'pending'",
    )
    .bind(now.as_millisecond())
    .bind(id)
    .execute(&mut *tx)
    .await?;
    if let Some(code) = &bearer.code_id {
        sqlx::query("UPDATE login SET state = 'refused' WHERE code_id = $1 AND state = 'pending'")
            .bind(code)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    tracing::info!(device = %bearer.id, "a device was bound");
    Ok(())
}

/// Records a pending device, and forgets pending ones that are too old or too many.
pub async fn record_pending(
    db: &Db,
    pending: &Pending<'_>,
    about: &protocol::Device,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    let oldest = now.saturating_sub(PENDING_LIMIT).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut forgotten = sqlx::query("DELETE FROM login WHERE state = 'pending' AND created_at < $1")
        .bind(oldest.as_millisecond())
        .execute(&mut *tx)
        .await?
        .rows_affected();
    if let Some((code, _)) = pending.by {
        forgotten += sqlx::query(
            "DELETE FROM login WHERE state = 'pending' AND code_id = $1 AND id NOT IN
             (SELECT id FROM login WHERE state = 'pending' AND code_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
        )
        .bind(code)
        .bind(PENDING_PER_CODE - 1)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    }
    if forgotten > 0 {
        forget_empty(&mut tx).await?;
    }
    let device = device_of(&mut tx, pending.project, about, now).await?;
    let (code, user) = pending.by.unzip();
    sqlx::query(
        "INSERT INTO login (id, device_id, user_id, identified, code_id, token_hash, state, name, agent, language,
         created_at) VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10)",
    )
    .bind(pending.id.to_string())
    .bind(device)
    .bind(user)
    .bind(user.map(|_| Method::Code.id()))
    .bind(code)
    .bind(hash::of_token(pending.token.reveal()))
    .bind(shortened(&about.login))
    .bind(shortened(&about.agent))
    .bind(shortened(&about.language))
    .bind(now.as_millisecond())
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// The record of the computer, made when it is new. A computer that does not say which one it is gets one of its own.
async fn device_of(
    tx: &mut AnyConnection,
    project: &str,
    about: &protocol::Device,
    now: Timestamp,
) -> Result<String, sqlx::Error> {
    let id = db::new_id();
    let machine = if about.machine.is_empty() { id.clone() } else { shortened(&about.machine) };
    sqlx::query_scalar(
        "INSERT INTO device (id, project_id, machine, name, system, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (project_id, machine) DO UPDATE SET name = excluded.name, system = excluded.system RETURNING id",
    )
    .bind(id)
    .bind(project)
    .bind(machine)
    .bind(shortened(&about.name))
    .bind(shortened(&about.system))
    .bind(now.as_millisecond())
    .fetch_one(tx)
    .await
}

/// Forgets computers of which only forgotten logins were known.
pub async fn forget_empty(tx: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM device WHERE NOT EXISTS (SELECT 1 FROM login WHERE login.device_id = device.id)")
        .execute(tx)
        .await
        .map(|_| ())
}

/// Ends a device's activation. A pending device leaves no trace.
pub async fn remove(db: &Db, bearer: &Bearer, now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    let id = bearer.id.to_string();
    sqlx::query("DELETE FROM login WHERE id = $1 AND state = 'pending'").bind(&id).execute(&mut *tx).await?;
    forget_empty(&mut tx).await?;
    diagnostics::forget(&mut tx, &id).await?;
    sqlx::query(
        "UPDATE login SET state = 'removed', removed_at = $1, last_seen_at = $1 WHERE id = $2 AND state = 'bound'",
    )
    .bind(now.as_millisecond())
    .bind(&id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_LIMIT).collect()
}
