//! The record of what operators did.

use sqlx::AnyConnection;

use super::db;
use super::operators::Actor;

/// Longest detail that is kept, in characters.
const DETAIL_LIMIT: usize = 1000;

/// Adds an entry, in the transaction of what it records. `action` is `thing.verb`; `subject` is what people call the
/// thing; neither it nor `detail` may be secret.
pub async fn record(
    tx: &mut AnyConnection,
    actor: &Actor,
    project: Option<&str>,
    action: &'static str,
    subject: &str,
    detail: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO audit (id, at, actor_id, actor_name, project_id, action, subject, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(db::new_id())
    .bind(db::now().as_millisecond())
    .bind(&actor.id)
    .bind(&actor.name)
    .bind(project)
    .bind(action)
    .bind(subject)
    .bind(detail.chars().take(DETAIL_LIMIT).collect::<String>())
    .execute(tx)
    .await
    .map(|_| ())
}
