//! `/projects/{id}/installing/renew`: another activation code in the place of one that strangers may have. What that means
//! is told first.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::operators::{Sent, Viewer};
use crate::server::{Service, projects};

#[derive(Template)]
#[template(path = "renewal.html")]
struct Renewal {
    page: Page,
    id: String,
    csrf: String,
    code: String,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/installing/renew", get(show).post(renew))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    viewer.actor.operates()?;
    let project = crate::server::dashboard::project(&service, &id).await?;
    let renewal = Renewal {
        page: Page::of(&viewer, Here::Overview).within(&project),
        id: project.id,
        csrf: viewer.csrf.reveal().to_owned(),
        code: project.activation_code,
    };
    Ok(answer(StatusCode::OK, &renewal))
}

#[derive(Deserialize)]
struct Nothing {}

async fn renew(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Nothing>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    let project = crate::server::dashboard::project(&service, &id).await?;
    projects::renew_code(&service.db, &viewer.actor, &project).await?;
    Ok(Redirect::to(&format!("/projects/{id}/installing")).into_response())
}
