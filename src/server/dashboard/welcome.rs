//! Where one-time links lead: an operator sets a password, the first one a name too.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::dashboard::sign_in::is_zone;
use crate::server::dashboard::{Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operation::Operation;
use crate::server::operators::sign_in::{Place, enter};
use crate::server::operators::{Actor, Posted, Role, account, link, password, words_of};

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/first/{token}", get(show).post(set)).route("/welcome/{token}", get(show).post(set))
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    page: Page,
    /// The first administrator chooses a name.
    first: bool,
    name: String,
    refused: Option<ResponseCode>,
}

impl Welcome {
    fn new(words: Words, name: Option<String>) -> Self {
        Self { page: Page::new(words), first: name.is_none(), name: name.unwrap_or_default(), refused: None }
    }

    fn lead(&self) -> String {
        let words = &self.page.words;
        if self.first {
            return words.text("welcome-first");
        }
        words.with("welcome-lead", [("name", self.name.as_str().into())])
    }

    fn problem(&self) -> String {
        let words = &self.page.words;
        match self.refused {
            Some(ResponseCode::PasswordLength) => {
                format!("{} {}", words.text("problem-OPR-7"), words.text("problem-OPR-7.remedy"))
            }
            _ => words.text("welcome-different"),
        }
    }
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(answer(StatusCode::OK, &Welcome::new(words_of(&headers), name(&service, &token).await?)))
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    name: String,
    password: Secret,
    again: Secret,
    #[serde(default)]
    zone: String,
}

async fn set(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    place: Place,
    headers: HeaderMap,
    Posted(form): Posted<Choice>,
) -> Result<Response, Refusal> {
    let known = name(&service, &token).await?;
    let refused = match password::check(&form.password) {
        Err(refusal) => Some(refusal.code()),
        Ok(()) if form.password != form.again => Some(ResponseCode::WrongCredentials),
        Ok(()) => None,
    };
    if refused.is_some() {
        let mut page = Welcome::new(words_of(&headers), known);
        page.refused = refused;
        if page.first {
            page.name = form.name;
        }
        return Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let hash = service.hashing.of_password(form.password).await?;
    let mut tx = Operation::begin(&service.db, &Actor::newcomer(), Role::Viewer).await?;
    let id = match link::take(&mut tx, &token).await? {
        Some(id) => id,
        None => account::create(&mut tx, &form.name, Role::Administrator).await?,
    };
    password::keep(&mut tx, &id, &hash, None, None).await?;
    let account = account::find(&mut *tx, &id).await?.ok_or(ResponseCode::LinkGone)?;
    tx.is_by(account.actor());
    if account.zone.is_empty() && is_zone(&form.zone) {
        account::set_habits(&mut tx, &id, &account.language, &form.zone).await?;
    }
    tx.record(None, "operator.password", &account.name, "with a one-time link").await?;
    let cookies = enter(&service, &mut tx, &place, &account).await?;
    tx.commit().await?;
    Ok((AppendHeaders(cookies), Redirect::to("/")).into_response())
}

/// The name of the operator whose link it is; None is the first administrator's.
async fn name(service: &Service, token: &str) -> Result<Option<String>, Refusal> {
    let mut connection = service.db.pool().acquire().await?;
    let Some(id) = link::look(&mut connection, token).await? else { return Ok(None) };
    let account = account::find(&mut *connection, &id).await?;
    Ok(Some(account.ok_or(ResponseCode::LinkGone)?.name))
}
