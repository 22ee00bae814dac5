//! Signing in: name, password and, where it was set up, the second factor, in one question with one answer.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::db::hash;
use crate::server::db::hash::SALT;
use crate::server::http::error::Refusal;
use crate::server::http::extract::Peer;
use crate::server::operation::Operation;
use crate::server::operators::account::{self, Account};
use crate::server::operators::session::{self, Cookie};
use crate::server::operators::throttle::Try;
use crate::server::operators::{Viewer, password, second_factor};
use crate::server::{Service, db};

/// Where somebody is.
#[derive(Debug, Clone)]
pub struct Place {
    pub address: IpAddr,
    /// What the browser calls itself.
    pub browser: String,
    /// From an earlier sign-in in this browser.
    pub known: Option<Secret>,
}

impl Place {
    fn of(service: &Service, address: IpAddr, headers: &HeaderMap) -> Self {
        let browser = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Self { address, browser, known: Cookie::Browser.read(&service.settings, headers) }
    }
}

impl FromRequestParts<Arc<Service>> for Place {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Infallible> {
        let Peer(address) = Peer::from_request_parts(parts, service).await?;
        Ok(Self::of(service, address, &parts.headers))
    }
}

/// How long a no takes at least: longer than looking at everything.
const NO: Duration = Duration::from_millis(300);

/// Who it is, when name, password and second factor are right.
///
/// # Errors
/// [`ResponseCode::WrongCredentials`], whatever was wrong; [`ResponseCode::TooManySignIns`].
pub async fn prove(
    service: &Service,
    place: &Place,
    name: &str,
    password: &Secret,
    code: &Secret,
) -> Result<Account, Refusal> {
    let account = account::named(service.db.pool(), name).await?;
    let attempt = attempt(service, place, account.as_ref(), name).await?;
    proven(service, attempt, account, password, Some(code)).await
}

/// The password of somebody who is signed in, and the second step where it was set up: before what would let in others, or
/// themselves without it.
#[derive(Debug, Deserialize)]
pub struct Proof {
    pub password: Secret,
    #[serde(default)]
    pub code: Secret,
}

/// Whether it is really the operator who is signed in; costs a try too.
///
/// # Errors
/// [`ResponseCode::WrongCredentials`], [`ResponseCode::TooManySignIns`].
pub async fn confirm(service: &Service, place: &Place, viewer: &Viewer, proof: &Proof) -> Result<Account, Refusal> {
    let account = account::find(service.db.pool(), &viewer.actor.id).await?.ok_or(ResponseCode::NotSignedIn)?;
    let attempt = attempt(service, place, Some(&account), &account.name).await?;
    proven(service, attempt, Some(account), &proof.password, Some(&proof.code)).await
}

/// Whether the password is that of somebody who is signed in; costs a try too.
///
/// # Errors
/// [`ResponseCode::WrongCredentials`], [`ResponseCode::TooManySignIns`].
pub async fn knows(service: &Service, place: &Place, account: &Account, password: &Secret) -> Result<(), Refusal> {
    let attempt = attempt(service, place, Some(account), &account.name).await?;
    proven(service, attempt, Some(account.clone()), password, None).await.map(|_| ())
}

async fn proven(
    service: &Service,
    attempt: Try,
    account: Option<Account>,
    password: &Secret,
    code: Option<&Secret>,
) -> Result<Account, Refusal> {
    let asked = tokio::time::Instant::now();
    let taken = service.throttle.take(&attempt, Instant::now())?;
    let right = password::is_right(&service.hashing, account.as_ref(), password).await?;
    let known = account.as_ref().filter(|_| right);
    let sealed = known.and_then(|account| Some((account, account.totp_sealed.as_deref()?, code?)));
    let second = if let Some((account, sealed, code)) = sealed {
        second_factor::is_right(&service.db, &service.hashing, account, sealed, password, code).await?
    } else {
        // The same work when there is nothing to open: time tells nobody that the password was right.
        service.hashing.key(password.clone(), [0; SALT]).await?;
        right
    };
    match account {
        Some(account) if second => {
            service.throttle.give_back(&attempt, taken);
            Ok(account)
        }
        account => {
            // A name that nobody has may be a password in the wrong field.
            let operator = account.as_ref().map(|account| account.id.as_str());
            tracing::info!(address = %attempt.address, operator, "wrong credentials");
            tokio::time::sleep_until(asked + NO).await;
            Err(ResponseCode::WrongCredentials.into())
        }
    }
}

/// Cookies that sign somebody in: always a new session, never one that was there before.
pub async fn enter(
    service: &Service,
    tx: &mut Operation,
    place: &Place,
    account: &Account,
) -> Result<[(HeaderName, HeaderValue); 2], Refusal> {
    let session = session::create(tx, &account.id, &place.browser, place.address).await?;
    let browser = hash::new_token()?;
    let now = db::now();
    let old = sqlx::query("DELETE FROM known_browser WHERE operator_id = $1 AND (created_at < $2 OR token_hash = $3)");
    let replaced = place.known.as_ref().map(|known| hash::of_token(known.reveal())).unwrap_or_default();
    let old = old.bind(&account.id).bind((now - session::KNOWN).as_millisecond()).bind(replaced);
    old.execute(&mut **tx).await?;
    let query = sqlx::query("INSERT INTO known_browser (token_hash, operator_id, created_at) VALUES ($1, $2, $3)");
    let query = query.bind(hash::of_token(browser.reveal())).bind(&account.id).bind(now.as_millisecond());
    query.execute(&mut **tx).await?;
    tx.record(None, "session.start", &account.name, &place.address.to_string()).await?;
    Ok([
        (SET_COOKIE, Cookie::Session.set(&service.settings, &session)),
        (SET_COOKIE, Cookie::Browser.set(&service.settings, &browser)),
    ])
}

async fn attempt(service: &Service, place: &Place, account: Option<&Account>, name: &str) -> Result<Try, sqlx::Error> {
    let mut browser = None;
    if let (Some(token), Some(account)) = (&place.known, account) {
        let token = hash::of_token(token.reveal());
        let query = sqlx::query("SELECT token_hash FROM known_browser WHERE token_hash = $1 AND operator_id = $2");
        let found = query.bind(&token).bind(&account.id).fetch_optional(service.db.pool()).await?;
        browser = found.map(|_| token);
    }
    // What is longer than a name is kept short: whoever tries chooses it.
    let account = account::key(name).chars().take(account::NAME_LIMIT).collect();
    Ok(Try { address: place.address, account, browser })
}
