//! What a cutover would do and to whom, before it is set, brought forward or taken away.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::i18n::datetime;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::operators::Viewer;
use crate::server::projects::Project;
use crate::server::projects::cutover::{self, Concerned};
use crate::server::projects::waves::Wave;
use crate::server::{Service, db};

/// What the operator wants.
pub struct Wish {
    /// None: it is to be taken away.
    pub at: Option<Timestamp>,
    pub at_once: bool,
    pub has_passed: bool,
    /// As it was typed.
    pub at_field: String,
    pub when: String,
}

#[derive(Template)]
#[template(path = "waves_confirm.html")]
struct Confirm {
    page: Page,
    id: String,
    csrf: String,
    /// Empty: everyone's.
    wave: String,
    name: String,
    who: String,
    what: String,
    /// The same moment in other zones.
    zones: Vec<String>,
    wish: Wish,
    /// It was confirmed without saying that it is meant.
    is_refused: bool,
}

pub async fn show(
    service: &Service,
    viewer: &Viewer,
    project: &Project,
    wave: Option<&Wave>,
    wish: Wish,
    is_refused: bool,
) -> Result<Response, Refusal> {
    let (words, clock) = (viewer.words, viewer.formatter(db::now()));
    let id = wave.map(|wave| wave.id.as_str());
    let Concerned { users, ready } = cutover::concerned(&service.db, &viewer.actor, project, wave).await?;
    let lead = if wish.at_once || wish.has_passed { SignedDuration::ZERO } else { project.settings.lead() };
    let start = wish.at.and_then(|at| at.checked_add(lead).ok());
    let told = |id: &str, at: Timestamp| words.with(id, [("time", clock.tell_with_zone(at).said.into())]);
    let what = match start {
        None if wave.is_some() => words.text("waves-confirm-as-everyone"),
        None => words.text("waves-confirm-none"),
        Some(_) if wish.at_once => words.text("waves-now-hint"),
        Some(at) => told("waves-confirm-start", at),
    };
    let zones = start.filter(|_| !wish.at_once).map_or_else(Vec::new, |at| {
        let mut zones = [project.settings.zone(), TimeZone::UTC].map(|zone| datetime::plain(at, &zone)).to_vec();
        zones.dedup();
        zones
    });
    let page = Confirm {
        page: Page::of(viewer, Here::Waves).within(project),
        id: project.id.clone(),
        csrf: viewer.csrf.reveal().to_owned(),
        wave: id.unwrap_or_default().to_owned(),
        name: wave.map_or_else(|| words.text("waves-everyone"), |wave| wave.name.clone()),
        who: words.with("waves-confirm-who", [("users", users.into()), ("ready", ready.into())]),
        what,
        zones,
        wish,
        is_refused,
    };
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(answer(status, &page))
}
