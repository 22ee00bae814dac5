//! Every computer of a project with its logins, whose they are, and what would go wrong there.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{AnyPool, Row};

use crate::server::http::error::Refusal;
use crate::server::projects::Project;
use crate::server::projects::alerts::{self, Alert, known};

const LOGINS: &str = "SELECT l.id, d.name AS device, d.system, l.name AS login, l.agent, u.old_address,
    locked.old_address AS locked_to
    FROM login l JOIN device d ON d.id = l.device_id LEFT JOIN project_user u ON u.id = l.user_id
    LEFT JOIN project_user locked ON locked.id = d.locked_user_id
    WHERE d.project_id = $1 AND l.state = 'bound' ORDER BY d.name, l.name, l.id";

#[derive(Debug, Serialize)]
pub struct Activated {
    pub id: String,
    pub device: String,
    pub system: String,
    pub login: String,
    pub agent: String,
    /// The old address; none while the login is nobody's.
    pub user: Option<String>,
    pub locked_to: Option<String>,
    pub alerts: Vec<Alert>,
}

/// The logins with an agent by the names of their computers, and how often each alert is there.
pub async fn of(
    pool: &AnyPool,
    project: &Project,
    now: Timestamp,
) -> Result<(Vec<Activated>, Vec<alerts::Sum>), Refusal> {
    let alerted = known::of_project(pool, project, now).await?;
    let mut alerts: HashMap<String, Vec<Alert>> =
        alerted.iter().filter_map(|of| Some((of.login?.to_string(), of.alerts.clone()))).collect();
    let mut logins = Vec::new();
    for row in &sqlx::query(LOGINS).bind(&project.id).fetch_all(pool).await? {
        let id: String = row.try_get("id")?;
        logins.push(Activated {
            device: row.try_get("device")?,
            system: row.try_get("system")?,
            login: row.try_get("login")?,
            agent: row.try_get("agent")?,
            user: row.try_get("old_address")?,
            locked_to: row.try_get("locked_to")?,
            alerts: alerts.remove(&id).unwrap_or_default(),
            id,
        });
    }
    Ok((logins, alerts::summed(alerted.iter().flat_map(|alerted| &alerted.alerts))))
}
