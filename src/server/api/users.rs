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

use crate::problem::ResponseCode;
use crate::server::api::catalogue::Language;
use crate::server::api::filter::Filter;
use crate::server::api::input::{self, Ids, Query};
use crate::server::api::page::Page;
use crate::server::api::{Routes, id, people, project};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Caller, Role};
use crate::server::projects::deletion::{self, Extent};
use crate::server::projects::identity::{State as Part, overrides};
use crate::server::projects::users::{self, import};
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
    stage: String,
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
    #[schema(max_length = 320)]
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
    #[schema(max_length = 320)]
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
    _: Caller,
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
    Caller(actor): Caller,
    Ids(id): Ids<Uuid>,
    input::Json(new): input::Json<NewUser>,
) -> Result<(StatusCode, Json<User>), Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    let language = new.language.map_or("", Language::id);
    let row = import::one([&new.name, &new.old_address, &new.new_address, &new.login, language, "", &new.wave])
        .map_err(people::faults)?;
    if of_old_address(&service, &project.id, &row.old_address).await?.is_some() {
        return Err(ResponseCode::NameTaken.into());
    }
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    import::write(&mut tx, &project.id, std::slice::from_ref(&row)).await.map_err(people::refused)?;
    tx.record(Some(&project.id), "user.add", &row.old_address, "").await?;
    tx.commit().await?;
    let made = of_old_address(&service, &project.id, &row.old_address).await?.ok_or_else(Refusal::no_such_resource)?;
    Ok((StatusCode::CREATED, Json(one(&service, &project.id, &made.id).await?)))
}

/// A person of a project.
#[utoipa::path(
    get, path = "/projects/{project}/users/{user}", tag = "users",
    params(("project" = Uuid, Path), ("user" = Uuid, Path)), responses((status = OK, body = User))
)]
async fn show_user(
    State(service): State<Arc<Service>>,
    _: Caller,
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
    Caller(actor): Caller,
    Ids((id, user)): Ids<(Uuid, Uuid)>,
    input::Json(new): input::Json<UserChange>,
) -> Result<Json<User>, Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    let before = one(&service, &project.id, &user.to_string()).await?;
    let language = new.language.id();
    let row = import::one([&new.name, &before.old_address, &new.new_address, &new.login, language, "", &new.wave])
        .map_err(people::faults)?;
    let known = users::find(service.db.pool(), &before.id.to_string()).await?;
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    import::write(&mut tx, &project.id, &[import::Row { state: None, ..row }]).await.map_err(people::refused)?;
    tx.record(Some(&project.id), "user.change", &before.old_address, "").await?;
    if known.state != new.state.id() {
        overrides::set_state(&mut tx, &known, new.state).await?;
    }
    tx.commit().await?;
    Ok(Json(one(&service, &project.id, &known.id).await?))
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
    Caller(actor): Caller,
    Ids((id, user)): Ids<(Uuid, Uuid)>,
    Query(how): Query<Deletion>,
) -> Result<Json<Extent>, Refusal> {
    actor.may(Role::Operator)?;
    let project = project(&service, id).await?;
    let known = users::of_project(service.db.pool(), &project.id).await?;
    let user = user.to_string();
    let user = known.into_iter().find(|known| known.id == user).ok_or_else(Refusal::no_such_resource)?;
    if how.preview {
        let mut connection = service.db.pool().acquire().await?;
        return Ok(Json(deletion::of_user(&mut connection, &user.id).await?));
    }
    let mut tx = Operation::begin(&service.db, &actor, Role::Operator).await?;
    let extent = deletion::delete_user(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(Json(extent))
}

async fn of_old_address(service: &Service, project: &str, address: &str) -> Result<Option<users::User>, Refusal> {
    let found = users::all_addressed(service.db.pool(), project, address).await?;
    Ok(found.into_iter().find(|user| users::key(&user.old_address) == users::key(address)))
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
