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

use crate::problem;
use crate::server::api::input::{Csv, Ids, Query};
use crate::server::api::{Routes, project};
use crate::server::dashboard::people::export;
use crate::server::http::error::Refusal;
use crate::server::operators::{Caller, Role};
use crate::server::projects::users::import::{self, ImportError};
use crate::server::status::table::{self, Subject};
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
    Caller(actor): Caller,
    Ids(id): Ids<Uuid>,
    Query(how): Query<How>,
    Csv(file): Csv,
) -> Result<Json<Imported>, Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    let rows = import::parse(&file).map_err(faults)?;
    if how.preview {
        let import::Imported { added, updated } =
            import::preview(&service.db, &actor, &project.id, &rows).await.map_err(refused)?;
        return Ok(Json(Imported { added, updated }));
    }
    let import::Imported { added, updated } =
        import::write_file(&service.db, &actor, &project, &rows).await.map_err(refused)?;
    Ok(Json(Imported { added, updated }))
}

/// The people of a project and how far they are, as CSV.
#[utoipa::path(
    get, path = "/projects/{project}/export", tag = "users", params(("project" = Uuid, Path)),
    responses((status = OK, body = String, content_type = "text/csv"))
)]
async fn export_users(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids(id): Ids<Uuid>,
) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), Refusal> {
    let project = project(&service, id).await?;
    let everybody = table::Filter::default();
    let rows = table::all(service.db.pool(), &project.id, Subject::Users, &everybody, db::now()).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], export::written(&rows)?))
}

/// The places of a file, or of one person's fields, that cannot work.
pub fn faults(faults: Vec<import::Fault>) -> Refusal {
    let fault = |fault: import::Fault| problem::Fault {
        field: fault.column.map_or("", import::Column::name).replace(' ', "_"),
        line: Some(fault.line),
        remedy: fault.problem.to_string(),
    };
    Refusal::faults(faults.into_iter().map(fault).collect())
}

pub fn refused(error: ImportError) -> Refusal {
    match error {
        ImportError::Faults(found) => faults(found),
        ImportError::Refused(refusal) => refusal,
    }
}
