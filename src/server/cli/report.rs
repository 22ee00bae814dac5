//! `status` as table and as JSON.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::i18n::datetime::plain_without_zone;
use crate::protocol::Evidence;
use crate::server::cli::{Failure, order, project_named};
use crate::server::db::Db;
use crate::server::http::error::Refusal;
use crate::server::status::{self, Progress};

const HEADINGS: [&str; 8] =
    ["ADDRESS", "STAGE", "DEVICE", "MAIL PROGRAM", "LAST CONTACT", "LAST CODE", "EVIDENCE", "INVITED"];

pub async fn status(db: &Db, project: &str, json: bool, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let status = status::of(db.pool(), &project).await?;
    if json {
        return Ok(writeln!(out, "{}", serde_json::to_string_pretty(&status).map_err(Refusal::from)?)?);
    }
    let cutover = status.cutover.map_or_else(|| "not set".into(), |at| order::local(at).to_string());
    writeln!(out, "{} - cutover {cutover}", status.project)?;
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(status.users.iter().map(cells));
    let widths: Vec<usize> =
        (0..HEADINGS.len()).map(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0)).collect();
    for row in &rows {
        let padded: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(out, "{}", padded.join("  ").trim_end())?;
    }
    hindrances(&status.users, out)
}

/// What an operator can do something about before the cutover, one line each.
fn hindrances(users: &[Progress], out: &mut impl Write) -> Result<(), Failure> {
    for row in users {
        let device = row.device.as_deref().unwrap_or("-");
        for finding in &row.findings {
            writeln!(out, "{} on {device}: {} {}", row.address, finding.code.id(), finding.detail)?;
        }
        let Some(rehearsal) = &row.rehearsal else { continue };
        let result = match &rehearsal.stopped_by {
            Some(finding) => format!("{} {}", finding.code.id(), finding.detail),
            None => "would go on".into(),
        };
        writeln!(out, "{} on {device}: rehearsed {}: {result}", row.address, moment(Some(rehearsal.at)))?;
    }
    Ok(())
}

fn cells(row: &Progress) -> [String; 8] {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let invited = if row.code_locked { "code locked".into() } else { moment(row.invited_at) };
    [
        row.address.clone(),
        row.stage.name().into(),
        text(&row.device),
        text(&row.mail_client),
        moment(row.last_contact),
        text(&row.last_code),
        row.evidence.as_ref().map_or_else(|| "-".into(), proof),
        invited,
    ]
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".into(), |at| plain_without_zone(at, &TimeZone::system()))
}

fn proof(evidence: &Evidence) -> String {
    let yes = |fine: bool| if fine { "yes" } else { "NO" };
    if evidence.store && !evidence.imap {
        return format!("opened by the mail program, default {}", yes(evidence.default_profile));
    }
    format!(
        "imap {}, smtp {}, default {}, {} messages",
        yes(evidence.imap),
        yes(evidence.smtp),
        yes(evidence.default_profile),
        evidence.first_sync_messages
    )
}
