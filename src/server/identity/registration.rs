//! `POST /v1/registrations`: a person says who they are, and a mail to their address proves it.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyPool;

use super::refusal::{RegistrationRefusal, Undelivered, in_registration};
use super::{State as UserState, confirmation};
use crate::account::masked;
use crate::protocol::{Proof, Registered, RegistrationRequest};
use crate::server::body::Body;
use crate::server::devices::Device;
use crate::server::invitation::Post;
use crate::server::mailings;
use crate::server::project::Project;
use crate::server::refusal::Refusal;
use crate::server::users::{self, User};
use crate::server::{Service, db, project};

/// Longest name and address, in characters.
const TEXT_LIMIT: usize = 320;

pub async fn create(
    State(service): State<Arc<Service>>,
    device: Result<Device, Refusal>,
    request: Result<Body<RegistrationRequest>, Refusal>,
) -> Result<(StatusCode, Json<Registered>), Refusal> {
    let registered = async { register(&service, device?, request?.0).await };
    let registered = registered.await.map_err(in_registration)?;
    Ok((StatusCode::ACCEPTED, Json(registered)))
}

async fn register(service: &Service, device: Device, request: RegistrationRequest) -> Result<Registered, Refusal> {
    let (address, name) = (request.address.trim(), request.name.trim());
    check(address, name)?;
    let busy = |retry_after| Refusal::Busy { retry_after };
    service.registrations_by_device.take(device.id, Instant::now()).map_err(busy)?;
    let pool = service.db.pool();
    let (login, project) = users::login_and_project(pool, device.id).await?.ok_or(Refusal::UnknownDevice)?;
    let project = project::find(pool, &project).await?;
    let found = users::all_addressed(pool, &project.id, address).await?;
    service.mails_by_address.take(format!("{} {}", project.id, users::key(address)), Instant::now()).map_err(busy)?;
    let (user, is_new) = match <[User; 1]>::try_from(found) {
        Ok([user]) if UserState::of(&user.state) == Some(UserState::Active) => (user, false),
        Ok([_]) => return Err(RegistrationRefusal::NotActive.into()),
        Err(none) if none.is_empty() => (add(service, &project, address, name, &login.language).await?, true),
        Err(_) => return Err(RegistrationRefusal::Ambiguous.into()),
    };
    // The mail goes to the address that is to be proved.
    let receiver = User { old_address: address.into(), ..user };
    let undelivered = |cause: Undelivered| RegistrationRefusal::undelivered(cause, is_new);
    let post = post(&project).map_err(undelivered)?;
    match request.by {
        Proof::Code => {
            let (db, installers) = (&service.db, &service.installers);
            mailings::send_now(db, &post, None, &project, &receiver, installers)
                .await
                .map_err(|error| RegistrationRefusal::of_invitation(error, is_new))?;
        }
        Proof::Link => confirmation::send(service, &post, &project, &receiver, &login, is_new).await?,
    }
    tracing::info!(device = %device.id, is_new, by = ?request.by, "a person registered");
    Ok(Registered { address: masked(address), by: request.by, digits: None })
}

fn check(address: &str, name: &str) -> Result<(), RegistrationRefusal> {
    let malformed = |what: &str| Err(RegistrationRefusal::Malformed(what.into()));
    let fits = |text: &str| text.chars().count() <= TEXT_LIMIT && !text.chars().any(char::is_control);
    if !fits(address) || address.starts_with('-') || address.parse::<lettre::Address>().is_err() {
        return malformed("address is not a mail address");
    }
    if !fits(name) {
        return malformed("name is too long or holds a control character");
    }
    Ok(())
}

fn post(project: &Project) -> Result<Post, Undelivered> {
    Ok(Post::new(project.settings.smtp.as_ref().ok_or(Undelivered::NoSmtp)?)?)
}

/// Records a new user, whose address must be of a domain that the organisation's people have.
async fn add(service: &Service, project: &Project, address: &str, name: &str, language: &str) -> Result<User, Refusal> {
    let domain = domain(address);
    let known = domains(service.db.pool(), &project.id).await?;
    if !known.contains(&domain) {
        return Err(RegistrationRefusal::Domain.into());
    }
    let name = if name.is_empty() { address } else { name };
    let new = users::New { name, address, language };
    match users::register(&service.db, &project.id, &new, db::now()).await {
        Ok(Some(user)) => Ok(user),
        Ok(None) => Err(RegistrationRefusal::NoRecord.into()),
        Err(error) => match Refusal::from(error) {
            Refusal::Database(error) => Err(RegistrationRefusal::NotRecorded(error).into()),
            trouble => Err(trouble),
        },
    }
}

fn domain(address: &str) -> String {
    users::key(address.rsplit_once('@').map_or("", |(_, domain)| domain))
}

async fn domains(pool: &AnyPool, project: &str) -> Result<Vec<String>, sqlx::Error> {
    let keys: Vec<String> = sqlx::query_scalar(
        "SELECT old_key FROM project_user WHERE project_id = $1
         UNION SELECT new_key FROM project_user WHERE project_id = $1",
    )
    .bind(project)
    .fetch_all(pool)
    .await?;
    Ok(keys.iter().map(|key| domain(key)).collect())
}
