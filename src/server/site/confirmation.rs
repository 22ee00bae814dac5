//! The page behind the link in a mail, by which a person confirms that a login is theirs. Opening it changes nothing, since
//! mail gateways open links, too. It asks for the digits that Mailshift shows on the computer: who does not see that screen
//! does not know them, so that nobody can be led to confirm somebody else's computer.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use crate::account::masked;
use crate::protocol::Helpdesk;
use crate::server::agents::devices::name;
use crate::server::agents::registrations::record::{self, Registration, only_active};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::projects::identity::assignment;
use crate::server::projects::identity::method::Method;
use crate::server::projects::{Project, users};
use crate::server::{Service, dashboard, db, projects};

/// A link that leads somewhere.
struct Found {
    registration: Registration,
    /// The computer's name, when there is one that can be shown.
    computer: Option<String>,
    project: Project,
}

async fn find(service: &Service, token: &str, now: Timestamp) -> Result<Option<Found>, Refusal> {
    let pool = service.db.pool();
    let Some(registration) = record::linked(pool, token, now).await? else { return Ok(None) };
    let Some((login, project)) = users::login_and_project(pool, registration.login).await? else { return Ok(None) };
    let project = projects::find(pool, &project).await?;
    Ok(Some(Found { registration, computer: name::shown(&login.device), project }))
}

/// What the page says.
#[derive(Template)]
#[template(path = "confirm.html")]
struct Page {
    words: Words,
    stage: Stage,
    project: String,
    address: String,
    device: String,
    helpdesk: Helpdesk,
}

impl Page {
    fn say(&self, id: &str) -> String {
        let about = [("project", &self.project), ("device", &self.device), ("name", &self.helpdesk.name)];
        self.words.with(id, about.map(|(name, text)| (name, text.as_str().into())))
    }

    fn title(&self) -> &'static str {
        match self.stage {
            Stage::Asking(_) => "confirmation-title",
            Stage::Confirmed => "confirmation-title-done",
            Stage::Spent | Stage::Over => "confirmation-title-over",
        }
    }

    /// What was wrong with the digits.
    fn slip(&self) -> Option<String> {
        match self.stage {
            Stage::Asking(Slip::Empty) => Some(self.words.text("confirmation-digits-empty")),
            Stage::Asking(Slip::Wrong { tries_left }) => {
                Some(self.words.with("confirmation-digits-wrong", [("tries", tries_left.into())]))
            }
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asking(Slip),
    Confirmed,
    /// Wrong digits too often.
    Spent,
    /// Unknown, too old, or replaced by a newer one: which of these, nobody is told.
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slip {
    None,
    Empty,
    Wrong { tries_left: i64 },
}

pub async fn show(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = find(&service, &token, db::now()).await?;
    let stage = match &found {
        None => Stage::Over,
        Some(found) if found.registration.answered => Stage::Confirmed,
        Some(found) if found.registration.tries_left <= 0 => Stage::Spent,
        Some(_) => Stage::Asking(Slip::None),
    };
    Ok(page(found, stage, &headers))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    digits: String,
}

pub async fn confirm(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Result<Response, Refusal> {
    let now = db::now();
    let Some(found) = find(&service, &token, now).await? else { return Ok(page(None, Stage::Over, &headers)) };
    if found.registration.answered {
        return Ok(page(Some(found), Stage::Confirmed, &headers));
    }
    let answer: Answer = serde_html_form::from_bytes(&form).unwrap_or_default();
    let digits: String = answer.digits.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Ok(page(Some(found), Stage::Asking(Slip::Empty), &headers));
    }
    let stage = answered(&service, &found, &digits, now).await?;
    Ok(page(Some(found), stage, &headers))
}

/// Compares the digits; the right ones assign the login.
async fn answered(service: &Service, found: &Found, digits: &str, now: Timestamp) -> Result<Stage, Refusal> {
    let registration = &found.registration;
    let mut tx = service.db.write().await?;
    let (right, tries_left) = registration.is_shown(&mut tx, digits).await?;
    if !right {
        tx.commit().await?;
        tracing::info!(device = %registration.login, tries_left, "wrong digits for a login");
        return Ok(if tries_left > 0 { Stage::Asking(Slip::Wrong { tries_left }) } else { Stage::Spent });
    }
    let Some(user) = only_active(registration.person(&mut tx, now).await?) else { return Ok(Stage::Over) };
    if registration.answer(&mut tx, &user.id, now).await? {
        assignment::for_login(&mut tx, registration.login, &user.id, Method::Mail, now).await?;
        db::ring_logins(&mut tx, &found.project.id, &[registration.login]).await?;
        tx.commit().await?;
        tracing::info!(device = %registration.login, "a person confirmed a login");
    }
    Ok(Stage::Confirmed)
}

fn page(found: Option<Found>, stage: Stage, headers: &HeaderMap) -> Response {
    let page = match found {
        Some(Found { registration, computer, project }) => {
            let words = Words::of(&registration.language);
            Page {
                words,
                stage,
                project: project.name,
                address: masked(&registration.address),
                device: computer.unwrap_or_else(|| words.text("confirmation-unnamed")),
                helpdesk: project.settings.helpdesk,
            }
        }
        None => Page {
            words: Words::asked(headers),
            stage,
            project: String::new(),
            address: String::new(),
            device: String::new(),
            helpdesk: Helpdesk::default(),
        },
    };
    let status = match stage {
        Stage::Asking(Slip::None) | Stage::Confirmed => StatusCode::OK,
        Stage::Asking(Slip::Empty | Slip::Wrong { .. }) => StatusCode::UNPROCESSABLE_ENTITY,
        Stage::Spent => StatusCode::GONE,
        Stage::Over => StatusCode::NOT_FOUND,
    };
    dashboard::answer(status, &page)
}
