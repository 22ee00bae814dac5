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
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operators::account::Account;
use crate::server::operators::password::NewPassword;
use crate::server::operators::sign_in::ClientInfo;
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
    let (words, db, actor) = (&viewer.words, &service.db, &viewer.actor);
    let account = account::own(db, actor).await?;
    let never = || words.text("account-never");
    let tokens = token::own(db, actor).await?.into_iter().map(|token| TokenRow {
        role: token.role().label(words),
        manages: token.manages(),
        expires: viewer.moment(token.expires_at),
        used: token.used_at.map_or_else(never, |at| viewer.moment(at)),
        id: token.id,
        name: token.name,
    });
    let sessions = session::own(db, actor).await?.into_iter().map(|session| SessionRow {
        began: viewer.moment(session.created_at),
        used: viewer.moment(session.used_at),
        own: session.id == viewer.session,
        id: session.id,
        browser: session.browser,
        address: session.address,
    });
    let mut second_factor = None;
    if account.totp_sealed.is_some() {
        let left = second_factor::recovery_codes(db, actor).await?;
        second_factor = Some(words.with("account-second-on", [("count", left.into())]));
    }
    Ok(OwnAccount {
        page: viewer.page().at(Here::Account),
        csrf: viewer.csrf.reveal().to_owned(),
        said,
        role: account.role().label(words),
        languages: Words::languages().map(|tag| (tag, Words::of(tag).text("language-name"))).collect(),
        zones: jiff::tz::db().available().map(|zone| zone.to_string()).collect(),
        enrolled: second_factor.is_some(),
        second_factor,
        roles: actor.roles().map(|role| (role, role.label(words))).collect(),
        tokens: tokens.collect(),
        longest_days: token::LONGEST_DAYS,
        sessions: sessions.collect(),
        account,
    })
}

#[derive(Deserialize)]
struct Habits {
    language: String,
    zone: String,
}

async fn set(State(service): State<Arc<Service>>, sent: Sent<Habits>) -> Result<Response, Refusal> {
    let Sent { viewer, form: Habits { language, zone } } = sent;
    match account::set_habits(&service.db, &viewer.actor, &language, &zone).await {
        Err(refusal) if refusal.code() == ResponseCode::FieldFaults => {
            refused(&service, &viewer, viewer.words.text("account-zone-unknown")).await
        }
        Err(refusal) => Err(refusal),
        Ok(()) => Ok(Redirect::to(DONE).into_response()),
    }
}

#[derive(Deserialize)]
struct Passwords {
    current: Secret,
    password: Secret,
    again: Secret,
}

async fn change_password(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    sent: Sent<Passwords>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let (actor, session) = (&viewer.actor, &viewer.session);
    let changed = match NewPassword::parse(form.password, &form.again) {
        Ok(new) => password::change(&service, &client, actor, session, &form.current, &new).await,
        Err(refusal) => Err(refusal),
    };
    let Err(refusal) = changed else { return Ok(Redirect::to(DONE).into_response()) };
    let why = match refusal.code() {
        ResponseCode::PasswordLength => "problem-OPR-7.remedy",
        ResponseCode::FieldFaults => "welcome-different",
        ResponseCode::WrongCredentials => "account-password-wrong",
        _ => return Err(refusal),
    };
    refused(&service, &viewer, viewer.words.text(why)).await
}

#[derive(Deserialize)]
struct Nothing {}

async fn end_session(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Nothing>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    session::end(&service.db, &viewer.actor, &id).await?;
    Ok(Redirect::to(DONE).into_response())
}

async fn end_others(State(service): State<Arc<Service>>, sent: Sent<Nothing>) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    session::end_others(&service.db, &viewer.actor, &viewer.session).await?;
    Ok(Redirect::to(DONE).into_response())
}

/// The page again, with what is wrong.
pub async fn refused(service: &Service, viewer: &Viewer, text: String) -> Result<Response, Refusal> {
    let said = Said { done: false, refused: Some(text) };
    Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page(service, viewer, said).await?))
}
