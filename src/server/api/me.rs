//! `/api/me`: whose token it is.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::api::Routes;
use crate::server::api::caller::ApiCaller;
use crate::server::operators::Role;

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(show_me))
}

/// The operator in whose name the token acts, and what it may.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    id: String,
    /// The operator's name, with the token's in brackets.
    name: String,
    role: Role,
}

/// Whose token it is, and what it may.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = OK, body = Me)))]
async fn show_me(ApiCaller(actor): ApiCaller) -> Json<Me> {
    Json(Me { id: actor.id, name: actor.name, role: actor.role })
}
