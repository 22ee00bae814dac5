//! `POST /v1/diagnostics`: what a person sends to the help desk. Few are kept, and not for long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::protocol::{DIAGNOSTICS_LIMIT, Diagnostics, DiagnosticsTaken};
use crate::server::Service;
use crate::server::agents::devices::Device;
use crate::server::db::{self, Db, time};
use crate::server::http::error::Refusal;
use crate::server::http::extract::Body;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};

/// Diagnostics kept of each login; the oldest go when there are more.
const KEPT: i64 = 5;
/// How long they are kept.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often it is looked for those that are too old.
const PURGE_EVERY: Duration = Duration::from_hours(1);

/// What a person has sent to the help desk, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DiagnosticsEntry)]
pub struct Entry {
    pub id: Uuid,
    /// What the person was told: `7KQ2-M4TX`.
    pub number: String,
    pub received_at: Timestamp,
    /// Version of the agent that sent it.
    pub agent: String,
    /// Length of the text in bytes.
    pub size: u64,
}

/// Diagnostics as they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub entry: Entry,
    pub text: String,
    /// The computer's name.
    pub device: String,
}

impl Whole {
    /// Headers with which a browser stores the text as a file and takes it for nothing else.
    pub fn headers(&self) -> [(HeaderName, String); 4] {
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8".into()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"mailshift-report-{}.txt\"", self.entry.number),
            ),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
            (header::CACHE_CONTROL, "no-store".into()),
        ]
    }
}

pub async fn create(
    State(service): State<Arc<Service>>,
    device: Device,
    Body(sent): Body<Diagnostics>,
) -> Result<(StatusCode, Json<DiagnosticsTaken>), Refusal> {
    if sent.text.len() > DIAGNOSTICS_LIMIT {
        return Err(Refusal::too_large());
    }
    let Diagnostics { text } = Diagnostics::clean(&sent.text);
    if text.trim().is_empty() {
        return Err(Refusal::malformed("the text is empty"));
    }
    let taken = service.diagnostics_by_device.take(device.id, Instant::now());
    taken.map_err(|retry_after| Refusal::later(ResponseCode::TooManyDiagnostics, retry_after))?;
    let taken = DiagnosticsTaken::new(Uuid::now_v7());
    record(&service.db, device.id, &taken, &text, db::now()).await?;
    tracing::info!(device = %device.id, number = taken.number, bytes = text.len(), "diagnostics were received");
    Ok((StatusCode::CREATED, Json(taken)))
}

async fn record(db: &Db, login: Uuid, taken: &DiagnosticsTaken, text: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    let login = login.to_string();
    let mut tx = db.write().await?;
    sqlx::query(
        "INSERT INTO diagnostics (id, login_id, number, agent, body, received_at)
         SELECT $1, id, $3, agent, $4, $5 FROM login WHERE id = $2 AND state = 'bound'",
    )
    .bind(taken.id.to_string())
    .bind(&login)
    .bind(&taken.number)
    .bind(text)
    .bind(now.as_millisecond())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "DELETE FROM diagnostics WHERE login_id = $1 AND id NOT IN
         (SELECT id FROM diagnostics WHERE login_id = $1 ORDER BY received_at DESC, id DESC LIMIT $2)",
    )
    .bind(&login)
    .bind(KEPT)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// The diagnostics of a login, the newest first.
pub async fn of_login(pool: &AnyPool, login: Uuid) -> Result<Vec<Entry>, sqlx::Error> {
    let query = sqlx::query(
        "SELECT id, number, agent, received_at, CAST(OCTET_LENGTH(body) AS BIGINT) AS size FROM diagnostics
         WHERE login_id = $1 ORDER BY received_at DESC, id DESC",
    );
    query.bind(login.to_string()).fetch_all(pool).await?.iter().map(entry).collect()
}

fn entry(row: &AnyRow) -> Result<Entry, sqlx::Error> {
    let id: String = row.try_get("id")?;
    Ok(Entry {
        id: id.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        number: row.try_get("number")?,
        agent: row.try_get("agent")?,
        received_at: time(row.try_get("received_at")?),
        size: u64::try_from(row.try_get::<i64, _>("size")?).unwrap_or_default(),
    })
}

/// Reads diagnostics for an operator, which goes on record.
///
/// # Errors
/// [`ResponseCode::RoleTooLow`] for who may only look, [`ResponseCode::MalformedRequest`] when the login of this project has none of
/// this id.
pub async fn read(db: &Db, actor: &Actor, project: &str, login: Uuid, id: Uuid) -> Result<Whole, Refusal> {
    actor.may(Role::Operator)?;
    let row = sqlx::query(
        "SELECT g.id, g.number, g.agent, g.received_at, CAST(OCTET_LENGTH(g.body) AS BIGINT) AS size, g.body, d.name
         FROM diagnostics g JOIN login l ON l.id = g.login_id JOIN device d ON d.id = l.device_id
         WHERE d.project_id = $1 AND l.id = $2 AND g.id = $3",
    )
    .bind(project)
    .bind(login.to_string())
    .bind(id.to_string())
    .fetch_optional(db.pool())
    .await?
    .ok_or_else(Refusal::no_such_resource)?;
    let whole = Whole { entry: entry(&row)?, text: row.try_get("body")?, device: row.try_get("name")? };
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    tx.record(Some(project), "diagnostics.read", &whole.device, &whole.entry.number).await?;
    tx.commit().await?;
    Ok(whole)
}

/// Deletes what a login has sent: it is removed.
pub async fn forget(tx: &mut AnyConnection, login: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM diagnostics WHERE login_id = $1").bind(login).execute(tx).await.map(|_| ())
}

/// Deletes what is too old, for ever.
pub async fn keep(db: &Db) {
    loop {
        if let Err(error) = purge(db, db::now()).await {
            tracing::warn!(%error, "old diagnostics could not be deleted; trying again later");
        }
        tokio::time::sleep(PURGE_EVERY).await;
    }
}

async fn purge(db: &Db, now: Timestamp) -> Result<(), sqlx::Error> {
    let oldest = now.saturating_sub(LIFE).unwrap_or(Timestamp::UNIX_EPOCH).as_millisecond();
    let old = "SELECT COUNT(*) FROM diagnostics WHERE received_at < $1";
    // Who has nothing to write does not wait for a turn.
    if sqlx::query_scalar::<_, i64>(old).bind(oldest).fetch_one(db.pool()).await? == 0 {
        return Ok(());
    }
    let mut tx = db.write().await?;
    sqlx::query("DELETE FROM diagnostics WHERE received_at < $1").bind(oldest).execute(&mut *tx).await?;
    tx.commit().await
}
