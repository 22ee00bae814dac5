//! The record of what operators did: every [`Operation`](crate::server::operation::Operation) leaves its entries here.

use sqlx::FromRow;

use crate::server::db::Db;
use crate::server::http::error::Refusal;
use crate::server::operators::{Actor, Role};

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
    /// The project's name, as it was then; none when the entry is of no project.
    pub project: Option<String>,
    pub action: String,
    pub subject: String,
    pub detail: String,
}

/// Entries, the newest first. For administrators.
pub async fn list(db: &Db, actor: &Actor, filter: &Filter, limit: i64, skip: i64) -> Result<Vec<Entry>, Refusal> {
    actor.may(Role::Administrator)?;
    let query = sqlx::query_as(
        "SELECT at, actor_name, project_name AS project, action, subject, detail FROM audit
         WHERE ($1 = '' OR project_id = $1) AND ($2 = '' OR actor_id = $2) AND at >= $3 AND at < $4
         ORDER BY at DESC, id DESC LIMIT $5 OFFSET $6",
    );
    let query = query.bind(&filter.project).bind(&filter.actor).bind(filter.from).bind(filter.before);
    Ok(query.bind(limit).bind(skip).fetch_all(db.pool()).await?)
}

/// Everybody who has done something: id and name. For administrators.
pub async fn actors(db: &Db, actor: &Actor) -> Result<Vec<(String, String)>, Refusal> {
    actor.may(Role::Administrator)?;
    let query = sqlx::query_as("SELECT actor_id, MIN(actor_name) FROM audit GROUP BY actor_id ORDER BY 2, 1");
    Ok(query.fetch_all(db.pool()).await?)
}

/// Every project with entries, also those that were deleted: id and name. For administrators.
pub async fn projects(db: &Db, actor: &Actor) -> Result<Vec<(String, String)>, Refusal> {
    actor.may(Role::Administrator)?;
    let query = sqlx::query_as(
        "SELECT project_id, MAX(project_name) FROM audit WHERE project_id IS NOT NULL GROUP BY project_id ORDER BY 2, 1",
    );
    Ok(query.fetch_all(db.pool()).await?)
}
