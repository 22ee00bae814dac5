//! `devices`: every computer with its logins, and what would go wrong there.

use std::io::Write;

use crate::server::cli::{Failure, project_named};
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::status::computers;

pub async fn list(db: &Db, project: &str, json: bool, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let (logins, sums) = computers::of(db.pool(), &project, db::now()).await?;
    if json {
        return Ok(writeln!(out, "{}", serde_json::to_string_pretty(&logins).map_err(Refusal::from)?)?);
    }
    for line in &logins {
        let user = line.user.as_deref().unwrap_or("nobody");
        writeln!(out, "{}  {} ({}): {user}", line.id, line.device, line.login)?;
        for alert in &line.alerts {
            writeln!(out, "    {:?}: {} {}", alert.severity, alert.code.id(), alert.detail)?;
        }
    }
    for sum in sums {
        writeln!(out, "{:?}: {} × {}", sum.severity, sum.count, sum.code.id())?;
    }
    Ok(())
}
