//! `/api/`: everything the dashboard does, for programs with a token. Each route is described where it is written, so that
//! none can exist without being in the `OpenAPI` document.

mod actions;
mod audit;
mod caller;
mod catalogue;
mod cutover;
mod devices;
mod diagnostics;
mod discovery;
mod document;
mod filter;
mod input;
mod installers;
mod mailings;
mod me;
mod operators;
mod page;
mod people;
mod progress;
mod projects;
mod tokens;
mod users;
mod waves;

use std::sync::Arc;

use axum::http::header;
use axum::routing::get;
use axum::{Json, Router};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::server::Service;
use crate::server::http::error::Refusal;
use crate::server::projects::Project;

type Routes = OpenApiRouter<Arc<Service>>;

pub fn routes() -> Router<Arc<Service>> {
    let (router, document) = OpenApiRouter::new().nest("/api", resources()).split_for_parts();
    let document = Json(document::completed(document));
    let cached = [(header::CACHE_CONTROL, "max-age=300")];
    router.route("/api/openapi.json", get(async move || (cached, document)))
}

fn resources() -> Routes {
    OpenApiRouter::new()
        .merge(me::routes())
        .merge(projects::routes())
        .merge(installers::routes())
        .merge(progress::routes())
        .merge(waves::routes())
        .merge(users::routes())
        .merge(people::routes())
        .merge(devices::routes())
        .merge(diagnostics::routes())
        .merge(actions::routes())
        .merge(mailings::routes())
        .merge(discovery::routes())
        .merge(catalogue::routes())
        .merge(operators::routes())
        .merge(tokens::routes())
        .merge(audit::routes())
}

/// The project of a path.
async fn project(service: &Service, id: Uuid) -> Result<Project, Refusal> {
    crate::server::projects::find(service.db.pool(), &id.to_string()).await
}

/// An id out of the database.
fn id(text: &str) -> Result<Uuid, Refusal> {
    text.parse().map_err(|_| Refusal::no_such_resource())
}
