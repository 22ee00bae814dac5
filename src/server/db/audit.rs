//! The record of what operators did: every [`Operation`](crate::server::operation::Operation) leaves its entries here.

use sqlx::{AnyPool, FromRow};

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

/// Entries, the newest first.
pub async fn list(pool: &AnyPool, filter: &Filter, limit: i64, skip: i64) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as(
        "SELECT at, actor_name, project_name AS project, action, subject, detail FROM audit
         WHERE ($1 = '' OR project_id = $1) AND ($2 = '' OR actor_id = $2) AND at >= $3 AND at < $4
         ORDER BY at DESC, id DESC LIMIT $5 OFFSET $6",
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

/// Every project with entries, also those that were deleted: id and name.
pub async fn projects(pool: &AnyPool) -> Result<Vec<(String, String)>, sqlx::Error> {
    let query = sqlx::query_as(
        "SELECT project_id, MAX(project_name) FROM audit WHERE project_id IS NOT NULL GROUP BY project_id ORDER BY 2, 1",
    );
    query.fetch_all(pool).await
}
