//! Orders in the database: what the operator or the timetable wants of a user's devices, and what was reported on it.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use uuid::Uuid;

use crate::protocol::Action;
use crate::server::db::{self, time};
use crate::server::directive::decision::{Order, Report, ReportKind};
use crate::server::operation::Operation;

/// The order in a row with `number`, `action`, `ordered_at` and `ordered_version`, if there is one.
pub fn order(row: &AnyRow) -> Result<Option<Order>, sqlx::Error> {
    let Some(number) = row.try_get("number")? else { return Ok(None) };
    Ok(Some(Order {
        number,
        action: action(&row.try_get::<String, _>("action")?),
        at: time(row.try_get("ordered_at")?),
        cutover_version: row.try_get("ordered_version")?,
    }))
}

/// The report in a row with `kind` and `received_at`, if there is one.
pub fn report(row: &AnyRow) -> Result<Option<Report>, sqlx::Error> {
    let Some(kind) = row.try_get::<Option<String>, _>("kind")? else { return Ok(None) };
    let kind = match kind.as_str() {
        "completed" | "finished_by_hand" => ReportKind::Completed,
        "failed" => ReportKind::Failed,
        "undone" => ReportKind::Undone,
        "undo_failed" => ReportKind::UndoFailed,
        "removed" => ReportKind::Removed,
        _ => ReportKind::Begun,
    };
    Ok(Some(Report { kind, at: time(row.try_get("received_at")?) }))
}

/// Records the operator's order for one device of a user, or for all of them.
pub async fn give(tx: &mut Operation, user: &str, device: Option<Uuid>, action: Action) -> Result<i64, sqlx::Error> {
    let project: String =
        sqlx::query_scalar("SELECT project_id FROM project_user WHERE id = $1").bind(user).fetch_one(&mut **tx).await?;
    let number = next_number(last_number(tx, &project).await?, db::now());
    set_last_number(tx, &project, number).await?;
    sqlx::query(
        "INSERT INTO user_order (id, user_id, login_id, number, action, cause, created_at)
         VALUES ($1, $2, $3, $4, $5, 'operator', $6)",
    )
    .bind(db::new_id())
    .bind(user)
    .bind(device.map(|device| device.to_string()))
    .bind(number)
    .bind(action.id())
    .bind(db::now().as_millisecond())
    .execute(&mut **tx)
    .await?;
    Ok(number)
}

/// The highest number of a project's orders: a login may become another user's, and what is newer must still have the
/// higher number.
pub async fn last_number(tx: &mut AnyConnection, project: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT last_order FROM project WHERE id = $1").bind(project).fetch_one(tx).await
}

/// The number after this one. Numbers follow the seconds since 1970, so that also those of a database that was put back are
/// above all that were given before.
pub fn next_number(last: i64, now: Timestamp) -> i64 {
    last.saturating_add(1).max(now.as_second())
}

pub async fn set_last_number(tx: &mut AnyConnection, project: &str, number: i64) -> Result<(), sqlx::Error> {
    let query = sqlx::query("UPDATE project SET last_order = $1 WHERE id = $2").bind(number).bind(project);
    query.execute(tx).await.map(|_| ())
}

fn action(id: &str) -> Action {
    match id {
        "configure" => Action::Configure,
        "rehearse" => Action::Rehearse,
        "undo" => Action::Undo,
        "remove" => Action::Remove,
        "stop" => Action::Stop,
        _ => Action::Wait,
    }
}
