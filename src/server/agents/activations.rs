//! `POST /v1/activations`: from a code to a device. The code is spent only when the new token is first used, so a lost
//! answer burns nothing. `DELETE /v1/activations/self`: the device goes.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use uuid::Uuid;

use crate::account::masked;
use crate::code::Entered;
use crate::problem::ResponseCode;
use crate::protocol::{Activation, ActivationRequest, MaskedUser, ProjectName};
use crate::server::agents::devices::{self, Bearer};
use crate::server::db::hash;
use crate::server::http::error::Refusal;
use crate::server::http::extract::{Body, Peer};
use crate::server::http::limiter::{self, Allowance};
use crate::server::projects::codes::Tried;
use crate::server::projects::users::User;
use crate::server::projects::{codes, users};
use crate::server::{Service, db, projects};

/// Whose a code is: a project's, and a user's unless it is an activation code.
struct Owner {
    project: projects::Project,
    /// With the id of the authentication code.
    user: Option<(String, User)>,
}

pub async fn create(
    State(service): State<Arc<Service>>,
    Peer(peer): Peer,
    Body(request): Body<ActivationRequest>,
) -> Result<(StatusCode, Json<Activation>), Refusal> {
    let entered =
        Entered::parse(request.code.reveal()).map_err(|slip| Refusal::from(ResponseCode::InvalidCode).because(slip))?;
    let guess = service.guess(peer)?;
    let now = db::now();
    let Owner { project, user } = match entered {
        Entered::Authentication(code) => {
            let tried = codes::compare(&service, &guess, code).await?;
            guess.was_right();
            of_user(&service, tried, now).await?
        }
        Entered::Activation(code) => {
            let project = projects::activated_by(service.db.pool(), &code).await?.ok_or(ResponseCode::InvalidCode)?;
            guess.was_right();
            Owner { project, user: None }
        }
    };
    if project.settings.account.is_none() {
        return Err(ResponseCode::NoAccountSettings.into());
    }
    if user.is_none() {
        enlist(&service, peer, &project)?;
    }
    let (device_id, token) = (Uuid::now_v7(), hash::new_token()?);
    let by = user.as_ref().map(|(code, user)| (code.as_str(), user.id.as_str()));
    let pending = devices::Pending { id: device_id, project: &project.id, by, token: &token };
    devices::record_pending(&service.db, &pending, &request.device, now).await.map_err(not_recorded)?;
    tracing::info!(device = %device_id, "a code was entered");
    let instance = Some(service.db.instance().id);
    let project =
        ProjectName { name: project.name, brand: project.settings.brand, helpdesk: project.settings.helpdesk };
    let user = user.map(|(_, user)| MaskedUser { name: user.name, address: masked(&user.new_address) });
    Ok((StatusCode::CREATED, Json(Activation { device_id, token, project, user, instance })))
}

/// Counts a new computer that came with an activation code. Whoever has the code, and it is in the name of each installer,
/// makes as many computers as they like: a few thousand an hour are enough for any organisation.
fn enlist(service: &Service, peer: IpAddr, project: &projects::Project) -> Result<(), Refusal> {
    let (peer, now) = (limiter::network(peer), Instant::now());
    let refused = |retry_after| Refusal::later(ResponseCode::TooManyComputers, retry_after);
    service.computers_by_peer.take(peer, now).map_err(refused)?;
    let allowance = Allowance::hourly(project.settings.computers_per_hour);
    let taken = service.computers.take_of(project.id.clone(), allowance, 1, now);
    taken.inspect_err(|_| service.computers_by_peer.give_back(&peer)).map_err(refused)
}

async fn of_user(service: &Service, tried: Tried, now: Timestamp) -> Result<Owner, Refusal> {
    tried.usable(now)?;
    let user = users::find(service.db.pool(), &tried.user_id).await?;
    let project = projects::find(service.db.pool(), &user.project_id).await?;
    Ok(Owner { project, user: Some((tried.id, user)) })
}

/// A device that never used its token is forgotten without spending the code: "not me" costs the right person nothing.
pub async fn remove_self(State(service): State<Arc<Service>>, bearer: Bearer) -> Result<StatusCode, Refusal> {
    devices::remove(&service.db, &bearer, db::now()).await?;
    service.signals.wake(bearer.id);
    tracing::info!(device = %bearer.id, "a device was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Why a device was not recorded.
fn not_recorded(error: sqlx::Error) -> Refusal {
    let refusal = Refusal::from(error);
    if refusal.is_unhandled() { refusal.recoded(ResponseCode::AgentNotRecorded) } else { refusal }
}
