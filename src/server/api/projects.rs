//! `/api/projects`: projects, their settings and their cutover.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::Service;
use crate::server::api::caller::ApiCaller;
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::{Page, Paging};
use crate::server::api::{Routes, cutover, id, project};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::projects::cutover::When;
use crate::server::projects::deletion::{self, Extent};
use crate::server::projects::{self, Project, Settings};

pub fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(list_projects, create_project))
        .routes(routes!(show_project, delete_project))
        .routes(routes!(replace_settings))
        .routes(routes!(set_cutover, remove_cutover))
}

/// A project in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ProjectSummary {
    id: Uuid,
    name: String,
    /// When the mail moves; null when it is not decided.
    cutover: Option<Timestamp>,
    /// A newer version has stored settings that this one cannot read: its agents wait, and its pages answer with NET-3.
    broken: bool,
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
struct ProjectDetails {
    id: Uuid,
    name: String,
    /// When the mail moves; null when it is not decided.
    cutover: Option<Timestamp>,
    /// Everybody starts at once, without lead and spread.
    at_once: bool,
    /// As `PUT …/settings` reads them.
    settings: Settings,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    #[schema(min_length = 1, max_length = 100, example = "Example Ltd")]
    name: String,
    /// The fields of the schema `Settings`. Left out: the usual ones, without an account.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Deletion {
    /// Only say what would be deleted.
    #[serde(default)]
    preview: bool,
    /// The project's name, once more; not needed for a preview.
    #[param(max_length = 100)]
    name: Option<String>,
}

/// All projects.
#[utoipa::path(get, path = "/projects", tag = "projects", params(Paging), responses((status = OK, body = Page<ProjectSummary>)))]
async fn list_projects(
    State(service): State<Arc<Service>>,
    _: ApiCaller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ProjectSummary>>, Refusal> {
    let all = projects::list(service.db.pool()).await?;
    let summary = |project: projects::Listed| {
        Ok(ProjectSummary {
            id: id(&project.id)?,
            name: project.name,
            cutover: project.cutover,
            broken: !project.is_readable,
        })
    };
    let all = all.into_iter().map(summary).collect::<Result<_, Refusal>>()?;
    Ok(Json(Page::of(all, paging, |project| project.id)))
}

/// Creates a project.
#[utoipa::path(
    post, path = "/projects", tag = "projects", request_body = NewProject,
    responses((status = CREATED, body = ProjectDetails), (status = CONFLICT, description = "The name is taken."))
)]
async fn create_project(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    input::Json(new): input::Json<NewProject>,
) -> Result<(StatusCode, Json<ProjectDetails>), Refusal> {
    let settings = new.settings.map_or_else(|| Ok(Settings::default()), read)?;
    let made = projects::create(&service.db, &actor, &Name::parse(&new.name)?, &settings, None).await?;
    Ok((StatusCode::CREATED, Json(details(project(&service, crate::server::api::id(&made)?).await?)?)))
}

/// A project with its settings. Viewers are not told `smtp` and `directory`.
#[utoipa::path(
    get, path = "/projects/{project}", tag = "projects", params(("project" = Uuid, Path)),
    responses((status = OK, body = ProjectDetails))
)]
async fn show_project(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
) -> Result<Json<ProjectDetails>, Refusal> {
    Ok(Json(details(project(&service, id).await?.seen_by(actor.role))?))
}

/// Deletes a project with everything in it, for good. Its agents forget it when they next ask. For administrators.
#[utoipa::path(
    delete, path = "/projects/{project}", tag = "projects", params(("project" = Uuid, Path), Deletion),
    responses((status = OK, body = Extent))
)]
async fn delete_project(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    Query(how): Query<Deletion>,
) -> Result<Json<Extent>, Refusal> {
    let project = project(&service, id).await?;
    if how.preview {
        return Ok(Json(deletion::preview_project(&service.db, &actor, &project).await?));
    }
    let confirmed = how.name.unwrap_or_default();
    Ok(Json(deletion::delete_project(&service.db, &actor, &project, &confirmed).await?))
}

/// Puts other settings in the place of a project's. The cutover stays.
///
/// The body has the fields of the schema `Settings`; what is left out is as usual. Each field that cannot work is named.
/// What names a program, a file or a variable of the server's computer can only be changed on its command line; `smtp`,
/// `directory`, the mail servers and certificate authority of `account`, `public_url`, `download_url`, `downloads` and
/// `articles` only by an administrator. The record keeps their old and their new values.
#[utoipa::path(
    put, path = "/projects/{project}/settings", tag = "projects", params(("project" = Uuid, Path)),
    request_body(content = Object, example = json!({"lead_minutes": 10, "helpdesk": {"name": "IT", "email": "it@example.org", "phone": ""}})),
    responses((status = OK, body = ProjectDetails))
)]
async fn replace_settings(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    input::Json(settings): input::Json<Value>,
) -> Result<Json<ProjectDetails>, Refusal> {
    let before = project(&service, id).await?;
    projects::set(&service.db, &actor, &before, &read(settings)?, None).await?;
    Ok(Json(details(project(&service, id).await?)?))
}

/// Sets when the mail moves.
#[utoipa::path(
    put, path = "/projects/{project}/cutover", tag = "projects", params(("project" = Uuid, Path)),
    request_body = cutover::Cutover,
    responses((status = OK, body = ProjectDetails), (status = CONFLICT, description = "The project has no account yet."))
)]
async fn set_cutover(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    input::Json(cutover): input::Json<cutover::Cutover>,
) -> Result<Json<ProjectDetails>, Refusal> {
    let before = project(&service, id).await?;
    projects::cutover::set(&service.db, &actor, &before, None, cutover.read()?).await?;
    Ok(Json(details(project(&service, id).await?)?))
}

/// Takes the cutover away: computers that have not begun wait until there is one.
#[utoipa::path(
    delete, path = "/projects/{project}/cutover", tag = "projects", params(("project" = Uuid, Path)),
    responses((status = OK, body = ProjectDetails))
)]
async fn remove_cutover(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
) -> Result<Json<ProjectDetails>, Refusal> {
    let before = project(&service, id).await?;
    projects::cutover::set(&service.db, &actor, &before, None, When::Never).await?;
    Ok(Json(details(project(&service, id).await?)?))
}

/// Reads settings, and names every field that nobody reads.
fn read(value: Value) -> Result<Settings, Refusal> {
    if !value.is_object() {
        return Err(Refusal::fault("", "write an object with fields"));
    }
    let settings: Settings = serde_path_to_error::deserialize(&value)
        .map_err(|error| Refusal::fault(error.path().to_string(), error.inner().to_string()))?;
    let mut faults = projects::unread(&value, &serde_json::to_value(&settings)?);
    if settings.cutover.is_some() {
        let remedy = "set it with PUT …/cutover";
        faults.push(projects::Fault { field: "cutover".into(), remedy });
    }
    if faults.is_empty() {
        return Ok(settings);
    }
    // What else is wrong is told with it.
    faults.extend(settings.faults());
    Err(faults.into())
}

fn details(project: Project) -> Result<ProjectDetails, Refusal> {
    Ok(ProjectDetails {
        id: id(&project.id)?,
        name: project.name,
        cutover: project.cutover.map(|cutover| cutover.at),
        at_once: project.cutover.is_some_and(|cutover| cutover.at_once),
        settings: project.settings,
    })
}
