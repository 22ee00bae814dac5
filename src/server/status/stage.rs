//! How far somebody is: said in SQL, once, so that tables can be filtered and counted by it in the database.

use std::fmt;

use serde::{Deserialize, Serialize};

/// In the order in which a user goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Has no code yet.
    Imported,
    Invited,
    Waiting,
    /// The wizard came up.
    Started,
    Configuring,
    Completed,
    Failed,
    Undone,
    Removed,
}

/// The last report of the login `l` that tells how far it is. Kinds of newer agents tell nothing.
pub const LAST_KIND: &str = "(SELECT e.kind FROM event e WHERE e.login_id = l.id AND e.kind IN ('waiting',
    'wizard_opened', 'postponed', 'started', 'step', 'completed', 'finished_by_hand', 'failed', 'undone', 'undo_failed',
    'removed') ORDER BY e.place DESC LIMIT 1) AS last_kind";

/// When the user `u` got the newest code.
pub const INVITED_AT: &str = "(SELECT MAX(c.created_at) FROM code c WHERE c.user_id = u.id) AS invited_at";

/// The stage of a row with `login_id`, `login_state`, `last_kind` and `invited_at`. After going back has failed, the new
/// profile is still the one that works.
pub const STAGE: &str = "CASE
    WHEN login_state = 'removed' OR last_kind = 'removed' THEN 'removed'
    WHEN last_kind IN ('wizard_opened', 'postponed') THEN 'started'
    WHEN last_kind IN ('started', 'step') THEN 'configuring'
    WHEN last_kind IN ('completed', 'finished_by_hand', 'undo_failed') THEN 'completed'
    WHEN last_kind IN ('failed', 'undone') THEN last_kind
    WHEN login_id IS NOT NULL THEN 'waiting'
    WHEN invited_at IS NOT NULL THEN 'invited'
    ELSE 'imported' END AS stage";

impl Stage {
    pub const ALL: [Self; 9] = [
        Self::Imported,
        Self::Invited,
        Self::Waiting,
        Self::Started,
        Self::Configuring,
        Self::Completed,
        Self::Failed,
        Self::Undone,
        Self::Removed,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Invited => "invited",
            Self::Waiting => "waiting",
            Self::Started => "started",
            Self::Configuring => "configuring",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::Removed => "removed",
        }
    }

    /// The stage that [`STAGE`] says.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|stage| stage.name() == name).unwrap_or(Self::Imported)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::server::db::{Db, MEMORY};

    /// The stage of a login in this state whose reports were these, the last one last.
    async fn after(db: &Db, state: &str, kinds: &[&str]) -> Stage {
        let mut tx = db.write().await.expect("a turn");
        let login = format!(
            "INSERT INTO login (id, device_id, token_hash, state, name, agent, language, created_at)
             VALUES ('l', 'd', 't', '{state}', '', '', '', 0)"
        );
        for statement in [
            "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ('p', 'P', '{}', 'A', 0)",
            "INSERT INTO device (id, project_id, machine, name, system, created_at) VALUES ('d', 'p', 'm', '', '', 0)",
            &login,
        ] {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await.expect("a row");
        }
        for (place, kind) in (1_i64..).zip(kinds) {
            let event = sqlx::query(
                "INSERT INTO event (login_id, id, place, order_number, kind, body, happened_at, received_at)
                 VALUES ('l', $1, $2, 0, $3, '{}', 0, 0)",
            );
            event.bind(place.to_string()).bind(place).bind(*kind).execute(&mut *tx).await.expect("a row");
        }
        let query = format!(
            "SELECT {STAGE} FROM (SELECT l.id AS login_id, l.state AS login_state, {LAST_KIND}, NULL AS invited_at
             FROM login l) found"
        );
        // Without a commit the next one finds nothing of this.
        Stage::named(&sqlx::query_scalar::<_, String>(AssertSqlSafe(query)).fetch_one(&mut *tx).await.expect("a stage"))
    }

    #[tokio::test]
    async fn the_last_report_that_this_version_knows_says_how_far_a_login_is() {
        let db = Db::open(MEMORY).await.expect("a database");
        let cases: [(&str, &[&str], Stage); 14] = [
            ("bound", &[], Stage::Waiting),
            ("bound", &["of a newer agent"], Stage::Waiting),
            ("bound", &["waiting"], Stage::Waiting),
            ("bound", &["waiting", "wizard_opened"], Stage::Started),
            ("bound", &["wizard_opened", "postponed"], Stage::Started),
            ("bound", &["wizard_opened", "started"], Stage::Configuring),
            ("bound", &["started", "step"], Stage::Configuring),
            ("bound", &["started", "completed", "of a newer agent"], Stage::Completed),
            ("bound", &["failed", "finished_by_hand"], Stage::Completed),
            ("bound", &["completed", "undo_failed"], Stage::Completed),
            ("bound", &["started", "failed"], Stage::Failed),
            ("bound", &["completed", "undone"], Stage::Undone),
            ("bound", &["undone", "removed"], Stage::Removed),
            ("removed", &["completed"], Stage::Removed),
        ];
        for (state, kinds, stage) in cases {
            assert_eq!(after(&db, state, kinds).await, stage, "{state} {kinds:?}");
        }
    }
}
