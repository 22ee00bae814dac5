//! One login that an action is for, and what actions write about it.

use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use crate::server::operation::Operation;
use crate::server::projects::diagnostics;
use crate::server::projects::identity::State;

/// A bound login.
pub struct Target {
    pub id: Uuid,
    /// Id of the computer.
    pub device: String,
    /// Id of the user.
    pub user: Option<String>,
    /// None also for a state that does not exist.
    pub user_state: Option<State>,
    device_name: String,
    name: String,
    address: Option<String>,
}

impl Target {
    /// What people call it.
    pub fn label(&self) -> String {
        let whose = self.address.as_deref().map(|address| format!(", {address}")).unwrap_or_default();
        format!("{} ({}){whose}", self.device_name, self.name)
    }
}

/// None when the project has no such login, or the login has left it.
pub async fn find(tx: &mut Operation, project: &str, id: Uuid) -> Result<Option<Target>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT l.device_id, l.user_id, l.name, d.name AS device_name, u.state AS user_state, u.old_address
         FROM login l JOIN device d ON d.id = l.device_id LEFT JOIN project_user u ON u.id = l.user_id
         WHERE l.id = $1 AND d.project_id = $2 AND l.state = 'bound'",
    )
    .bind(id.to_string())
    .bind(project)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Target {
        id,
        device: row.try_get("device_id")?,
        user: row.try_get("user_id")?,
        user_state: row.try_get::<Option<String>, _>("user_state")?.as_deref().and_then(State::of),
        device_name: row.try_get("device_name")?,
        name: row.try_get("name")?,
        address: row.try_get("old_address")?,
    }))
}

/// Whether the last thing that was heard is that the set-up failed, or that it was undone.
pub async fn can_retry(tx: &mut Operation, id: Uuid) -> Result<bool, sqlx::Error> {
    let last: Option<String> = sqlx::query_scalar(
        "SELECT kind FROM event WHERE login_id = $1 AND kind IN ('wizard_opened', 'started', 'step', 'completed',
         'finished_by_hand', 'failed', 'undone', 'undo_failed', 'removed') ORDER BY place DESC LIMIT 1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(matches!(last.as_deref(), Some("failed" | "undone")))
}

/// Puts the start off, or no longer.
pub async fn delay(tx: &mut Operation, id: Uuid, until: Option<Timestamp>) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE login SET delayed_until = $1 WHERE id = $2")
        .bind(until.map(Timestamp::as_millisecond))
        .bind(id.to_string())
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// Locks a computer to a user, or to nobody.
pub async fn lock(tx: &mut Operation, device: &str, user: Option<&str>) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE device SET locked_user_id = $1 WHERE id = $2")
        .bind(user)
        .bind(device)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// From now on the server does not know the login any more; its agent forgets the project when it next asks.
pub async fn forget(tx: &mut Operation, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE login SET state = 'removed', removed_at = $1 WHERE id = $2")
        .bind(now.as_millisecond())
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    diagnostics::forget(tx, &id.to_string()).await
}
