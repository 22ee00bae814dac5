//! What people will see, before they see it: the letters, and a page of the wizard in the project's colour.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::server::dashboard::settings::form;
use crate::server::dashboard::signed_in::SignedIn;
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::mailings::{Kind, message};
use crate::server::projects::Settings;
use crate::server::projects::colour::Rgb;
use crate::server::projects::users::User;
use crate::server::{Service, db};

/// The colour of projects that have none.
pub const USUAL: &str = "#1d5fbf";

/// Letters bring their own styles, and nothing else may come with them.
const LETTER_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'";

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/projects/{id}/preview/letter", get(letter))
        .route("/projects/{id}/preview/wizard.svg", get(wizard))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    colour: String,
    dark: String,
}

/// The query has `language`, `kind` (`reminder`, else the invitation), and fields of the form as they are being typed.
async fn letter(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
    viewer: SignedIn,
) -> Result<Response, Refusal> {
    let mut project = crate::server::dashboard::project(&service, &id).await?.seen_by(viewer.actor.role);
    let typed = form::laid_over(serde_json::to_value(&project.settings)?, &asked);
    // What cannot work yet shows the letter as it would go out now.
    if let Ok(typed) = serde_json::from_value::<Settings>(typed)
        && typed.faults().is_empty()
    {
        project.settings = typed;
    }
    let one = |name: &str| asked.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let user = somebody(&project.id, Words::of(one("language")).language());
    let kind = if one("kind") == "reminder" { Kind::Reminder } else { Kind::Invitation };
    let download = service.installers.url_in_letters(&project).await;
    let letter = message::preview(&project, &user, kind, download.as_deref(), db::now());
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, LETTER_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, letter.html).into_response())
}

/// Nobody: example domains belong to no one (RFC 2606).
fn somebody(project: &str, language: &str) -> User {
    User {
        id: String::new(),
        project_id: project.to_owned(),
        name: "Anna Example".into(),
        old_address: "anna@old.example".into(),
        new_address: "anna@new.example".into(),
        login: "anna".into(),
        language: language.to_owned(),
        state: "active".into(),
    }
}

#[derive(Template)]
#[template(path = "wizard.html")]
struct Wizard {
    words: Words,
    background: &'static str,
    surface: &'static str,
    text: &'static str,
    muted: &'static str,
    accent: String,
    on_accent: String,
}

async fn wizard(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    viewer: SignedIn,
) -> Result<Response, Refusal> {
    crate::server::dashboard::project(&service, &id).await?;
    let brand = Rgb::parse(&asked.colour).unwrap_or_else(|| Rgb::of_brand(None));
    let dark = !asked.dark.is_empty();
    let pair = if dark { brand.on_dark() } else { brand.on_light() };
    let (background, surface, text, muted) =
        if dark { ("#15181c", "#1e2228", "#e9ecf0", "#a7b0bc") } else { ("#f6f7f9", "#ffffff", "#1b1f24", "#566070") };
    let (accent, on_accent) = (format!("#{}", pair.accent.hex()), format!("#{}", pair.on_accent.hex()));
    let svg = Wizard { words: viewer.words, background, surface, text, muted, accent, on_accent }.render()?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, svg).into_response())
}
