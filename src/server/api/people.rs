//! `/api/projects/{project}/import` and `/export`: the people of a project as a file.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::api::caller::ApiCaller;
use crate::server::api::input::{Csv, Ids, Query};
use crate::server::api::{Routes, project};
use crate::server::http::error::Refusal;
use crate::server::projects::users::import;
use crate::server::status::export;
use crate::server::{Service, db};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(import_users)).routes(routes!(export_users))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct How {
    /// Only say what would happen.
    #[serde(default)]
    preview: bool,
}

/// What a file has changed, or would change.
#[derive(Debug, Serialize, ToSchema)]
struct Imported {
    added: usize,
    /// People who were there already, by old address.
    updated: usize,
}

/// Imports people from a CSV file: every row, or none.
///
/// The first line names the columns: name, old address, new address, login and, if wanted, language, state (active,
/// inactive) and wave. Each bad row is named with line, column and remedy.
#[utoipa::path(
    post, path = "/projects/{project}/import", tag = "users", params(("project" = Uuid, Path), How),
    request_body(content = String, content_type = "text/csv",
        example = "name,old address,new address,login\nAnna Example,anna@old.example,anna@new.example,anna\n"),
    responses((status = OK, body = Imported))
)]
async fn import_users(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    Query(how): Query<How>,
    Csv(file): Csv,
) -> Result<Json<Imported>, Refusal> {
    let project = project(&service, id).await?;
    let import::Imported { added, updated } = if how.preview {
        import::preview(&service.db, &actor, &project, &file).await?.imported
    } else {
        import::write_file(&service.db, &actor, &project, &file).await?
    };
    Ok(Json(Imported { added, updated }))
}

/// The people of a project and how far they are, as CSV.
#[utoipa::path(
    get, path = "/projects/{project}/export", tag = "users", params(("project" = Uuid, Path)),
    responses((status = OK, body = String, content_type = "text/csv"))
)]
async fn export_users(
    State(service): State<Arc<Service>>,
    _: ApiCaller,
    Ids(id): Ids<Uuid>,
) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), Refusal> {
    let project = project(&service, id).await?;
    let file = export::csv(service.db.pool(), &project.id, db::now()).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], file))
}
