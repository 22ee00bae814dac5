//! `/api/projects/{project}/users`: the people of a project.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::api::caller::ApiCaller;
use crate::server::api::catalogue::Language;
use crate::server::api::filter::Filter;
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::Page;
use crate::server::api::{Routes, id, project};
use crate::server::http::error::Refusal;
use crate::server::projects::deletion::Extent;
use crate::server::projects::identity::State as Part;
use crate::server::projects::users::change::{self, Fields};
use crate::server::status::Stage;
use crate::server::status::table::{self, Subject};
use crate::server::{Service, db};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_users, add_user)).routes(routes!(show_user, replace_user, delete_user))
}

/// A person of a project, and how far they are.
#[derive(Debug, Serialize, ToSchema)]
struct User {
    id: Uuid,
    name: String,
    old_address: String,
    new_address: String,
    /// At the operating system or in the directory; may be empty.
    login: String,
    language: String,
    state: Part,
    /// Name of the wave.
    wave: Option<String>,
    #[schema(value_type = String)]
    stage: Stage,
    /// The login at a computer that became theirs last.
    device: Option<Uuid>,
    /// Response code of the last failure there.
    last_code: Option<String>,
    /// Too many wrong tries: a new invitation is needed.
    code_locked: bool,
    /// When the last code was made.
    invited_at: Option<Timestamp>,
}

/// A person to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    #[schema(min_length = 1, max_length = 320, example = "Anna Example")]
    name: String,
    #[schema(format = Email, max_length = 320, example = "anna@old.example")]
    old_address: String,
    #[schema(format = Email, max_length = 320, example = "anna@new.example")]
    new_address: String,
    /// At the operating system or in the directory.
    #[schema(max_length = 320)]
    #[serde(default)]
    login: String,
    language: Option<Language>,
    /// Name of a wave, which is made when it is not there.
    #[schema(max_length = 100)]
    #[serde(default)]
    wave: String,
}

/// What is to be known of a person. The old address stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    #[schema(min_length = 1, max_length = 320)]
    name: String,
    #[schema(format = Email, max_length = 320)]
    new_address: String,
    #[schema(max_length = 320)]
    login: String,
    language: Language,
    state: Part,
    /// Name of a wave, which is made when it is not there; empty for none.
    #[schema(max_length = 100)]
    wave: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Deletion {
    /// Only say what would be deleted.
    #[serde(default)]
    preview: bool,
}

/// The people of a project, in the order in which they were added.
#[utoipa::path(
    get, path = "/projects/{project}/users", tag = "users", params(("project" = Uuid, Path), Filter),
    responses((status = OK, body = Page<User>))
)]
async fn list_users(
    State(service): State<Arc<Service>>,
    _: ApiCaller,
    Ids(id): Ids<Uuid>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<User>>, Refusal> {
    let project = project(&service, id).await?;
    let (part, limit) = (filter.part(), filter.limit());
    let rows = table::after(service.db.pool(), &project.id, Subject::Users, &filter.into(), part, db::now()).await?;
    let all = rows.into_iter().map(user).collect::<Result<_, _>>()?;
    Ok(Json(Page::begun(all, limit, |user: &User| user.id)))
}

/// Adds a person.
#[utoipa::path(
    post, path = "/projects/{project}/users", tag = "users", params(("project" = Uuid, Path)), request_body = NewUser,
    responses((status = CREATED, body = User), (status = CONFLICT, description = "The old address is there already."))
)]
async fn add_user(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    input::Json(new): input::Json<NewUser>,
) -> Result<(StatusCode, Json<User>), Refusal> {
    let project = project(&service, id).await?;
    let fields = Fields {
        name: &new.name,
        new_address: &new.new_address,
        login: &new.login,
        language: new.language.map_or("", Language::id),
        wave: &new.wave,
    };
    let made = change::add(&service.db, &actor, &project, &new.old_address, &fields).await?;
    Ok((StatusCode::CREATED, Json(one(&service, &project.id, &made).await?)))
}

/// A person of a project.
#[utoipa::path(
    get, path = "/projects/{project}/users/{user}", tag = "users",
    params(("project" = Uuid, Path), ("user" = Uuid, Path)), responses((status = OK, body = User))
)]
async fn show_user(
    State(service): State<Arc<Service>>,
    _: ApiCaller,
    Ids((id, user)): Ids<(Uuid, Uuid)>,
) -> Result<Json<User>, Refusal> {
    let project = project(&service, id).await?;
    Ok(Json(one(&service, &project.id, &user.to_string()).await?))
}

/// Changes what is known of a person.
#[utoipa::path(
    put, path = "/projects/{project}/users/{user}", tag = "users",
    params(("project" = Uuid, Path), ("user" = Uuid, Path)), request_body = UserChange,
    responses((status = OK, body = User))
)]
async fn replace_user(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids((id, user)): Ids<(Uuid, Uuid)>,
    input::Json(new): input::Json<UserChange>,
) -> Result<Json<User>, Refusal> {
    let (project, user) = (project(&service, id).await?, user.to_string());
    let fields = Fields {
        name: &new.name,
        new_address: &new.new_address,
        login: &new.login,
        language: new.language.id(),
        wave: &new.wave,
    };
    change::change(&service.db, &actor, &project, &user, &fields, new.state).await?;
    Ok(Json(one(&service, &project.id, &user).await?))
}

/// Deletes a person with everything that is known of them, for good.
///
/// Agents that came by a code of theirs forget the project; those that came by the activation code are nobody's again.
#[utoipa::path(
    delete, path = "/projects/{project}/users/{user}", tag = "users",
    params(("project" = Uuid, Path), ("user" = Uuid, Path), Deletion), responses((status = OK, body = Extent))
)]
async fn delete_user(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids((id, user)): Ids<(Uuid, Uuid)>,
    Query(how): Query<Deletion>,
) -> Result<Json<Extent>, Refusal> {
    let (project, user) = (project(&service, id).await?, user.to_string());
    let extent = if how.preview {
        change::extent(&service.db, &actor, &project, &user).await?
    } else {
        change::delete(&service.db, &actor, &project, &user).await?
    };
    Ok(Json(extent))
}

async fn one(service: &Service, project: &str, user: &str) -> Result<User, Refusal> {
    let row =
        table::of_user(service.db.pool(), project, user, db::now()).await?.ok_or_else(Refusal::no_such_resource)?;
    self::user(row)
}

fn user(row: table::Row) -> Result<User, Refusal> {
    let known = row.user.ok_or_else(Refusal::no_such_resource)?;
    Ok(User {
        id: id(&known.id)?,
        name: known.name,
        old_address: known.old_address,
        new_address: known.new_address,
        login: known.login,
        language: known.language,
        // What nobody wrote does not take part.
        state: Part::of(&known.state).unwrap_or(Part::Inactive),
        wave: known.wave,
        stage: row.stage,
        device: row.login.map(|login| login.id),
        last_code: row.last_code,
        code_locked: row.code_locked,
        invited_at: row.invited_at,
    })
}
