//! `/projects/{id}/devices/{login}/diagnostics/{diagnostics}`: what a person sent to the help desk, to read and to take
//! away. For operators; who has read it is on record.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use uuid::Uuid;

use crate::i18n::datetime::Moment;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::operators::Viewer;
use crate::server::projects::diagnostics::{self, Whole};
use crate::server::{Service, db};

#[derive(Template)]
#[template(path = "diagnostics.html")]
struct Report {
    page: Page,
    /// Path of the login's page.
    device: String,
    title: String,
    sent: String,
    received: Moment,
    whole: Whole,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/projects/{id}/devices/{login}/diagnostics/{diagnostics}", get(show))
        .route("/projects/{id}/devices/{login}/diagnostics/{diagnostics}/text", get(download))
}

type Ids = Path<(String, String, String)>;

async fn show(State(service): State<Arc<Service>>, Path(ids): Ids, viewer: Viewer) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &ids.0).await?;
    let whole = read(&service, &ids, &viewer).await?;
    let words = viewer.words;
    let report = Report {
        page: Page::of(&viewer, Here::Devices).within(&project),
        device: format!("/projects/{}/devices/{}", ids.0, ids.1),
        title: words.with("report-title", [("number", whole.entry.number.as_str().into())]),
        sent: words.with("report-sent", [("device", whole.device.as_str().into())]),
        received: viewer.formatter(db::now()).tell(whole.entry.received_at),
        whole,
    };
    Ok(answer(StatusCode::OK, &report))
}

async fn download(State(service): State<Arc<Service>>, Path(ids): Ids, viewer: Viewer) -> Result<Response, Refusal> {
    let whole = read(&service, &ids, &viewer).await?;
    Ok((whole.headers(), whole.text).into_response())
}

async fn read(
    service: &Service,
    (project, login, id): &(String, String, String),
    viewer: &Viewer,
) -> Result<Whole, Refusal> {
    let uuid = |text: &str| text.parse::<Uuid>().map_err(|_| Refusal::no_such_resource());
    diagnostics::read(&service.db, &viewer.actor, project, uuid(login)?, uuid(id)?).await
}
