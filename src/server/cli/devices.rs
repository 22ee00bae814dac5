//! `devices`: every computer with its logins, and what would go wrong there.

use std::collections::HashMap;
use std::io::Write;

use serde::Serialize;
use sqlx::Row;

use crate::server::cli::{Failure, project_named};
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::projects::alerts::{Alert, known, summed};

const LOGINS: &str = "SELECT l.id, d.name AS device, d.system, l.name AS login, l.agent, u.old_address,
    locked.old_address AS locked_to
    FROM login l JOIN device d ON d.id = l.device_id LEFT JOIN project_user u ON u.id = l.user_id
    LEFT JOIN project_user locked ON locked.id = d.locked_user_id
    WHERE d.project_id = $1 AND l.state = 'bound' ORDER BY d.name, l.name, l.id";

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    device: String,
    system: String,
    login: String,
    agent: String,
    /// The old address; none while the login is nobody's.
    user: Option<String>,
    locked_to: Option<String>,
    alerts: Vec<Alert>,
}

pub async fn list(db: &Db, project: &str, json: bool, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let alerted = known::of_project(db.pool(), &project, db::now()).await?;
    let mut alerts: HashMap<String, Vec<Alert>> =
        alerted.iter().filter_map(|of| Some((of.login?.to_string(), of.alerts.clone()))).collect();
    let mut lines = Vec::new();
    for row in &sqlx::query(LOGINS).bind(&project.id).fetch_all(db.pool()).await? {
        let id: String = row.try_get("id")?;
        lines.push(Line {
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
    if json {
        return Ok(writeln!(out, "{}", serde_json::to_string_pretty(&lines).map_err(Refusal::from)?)?);
    }
    for line in &lines {
        let user = line.user.as_deref().unwrap_or("nobody");
        writeln!(out, "{}  {} ({}): {user}", line.id, line.device, line.login)?;
        for alert in &line.alerts {
            writeln!(out, "    {:?}: {} {}", alert.severity, alert.code.id(), alert.detail)?;
        }
    }
    for sum in summed(alerted.iter().flat_map(|alerted| &alerted.alerts)) {
        writeln!(out, "{:?}: {} × {}", sum.severity, sum.count, sum.code.id())?;
    }
    Ok(())
}
