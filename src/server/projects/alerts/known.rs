//! What the alerts are judged by, read from the database.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};
use uuid::Uuid;

use crate::protocol::Inventory;
use crate::server::db::time;
use crate::server::projects::alerts::Alert;
use crate::server::projects::{Project, waves};

/// One row for each login of an active user, and one for each active user without any.
const OF_USERS: &str = "SELECT u.id AS user_id, u.source, u.wave_id, l.id AS login_id, l.inventory, l.last_seen_at, l.bound_at,
    (SELECT e.kind FROM event e WHERE e.login_id = l.id AND e.kind IN ('completed', 'finished_by_hand', 'failed', 'undone')
        ORDER BY e.place DESC LIMIT 1) AS ended,
    (SELECT c.tries_left FROM code c WHERE c.user_id = u.id AND c.replaced_at IS NULL AND c.used_at IS NULL
        ORDER BY c.created_at DESC, c.id DESC LIMIT 1) AS tries_left,
    (SELECT c.expires_at FROM code c WHERE c.user_id = u.id AND c.replaced_at IS NULL AND c.used_at IS NULL
        ORDER BY c.created_at DESC, c.id DESC LIMIT 1) AS expires_at,
    (SELECT m.state FROM mailing m WHERE m.user_id = u.id AND m.kind IN ('invitation', 'reminder')
        ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS mail,
    (SELECT m.trouble FROM mailing m WHERE m.user_id = u.id AND m.kind IN ('invitation', 'reminder')
        ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS trouble
    FROM project_user u LEFT JOIN login l ON l.user_id = u.id AND l.state = 'bound'
    WHERE u.project_id = $1 AND u.state = 'active' ORDER BY u.old_key, l.bound_at, l.id";

/// Logins that are nobody's yet.
const OF_NOBODY: &str = "SELECT l.id AS login_id, l.inventory, l.last_seen_at, l.bound_at
    FROM login l JOIN device d ON d.id = l.device_id
    WHERE d.project_id = $1 AND l.state = 'bound' AND l.user_id IS NULL ORDER BY l.bound_at, l.id";

/// What is known of one login, or of one user without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub user: Option<KnownUser>,
    pub login: Option<KnownLogin>,
    /// The one that holds for the user.
    pub cutover: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownUser {
    /// By the person, not by the organisation's list.
    pub registered: bool,
    pub mailed: Mailed,
}

/// What became of the newest code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailed {
    Never,
    /// Why the mail did not arrive.
    Failed(String),
    /// Too many wrong tries.
    Locked,
    Expired,
    /// The person has not entered it.
    Waiting,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLogin {
    pub inventory: Option<Inventory>,
    pub bound_at: Timestamp,
    pub last_contact: Option<Timestamp>,
    /// The set-up has succeeded.
    pub done: bool,
}

/// The alerts of one login, or of one user without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alerted {
    /// Id of the user.
    pub user: Option<String>,
    pub login: Option<Uuid>,
    pub alerts: Vec<Alert>,
}

/// Everything that is alerted to in a project. Who alerts to nothing is left out.
pub async fn of_project(pool: &AnyPool, project: &Project, now: Timestamp) -> Result<Vec<Alerted>, sqlx::Error> {
    let cutover = |cutover: Option<crate::server::directive::decision::Cutover>| cutover.map(|cutover| cutover.at);
    let waves = waves::list(pool, &project.id).await?.into_iter();
    let own: HashMap<String, Timestamp> = waves.filter_map(|wave| Some((wave.id, cutover(wave.cutover)?))).collect();
    let mut alerted = Vec::new();
    for row in &sqlx::query(OF_USERS).bind(&project.id).fetch_all(pool).await? {
        let wave: Option<String> = row.try_get("wave_id")?;
        let cutover = wave.and_then(|wave| own.get(&wave).copied()).or(cutover(project.cutover));
        let known = Known { user: Some(user(row, now)?), login: login(row, row.try_get("ended")?)?, cutover };
        alerted.push(Alerted {
            user: row.try_get("user_id")?,
            login: id(row)?,
            alerts: crate::server::projects::alerts::of(&known, now),
        });
    }
    for row in &sqlx::query(OF_NOBODY).bind(&project.id).fetch_all(pool).await? {
        let known = Known { user: None, login: login(row, None)?, cutover: cutover(project.cutover) };
        alerted.push(Alerted { user: None, login: id(row)?, alerts: crate::server::projects::alerts::of(&known, now) });
    }
    alerted.retain(|alerted| !alerted.alerts.is_empty());
    Ok(alerted)
}

fn id(row: &AnyRow) -> Result<Option<Uuid>, sqlx::Error> {
    Ok(row.try_get::<Option<String>, _>("login_id")?.and_then(|id| id.parse().ok()))
}

fn user(row: &AnyRow, now: Timestamp) -> Result<KnownUser, sqlx::Error> {
    let expires_at: Option<i64> = row.try_get("expires_at")?;
    let mail: Option<String> = row.try_get("mail")?;
    let code = (row.try_get::<Option<i64>, _>("tries_left")?, expires_at.map(time));
    let mailed = match (mail.as_deref(), code) {
        (Some("failed" | "bounced"), _) => Mailed::Failed(row.try_get::<Option<_>, _>("trouble")?.unwrap_or_default()),
        (Some("queued"), _) => Mailed::Waiting,
        (_, (Some(0), _)) => Mailed::Locked,
        (_, (Some(_), Some(end))) if end <= now => Mailed::Expired,
        (_, (Some(_), _)) => Mailed::Waiting,
        (_, (None, _)) => Mailed::Never,
    };
    Ok(KnownUser { registered: row.try_get::<String, _>("source")? == "registration", mailed })
}

fn login(row: &AnyRow, ended: Option<String>) -> Result<Option<KnownLogin>, sqlx::Error> {
    let at = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.map(time));
    let Some(bound_at) = at("bound_at")? else { return Ok(None) };
    let inventory: Option<String> = row.try_get("inventory")?;
    Ok(Some(KnownLogin {
        inventory: inventory.and_then(|inventory| serde_json::from_str(&inventory).ok()),
        bound_at,
        last_contact: at("last_seen_at")?,
        done: matches!(ended.as_deref(), Some("completed" | "finished_by_hand")),
    }))
}
