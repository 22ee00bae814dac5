//! `/api/tokens`: an administrator's own tokens of the API.

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

use crate::server::api::caller::{ApiAdministrator, ApiManager};
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::{Page, Paging};
use crate::server::api::{Routes, id};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operators::{Role, token};
use crate::server::{Service, db};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_tokens, create_token)).routes(routes!(revoke_token))
}

/// What lets a program use the API in an operator's name.
#[derive(Debug, Serialize, ToSchema)]
struct Token {
    id: Uuid,
    name: String,
    role: Role,
    /// It may manage operators and tokens.
    manages: bool,
    expires_at: Timestamp,
    /// To the minute.
    used_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    #[schema(min_length = 1, max_length = 100, example = "inventory script")]
    name: String,
    role: Role,
    /// Days for which it is valid.
    #[schema(minimum = 1, maximum = 366)]
    days: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct MadeToken {
    /// Shown once; the server keeps only a hash of it.
    token: String,
}

/// One's own tokens.
#[utoipa::path(get, path = "/tokens", tag = "operators", params(Paging), responses((status = OK, body = Page<Token>)))]
async fn list_tokens(
    State(service): State<Arc<Service>>,
    ApiAdministrator(actor): ApiAdministrator,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Token>>, Refusal> {
    let token = |token: token::Token| {
        let (role, manages, expires_at) = (token.role(), token.manages(), db::time(token.expires_at));
        Ok(Token {
            id: id(&token.id)?,
            name: token.name,
            role,
            manages,
            expires_at,
            used_at: token.used_at.map(db::time),
        })
    };
    let all = token::own(&service.db, &actor).await?.into_iter().map(token).collect::<Result<_, Refusal>>()?;
    Ok(Json(Page::of(all, paging, |token: &Token| token.id)))
}

/// Makes a token for oneself. Only with a token that was made in the dashboard to manage operators and tokens; the new one may
/// not do that.
#[utoipa::path(
    post, path = "/tokens", tag = "operators", request_body = NewToken, responses((status = CREATED, body = MadeToken))
)]
async fn create_token(
    State(service): State<Arc<Service>>,
    ApiManager(actor): ApiManager,
    input::Json(new): input::Json<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Refusal> {
    // What one token may, it does not hand on.
    let new = token::New { name: &Name::parse(&new.name)?, role: new.role, days: new.days, manages: false };
    let token = token::create(&service.db, &actor, &new).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { token: token.reveal().to_owned() })))
}

/// Revokes one of one's own tokens, at once.
#[utoipa::path(
    delete, path = "/tokens/{token}", tag = "operators", params(("token" = Uuid, Path)),
    responses((status = NO_CONTENT))
)]
async fn revoke_token(
    State(service): State<Arc<Service>>,
    ApiAdministrator(actor): ApiAdministrator,
    Ids(id): Ids<Uuid>,
) -> Result<StatusCode, Refusal> {
    token::revoke(&service.db, &actor, &id.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}
