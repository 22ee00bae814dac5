//! `/`: the projects, and making one.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use sqlx::Row;

use crate::i18n::datetime::Moment;
use crate::problem::ResponseCode;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operators::{Sent, Viewer};
use crate::server::projects::{self, Settings};
use crate::server::{Service, db};

const PROJECTS: &str = "SELECT p.id, p.name, p.cutover_at, p.settings,
    (SELECT COUNT(*) FROM project_user u WHERE u.project_id = p.id) AS users,
    (SELECT COUNT(DISTINCT l.user_id) FROM login l JOIN project_user u ON u.id = l.user_id
        JOIN event e ON e.login_id = l.id
        WHERE u.project_id = p.id AND e.kind IN ('completed', 'finished_by_hand')) AS moved
    FROM project p ORDER BY p.name";

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

async fn list(State(service): State<Arc<Service>>, viewer: Viewer) -> Result<Response, Refusal> {
    show(&service, &viewer, None).await
}

async fn show(service: &Service, viewer: &Viewer, refused: Option<(String, String)>) -> Result<Response, Refusal> {
    let rows = sqlx::query(PROJECTS).fetch_all(service.db.pool()).await?;
    let clock = viewer.formatter(db::now());
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        entries.push(Entry {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            cutover: row.try_get::<Option<i64>, _>("cutover_at")?.map(|at| clock.tell(db::time(at))),
            users: row.try_get("users")?,
            moved: row.try_get("moved")?,
            is_broken: serde_json::from_str::<Settings>(&row.try_get::<String, _>("settings")?).is_err(),
        });
    }
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page::of(viewer, Here::Projects);
    Ok(answer(status, &Projects { page, csrf: viewer.csrf.reveal().to_owned(), entries, refused }))
}

#[derive(Debug, Deserialize)]
struct New {
    #[serde(default)]
    name: String,
}

async fn create(State(service): State<Arc<Service>>, sent: Sent<New>) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
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
