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

use crate::server::Service;
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::{Page, Paging};
use crate::server::api::{Routes, cutover, id, project};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operators::{Actor, Caller};
use crate::server::projects::cutover::When;
use crate::server::projects::{self, waves};

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
    let all = waves::list(service.db.pool(), &project(&service, id).await?.id).await?;
    let all = all.into_iter().map(shown).collect::<Result<_, Refusal>>()?;
    Ok(Json(Page::of(all, paging, |wave| wave.id)))
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
    let project = project(&service, id).await?;
    let made = waves::create(&service.db, &actor, &project, &Name::parse(&new.name)?).await?;
    Ok((StatusCode::CREATED, Json(shown(made)?)))
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
    set(&service, &actor, (id, wave), cutover.read()?).await
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
    set(&service, &actor, (id, wave), When::Never).await
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
    let project = project(&service, id).await?;
    let wave = waves::find(service.db.pool(), &project.id, &wave.to_string()).await?;
    let asked: Vec<String> = members.users.iter().map(Uuid::to_string).collect();
    Ok(Json(Moved { moved: waves::put(&service.db, &actor, &project, Some(&wave), &asked).await? }))
}

async fn set(service: &Service, actor: &Actor, (id, wave): (Uuid, Uuid), when: When) -> Result<Json<Wave>, Refusal> {
    let (project, pool) = (project(service, id).await?, service.db.pool());
    let before = waves::find(pool, &project.id, &wave.to_string()).await?;
    projects::cutover::set(&service.db, actor, &project, Some(&before), when).await?;
    Ok(Json(shown(waves::find(pool, &project.id, &before.id).await?)?))
}

fn shown(wave: waves::Wave) -> Result<Wave, Refusal> {
    let cutover = wave.cutover.map(|cutover| cutover.at);
    Ok(Wave { id: id(&wave.id)?, name: wave.name, cutover, users: wave.users })
}
