//! Signing in: name, password and, where it was set up, the second factor, in one question with one answer.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::header::{HeaderName, HeaderValue, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::db::hash::{self, SALT};
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::http::extract::Peer;
use crate::server::name::Name;
use crate::server::operation::Operation;
use crate::server::operators::account::{self, Account};
use crate::server::operators::session::{self, Cookie};
use crate::server::operators::throttle::Try;
use crate::server::operators::{Actor, Role, password, second_factor};
use crate::server::{Service, Settings};

/// With what, and from where, somebody comes.
#[derive(Debug, Clone)]
pub struct ClientInfo {
    pub address: IpAddr,
    /// What the browser calls itself.
    pub browser: String,
    /// From an earlier sign-in in this browser.
    pub known: Option<Secret>,
    /// The session that the browser has, open or not.
    pub session: Option<Secret>,
}

impl FromRequestParts<Arc<Service>> for ClientInfo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Infallible> {
        let Peer(address) = Peer::from_request_parts(parts, service).await?;
        let (settings, headers) = (&service.settings, &parts.headers);
        let browser = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (known, session) = (Cookie::Browser.read(settings, headers), Cookie::Session.read(settings, headers));
        Ok(Self { address, browser, known, session })
    }
}

/// What a browser keeps in which somebody has signed in.
#[must_use]
pub struct SignedInBrowser {
    session: Secret,
    browser: Secret,
}

impl SignedInBrowser {
    /// Cookies for the browser.
    pub fn cookies(&self, settings: &Settings) -> [(HeaderName, HeaderValue); 2] {
        [
            (SET_COOKIE, Cookie::Session.set(settings, &self.session)),
            (SET_COOKIE, Cookie::Browser.set(settings, &self.browser)),
        ]
    }

    /// Value of `Cookie`, as the browser sends it over plain HTTP.
    pub fn sent(&self) -> HeaderValue {
        Cookie::Session.sent(&self.session)
    }
}

/// What somebody says who wants in.
#[derive(Deserialize)]
pub struct Credentials {
    pub name: String,
    pub password: Secret,
    #[serde(default)]
    pub code: Secret,
    /// The browser's time zone, where it says so.
    #[serde(default)]
    pub zone: String,
}

/// How long a no takes at least: longer than looking at everything.
const NO: Duration = Duration::from_millis(300);

/// Signs somebody in whose name, password and second factor are right. The session that the browser had before ends.
///
/// # Errors
/// [`ResponseCode::WrongCredentials`], whatever was wrong; [`ResponseCode::TooManySignIns`].
pub async fn sign_in(
    service: &Service,
    client: &ClientInfo,
    credentials: &Credentials,
) -> Result<SignedInBrowser, Refusal> {
    let Credentials { name, password, code, zone } = credentials;
    let account = account::named(service.db.pool(), name).await?;
    let attempt = attempt(service, client, account.as_ref(), name).await?;
    let account = prove(service, attempt, account, password, Some(code)).await?;
    let mut tx = Operation::begin(&service.db, &account.actor(), Role::Viewer).await?;
    if let Some(before) = &client.session {
        session::delete(&mut tx, before).await?;
    }
    account::learn_zone(&mut tx, &account, zone).await?;
    let entered = enter(&mut tx, client, &account).await?;
    tx.commit().await?;
    Ok(entered)
}

/// Signs somebody in whom the server itself has made, without asking.
///
/// # Errors
/// When there is no such operator.
pub async fn admit(db: &Db, client: &ClientInfo, operator: &str) -> Result<SignedInBrowser, Refusal> {
    let account = account::find(db.pool(), operator).await?.ok_or_else(Refusal::no_such_resource)?;
    let mut tx = Operation::begin(db, &account.actor(), Role::Viewer).await?;
    let entered = enter(&mut tx, client, &account).await?;
    tx.commit().await?;
    Ok(entered)
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
pub async fn confirm(service: &Service, client: &ClientInfo, actor: &Actor, proof: &Proof) -> Result<Account, Refusal> {
    let account = account::own(&service.db, actor).await?;
    let attempt = attempt(service, client, Some(&account), &account.name).await?;
    prove(service, attempt, Some(account), &proof.password, Some(&proof.code)).await
}

/// The same before what only administrators may: nobody else is asked.
///
/// # Errors
/// [`ResponseCode::RoleTooLow`] too.
pub async fn confirm_administrator(
    service: &Service,
    client: &ClientInfo,
    actor: &Actor,
    proof: &Proof,
) -> Result<(), Refusal> {
    actor.may(Role::Administrator)?;
    confirm(service, client, actor, proof).await.map(|_| ())
}

/// Whether the password is that of somebody who is signed in; costs a try too.
///
/// # Errors
/// [`ResponseCode::WrongCredentials`], [`ResponseCode::TooManySignIns`].
pub(super) async fn confirm_password(
    service: &Service,
    client: &ClientInfo,
    account: &Account,
    password: &Secret,
) -> Result<(), Refusal> {
    let attempt = attempt(service, client, Some(account), &account.name).await?;
    prove(service, attempt, Some(account.clone()), password, None).await.map(|_| ())
}

async fn prove(
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

/// Signs somebody in: always a new session, never one that was there before.
pub(super) async fn enter(
    tx: &mut Operation,
    client: &ClientInfo,
    account: &Account,
) -> Result<SignedInBrowser, Refusal> {
    let session = session::create(tx, &account.id, client).await?;
    let browser = hash::new_token()?;
    let now = db::now();
    let old = sqlx::query("DELETE FROM known_browser WHERE operator_id = $1 AND (created_at < $2 OR token_hash = $3)");
    let replaced = client.known.as_ref().map(|known| hash::of_token(known.reveal())).unwrap_or_default();
    let old = old.bind(&account.id).bind((now - session::KNOWN).as_millisecond()).bind(replaced);
    old.execute(&mut **tx).await?;
    let query = sqlx::query("INSERT INTO known_browser (token_hash, operator_id, created_at) VALUES ($1, $2, $3)");
    let query = query.bind(hash::of_token(browser.reveal())).bind(&account.id).bind(now.as_millisecond());
    query.execute(&mut **tx).await?;
    tx.record(None, "session.start", &account.name, &client.address.to_string()).await?;
    Ok(SignedInBrowser { session, browser })
}

async fn attempt(
    service: &Service,
    client: &ClientInfo,
    account: Option<&Account>,
    name: &str,
) -> Result<Try, sqlx::Error> {
    let mut browser = None;
    if let (Some(token), Some(account)) = (&client.known, account) {
        let token = hash::of_token(token.reveal());
        let query = sqlx::query("SELECT token_hash FROM known_browser WHERE token_hash = $1 AND operator_id = $2");
        let found = query.bind(&token).bind(&account.id).fetch_optional(service.db.pool()).await?;
        browser = found.map(|_| token);
    }
    // What is longer than a name is kept short: whoever tries chooses it.
    let account = account::key(name).chars().take(Name::LIMIT).collect();
    Ok(Try { address: client.address, account, browser })
}
