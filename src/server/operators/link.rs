//! One-time links: for the first administrator, for operators who are invited, and for those who lost their password.

use std::time::Duration;

use sqlx::AnyConnection;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::db::{self, Db, hash};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{account, password};

/// How long a link can be used.
pub const LIFE: Duration = Duration::from_hours(24);

/// A link that makes its first user the administrator, while there is no operator. Earlier ones end.
pub async fn first(db: &Db) -> Result<Option<Secret>, Refusal> {
    let mut tx = db.write().await?;
    if !account::none(&mut tx).await? {
        return Ok(None);
    }
    sqlx::query("DELETE FROM operator_link WHERE operator_id IS NULL").execute(&mut *tx).await?;
    let token = create(&mut tx, None).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// A link with which this operator sets a password. Earlier ones end.
pub async fn for_operator(tx: &mut Operation, operator: &str) -> Result<Secret, Refusal> {
    sqlx::query("DELETE FROM operator_link WHERE operator_id = $1").bind(operator).execute(&mut **tx).await?;
    create(tx, Some(operator)).await
}

/// The same for somebody whose password is lost or known to others: what lets them in ends at once.
pub async fn reset(tx: &mut Operation, operator: &str) -> Result<Secret, Refusal> {
    password::forget(tx, operator).await?;
    for_operator(tx, operator).await
}

async fn create(tx: &mut AnyConnection, operator: Option<&str>) -> Result<Secret, Refusal> {
    let token = hash::new_token()?;
    let now = db::now();
    let query = sqlx::query(
        "INSERT INTO operator_link (token_hash, operator_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
    );
    let query = query.bind(hash::of_token(token.reveal())).bind(operator);
    query.bind(now.as_millisecond()).bind((now + LIFE).as_millisecond()).execute(tx).await?;
    Ok(token)
}

/// Whose link it is; None is the first administrator's.
///
/// # Errors
/// [`ResponseCode::LinkGone`].
pub async fn look(tx: &mut AnyConnection, token: &str) -> Result<Option<String>, Refusal> {
    let query = sqlx::query_as("SELECT operator_id FROM operator_link WHERE token_hash = $1 AND expires_at > $2");
    let found = query.bind(hash::of_token(token)).bind(db::now().as_millisecond()).fetch_optional(tx).await?;
    let (operator,): (Option<String>,) = found.ok_or(ResponseCode::LinkGone)?;
    Ok(operator)
}

/// The same, and the link cannot be used again.
///
/// # Errors
/// [`ResponseCode::LinkGone`], also when somebody else was faster.
pub async fn take(tx: &mut Operation, token: &str) -> Result<Option<String>, Refusal> {
    let operator = look(tx, token).await?;
    let query = sqlx::query("DELETE FROM operator_link WHERE token_hash = $1").bind(hash::of_token(token));
    if query.execute(&mut **tx).await?.rows_affected() == 0 || (operator.is_none() && !account::none(tx).await?) {
        return Err(ResponseCode::LinkGone.into());
    }
    Ok(operator)
}
