//! What an operator does: who acts and in which role, the transaction, its entry on record and the wake-up of those it
//! concerns, in one value. Dashboard, API and command line call the rooms of the things; only those rooms begin one.

use std::ops::{Deref, DerefMut};

use sqlx::AnyConnection;

use crate::server::db::{self, Db, Write};
use crate::server::http::error::Refusal;
use crate::server::operators::{Actor, Role};

/// Longest detail that is kept on record, in characters.
const DETAIL_LIMIT: usize = 1000;

/// Something that an operator does: a transaction with its entries. Functions that write what operators decide take an
/// operation, and no other transaction.
pub struct Operation {
    tx: Write,
    actor: Actor,
    recorded: bool,
}

impl Operation {
    /// # Errors
    /// [`RoleTooLow`](crate::problem::ResponseCode::RoleTooLow), and when the database cannot.
    pub async fn begin(db: &Db, actor: &Actor, needed: Role) -> Result<Self, Refusal> {
        actor.may(needed)?;
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

    /// Wakes the agents of a project once this is done.
    pub async fn wake(&mut self, project: &str) -> Result<(), sqlx::Error> {
        db::ring(&mut self.tx, project).await
    }

    /// Makes it so. What is not on record does not happen: without an entry, everything is taken back.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        if self.recorded { self.tx.commit().await } else { Ok(()) }
    }
}

impl Deref for Operation {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.tx
    }
}

impl DerefMut for Operation {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ResponseCode;
    use crate::server::db::MEMORY;
    use crate::server::operators::audit::{Filter, list};

    async fn count(db: &Db, of: &'static str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {of}"));
        sqlx::query_scalar(query).fetch_one(db.pool()).await.expect("a number")
    }

    async fn operation(db: &Db) -> Operation {
        let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await.expect("a turn");
        let project =
            "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ('p', 'P', '{}', 'A', 0)";
        sqlx::query(project).execute(&mut *tx).await.expect("a row");
        tx
    }

    #[tokio::test]
    async fn what_is_not_on_record_does_not_happen() {
        let db = Db::open(MEMORY).await.expect("a database");
        operation(&db).await.commit().await.expect("nothing to do");
        assert_eq!((count(&db, "project").await, count(&db, "audit").await), (0, 0));
        let mut tx = operation(&db).await;
        tx.record(Some("p"), "project.create", "P", "").await.expect("an entry");
        drop(tx);
        assert_eq!((count(&db, "project").await, count(&db, "audit").await), (0, 0));
        let mut tx = operation(&db).await;
        tx.record(Some("p"), "project.create", "P", "").await.expect("an entry");
        tx.commit().await.expect("done");
        assert_eq!((count(&db, "project").await, count(&db, "audit").await), (1, 1));
        let everything = Filter { project: String::new(), actor: String::new(), from: 0, before: i64::MAX };
        let entries = list(&db, &Actor::command_line(), &everything, 10, 0).await.expect("entries");
        assert_eq!((entries[0].actor_name.as_str(), entries[0].project.as_deref()), ("command line", Some("P")));
    }

    #[tokio::test]
    async fn whoever_may_not_begins_nothing() {
        let db = Db::open(MEMORY).await.expect("a database");
        let viewer = Actor { role: Role::Viewer, ..Actor::command_line() };
        let refused = Operation::begin(&db, &viewer, Role::Operator).await.err().expect("refused");
        assert_eq!(refused.code(), ResponseCode::RoleTooLow);
    }
}
