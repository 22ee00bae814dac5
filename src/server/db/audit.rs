//! The record of what operators did. Whatever an operator changes is changed in a [`Deed`], which cannot be committed
//! without an entry: the record is complete, and has nothing that did not happen.

use std::ops::{Deref, DerefMut};

use sqlx::{AnyConnection, AnyPool, FromRow};

use crate::server::db::{self, Db, Write};
use crate::server::operators::Actor;

/// Longest detail that is kept, in characters.
const DETAIL_LIMIT: usize = 1000;

/// Something that an operator does: a transaction with its entries. Functions that write what operators decide take a
/// deed, and no other transaction.
pub struct Deed {
    tx: Write,
    actor: Actor,
    recorded: bool,
}

impl Deed {
    pub async fn begin(db: &Db, actor: &Actor) -> Result<Self, sqlx::Error> {
        Ok(Self { tx: db.write().await?, actor: actor.clone(), recorded: false })
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Who acts, when that turns out in the transaction itself.
    pub fn is_by(&mut self, actor: Actor) {
        self.actor = actor;
    }

    /// Adds an entry. `action` is `thing.verb`; `subject` is what people call the thing; neither it nor `detail` may be
    /// secret.
    pub async fn record(
        &mut self,
        project: Option<&str>,
        action: &'static str,
        subject: &str,
        detail: &str,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO audit (id, at, actor_id, actor_name, project_id, project_name, action, subject, detail)
             VALUES ($1, $2, $3, $4, $5, (SELECT name FROM project WHERE id = $5), $6, $7, $8)",
        )
        .bind(db::new_id())
        .bind(db::now().as_millisecond())
        .bind(&self.actor.id)
        .bind(&self.actor.name)
        .bind(project)
        .bind(action)
        .bind(subject)
        .bind(detail.chars().take(DETAIL_LIMIT).collect::<String>())
        .execute(&mut *self.tx)
        .await?;
        self.recorded = true;
        Ok(())
    }

    /// Makes it so. What is not on record does not happen: without an entry, everything is taken back.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        if self.recorded { self.tx.commit().await } else { Ok(()) }
    }
}

impl Deref for Deed {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.tx
    }
}

impl DerefMut for Deed {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::db::MEMORY;

    async fn count(db: &Db, of: &'static str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {of}"));
        sqlx::query_scalar(query).fetch_one(db.pool()).await.expect("a number")
    }

    async fn deed(db: &Db) -> Deed {
        let mut tx = Deed::begin(db, &Actor::command_line()).await.expect("a turn");
        let project =
            "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ('p', 'P', '{}', 'A', 0)";
        sqlx::query(project).execute(&mut *tx).await.expect("a row");
        tx
    }

    #[tokio::test]
    async fn what_is_not_on_record_does_not_happen() {
        let db = Db::open(MEMORY).await.expect("a database");
        deed(&db).await.commit().await.expect("nothing to do");
        assert_eq!((count(&db, "project").await, count(&db, "audit").await), (0, 0));
        let mut tx = deed(&db).await;
        tx.record(Some("p"), "project.create", "P", "").await.expect("an entry");
        drop(tx);
        assert_eq!((count(&db, "project").await, count(&db, "audit").await), (0, 0));
        let mut tx = deed(&db).await;
        tx.record(Some("p"), "project.create", "P", "").await.expect("an entry");
        tx.commit().await.expect("done");
        assert_eq!((count(&db, "project").await, count(&db, "audit").await), (1, 1));
        let everything = Filter { project: String::new(), actor: String::new(), from: 0, before: i64::MAX };
        let entries = list(db.pool(), &everything, 10, 0).await.expect("entries");
        assert_eq!((entries[0].actor_name.as_str(), entries[0].project.as_deref()), ("command line", Some("P")));
    }
}
