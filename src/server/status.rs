//! How far everyone is.

pub mod computers;
pub mod export;
pub mod figures;
pub mod history;
pub mod metrics;
pub mod progress;
mod stage;
pub mod table;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};

pub use stage::Stage;
use stage::{INVITED_AT, LAST_KIND, STAGE};

use crate::protocol::{Event, EventKind, Evidence, Finding, Inventory, Rehearsal};
use crate::server::db::time;
use crate::server::http::error::Refusal;
use crate::server::projects::Project;

/// What is told of each.
const COLUMNS: &str = "u.name AS user_name, u.old_address, u.new_address, d.name AS device_name, d.system, l.inventory,
    l.last_seen_at, l.bound_at, u.old_key,
    (SELECT e.body FROM event e WHERE e.login_id = l.id AND e.kind = 'completed' ORDER BY e.place DESC LIMIT 1)
        AS success,
    (SELECT e.body FROM event e WHERE e.login_id = l.id AND e.kind IN ('failed', 'undo_failed')
        ORDER BY e.place DESC LIMIT 1) AS failure,
    (SELECT MIN(c.tries_left) FROM code c WHERE c.user_id = u.id AND c.replaced_at IS NULL) AS tries_left";

/// One row for each computer, and one for each user without any.
const ROWS: &str = "FROM project_user u LEFT JOIN login l ON l.user_id = u.id AND l.state IN ('bound', 'removed')
    LEFT JOIN device d ON d.id = l.device_id";

#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub project: String,
    pub cutover: Option<Timestamp>,
    /// One entry for each computer, and one for each user without any.
    pub users: Vec<Progress>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    /// The old address.
    pub address: String,
    pub new_address: String,
    pub name: String,
    pub stage: Stage,
    /// The computer's name.
    pub device: Option<String>,
    pub device_id: Option<String>,
    pub system: Option<String>,
    /// The mail program, as reported with the success or else from the inventory.
    pub mail_client: Option<String>,
    pub last_contact: Option<Timestamp>,
    /// Response code of the last failure.
    pub last_code: Option<String>,
    pub evidence: Option<Evidence>,
    /// What would stop or disturb a set-up of the mail program that the person uses.
    pub findings: Vec<Finding>,
    /// The last rehearsal on this computer.
    pub rehearsal: Option<Rehearsal>,
    /// When the last authentication code was made.
    pub invited_at: Option<Timestamp>,
    /// Too many wrong tries: a new invitation is needed.
    pub code_locked: bool,
}

pub async fn of(pool: &AnyPool, project: &Project) -> Result<Status, Refusal> {
    let query = format!("{} ORDER BY old_key, bound_at", staged("*", COLUMNS, "WHERE u.project_id = $1"));
    let rows = sqlx::query(AssertSqlSafe(query)).bind(&project.id).fetch_all(pool).await?;
    let users = rows.iter().map(progress).collect::<Result<_, _>>()?;
    Ok(Status { project: project.name.clone(), cutover: project.cutover.map(|cutover| cutover.at), users })
}

/// How many of all projects are at each stage; stages without any are left out.
pub async fn counts(pool: &AnyPool) -> Result<Vec<(Stage, i64)>, sqlx::Error> {
    let query = format!("{} GROUP BY stage", staged("stage, COUNT(*) AS number", "u.id AS user_id", ""));
    let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(pool).await?;
    rows.iter().map(|row| Ok((Stage::named(row.try_get("stage")?), row.try_get("number")?))).collect()
}

/// A query for `what` of each of [`ROWS`] and its stage.
fn staged(what: &str, columns: &str, condition: &str) -> String {
    format!(
        "SELECT {what} FROM (SELECT found.*, {STAGE} FROM (SELECT {columns}, l.id AS login_id, l.state AS login_state,
         {LAST_KIND}, {INVITED_AT} {ROWS} {condition}) found) seen"
    )
}

fn progress(row: &AnyRow) -> Result<Progress, sqlx::Error> {
    let at = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.map(time));
    let text = |column| row.try_get::<Option<String>, _>(column);
    let inventory: Inventory =
        text("inventory")?.and_then(|inventory| serde_json::from_str(&inventory).ok()).unwrap_or_default();
    let (client, evidence) = match event(text("success")?) {
        Some(EventKind::Completed { client, evidence, .. }) => (Some(client), Some(evidence)),
        _ => (installed(&inventory), None),
    };
    let last_code = match event(text("failure")?) {
        Some(EventKind::Failed { code } | EventKind::UndoFailed { code }) => Some(code.id().to_owned()),
        _ => None,
    };
    Ok(Progress {
        address: row.try_get("old_address")?,
        new_address: row.try_get("new_address")?,
        name: row.try_get("user_name")?,
        stage: Stage::named(&row.try_get::<String, _>("stage")?),
        device: text("device_name")?,
        device_id: text("login_id")?,
        system: text("system")?,
        mail_client: client,
        last_contact: at("last_seen_at")?,
        last_code,
        evidence,
        findings: inventory.preferred().map(|client| client.findings.clone()).unwrap_or_default(),
        rehearsal: inventory.rehearsal,
        invited_at: at("invited_at")?,
        code_locked: row.try_get::<Option<i64>, _>("tries_left")? == Some(0),
    })
}

fn event(body: Option<String>) -> Option<EventKind> {
    serde_json::from_str::<Value>(&body?).and_then(serde_json::from_value::<Event>).ok().map(|event| event.kind)
}

fn installed(inventory: &Inventory) -> Option<String> {
    let names = inventory.clients.iter().map(|client| format!("{} {}", client.kind, client.version));
    let names = names.collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then_some(names)
}
