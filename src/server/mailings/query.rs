//! What became of the mails, for those who look after them.

use std::collections::HashMap;

use sqlx::{AnyPool, Row};

use crate::server::mailings::{COLUMNS, FROM_OPERATORS, Mailing, State, read};

/// The newest mail to its user, among those of operators or among the others: what somebody has asked for in a user's
/// name says nothing of the invitation.
fn newest() -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM mailing n WHERE n.user_id = m.user_id
         AND (n.kind IN {FROM_OPERATORS}) = (m.kind IN {FROM_OPERATORS})
         AND (n.created_at > m.created_at OR (n.created_at = m.created_at AND n.id > m.id)))"
    )
}

const LOST: &str = "m.state IN ('failed', 'bounced')";

/// Which mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    All,
    In(State),
    /// Failed or came back, with no newer one to the same user.
    Undelivered,
}

impl Which {
    /// `$2` is the state that is looked for.
    fn matches(self) -> String {
        match self {
            Self::All => "$2 = ''".to_owned(),
            Self::In(_) => "m.state = $2".to_owned(),
            Self::Undelivered => format!("$2 = '' AND {LOST} AND {}", newest()),
        }
    }

    fn state(self) -> &'static str {
        match self {
            Self::In(state) => state.id(),
            Self::All | Self::Undelivered => "",
        }
    }
}

/// So many mails of a project after the first `skipped` ones, newest first.
pub async fn page(
    pool: &AnyPool,
    project: &str,
    which: Which,
    (skipped, limit): (i64, i64),
) -> Result<Vec<Mailing>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE m.project_id = $1 AND {} ORDER BY m.created_at DESC, m.id DESC LIMIT $3 OFFSET $4",
        which.matches()
    ));
    let query = sqlx::query(query).bind(project).bind(which.state()).bind(limit).bind(skipped);
    query.fetch_all(pool).await?.iter().map(read).collect()
}

pub async fn count(pool: &AnyPool, project: &str, which: Which) -> Result<i64, sqlx::Error> {
    let matches = which.matches();
    let query =
        sqlx::AssertSqlSafe(format!("SELECT COUNT(*) AS number FROM mailing m WHERE m.project_id = $1 AND {matches}"));
    sqlx::query(query).bind(project).bind(which.state()).fetch_one(pool).await?.try_get("number")
}

/// The newest mail of operators to each of these users, by the user's id. For a page of them: each one is a parameter.
pub async fn last(pool: &AnyPool, users: &[String]) -> Result<HashMap<String, Mailing>, sqlx::Error> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let places = (1..=users.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let query = sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE m.user_id IN ({places}) AND m.kind IN {FROM_OPERATORS} AND {}",
        newest()
    ));
    let query = users.iter().fold(sqlx::query(query), |query, user| query.bind(user.clone()));
    let rows = query.fetch_all(pool).await?;
    let mails = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(mails.into_iter().filter_map(|mailing| Some((mailing.user_id.clone()?, mailing))).collect())
}
