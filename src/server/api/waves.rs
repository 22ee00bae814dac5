//! `/api/projects/{project}/waves`: groups of users with a cutover of their own.

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
use crate::server::Service;
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::{Page, Paging};
use crate::server::api::{Routes, cutover, id, project};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Caller, Role};
use crate::server::projects::{Project, users, waves};

/// Longest name, in characters.
const NAME_LIMIT: usize = 100;

pub fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(list_waves, create_wave))
        .routes(routes!(set_wave_cutover, remove_wave_cutover))
        .routes(routes!(put_into_wave))
}

/// A group of users.
#[derive(Debug, Serialize, ToSchema)]
struct Wave {
    id: Uuid,
    name: String,
    /// Null: the project's own holds.
    cutover: Option<Timestamp>,
    /// How many are in it.
    users: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWave {
    #[schema(min_length = 1, max_length = 100, example = "Berlin")]
    name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Members {
    /// Ids of users of the project.
    users: Vec<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Moved {
    /// How many were not in it before.
    moved: u64,
}

/// The waves of a project.
#[utoipa::path(
    get, path = "/projects/{project}/waves", tag = "waves", params(("project" = Uuid, Path), Paging),
    responses((status = OK, body = Page<Wave>))
)]
async fn list_waves(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids(id): Ids<Uuid>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Wave>>, Refusal> {
    Ok(Json(Page::of(all(&service, &project(&service, id).await?).await?, paging, |wave| wave.id)))
}

/// Makes a wave, which follows the project's cutover until it has one of its own.
#[utoipa::path(
    post, path = "/projects/{project}/waves", tag = "waves", params(("project" = Uuid, Path)), request_body = NewWave,
    responses((status = CREATED, body = Wave), (status = CONFLICT, description = "The name is taken."))
)]
async fn create_wave(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Ids(id): Ids<Uuid>,
    input::Json(new): input::Json<NewWave>,
) -> Result<(StatusCode, Json<Wave>), Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    let name = input::name("name", &new.name, NAME_LIMIT)?;
    if all(&service, &project).await?.iter().any(|wave| wave.name == name) {
        return Err(ResponseCode::NameTaken.into());
    }
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    let made = waves::create(&mut tx, &project.id, &name).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(one(&service, &project, crate::server::api::id(&made)?).await?)))
}

/// Sets when the mail of a wave moves.
#[utoipa::path(
    put, path = "/projects/{project}/waves/{wave}/cutover", tag = "waves",
    params(("project" = Uuid, Path), ("wave" = Uuid, Path)), request_body = cutover::Cutover,
    responses((status = OK, body = Wave), (status = CONFLICT, description = "The project has no account yet."))
)]
async fn set_wave_cutover(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Ids((id, wave)): Ids<(Uuid, Uuid)>,
    input::Json(cutover): input::Json<cutover::Cutover>,
) -> Result<Json<Wave>, Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    one(&service, &project, wave).await?;
    let (at, at_once) = cutover.read()?;
    if at_once && project.settings.account.is_none() {
        return Err(ResponseCode::NoAccountSettings.into());
    }
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    waves::set_cutover(&mut tx, &project.id, &wave.to_string(), Some(at), at_once).await?;
    tx.commit().await?;
    Ok(Json(one(&service, &project, wave).await?))
}

/// Lets a wave follow the project's cutover again.
#[utoipa::path(
    delete, path = "/projects/{project}/waves/{wave}/cutover", tag = "waves",
    params(("project" = Uuid, Path), ("wave" = Uuid, Path)), responses((status = OK, body = Wave))
)]
async fn remove_wave_cutover(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Ids((id, wave)): Ids<(Uuid, Uuid)>,
) -> Result<Json<Wave>, Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    one(&service, &project, wave).await?;
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    waves::set_cutover(&mut tx, &project.id, &wave.to_string(), None, false).await?;
    tx.commit().await?;
    Ok(Json(one(&service, &project, wave).await?))
}

/// Puts users into a wave. Who is in it already stays; each user is in one wave at most.
#[utoipa::path(
    put, path = "/projects/{project}/waves/{wave}/users", tag = "waves",
    params(("project" = Uuid, Path), ("wave" = Uuid, Path)), request_body = Members,
    responses((status = OK, body = Moved))
)]
async fn put_into_wave(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Ids((id, wave)): Ids<(Uuid, Uuid)>,
    input::Json(members): input::Json<Members>,
) -> Result<Json<Moved>, Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    one(&service, &project, wave).await?;
    let known = users::of_project(service.db.pool(), &project.id).await?;
    let known: std::collections::HashSet<&str> = known.iter().map(|user| user.id.as_str()).collect();
    let asked: Vec<String> = members.users.iter().map(Uuid::to_string).collect();
    if let Some(place) = asked.iter().position(|user| !known.contains(user.as_str())) {
        return Err(input::fault(&format!("users[{place}]"), "name a user of this project"));
    }
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    let moved = waves::put_users(&mut tx, &project.id, Some(&wave.to_string()), &asked).await?;
    tx.commit().await?;
    Ok(Json(Moved { moved }))
}

async fn all(service: &Service, project: &Project) -> Result<Vec<Wave>, Refusal> {
    let wave = |wave: waves::Wave| {
        let cutover = wave.cutover.map(|cutover| cutover.at);
        Ok(Wave { id: id(&wave.id)?, name: wave.name, cutover, users: wave.users })
    };
    waves::list(service.db.pool(), &project.id).await?.into_iter().map(wave).collect()
}

async fn one(service: &Service, project: &Project, wave: Uuid) -> Result<Wave, Refusal> {
    all(service, project).await?.into_iter().find(|known| known.id == wave).ok_or_else(Refusal::no_such_resource)
}
