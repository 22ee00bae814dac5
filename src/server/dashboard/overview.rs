//! `/projects/{id}`: what stands where, what needs somebody, and what comes next.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;

use crate::i18n::datetime::Moment;
use crate::server::dashboard::chart::Chart;
use crate::server::dashboard::codes::{self, Entry};
use crate::server::dashboard::{Here, Page, answer, stages};
use crate::server::db::Trouble;
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::mailings::query::{self, Which};
use crate::server::operators::{Viewer, audit};
use crate::server::projects::{self, Project};
use crate::server::status::figures;
use crate::server::status::table::{ALERTS, Summary};
use crate::server::{Service, db};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    page: Page,
    id: String,
    /// One sentence that says it all.
    lead: String,
    /// Who changed lately where passwords go or what people install, after the first letters.
    redirected: Vec<String>,
    /// Why nothing can be written.
    trouble: Option<String>,
    cutover: Option<(Moment, String)>,
    /// What is left to do before the project can move anybody; empty when everything is there.
    steps: Vec<Step>,
    stages: Vec<Tile>,
    alerts: Vec<Tile>,
    /// What would fail, the most severe first: how often, and the code.
    expected: Vec<(usize, Entry)>,
    chart: Option<Chart>,
}

struct Step {
    done: bool,
    text: String,
    href: String,
}

struct Tile {
    class: String,
    label: String,
    number: i64,
    href: String,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}", get(show))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &id).await?;
    let now = db::now();
    let clock = viewer.formatter(now);
    let words = viewer.words;
    let figures = figures::of(&service, &id).await?;
    let undelivered = query::count(service.db.pool(), &id, Which::Undelivered).await?;
    let counts = &figures.summary.stages;
    let cutover = project.cutover.map(|cutover| cutover.at);
    let overview = Overview {
        page: Page::of(&viewer, Here::Overview).within(&project),
        lead: lead(words, counts),
        redirected: redirected(&service, &viewer, &id, now).await?,
        trouble: service.db.trouble().map(|trouble| match trouble {
            Trouble::Full => words.text("overview-disk-full"),
            Trouble::Away => words.text("overview-no-writing"),
        }),
        cutover: cutover.map(|at| (clock.tell_with_zone(at), clock.distance(at))),
        steps: steps(words, &project, counts),
        stages: tiles(words, &id, counts),
        expected: figures.expected.iter().map(|sum| (sum.count, codes::entry(words, sum.code))).collect(),
        alerts: filtered(words, &id, undelivered, &figures.summary),
        chart: Chart::of(words, &clock, &figures.points, cutover),
        id,
    };
    Ok(answer(StatusCode::OK, &overview))
}

async fn redirected(service: &Service, viewer: &Viewer, id: &str, now: Timestamp) -> Result<Vec<String>, Refusal> {
    let entries = projects::redirected_lately(service.db.pool(), id, now).await?;
    let told = |entry: audit::Entry| format!("{} · {} · {}", viewer.moment(entry.at), entry.actor_name, entry.detail);
    Ok(entries.into_iter().map(told).collect())
}

fn number(counts: &[(String, i64)], stage: &str) -> i64 {
    counts.iter().find(|(name, _)| name == stage).map_or(0, |(_, number)| *number)
}

fn lead(words: Words, counts: &[(String, i64)]) -> String {
    let users: i64 = counts.iter().map(|(_, number)| number).sum();
    if users == 0 {
        return words.text("overview-lead-empty");
    }
    let (moved, failed) = (number(counts, "completed"), number(counts, "failed"));
    let arguments = [("users", users.into()), ("moved", moved.into()), ("failed", failed.into())];
    match (moved, failed) {
        (0, 0) => words.with("overview-lead-before", [("users", users.into())]),
        (moved, 0) if moved == users => words.with("overview-lead-done", [("users", users.into())]),
        _ => words.with("overview-lead-running", arguments),
    }
}

fn steps(words: Words, project: &Project, counts: &[(String, i64)]) -> Vec<Step> {
    let base = format!("/projects/{}", project.id);
    let users: i64 = counts.iter().map(|(_, number)| number).sum();
    let all = [
        (project.settings.account.is_some(), words.text("overview-step-account"), format!("{base}/settings#account")),
        (users > 0, words.text("overview-step-people"), format!("{base}/import")),
        (
            users > 0 && number(counts, "imported") < users,
            words.text("overview-step-invite"),
            format!("{base}/users?stage=imported"),
        ),
        (project.cutover.is_some(), words.text("overview-step-cutover"), format!("{base}/waves")),
    ];
    if all.iter().all(|(done, ..)| *done) {
        return Vec::new();
    }
    all.into_iter().map(|(done, text, href)| Step { done, text, href }).collect()
}

fn tiles(words: Words, id: &str, counts: &[(String, i64)]) -> Vec<Tile> {
    let tile = |stage: &&str| Tile {
        class: (*stage).to_owned(),
        label: stages::name(words, stage),
        number: number(counts, stage),
        href: format!("/projects/{id}/users?stage={stage}"),
    };
    stages::ALL.iter().map(tile).collect()
}

fn filtered(words: Words, id: &str, undelivered: i64, summary: &Summary) -> Vec<Tile> {
    let mut found = Vec::new();
    if undelivered > 0 {
        let (class, href) = ("undelivered".into(), format!("/projects/{id}/mails?state=undelivered"));
        found.push(Tile { class, label: words.text("alert-undelivered"), number: undelivered, href });
    }
    for (alert, number) in ALERTS.into_iter().zip(summary.alerts).filter(|(_, number)| *number > 0) {
        let href = format!("/projects/{id}/users?alert={alert}");
        found.push(Tile { class: alert.into(), label: stages::alert(words, alert), number, href });
    }
    found
}
