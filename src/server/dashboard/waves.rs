//! `/projects/{id}/waves`: when everyone moves, and when each wave does.

mod confirm;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use confirm::Wish;
use jiff::civil;
use serde::Deserialize;

use crate::i18n::datetime::Moment;
use crate::problem::ResponseCode;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::directive::decision::Cutover;
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operators::{Sent, Viewer};
use crate::server::projects::cutover::{self, When};
use crate::server::projects::{Project, waves};
use crate::server::{Service, db};

#[derive(Template)]
#[template(path = "waves.html")]
struct Waves {
    page: Page,
    id: String,
    csrf: String,
    /// What is missing before anybody can move.
    unready: bool,
    start: String,
    /// The project's own first.
    entries: Vec<Entry>,
    /// A form that was not taken: the entry that it was of, and why.
    refused: Option<(String, String)>,
}

/// The project (with an empty id) or one of its waves.
struct Entry {
    id: String,
    name: String,
    users: Option<String>,
    cutover: Option<(Moment, String)>,
    at_once: bool,
    /// It came before the servers were known: it has to be set again.
    is_stale: bool,
    /// For the field.
    at: String,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/projects/{id}/waves", get(list).post(create))
        .route("/projects/{id}/waves/cutover", get(back).post(set))
}

async fn list(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &id).await?;
    show(&service, &viewer, &project, None).await
}

/// Whoever loads the page of a form anew.
async fn back(Path(id): Path<String>) -> Redirect {
    Redirect::to(&format!("/projects/{id}/waves"))
}

async fn show(
    service: &Service,
    viewer: &Viewer,
    project: &Project,
    refused: Option<(String, String)>,
) -> Result<Response, Refusal> {
    let clock = viewer.formatter(db::now());
    let words = viewer.words;
    let entry = |id: String, name: String, users: Option<i64>, cutover: Option<Cutover>| Entry {
        id,
        name,
        users: users.map(|users| words.with("waves-users", [("count", users.into())])),
        cutover: cutover.map(|cutover| (clock.tell_with_zone(cutover.at), clock.distance(cutover.at))),
        at_once: cutover.is_some_and(|cutover| cutover.at_once),
        is_stale: cutover.is_some_and(|cutover| cutover.at <= project.ready_at && cutover.set_at < project.ready_at),
        at: cutover.map(|cutover| clock.field(cutover.at)).unwrap_or_default(),
    };
    let mut entries = vec![entry(String::new(), words.text("waves-everyone"), None, project.cutover)];
    for wave in waves::list(service.db.pool(), &project.id).await? {
        entries.push(entry(wave.id, wave.name, Some(wave.users), wave.cutover));
    }
    let settings = &project.settings;
    let arguments = [("lead", settings.lead_minutes.into()), ("spread", settings.spread_minutes.into())];
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Waves {
        page: Page::of(viewer, Here::Waves).within(project),
        id: project.id.clone(),
        csrf: viewer.csrf.reveal().to_owned(),
        unready: settings.account.is_none(),
        start: words.with("waves-start", arguments),
        entries,
        refused,
    };
    Ok(answer(status, &page))
}

#[derive(Debug, Deserialize)]
struct New {
    #[serde(default)]
    name: String,
}

async fn create(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<New>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let project = crate::server::dashboard::project(&service, &id).await?;
    let made = async { waves::create(&service.db, &viewer.actor, &project, &Name::parse(&form.name)?).await };
    let why = match made.await {
        Ok(_) => return Ok(Redirect::to(&format!("/projects/{id}/waves")).into_response()),
        Err(refusal) => match refusal.code() {
            ResponseCode::FieldFaults => "projects-name-wrong",
            ResponseCode::NameTaken => "waves-name-taken",
            _ => return Err(refusal),
        },
    };
    show(&service, &viewer, &project, Some(("new".into(), viewer.words.text(why)))).await
}

#[derive(Debug, Deserialize)]
struct Change {
    /// Empty: the project's own.
    #[serde(default)]
    wave: String,
    /// In the operator's zone.
    #[serde(default)]
    at: String,
    /// `set`, `now` or `none`.
    #[serde(default)]
    when: String,
    /// The page with the numbers was seen.
    #[serde(default)]
    confirmed: String,
    /// A time that has passed is meant.
    #[serde(default)]
    at_once: String,
}

async fn set(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Change>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let project = crate::server::dashboard::project(&service, &id).await?;
    let wave = match form.wave.as_str() {
        "" => None,
        wave => Some(waves::find(service.db.pool(), &id, wave).await?),
    };
    let (when, has_passed) = match form.when.as_str() {
        "now" => (When::Now, false),
        "none" => (When::Never, false),
        _ => {
            let typed = form.at.parse::<civil::DateTime>().ok();
            let Some(at) = typed.and_then(|time| time.to_zoned(viewer.zone.clone()).ok()) else {
                let why = viewer.words.text("waves-time-wrong");
                return show(&service, &viewer, &project, Some((form.wave, why))).await;
            };
            let has_passed = cutover::has_passed(at.timestamp(), db::now());
            (When::At { at: at.timestamp(), at_once: has_passed }, has_passed)
        }
    };
    let is_meant = !has_passed || !form.at_once.is_empty();
    let is_possible = project.settings.account.is_some() || when != When::Now;
    if is_possible && (form.confirmed.is_empty() || !is_meant) {
        let (at, at_once) = match when {
            When::Now => (Some(db::now()), true),
            When::At { at, .. } => (Some(at), false),
            When::Never => (None, false),
        };
        let wish = Wish { at, at_once, has_passed, at_field: form.at, when: form.when };
        return confirm::show(&service, &viewer, &project, wave.as_ref(), wish, !form.confirmed.is_empty()).await;
    }
    match cutover::set(&service.db, &viewer.actor, &project, wave.as_ref(), when).await {
        Ok(()) => Ok(Redirect::to(&format!("/projects/{id}/waves")).into_response()),
        Err(refusal) => {
            let why = match refusal.code() {
                ResponseCode::NoAccountSettings => "waves-unready",
                ResponseCode::FieldFaults => "waves-time-wrong",
                _ => return Err(refusal),
            };
            show(&service, &viewer, &project, Some((form.wave, viewer.words.text(why)))).await
        }
    }
}
