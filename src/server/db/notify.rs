//! Signals of operators to the agents: the number of the last one, and for whom each was.

use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};
use uuid::Uuid;

use crate::server::db::rows;

/// Logins that are called one by one; for more of them the whole project is called.
const SINGLY: usize = 64;

pub const NUMBER: &str = "SELECT number FROM signal WHERE id = 1";

/// Who is to ask anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// The agents of a project.
    Project(Uuid),
    /// The agent at one login.
    Login(Uuid),
}

/// Tells running servers that an operator changed something in a project (by id): its agents that wait ask anew.
pub async fn ring(tx: &mut AnyConnection, project: &str) -> Result<(), sqlx::Error> {
    call(tx, "project", &[project.to_owned()]).await
}

/// The same when the change is for these logins of the project only.
pub async fn ring_logins(tx: &mut AnyConnection, project: &str, logins: &[Uuid]) -> Result<(), sqlx::Error> {
    match logins.len() {
        0 => Ok(()),
        1..=SINGLY => call(tx, "login", &logins.iter().map(Uuid::to_string).collect::<Vec<_>>()).await,
        _ => ring(tx, project).await,
    }
}

async fn call(tx: &mut AnyConnection, kind: &str, subjects: &[String]) -> Result<(), sqlx::Error> {
    let number: i64 = sqlx::query_scalar("UPDATE signal SET number = number + 1 WHERE id = 1 RETURNING number")
        .fetch_one(&mut *tx)
        .await?;
    let mut query = sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO ring (subject_id, kind, number) VALUES {}
         ON CONFLICT (subject_id) DO UPDATE SET number = excluded.number",
        rows(subjects.len(), 3)
    )));
    for subject in subjects {
        query = query.bind(subject).bind(kind).bind(number);
    }
    query.execute(tx).await.map(|_| ())
}

/// The number of the last signal.
pub async fn number(pool: &AnyPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(NUMBER).fetch_one(pool).await
}

/// Who was called by the signals after this one, and the number of the last of them.
pub async fn since(pool: &AnyPool, number: i64) -> Result<(Vec<Called>, i64), sqlx::Error> {
    let query = sqlx::query("SELECT subject_id, kind, number FROM ring WHERE number > $1");
    let (mut called, mut last) = (Vec::new(), number);
    for row in query.bind(number).fetch_all(pool).await? {
        last = last.max(row.try_get("number")?);
        // Ids that are no UUIDs are nobody's.
        let Ok(subject) = row.try_get::<String, _>("subject_id")?.parse() else { continue };
        called.push(match row.try_get::<String, _>("kind")?.as_str() {
            "login" => Called::Login(subject),
            _ => Called::Project(subject),
        });
    }
    Ok((called, last))
}
