//! `/projects/{id}/delete`: a project goes for good. What goes with it is told first, and its name is asked for.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::server::Service;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operators::{Sent, Viewer};
use crate::server::projects::Project;
use crate::server::projects::deletion::{self, Extent};

#[derive(Template)]
#[template(path = "deletion.html")]
struct Deletion {
    page: Page,
    id: String,
    csrf: String,
    counts: Vec<String>,
    /// Computers that Mailshift would not move any more.
    warning: Option<String>,
    wrong: bool,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/delete", get(show).post(delete))
}

/// What goes, a line for each kind of thing.
pub fn counts(words: Words, extent: &Extent) -> Vec<String> {
    let all = [
        (words.with("deletion-users", [("count", extent.users.into())]), extent.users),
        (words.with("deletion-devices", [("count", extent.devices.into())]), extent.devices),
        (words.with("deletion-codes", [("count", extent.codes.into())]), extent.codes),
        (words.with("deletion-mails", [("count", extent.mails.into())]), extent.mails),
        (words.with("deletion-events", [("count", extent.events.into())]), extent.events),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).map(|(line, _)| line).collect()
}

/// What an operator should know before computers that have not moved are forgotten.
pub fn warning(words: Words, extent: &Extent) -> Option<String> {
    (extent.waiting > 0).then(|| words.with("deletion-waiting", [("count", extent.waiting.into())]))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &id).await?;
    page(&service, &viewer, &project, false).await
}

#[derive(Debug, Deserialize)]
struct Confirmed {
    #[serde(default)]
    name: String,
}

async fn delete(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Confirmed>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let project = crate::server::dashboard::project(&service, &id).await?;
    match deletion::delete_project(&service.db, &viewer.actor, &project, &form.name).await {
        Ok(_) => Ok(Redirect::to("/").into_response()),
        Err(refusal) if refusal.code() == ResponseCode::MalformedRequest => {
            page(&service, &viewer, &project, true).await
        }
        Err(refusal) => Err(refusal),
    }
}

async fn page(service: &Service, viewer: &Viewer, project: &Project, wrong: bool) -> Result<Response, Refusal> {
    let extent = deletion::preview_project(&service.db, &viewer.actor, project).await?;
    let page = Deletion {
        page: Page::of(viewer, Here::Settings).within(project),
        id: project.id.clone(),
        csrf: viewer.csrf.reveal().to_owned(),
        counts: counts(viewer.words, &extent),
        warning: warning(viewer.words, &extent),
        wrong,
    };
    Ok(answer(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}
