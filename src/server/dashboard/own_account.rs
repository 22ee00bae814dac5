//! `/me`: an operator's own language, time zone, password, second step, tokens and sessions.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::dashboard::sign_in::is_zone;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operation::Operation;
use crate::server::operators::account::Account;
use crate::server::operators::sign_in::{Place, knows};
use crate::server::operators::{Role, Sent, Viewer, account, password, second_factor, session, token};

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/me", get(show))
        .route("/me/settings", post(set))
        .route("/me/password", post(change_password))
        .route("/me/sessions/{id}/end", post(end_session))
        .route("/me/sessions/end-others", post(end_others))
}

#[derive(Template)]
#[template(path = "own_account.html")]
struct OwnAccount {
    page: Page,
    csrf: String,
    said: Said,
    account: Account,
    role: String,
    languages: Vec<(&'static str, String)>,
    zones: Vec<String>,
    second_factor: Option<String>,
    enrolled: bool,
    roles: Vec<(Role, String)>,
    tokens: Vec<TokenRow>,
    longest_days: i64,
    sessions: Vec<SessionRow>,
}

struct TokenRow {
    id: String,
    name: String,
    role: String,
    expires: String,
    used: String,
    manages: bool,
}

struct SessionRow {
    id: String,
    browser: String,
    address: String,
    began: String,
    used: String,
    own: bool,
}

/// What came of the last form.
#[derive(Default)]
struct Said {
    done: bool,
    refused: Option<String>,
}

#[derive(Deserialize)]
struct Done {
    done: Option<u8>,
}

/// Where forms of this page lead when they have worked.
pub const DONE: &str = "/me?done=1";

async fn show(
    State(service): State<Arc<Service>>,
    viewer: Viewer,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let said = Said { done: done.is_some(), refused: None };
    Ok(answer(StatusCode::OK, &page(&service, &viewer, said).await?))
}

async fn page(service: &Service, viewer: &Viewer, said: Said) -> Result<OwnAccount, Refusal> {
    let (words, pool) = (&viewer.words, service.db.pool());
    let account = own(service, viewer).await?;
    let never = || words.text("account-never");
    let tokens = token::of_operator(pool, &account.id).await?.into_iter().map(|token| TokenRow {
        role: token.role().label(words),
        manages: token.manages(),
        expires: viewer.moment(token.expires_at),
        used: token.used_at.map_or_else(never, |at| viewer.moment(at)),
        id: token.id,
        name: token.name,
    });
    let sessions = session::of_operator(pool, &account.id).await?.into_iter().map(|session| SessionRow {
        began: viewer.moment(session.created_at),
        used: viewer.moment(session.used_at),
        own: session.id == viewer.session,
        id: session.id,
        browser: session.browser,
        address: session.address,
    });
    let mut second_factor = None;
    if account.totp_sealed.is_some() {
        let left = second_factor::recovery_codes(pool, &account.id).await?;
        second_factor = Some(words.with("account-second-on", [("count", left.into())]));
    }
    let allowed = Role::ALL.into_iter().filter(|role| viewer.actor.may(*role).is_ok());
    Ok(OwnAccount {
        page: viewer.page().at(Here::Account),
        csrf: viewer.csrf.reveal().to_owned(),
        said,
        role: account.role().label(words),
        languages: Words::languages().map(|tag| (tag, Words::of(tag).text("language-name"))).collect(),
        zones: jiff::tz::db().available().map(|zone| zone.to_string()).collect(),
        enrolled: second_factor.is_some(),
        second_factor,
        roles: allowed.map(|role| (role, role.label(words))).collect(),
        tokens: tokens.collect(),
        longest_days: token::LONGEST_DAYS,
        sessions: sessions.collect(),
        account,
    })
}

/// The record of whoever is signed in.
pub async fn own(service: &Service, viewer: &Viewer) -> Result<Account, Refusal> {
    account::find(service.db.pool(), &viewer.actor.id).await?.ok_or(Refusal::from(ResponseCode::NotSignedIn))
}

#[derive(Deserialize)]
struct Habits {
    language: String,
    zone: String,
}

async fn set(State(service): State<Arc<Service>>, sent: Sent<Habits>) -> Result<Response, Refusal> {
    let Sent { viewer, form: Habits { language, zone } } = sent;
    let zone = zone.trim();
    if !zone.is_empty() && !is_zone(zone) {
        return refused(&service, &viewer, viewer.words.text("account-zone-unknown")).await;
    }
    let known = Words::languages().find(|known| *known == language).unwrap_or_default();
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    account::set_habits(&mut tx, &viewer.actor.id, known, zone).await?;
    tx.record(None, "operator.settings", &viewer.actor.name, &format!("{known} {zone}")).await?;
    tx.commit().await?;
    Ok(Redirect::to(DONE).into_response())
}

#[derive(Deserialize)]
struct Passwords {
    current: Secret,
    password: Secret,
    again: Secret,
}

async fn change_password(
    State(service): State<Arc<Service>>,
    place: Place,
    sent: Sent<Passwords>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let words = viewer.words;
    let account = own(&service, &viewer).await?;
    if password::check(&form.password).is_err() {
        return refused(&service, &viewer, words.text("problem-OPR-7.remedy")).await;
    }
    if form.password != form.again {
        return refused(&service, &viewer, words.text("welcome-different")).await;
    }
    match knows(&service, &place, &account, &form.current).await {
        Err(refusal) if refusal.code() == ResponseCode::WrongCredentials => {
            return refused(&service, &viewer, words.text("account-password-wrong")).await;
        }
        confirmed => confirmed?,
    }
    let hash = service.hashing.of_password(form.password.clone()).await?;
    let sealed = match &account.totp_sealed {
        None => None,
        Some(sealed) => {
            Some(second_factor::reseal(&service.hashing, &account, sealed, &form.current, &form.password).await?)
        }
    };
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    password::keep(&mut tx, &account.id, &hash, sealed.as_deref(), Some(&viewer.session)).await?;
    tx.record(None, "operator.password", &account.name, "").await?;
    tx.commit().await?;
    Ok(Redirect::to(DONE).into_response())
}

#[derive(Deserialize)]
struct Nothing {}

async fn end_session(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Nothing>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    session::end(&mut tx, &viewer.actor.id, &id).await?;
    tx.record(None, "session.end", &viewer.actor.name, "").await?;
    tx.commit().await?;
    Ok(Redirect::to(DONE).into_response())
}

async fn end_others(State(service): State<Arc<Service>>, sent: Sent<Nothing>) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    session::end_others(&mut tx, &viewer.actor.id, Some(&viewer.session)).await?;
    tx.record(None, "session.end", &viewer.actor.name, "all others").await?;
    tx.commit().await?;
    Ok(Redirect::to(DONE).into_response())
}

async fn refused(service: &Service, viewer: &Viewer, text: String) -> Result<Response, Refusal> {
    let said = Said { done: false, refused: Some(text) };
    Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page(service, viewer, said).await?))
}
