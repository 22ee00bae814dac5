//! One-time links: for the first administrator, for operators who are invited, and for those who lost their password.

use std::time::Duration;

use sqlx::AnyConnection;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::db::{self, Db, hash};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operation::Operation;
use crate::server::operators::password::NewPassword;
use crate::server::operators::sign_in::{self, ClientInfo, SignedInBrowser};
use crate::server::operators::{Actor, Role, account, password};

/// How long a link can be used.
pub const LIFE: Duration = Duration::from_hours(24);

/// A link with which an operator chooses a password.
pub struct OneTimeLink {
    /// Id of the operator.
    pub operator: String,
    pub name: String,
    /// To be shown once.
    pub token: Secret,
}

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

/// The token of a link with which this operator sets a password. Earlier ones end.
pub(super) async fn for_operator(tx: &mut Operation, operator: &str) -> Result<Secret, Refusal> {
    sqlx::query("DELETE FROM operator_link WHERE operator_id = $1").bind(operator).execute(&mut **tx).await?;
    create(tx, Some(operator)).await
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

/// The name of the operator whose link it is; None is the first administrator's.
///
/// # Errors
/// [`ResponseCode::LinkGone`].
pub async fn owner(db: &Db, token: &str) -> Result<Option<String>, Refusal> {
    let mut connection = db.pool().acquire().await?;
    let Some(id) = look(&mut connection, token).await? else { return Ok(None) };
    let account = account::find(&mut *connection, &id).await?;
    Ok(Some(account.ok_or(ResponseCode::LinkGone)?.name))
}

/// Sets the password of whoever follows a link, and signs them in. The first administrator takes this name too.
///
/// # Errors
/// [`ResponseCode::LinkGone`], also when somebody else was faster; [`ResponseCode::FieldFaults`] for what is no name.
pub async fn follow(
    service: &Service,
    client: &ClientInfo,
    token: &str,
    name: &str,
    password: &NewPassword,
    zone: &str,
) -> Result<SignedInBrowser, Refusal> {
    let hash = service.hashing.of_password(password.secret().clone()).await?;
    let mut tx = Operation::begin(&service.db, &Actor::newcomer(), Role::Viewer).await?;
    let id = match take(&mut tx, token).await? {
        Some(id) => id,
        None => account::create(&mut tx, &Name::parse(name)?, Role::Administrator).await?,
    };
    password::keep(&mut tx, &id, &hash, None, None).await?;
    let account = account::find(&mut *tx, &id).await?.ok_or(ResponseCode::LinkGone)?;
    tx.is_by(account.actor());
    account::learn_zone(&mut tx, &account, zone).await?;
    tx.record(None, "operator.password", &account.name, "with a one-time link").await?;
    let entered = sign_in::enter(&mut tx, client, &account).await?;
    tx.commit().await?;
    Ok(entered)
}

/// Whose link it is, by id.
async fn look(tx: &mut AnyConnection, token: &str) -> Result<Option<String>, Refusal> {
    let query = sqlx::query_as("SELECT operator_id FROM operator_link WHERE token_hash = $1 AND expires_at > $2");
    let found = query.bind(hash::of_token(token)).bind(db::now().as_millisecond()).fetch_optional(tx).await?;
    let (operator,): (Option<String>,) = found.ok_or(ResponseCode::LinkGone)?;
    Ok(operator)
}

/// The same, and the link cannot be used again.
async fn take(tx: &mut Operation, token: &str) -> Result<Option<String>, Refusal> {
    let operator = look(tx, token).await?;
    let query = sqlx::query("DELETE FROM operator_link WHERE token_hash = $1").bind(hash::of_token(token));
    if query.execute(&mut **tx).await?.rows_affected() == 0 || (operator.is_none() && !account::none(tx).await?) {
        return Err(ResponseCode::LinkGone.into());
    }
    Ok(operator)
}
