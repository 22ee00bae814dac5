//! The record of what operators did.

use sqlx::{AnyConnection, AnyPool, FromRow};

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

/// Which entries to show. Times are milliseconds since 1970, from the first to before the second.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Empty: of every project and of none.
    pub project: String,
    /// Empty: everybody's.
    pub actor: String,
    pub from: i64,
    pub before: i64,
}

#[derive(Debug, Clone, FromRow)]
pub struct Entry {
    pub at: i64,
    pub actor_name: String,
    /// The project's name; none when the entry is of no project.
    pub project: Option<String>,
    pub action: String,
    pub subject: String,
    pub detail: String,
}

/// Entries, the newest first.
pub async fn list(pool: &AnyPool, filter: &Filter, limit: i64, skip: i64) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as(
        "SELECT a.at, a.actor_name, p.name AS project, a.action, a.subject, a.detail
         FROM audit a LEFT JOIN project p ON p.id = a.project_id
         WHERE ($1 = '' OR a.project_id = $1) AND ($2 = '' OR a.actor_id = $2) AND a.at >= $3 AND a.at < $4
         ORDER BY a.at DESC, a.id DESC LIMIT $5 OFFSET $6",
    )
    .bind(&filter.project)
    .bind(&filter.actor)
    .bind(filter.from)
    .bind(filter.before)
    .bind(limit)
    .bind(skip)
    .fetch_all(pool)
    .await
}

/// Everybody who has done something: id and name.
pub async fn actors(pool: &AnyPool) -> Result<Vec<(String, String)>, sqlx::Error> {
    let query = sqlx::query_as("SELECT actor_id, MIN(actor_name) FROM audit GROUP BY actor_id ORDER BY 2, 1");
    query.fetch_all(pool).await
}
