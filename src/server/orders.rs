//! Orders in the database: what the operator or the timetable wants of a user's devices, and what was reported on it.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::db::{self, time};
use super::decision::{Order, Report, ReportKind};
use crate::protocol::Action;

/// The order in a row with `number`, `action`, `ordered_at` and `cutover_version`, if there is one.
pub fn order(row: &AnyRow) -> Result<Option<Order>, sqlx::Error> {
    let Some(number) = row.try_get("number")? else { return Ok(None) };
    Ok(Some(Order {
        number,
        action: action(&row.try_get::<String, _>("action")?),
        at: time(row.try_get("ordered_at")?),
        cutover_version: row.try_get("cutover_version")?,
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

/// Records the operator's order for all devices of a user.
pub async fn give(tx: &mut AnyConnection, user: &str, action: Action) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO user_order (id, user_id, number, action, cause, created_at)
         VALUES ($1, $2, (SELECT COALESCE(MAX(number), 0) + 1 FROM user_order WHERE user_id = $2), $3, 'operator', $4)
         RETURNING number",
    )
    .bind(db::new_id())
    .bind(user)
    .bind(action.id())
    .bind(db::now().as_millisecond())
    .fetch_one(tx)
    .await
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
