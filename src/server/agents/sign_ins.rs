//! `POST /v1/sign-ins`: a person enters the code that they got by mail. `DELETE /v1/sign-ins/self`: the person signs
//! out; where an operator has locked the login to a user, that user is signed in again at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::account::masked;
use crate::code::AuthenticationCode;
use crate::problem::ResponseCode;
use crate::protocol::{MaskedUser, SignInRequest, SignedIn};
use crate::server::agents::devices::Device;
use crate::server::agents::registrations::record::{self, Registration};
use crate::server::http::error::Refusal;
use crate::server::http::extract::{Body, Peer};
use crate::server::projects::codes;
use crate::server::projects::identity::method::Method;
use crate::server::projects::identity::refusal::{SignInRefusal, in_sign_in};
use crate::server::projects::identity::{State as UserState, resolve};
use crate::server::projects::users::{self, User};
use crate::server::{Service, db};

pub async fn create(
    State(service): State<Arc<Service>>,
    Peer(peer): Peer,
    device: Result<Device, Refusal>,
    request: Result<Body<SignInRequest>, Refusal>,
) -> Result<(StatusCode, Json<SignedIn>), Refusal> {
    let signed_in = async { sign_in(&service, peer, device?, request?.0).await };
    let user = signed_in.await.map_err(in_sign_in)?;
    let user = MaskedUser { address: masked(&user.new_address), name: user.name };
    Ok((StatusCode::CREATED, Json(SignedIn { user })))
}

async fn sign_in(
    service: &Service,
    peer: std::net::IpAddr,
    device: Device,
    request: SignInRequest,
) -> Result<User, Refusal> {
    let malformed = |what: &str| Refusal::from(ResponseCode::MalformedSignIn).detail(what);
    let code = AuthenticationCode::parse(request.code.reveal()).map_err(|slip| malformed(&slip.to_string()))?;
    let pool = service.db.pool();
    let (_, project) = users::login_and_project(pool, device.id).await?.ok_or(ResponseCode::UnknownAgent)?;
    let found = users::all_addressed(pool, &project, &request.address).await?;
    if let Some(registration) = record::coded(pool, &project, (&request.address, &found), &code).await? {
        let guess = service.guess(peer)?;
        registration.compare(service, code, db::now()).await.map_err(|refusal| match wrong_code(&refusal) {
            None => refusal,
            tries_left => SignInRefusal::WrongCode { tries_left }.into(),
        })?;
        guess.was_right();
        let user = answered(service, device, &registration).await?;
        return settled(service, device, user).await;
    }
    let candidate = candidate(found)?;
    let guess = service.guess(peer)?;
    let wrong = |tries_left| match candidate {
        Candidate::Active(_) => SignInRefusal::WrongCode { tries_left },
        Candidate::Other(_) => SignInRefusal::Unknown,
    };
    let tried = match codes::compare(service, &guess, code).await {
        Ok(tried) => tried,
        Err(refusal) => return Err(wrong_code(&refusal).map_or(refusal, |tries| wrong(Some(tries)).into())),
    };
    let user = match &candidate {
        Candidate::Active(user) if user.id == tried.user_id => user.clone(),
        Candidate::Other(user) if user.id == tried.user_id => return Err(not_active(&user.state).into()),
        Candidate::Active(_) | Candidate::Other(_) => return Err(wrong(None).into()),
    };
    guess.was_right();
    let now = db::now();
    tried.usable(now)?;
    let mut tx = service.db.write().await?;
    if !codes::spend(&mut tx, &tried.id, &device.id.to_string(), now).await? {
        return Err(ResponseCode::CodeUsed.into());
    }
    resolve::sign_in(&mut tx, device.id, &user.id, Method::Code, now).await?;
    tx.commit().await?;
    settled(service, device, user).await
}

