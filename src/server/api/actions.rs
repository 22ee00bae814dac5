//! `/api/projects/{project}/actions` and `/lock`: what is done to computers, with an outcome for each.

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

use crate::server::api::caller::ApiCaller;
use crate::server::api::filter::Matching;
use crate::server::api::input::{self, Ids};
use crate::server::api::{Routes, project};
use crate::server::http::error::Refusal;
use crate::server::projects::actions::{self, Action, Target};
use crate::server::projects::identity::overrides;
use crate::server::projects::{Project, users};
use crate::server::status::Stage;
use crate::server::status::table::{self, Subject};
use crate::server::{Service, db};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(act)).routes(routes!(lock_project, unlock_project))
}

/// What is to be done to which computers: give either `devices` or `matching`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActionRequest {
    action: ActionKind,
    /// Ids of devices.
    devices: Option<Vec<Uuid>>,
    /// All that match; `{}` is everything.
    matching: Option<Matching>,
    /// For `delay`: no start before then, within ten years.
    until: Option<Timestamp>,
    /// For `assign`, `assign_device` and `lock`: an active user's id.
    user: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ActionKind {
    /// Start the set-up now.
    Configure,
    /// The same where it failed or was undone.
    Retry,
    /// Look what a set-up would do.
    Rehearse,
    /// Go back.
    Undo,
    /// Let the computer forget the project.
    Remove,
    /// No start before `until`.
    Delay,
    /// The login becomes the user's, once.
    Assign,
    /// Whichever login of the computer asks first becomes the user's, once.
    AssignDevice,
    /// Every login of the computer is the user's.
    Lock,
    /// End such a lock.
    Unlock,
    /// Mail a new code.
    NewCode,
}

#[derive(Debug, Serialize, ToSchema)]
struct ActionOutcomes {
    outcomes: Vec<ActionOutcome>,
}

/// What became of one device.
#[derive(Debug, Serialize, ToSchema)]
struct ActionOutcome {
    device: Uuid,
    /// Response code of why nothing was done; null when it was.
    refused: Option<&'static str>,
}

/// Whose every login of a project is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProjectLock {
    /// Id of an active user.
    user: Uuid,
}

/// Does something to many computers, and tells the outcome for each.
#[utoipa::path(
    post, path = "/projects/{project}/actions", tag = "devices", params(("project" = Uuid, Path)), request_body = ActionRequest,
    responses((status = OK, body = ActionOutcomes))
)]
async fn act(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    input::Json(asked): input::Json<ActionRequest>,
) -> Result<Json<ActionOutcomes>, Refusal> {
    let project = project(&service, id).await?;
    let action = action(&service, &project, &asked).await?;
    let targets = match (asked.devices, asked.matching) {
        (Some(devices), None) => devices,
        (None, Some(matching)) => matched(&service, &project, matching.checked()?).await?,
        _ => return Err(Refusal::fault("devices", "give either devices or matching")),
    };
    let agents: Vec<Target> = targets.iter().copied().map(Target::Agent).collect();
    let done = actions::apply(&service.db, &actor, &project, &agents, &action).await?;
    let outcome = |(device, outcome): (Uuid, actions::Outcome)| ActionOutcome {
        device,
        refused: outcome.refused.map(crate::problem::ResponseCode::id),
    };
    Ok(Json(ActionOutcomes { outcomes: targets.into_iter().zip(done).map(outcome).collect() }))
}

/// Lets every login of a project be one user's.
#[utoipa::path(
    put, path = "/projects/{project}/lock", tag = "devices", params(("project" = Uuid, Path)), request_body = ProjectLock,
    responses((status = NO_CONTENT))
)]
async fn lock_project(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    input::Json(lock): input::Json<ProjectLock>,
) -> Result<StatusCode, Refusal> {
    let project = project(&service, id).await?;
    let user = active(&service, &project, lock.user).await?;
    overrides::lock_project(&service.db, &actor, &project, Some(&user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends such a lock.
#[utoipa::path(
    delete, path = "/projects/{project}/lock", tag = "devices", params(("project" = Uuid, Path)),
    responses((status = NO_CONTENT))
)]
async fn unlock_project(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
) -> Result<StatusCode, Refusal> {
    let project = project(&service, id).await?;
    overrides::lock_project(&service.db, &actor, &project, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn action(service: &Service, project: &Project, asked: &ActionRequest) -> Result<Action, Refusal> {
    let needs_user = matches!(asked.action, ActionKind::Assign | ActionKind::AssignDevice | ActionKind::Lock);
    let user = match asked.user {
        Some(user) if needs_user => active(service, project, user).await?,
        None if needs_user => return Err(Refusal::fault("user", "name a user for this action")),
        Some(_) => return Err(Refusal::fault("user", "leave it out for this action")),
        None => String::new(),
    };
    let until = match (asked.action, asked.until) {
        (ActionKind::Delay, Some(until)) => until,
        (ActionKind::Delay, None) => return Err(Refusal::fault("until", "give a time for this action")),
        (_, Some(_)) => return Err(Refusal::fault("until", "leave it out for this action")),
        (_, None) => db::now(),
    };
    Ok(match asked.action {
        ActionKind::Configure => Action::Configure,
        ActionKind::Retry => Action::Retry,
        ActionKind::Rehearse => Action::Rehearse,
        ActionKind::Undo => Action::Undo,
        ActionKind::Remove => Action::Remove,
        ActionKind::Delay => Action::Delay { until },
        ActionKind::Assign => Action::Assign { user },
        ActionKind::AssignDevice => Action::AssignDevice { user },
        ActionKind::Lock => Action::Lock { user },
        ActionKind::Unlock => Action::Unlock,
        ActionKind::NewCode => Action::NewCode,
    })
}

/// The id of an active user of the project.
async fn active(service: &Service, project: &Project, user: Uuid) -> Result<String, Refusal> {
    let found = users::active(service.db.pool(), &project.id, &user.to_string()).await?;
    found.map(|user| user.id).ok_or_else(|| Refusal::fault("user", "name an active user of this project"))
}

async fn matched(service: &Service, project: &Project, matching: Matching) -> Result<Vec<Uuid>, Refusal> {
    let rows = table::all(service.db.pool(), &project.id, Subject::Devices, &matching.into(), db::now()).await?;
    Ok(rows.into_iter().filter(|row| row.stage != Stage::Removed).filter_map(|row| Some(row.login?.id)).collect())
}
