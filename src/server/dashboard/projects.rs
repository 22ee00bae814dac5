//! `/`: the projects, and making one.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::i18n::datetime::Moment;
use crate::problem::ResponseCode;
use crate::server::dashboard::signed_in::{Form, SignedIn};
use crate::server::dashboard::{Nav, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::projects::{self, Settings};
use crate::server::{Service, db};

#[derive(Template)]
#[template(path = "projects.html")]
struct Projects {
    page: Page,
    csrf: String,
    entries: Vec<Entry>,
    /// A name that was not taken, and why.
    refused: Option<(String, String)>,
}

struct Entry {
    id: String,
    name: String,
    cutover: Option<Moment>,
    users: i64,
    moved: i64,
    /// This version cannot read its settings.
    is_broken: bool,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/", get(list).post(create))
}

async fn list(State(service): State<Arc<Service>>, viewer: SignedIn) -> Result<Response, Refusal> {
    show(&service, &viewer, None).await
}

async fn show(service: &Service, viewer: &SignedIn, refused: Option<(String, String)>) -> Result<Response, Refusal> {
    let clock = viewer.formatter(db::now());
    let entry = |listed: projects::Listed| Entry {
        id: listed.id,
        name: listed.name,
        cutover: listed.cutover.map(|at| clock.tell(at)),
        users: listed.users,
        moved: listed.moved,
        is_broken: !listed.is_readable,
    };
    let entries = projects::list(service.db.pool()).await?.into_iter().map(entry).collect();
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page::of(viewer, Nav::Projects);
    Ok(answer(status, &Projects { page, csrf: viewer.csrf.reveal().to_owned(), entries, refused }))
}

#[derive(Debug, Deserialize)]
struct New {
    #[serde(default)]
    name: String,
}

async fn create(State(service): State<Arc<Service>>, sent: Form<New>) -> Result<Response, Refusal> {
    let Form { viewer, form } = sent;
    let settings = Settings::default();
    let made = async { projects::create(&service.db, &viewer.actor, &Name::parse(&form.name)?, &settings, None).await };
    let why = match made.await {
        Ok(made) => return Ok(Redirect::to(&format!("/projects/{made}")).into_response()),
        Err(refusal) => match refusal.code() {
            ResponseCode::FieldFaults => "projects-name-wrong",
            ResponseCode::NameTaken => "projects-name-taken",
            _ => return Err(refusal),
        },
    };
    show(&service, &viewer, Some((form.name, viewer.words.text(why)))).await
}
