//! `POST /v1/registrations`: a person says who they are, and a mail to their address proves it. Until it is answered, nobody
//! has become a user by it.

pub mod record;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyPool;

use crate::account::masked;
use crate::problem::ResponseCode;
use crate::protocol::{Proof, Registered, RegistrationRequest};
use crate::server::agents::devices::{Device, name};
use crate::server::db::Trouble;
use crate::server::db::hash;
use crate::server::http::error::Refusal;
use crate::server::http::extract::Body;
use crate::server::http::i18n::Words;
use crate::server::mailings::invitation::Post;
use crate::server::mailings::{self, Kind};
use crate::server::projects::Project;
use crate::server::projects::identity::State as UserState;
use crate::server::projects::identity::refusal::{RegistrationRefusal, Undelivered, in_registration};
use crate::server::projects::users::{self, Login, User};
use crate::server::{Service, db, projects};

/// Longest name and address, in characters.
const TEXT_LIMIT: usize = 320;
/// How long the answer waits for the letter to be sent: what the mail server refuses at once is told at once. A letter
/// that has to wait its turn is on its way.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(100);

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
    let busy = |retry_after| Refusal::busy(retry_after);
    service.registrations_by_device.take(device.id, Instant::now()).map_err(busy)?;
    let pool = service.db.pool();
    let (login, project) = users::login_and_project(pool, device.id).await?.ok_or(ResponseCode::UnknownAgent)?;
    let project = projects::find(pool, &project).await?;
    let found = users::all_addressed(pool, &project.id, address).await?;
    service.mails_by_address.take(format!("{} {}", project.id, users::key(address)), Instant::now()).map_err(busy)?;
    let user = match <[User; 1]>::try_from(found) {
        Ok([user]) if UserState::of(&user.state) == Some(UserState::Active) => Some(user),
        Ok([_]) => return Err(RegistrationRefusal::NotActive.into()),
        Err(none) if none.is_empty() => None,
        Err(_) => return Err(RegistrationRefusal::Ambiguous.into()),
    };
    if user.is_none() && !domains(pool, &project.id).await?.contains(&domain(address)) {
        return Err(RegistrationRefusal::Domain.into());
    }
    let undelivered = |cause: Undelivered| RegistrationRefusal::undelivered(cause, user.is_none());
    can_be_mailed(&project, request.by).map_err(undelivered)?;
    if user.is_none() {
        service.strangers_by_project.take(device.project, Instant::now()).map_err(busy)?;
    }
    service.registrations_by_project.take(device.project, Instant::now()).map_err(busy)?;
    // The mail goes to the address that is to be proved, as it is on the list.
    let address = user.as_ref().map_or(address, |user| recorded(user, address));
    let digits = match request.by {
        Proof::Link => Some(hash::new_digits()?),
        Proof::Code => None,
    };
    let new = record::New {
        project: &project.id,
        login: login.id,
        user: user.as_ref().map(|user| user.id.as_str()),
        proof: request.by,
        address,
        name,
        language: user.as_ref().map_or_else(|| Words::of(&login.language).language(), |user| user.language.as_str()),
        digits: digits.as_deref(),
    };
    let (registration, mailing) = queue(service, &new, &login).await?;
    if let Err(cause) = handed_over(service, &mailing).await? {
        record::remove(&service.db, &registration).await?;
        return Err(undelivered(cause).into());
    }
    tracing::info!(device = %device.id, is_new = user.is_none(), by = ?request.by, "a person registered");
    Ok(Registered { address: masked(address), by: request.by, digits })
}

fn check(address: &str, name: &str) -> Result<(), Refusal> {
    let malformed = |what: &str| Err(Refusal::from(ResponseCode::MalformedRegistration).detail(what));
    let fits = |text: &str| text.chars().count() <= TEXT_LIMIT && !text.chars().any(char::is_control);
    if !fits(address) || address.starts_with('-') || address.parse::<lettre::Address>().is_err() {
        return malformed("address is not a mail address");
    }
    if !fits(name) {
        return malformed("name is too long or holds a control character");
    }
    Ok(())
}

/// What a mail needs of the project is looked at before anything is recorded.
fn can_be_mailed(project: &Project, by: Proof) -> Result<(), Undelivered> {
    Post::new(project.settings.smtp.as_ref().ok_or(Undelivered::NoSmtp)?)?;
    if by == Proof::Link && project.settings.public_url.is_none() {
        return Err(Undelivered::NoAddress);
    }
    Ok(())
}

/// What is found as one address need not be written the same: letters' case apart, a mail may go to somebody else.
fn recorded<'a>(user: &'a User, address: &str) -> &'a str {
    if users::key(&user.old_address) == users::key(address) { &user.old_address } else { &user.new_address }
}

/// Records who the person says to be and queues the mail that is to prove it; the ids of both.
async fn queue(service: &Service, new: &record::New<'_>, login: &Login) -> Result<(String, String), Refusal> {
    let is_new = new.user.is_none();
    let not_recorded = |error: sqlx::Error| match Trouble::of(&error) {
        None => RegistrationRefusal::not_recorded(error, is_new).into(),
        Some(_) => Refusal::from(error),
    };
    let now = db::now();
    let mut tx = service.db.write().await?;
    let registration = record::add(&mut tx, new, now).await.map_err(not_recorded)?;
    let registration = registration.ok_or(RegistrationRefusal::NoRecord)?;
    let computer = name::shown(&login.device);
    let letter = mailings::New {
        project: new.project,
        user: new.user,
        kind: Kind::Registration,
        address: new.address,
        registration: Some(&registration),
        computer: computer.as_deref(),
    };
    let mailing = mailings::add(&mut tx, &letter, now).await?;
    tx.commit().await?;
    Ok((registration, mailing))
}

/// Waits until the letter was handed over, or for a while.
async fn handed_over(service: &Service, mailing: &str) -> Result<Result<(), Undelivered>, Refusal> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && !*service.closing.borrow() {
        match mailings::state(service.db.pool(), mailing).await? {
            Some((mailings::State::Failed, trouble)) => {
                return Ok(Err(Undelivered::Refused(trouble.unwrap_or_default())));
            }
            Some((mailings::State::Queued, None)) => tokio::time::sleep(LOOK).await,
            // It was sent, or is tried again.
            Some((mailings::State::Queued | mailings::State::Sent | mailings::State::Bounced, _)) | None => break,
        }
    }
    Ok(Ok(()))
}

fn domain(address: &str) -> String {
    users::key(address.rsplit_once('@').map_or("", |(_, domain)| domain))
}

/// The domains that the organisation's people have.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_to_the_address_on_the_list_however_it_was_typed() {
        let kim =
            User { old_address: "kim@old.example".into(), new_address: "kim@new.example".into(), ..User::sample() };
        // The sign for kelvin is a small k when letters' case does not matter.
        assert_eq!(recorded(&kim, "\u{212a}im@old.example"), "kim@old.example");
        assert_eq!(recorded(&kim, "KIM@New.Example"), "kim@new.example");
    }
}