/// The person has the code that a registration has sent: the address is theirs.
async fn answered(service: &Service, device: Device, registration: &Registration) -> Result<User, Refusal> {
    let now = db::now();
    let mut tx = service.db.write().await?;
    let user = match candidate(registration.person(&mut tx, now).await?)? {
        Candidate::Active(user) => user,
        Candidate::Other(user) => return Err(not_active(&user.state).into()),
    };
    if !registration.answer(&mut tx, &user.id, now).await? {
        return Err(ResponseCode::CodeUsed.into());
    }
    codes::end(&mut tx, &user.id).await?;
    resolve::sign_in(&mut tx, device.id, &user.id, Method::Mail, now).await?;
    tx.commit().await?;
    Ok(user)
}

/// Whose the login is now: a lock stands above what the person says.
async fn settled(service: &Service, device: Device, user: User) -> Result<User, Refusal> {
    let user = match resolve::settle(service, device.id).await? {
        Some(settled) if settled != user.id => users::find(service.db.pool(), &settled).await?,
        _ => user,
    };
    service.signals.wake(device.id);
    Ok(user)
}

pub async fn remove_self(State(service): State<Arc<Service>>, device: Device) -> Result<StatusCode, Refusal> {
    let mut tx = service.db.write().await?;
    resolve::sign_out(&mut tx, device.id, db::now()).await?;
    tx.commit().await?;
    service.signals.wake(device.id);
    Ok(StatusCode::NO_CONTENT)
}

/// The one user that an address may stand for.
#[derive(Debug)]
enum Candidate {
    Active(User),
    /// Whose state keeps them from signing in.
    Other(User),
}

/// Active users count before all others.
fn candidate(found: Vec<User>) -> Result<Candidate, SignInRefusal> {
    let (mut active, mut others): (Vec<User>, Vec<User>) =
        found.into_iter().partition(|user| UserState::of(&user.state) == Some(UserState::Active));
    match (active.len(), others.len()) {
        (1, _) => Ok(Candidate::Active(active.remove(0))),
        (2.., _) => Err(SignInRefusal::Ambiguous),
        (0, 0) => Err(SignInRefusal::Unknown),
        (0, 1) => Ok(Candidate::Other(others.remove(0))),
        (0, 2..) => Err(SignInRefusal::AmbiguousInactive),
    }
}

/// How many tries are left, if that was a wrong code.
fn wrong_code(refusal: &Refusal) -> Option<u32> {
    refusal.tries().filter(|_| refusal.code() == ResponseCode::InvalidCode)
}

/// Why somebody who is not active is refused after the right code.
fn not_active(state: &str) -> SignInRefusal {
    match UserState::of(state) {
        Some(UserState::Inactive) => SignInRefusal::Inactive,
        Some(UserState::Suspended) => SignInRefusal::Suspended,
        Some(UserState::Active) | None => SignInRefusal::Impossible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ResponseCode;

    fn in_states(states: &[&str]) -> Vec<User> {
        states.iter().map(|state| User { state: (*state).into(), ..User::sample() }).collect()
    }

    fn refused(states: &[&str]) -> ResponseCode {
        candidate(in_states(states)).expect_err("nobody").code()
    }

    #[test]
    fn one_active_user_counts_and_others_do_not_hide_them() {
        for states in [&["active"][..], &["active", "inactive"], &["suspended", "active", "inactive"]] {
            assert!(matches!(candidate(in_states(states)), Ok(Candidate::Active(_))), "{states:?}");
        }
        assert!(matches!(candidate(in_states(&["inactive"])), Ok(Candidate::Other(_))));
    }

    #[test]
    fn each_way_not_to_be_one_active_user_has_its_code() {
        assert_eq!(refused(&["active", "active"]), ResponseCode::SeveralActiveUsers);
        assert_eq!(refused(&[]), ResponseCode::NoSuchUser);
        assert_eq!(not_active("inactive").code(), ResponseCode::UserInactive);
        assert_eq!(not_active("suspended").code(), ResponseCode::UserSuspended);
        assert_eq!(not_active("asleep").code(), ResponseCode::UserStateInvalid);
        assert_eq!(refused(&["inactive", "suspended"]), ResponseCode::SeveralInactiveUsers);
    }
}
