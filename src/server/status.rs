//! How far everyone is.

pub mod history;
pub mod progress;
pub mod table;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use super::db::time;
use super::project::Project;
use super::refusal::Refusal;
use crate::protocol::{Event, EventKind, Evidence, Finding, Inventory, Rehearsal};

/// One row for each computer, and one for each user without any.
const ROWS: &str = "SELECT u.name AS user_name, u.old_address, u.new_address, l.id AS device_id, d.name AS device_name,
    d.system, l.state, l.inventory, l.last_seen_at,
    (SELECT e.body FROM event e WHERE e.login_id = l.id AND e.kind IN ('waiting', 'wizard_opened', 'postponed',
        'started', 'step', 'completed', 'finished_by_hand', 'failed', 'undone', 'undo_failed', 'removed')
        ORDER BY e.place DESC LIMIT 1) AS last_event,
    (SELECT e.body FROM event e WHERE e.login_id = l.id AND e.kind = 'completed' ORDER BY e.place DESC LIMIT 1)
        AS success,
    (SELECT e.body FROM event e WHERE e.login_id = l.id AND e.kind IN ('failed', 'undo_failed')
        ORDER BY e.place DESC LIMIT 1) AS failure,
    (SELECT MAX(c.created_at) FROM code c WHERE c.user_id = u.id) AS invited_at,
    (SELECT MIN(c.tries_left) FROM code c WHERE c.user_id = u.id AND c.replaced_at IS NULL) AS tries_left
    FROM project_user u LEFT JOIN login l ON l.user_id = u.id AND l.state IN ('bound', 'removed') LEFT JOIN device d ON d.id = l.device_id
    WHERE u.project_id = $1 ORDER BY u.old_key, l.bound_at";

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Has no code yet.
    Imported,
    Invited,
    Waiting,
    /// The wizard came up.
    Started,
    Configuring,
    Completed,
    Failed,
    Undone,
    Removed,
}

impl Stage {
    pub const ALL: [Self; 9] = [
        Self::Imported,
        Self::Invited,
        Self::Waiting,
        Self::Started,
        Self::Configuring,
        Self::Completed,
        Self::Failed,
        Self::Undone,
        Self::Removed,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Invited => "invited",
            Self::Waiting => "waiting",
            Self::Started => "started",
            Self::Configuring => "configuring",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::Removed => "removed",
        }
    }

    fn after(event: &EventKind) -> Self {
        match event {
            EventKind::Waiting | EventKind::Unknown => Self::Waiting,
            EventKind::WizardOpened | EventKind::Postponed => Self::Started,
            EventKind::Started | EventKind::Step { .. } => Self::Configuring,
            // After going back has failed, the new profile is still the one that works.
            EventKind::Completed { .. } | EventKind::FinishedByHand | EventKind::UndoFailed { .. } => Self::Completed,
            EventKind::Failed { .. } => Self::Failed,
            EventKind::Undone => Self::Undone,
            EventKind::Removed => Self::Removed,
        }
    }
}

pub async fn of(pool: &AnyPool, project: &Project) -> Result<Status, Refusal> {
    let rows = sqlx::query(ROWS).bind(&project.id).fetch_all(pool).await?;
    let users = rows.iter().map(progress).collect::<Result<_, _>>()?;
    Ok(Status { project: project.name.clone(), cutover: project.cutover.map(|cutover| cutover.at), users })
}

fn progress(row: &AnyRow) -> Result<Progress, sqlx::Error> {
    let at = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.map(time));
    let text = |column| row.try_get::<Option<String>, _>(column);
    let last = event(text("last_event")?);
    let invited_at = at("invited_at")?;
    let stage = match (text("state")?.as_deref(), last) {
        (Some("removed"), _) => Stage::Removed,
        (Some(_), Some(event)) => Stage::after(&event),
        (Some(_), None) => Stage::Waiting,
        (None, _) if invited_at.is_some() => Stage::Invited,
        (None, _) => Stage::Imported,
    };
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
        stage,
        device: text("device_name")?,
        device_id: text("device_id")?,
        system: text("system")?,
        mail_client: client,
        last_contact: at("last_seen_at")?,
        last_code,
        evidence,
        findings: inventory.preferred().map(|client| client.findings.clone()).unwrap_or_default(),
        rehearsal: inventory.rehearsal,
        invited_at,
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
