//! `/api/operators`: who may use the dashboard and the API. For administrators.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::{Page, Paging};
use crate::server::api::{Routes, id};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::account::{self, Account, NAME_LIMIT};
use crate::server::operators::{Actor, Caller, Manager, Role, link};
use crate::server::{Service, db};

pub fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(list_operators, invite_operator))
        .routes(routes!(set_role, remove_operator))
        .routes(routes!(reset_operator))
}

/// Somebody who may use the dashboard.
#[derive(Debug, Serialize, ToSchema)]
struct Operator {
    id: Uuid,
    name: String,
    role: Role,
    /// Has followed the link and chosen a password.
    joined: bool,
    second_factor: bool,
    signed_in_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOperator {
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    name: String,
    role: Role,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    role: Role,
}

/// A link to choose a password with, once.
#[derive(Debug, Serialize, ToSchema)]
struct Link {
    operator: Uuid,
    /// Below the server's own address. Whoever has it becomes this operator.
    path: String,
}

/// Everybody who may use the dashboard.
#[utoipa::path(
    get, path = "/operators", tag = "operators", params(Paging), responses((status = OK, body = Page<Operator>))
)]
async fn list_operators(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Operator>>, Refusal> {
    actor.may(Role::Administrator)?;
    let all = account::all(service.db.pool()).await?.into_iter().map(operator).collect::<Result<_, _>>()?;
    Ok(Json(Page::of(all, paging, |operator: &Operator| operator.id)))
}

/// Invites somebody; the link is shown once. Like all that changes operators, only with a token that was made in the dashboard
/// to manage operators and tokens: nobody can be asked for a password here.
#[utoipa::path(
    post, path = "/operators", tag = "operators", request_body = NewOperator,
    responses((status = CREATED, body = Link), (status = CONFLICT, description = "The name is taken."))
)]
async fn invite_operator(
    State(service): State<Arc<Service>>,
    Manager(actor): Manager,
    input::Json(new): input::Json<NewOperator>,
) -> Result<(StatusCode, Json<Link>), Refusal> {
    let name = input::name("name", &new.name, NAME_LIMIT)?;
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    let made = account::create(&mut tx, &name, new.role).await?;
    let token = link::for_operator(&mut tx, &made).await?;
    tx.record(None, "operator.invite", &name, new.role.name()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(link(&made, &token)?)))
}

/// Gives somebody else another role. Only with a token that may manage operators and tokens.
#[utoipa::path(
    put, path = "/operators/{operator}", tag = "operators", params(("operator" = Uuid, Path)), request_body = NewRole,
    responses((status = OK, body = Operator),
        (status = CONFLICT, description = "It is yourself, or the last administrator."))
)]
async fn set_role(
    State(service): State<Arc<Service>>,
    Manager(actor): Manager,
    Ids(id): Ids<Uuid>,
    input::Json(new): input::Json<NewRole>,
) -> Result<Json<Operator>, Refusal> {
    let account = other(&service, &actor, id).await?;
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    account::set_role(&mut tx, &account.id, new.role).await?;
    tx.record(None, "operator.role", &account.name, new.role.name()).await?;
    tx.commit().await?;
    Ok(Json(operator(find(&service, id).await?)?))
}

/// Removes somebody else with their sessions and tokens. What they did stays on record. Only with a token that may manage
/// operators and tokens.
#[utoipa::path(
    delete, path = "/operators/{operator}", tag = "operators", params(("operator" = Uuid, Path)),
    responses((status = NO_CONTENT), (status = CONFLICT, description = "It is yourself, or the last administrator."))
)]
async fn remove_operator(
    State(service): State<Arc<Service>>,
    Manager(actor): Manager,
    Ids(id): Ids<Uuid>,
) -> Result<StatusCode, Refusal> {
    let account = other(&service, &actor, id).await?;
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    account::remove(&mut tx, &account.id).await?;
    tx.record(None, "operator.remove", &account.name, "").await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends somebody else's password, second factor, sessions and tokens, and makes a link to choose a new password. Only with
/// a token that may manage operators and tokens.
#[utoipa::path(
    post, path = "/operators/{operator}/reset", tag = "operators", params(("operator" = Uuid, Path)),
    responses((status = OK, body = Link), (status = CONFLICT, description = "It is yourself."))
)]
async fn reset_operator(
    State(service): State<Arc<Service>>,
    Manager(actor): Manager,
    Ids(id): Ids<Uuid>,
) -> Result<Json<Link>, Refusal> {
    let account = other(&service, &actor, id).await?;
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    let token = link::reset(&mut tx, &account.id).await?;
    tx.record(None, "operator.reset", &account.name, "").await?;
    tx.commit().await?;
    Ok(Json(link(&account.id, &token)?))
}

/// Somebody else than the administrator who acts: a slip of a program must not lock out whoever could mend it.
async fn other(service: &Service, actor: &Actor, id: Uuid) -> Result<Account, Refusal> {
    let account = find(service, id).await?;
    if account.id == actor.id { Err(ResponseCode::OneselfLockedOut.into()) } else { Ok(account) }
}

async fn find(service: &Service, id: Uuid) -> Result<Account, Refusal> {
    account::find(service.db.pool(), &id.to_string()).await?.ok_or_else(Refusal::no_such_resource)
}

fn operator(account: Account) -> Result<Operator, Refusal> {
    Ok(Operator {
        id: id(&account.id)?,
        role: account.role(),
        joined: account.password_hash.is_some(),
        second_factor: account.totp_sealed.is_some(),
        signed_in_at: account.signed_in_at.map(db::time),
        name: account.name,
    })
}

fn link(operator: &str, token: &Secret) -> Result<Link, Refusal> {
    Ok(Link { operator: id(operator)?, path: format!("/welcome/{}", token.reveal()) })
}
