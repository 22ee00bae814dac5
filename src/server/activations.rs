//! `POST /v1/activations`: from a code to a device. The code is spent only when the new token is first used, so a lost
//! answer burns nothing. `DELETE /v1/activations/self`: the device goes.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use super::body::{Body, Peer};
use super::devices::{self, Bearer};
use super::hash::HashError;
use super::refusal::Refusal;
use super::{Service, codes, db, hash, limiter, project, users};
use crate::account::masked;
use crate::code::Code;
use crate::protocol::{Activation, ActivationRequest, MaskedUser, ProjectName};

pub async fn create(
    State(service): State<Arc<Service>>,
    Peer(peer): Peer,
    Body(request): Body<ActivationRequest>,
) -> Result<(StatusCode, Json<Activation>), Refusal> {
    let code = Code::parse(request.code.reveal()).map_err(Refusal::Mistyped)?;
    let peer = limiter::network(peer);
    let (db, start) = (&service.db, Instant::now());
    service.guesses_by_peer.take(peer, start).map_err(|retry_after| Refusal::Busy { retry_after })?;
    service.guesses.take((), start).map_err(|retry_after| Refusal::Busy { retry_after })?;

    let tried = codes::take_try(db.pool(), code.public()).await?;
    match service.hashing.is_right(code, tried.secret_hash.clone()).await {
        Ok(true) => codes::give_back(db.pool(), &tried.id).await?,
        Ok(false) => return Err(Refusal::WrongCode { tries_left: tried.tries_left }),
        Err(HashError::Busy) => {
            codes::give_back(db.pool(), &tried.id).await?;
            return Err(HashError::Busy.into());
        }
        Err(error) => return Err(error.into()),
    }
    service.guesses_by_peer.give_back(&peer);
    service.guesses.give_back(&());

    let now = db::now();
    tried.usable(now)?;
    let user = users::find(db.pool(), &tried.user_id).await?;
    let project = project::find(db.pool(), &user.project_id).await?;
    if project.settings.account.is_none() {
        return Err(Refusal::NoAccount);
    }
    let (device_id, token) = (Uuid::now_v7(), hash::new_token()?);
    let pending =
        devices::Pending { id: device_id, project: &project.id, user: &user.id, code: &tried.id, token: &token };
    devices::record_pending(db, &pending, &request.device, now).await.map_err(Refusal::NotRecorded)?;
    tracing::info!(device = %device_id, "a code was entered");
    let project =
        ProjectName { name: project.name, brand: project.settings.brand, helpdesk: project.settings.helpdesk };
    let user = MaskedUser { name: user.name, address: masked(&user.new_address) };
    Ok((StatusCode::CREATED, Json(Activation { device_id, token, project, user })))
}

/// A device that never used its token is forgotten without spending the code: "not me" costs the right person nothing.
pub async fn remove_self(State(service): State<Arc<Service>>, bearer: Bearer) -> Result<StatusCode, Refusal> {
    devices::remove(&service.db, &bearer, db::now()).await?;
    service.signals.wake(bearer.id);
    tracing::info!(device = %bearer.id, "a device was removed");
    Ok(StatusCode::NO_CONTENT)
}
