//! `/api/projects/{project}/devices/{device}/diagnostics`: what people have sent to the help desk.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::api::input::Ids;
use crate::server::api::{Routes, project};
use crate::server::http::error::Refusal;
use crate::server::operators::Caller;
use crate::server::projects::diagnostics;
use crate::server::status::table;
use crate::server::{Service, db};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_diagnostics)).routes(routes!(read_diagnostics))
}

/// The diagnostics that were sent from a computer's login, the newest first: at most five, for 30 days.
#[utoipa::path(
    get, path = "/projects/{project}/devices/{device}/diagnostics", tag = "devices",
    params(("project" = Uuid, Path), ("device" = Uuid, Path)), responses((status = OK, body = Vec<diagnostics::Entry>))
)]
async fn list_diagnostics(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids((id, login)): Ids<(Uuid, Uuid)>,
) -> Result<Json<Vec<diagnostics::Entry>>, Refusal> {
    let project = project(&service, id).await?;
    let pool = service.db.pool();
    table::one(pool, &project.id, login, db::now()).await?.ok_or_else(Refusal::no_such_resource)?;
    Ok(Json(diagnostics::of_login(pool, login).await?))
}

/// The text of diagnostics. Needs the role operator, and goes on record.
#[utoipa::path(
    get, path = "/projects/{project}/devices/{device}/diagnostics/{diagnostics}", tag = "devices",
    params(("project" = Uuid, Path), ("device" = Uuid, Path), ("diagnostics" = Uuid, Path)),
    responses((status = OK, body = String, content_type = "text/plain"))
)]
async fn read_diagnostics(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Ids((id, login, diagnostics)): Ids<(Uuid, Uuid, Uuid)>,
) -> Result<([(HeaderName, String); 4], String), Refusal> {
    let project = project(&service, id).await?;
    let whole = diagnostics::read(&service.db, &actor, &project.id, login, diagnostics).await?;
    Ok((whole.headers(), whole.text))
}
