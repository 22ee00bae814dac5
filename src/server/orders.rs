//! Orders in the database: what the operator or the timetable wants of a user's devices, and what was reported on it.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};
use uuid::Uuid;

use super::db::{self, Db, time};
use super::decision::{Cause, Order, Report, ReportKind};
use crate::protocol::Action;

/// The newest order for a user's device. An order to configure also reaches devices that become the user's later; other
/// orders were meant for those that were.
const NEWEST: &str = "SELECT number, action, created_at, cutover_version FROM user_order
    WHERE user_id = $1 AND (login_id = $2 OR (login_id IS NULL AND (created_at >= $3 OR action = 'configure')))
    ORDER BY number DESC LIMIT 1";

/// The newest report on an order. Reports without an order number count when they came after the order.
const NEWEST_REPORT: &str = "SELECT kind, received_at FROM event
    WHERE login_id = $1 AND (order_number = $2 OR (order_number = 0 AND received_at >= $3))
    AND kind IN ('wizard_opened', 'started', 'step', 'completed', 'finished_by_hand', 'failed', 'undone',
                 'undo_failed', 'removed')
    ORDER BY place DESC LIMIT 1";

/// Which device is asked about.
#[derive(Debug, Clone)]
pub struct Of<'a> {
    pub user: &'a str,
    pub device: Uuid,
    /// Since when the device is the user's.
    pub since: Timestamp,
}

pub async fn newest(pool: &AnyPool, of: &Of<'_>) -> Result<Option<Order>, sqlx::Error> {
    let row = sqlx::query(NEWEST)
        .bind(of.user)
        .bind(of.device.to_string())
        .bind(of.since.as_millisecond())
        .fetch_optional(pool)
        .await?;
    row.map(|row| order(&row)).transpose()
}

/// Highest version of the cutover that became an order for this user's device.
pub async fn cutover_taken(pool: &AnyPool, of: &Of<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COALESCE(MAX(cutover_version), 0) FROM user_order WHERE login_id = $1 AND user_id = $2")
        .bind(of.device.to_string())
        .bind(of.user)
        .fetch_one(pool)
        .await
}

pub async fn newest_report(pool: &AnyPool, device: Uuid, order: &Order) -> Result<Option<Report>, sqlx::Error> {
    let row = sqlx::query(NEWEST_REPORT)
        .bind(device.to_string())
        .bind(order.number)
        .bind(order.at.as_millisecond())
        .fetch_optional(pool)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let kind = match row.try_get::<String, _>("kind")?.as_str() {
        "completed" | "finished_by_hand" => ReportKind::Completed,
        "failed" => ReportKind::Failed,
        "undone" => ReportKind::Undone,
        "undo_failed" => ReportKind::UndoFailed,
        "removed" => ReportKind::Removed,
        _ => ReportKind::Begun,
    };
    Ok(Some(Report { kind, at: time(row.try_get("received_at")?) }))
}

fn order(row: &AnyRow) -> Result<Order, sqlx::Error> {
    Ok(Order {
        number: row.try_get("number")?,
        action: action(&row.try_get::<String, _>("action")?),
        at: time(row.try_get("created_at")?),
        cutover_version: row.try_get("cutover_version")?,
    })
}

/// Records the operator's order for one device of a user, or for all of them.
pub async fn give(
    tx: &mut AnyConnection,
    user: &str,
    device: Option<Uuid>,
    action: Action,
) -> Result<i64, sqlx::Error> {
    let device = device.map(|device| device.to_string());
    insert(tx, &New { user, device, action, cause: "operator", cutover_version: None }).await
}

/// Records an order that time has made, unless another order was given meanwhile.
pub async fn make(db: &Db, of: &Of<'_>, cause: Cause, seen: Option<Order>) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    let newest: Option<i64> = sqlx::query_scalar(NEWEST)
        .bind(of.user)
        .bind(of.device.to_string())
        .bind(of.since.as_millisecond())
        .fetch_optional(&mut *tx)
        .await?;
    if newest != seen.map(|order| order.number) {
        return Ok(());
    }
    let (cause, cutover_version) = match cause {
        Cause::Cutover { version } => ("cutover", Some(version)),
        Cause::Timetable { version } => ("timetable", version),
    };
    let device = Some(of.device.to_string());
    insert(&mut tx, &New { user: of.user, device, action: Action::Configure, cause, cutover_version }).await?;
    tx.commit().await
}

struct New<'a> {
    user: &'a str,
    device: Option<String>,
    action: Action,
    cause: &'static str,
    cutover_version: Option<i64>,
}

async fn insert(tx: &mut AnyConnection, new: &New<'_>) -> Result<i64, sqlx::Error> {
    let number: i64 = sqlx::query_scalar(
        "UPDATE project SET last_order = last_order + 1
         WHERE id = (SELECT project_id FROM project_user WHERE project_user.id = $1) RETURNING last_order",
    )
    .bind(new.user)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO user_order (id, user_id, login_id, number, action, cause, cutover_version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(db::new_id())
    .bind(new.user)
    .bind(new.device.clone())
    .bind(number)
    .bind(new.action.id())
    .bind(new.cause)
    .bind(new.cutover_version)
    .bind(db::now().as_millisecond())
    .execute(tx)
    .await?;
    Ok(number)
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
