//! Signing in: name, password and, where it was set up, the second factor, in one question with one answer.

use std::net::IpAddr;
use std::time::Instant;

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue, SET_COOKIE, USER_AGENT};

use super::account::{self, Account};
use super::session::{self, Cookie};
use super::throttle::Try;
use super::{password, second_factor};
use crate::secret::Secret;
use crate::server::audit::Deed;
use crate::server::refusal::Refusal;
use crate::server::{Service, db, hash};

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
    pub fn of(service: &Service, address: IpAddr, headers: &HeaderMap) -> Self {
        let browser = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Self { address, browser, known: Cookie::Browser.read(&service.settings, headers) }
    }
}

/// Who it is, when name, password and second factor are right.
///
/// # Errors
/// [`Refusal::WrongCredentials`], whatever was wrong; [`Refusal::Throttled`].
pub async fn prove(
    service: &Service,
    place: &Place,
    name: &str,
    password: &Secret,
    code: &Secret,
) -> Result<Account, Refusal> {
    let account = account::named(service.db.pool(), name).await?;
    let attempt = attempt(service, place, account.as_ref(), name).await?;
    let taken = service.throttle.take(&attempt, Instant::now())?;
    let right = password::is_right(&service.hashing, account.as_ref(), password).await?;
    let account = match account {
        Some(account) if right && has_second_factor(service, &account, password, code).await? => account,
        account => {
            // A name that nobody has may be a password in the wrong field.
            let operator = account.as_ref().map(|account| account.id.as_str());
            tracing::info!(address = %place.address, operator, "wrong credentials");
            return Err(Refusal::WrongCredentials);
        }
    };
    service.throttle.give_back(&attempt, taken);
    Ok(account)
}

/// Whether the password is that of somebody who is signed in; costs a try too.
///
/// # Errors
/// [`Refusal::WrongCredentials`], [`Refusal::Throttled`].
pub async fn confirm(service: &Service, place: &Place, account: &Account, password: &Secret) -> Result<(), Refusal> {
    let attempt = attempt(service, place, Some(account), &account.name).await?;
    let taken = service.throttle.take(&attempt, Instant::now())?;
    if !password::is_right(&service.hashing, Some(account), password).await? {
        return Err(Refusal::WrongCredentials);
    }
    service.throttle.give_back(&attempt, taken);
    Ok(())
}

/// Cookies that sign somebody in: always a new session, never one that was there before.
pub async fn enter(
    service: &Service,
    tx: &mut Deed,
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

async fn has_second_factor(
    service: &Service,
    account: &Account,
    password: &Secret,
    code: &Secret,
) -> Result<bool, Refusal> {
    match &account.totp_sealed {
        None => Ok(true),
        Some(sealed) => {
            Ok(second_factor::is_right(&service.db, &service.hashing, account, sealed, password, code).await?)
        }
    }
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
