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

use crate::server::api::caller::{ApiCaller, ApiManager};
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::{Page, Paging};
use crate::server::api::{Routes, id};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operators::Role;
use crate::server::operators::account::{self, Account};
use crate::server::operators::link::OneTimeLink;
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
    ApiCaller(actor): ApiCaller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Operator>>, Refusal> {
    let all = account::all(&service.db, &actor).await?.into_iter().map(operator).collect::<Result<_, _>>()?;
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
    ApiManager(actor): ApiManager,
    input::Json(new): input::Json<NewOperator>,
) -> Result<(StatusCode, Json<Link>), Refusal> {
    let made = account::invite(&service.db, &actor, &Name::parse(&new.name)?, new.role).await?;
    Ok((StatusCode::CREATED, Json(link(&made)?)))
}

/// Gives somebody else another role. Only with a token that may manage operators and tokens.
#[utoipa::path(
    put, path = "/operators/{operator}", tag = "operators", params(("operator" = Uuid, Path)), request_body = NewRole,
    responses((status = OK, body = Operator),
        (status = CONFLICT, description = "It is yourself, or the last administrator."))
)]
async fn set_role(
    State(service): State<Arc<Service>>,
    ApiManager(actor): ApiManager,
    Ids(id): Ids<Uuid>,
    input::Json(new): input::Json<NewRole>,
) -> Result<Json<Operator>, Refusal> {
    Ok(Json(operator(account::set_role(&service.db, &actor, &id.to_string(), new.role).await?)?))
}

/// Removes somebody else with their sessions and tokens. What they did stays on record. Only with a token that may manage
/// operators and tokens.
#[utoipa::path(
    delete, path = "/operators/{operator}", tag = "operators", params(("operator" = Uuid, Path)),
    responses((status = NO_CONTENT), (status = CONFLICT, description = "It is yourself, or the last administrator."))
)]
async fn remove_operator(
    State(service): State<Arc<Service>>,
    ApiManager(actor): ApiManager,
    Ids(id): Ids<Uuid>,
) -> Result<StatusCode, Refusal> {
    account::remove(&service.db, &actor, &id.to_string()).await?;
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
    ApiManager(actor): ApiManager,
    Ids(id): Ids<Uuid>,
) -> Result<Json<Link>, Refusal> {
    Ok(Json(link(&account::reset(&service.db, &actor, &id.to_string()).await?)?))
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

fn link(made: &OneTimeLink) -> Result<Link, Refusal> {
    Ok(Link { operator: id(&made.operator)?, path: format!("/welcome/{}", made.token.reveal()) })
}
