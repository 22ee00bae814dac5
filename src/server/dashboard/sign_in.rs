//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::server::Service;
use crate::server::dashboard::{Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operators::session::{self, Cookie};
use crate::server::operators::sign_in::{self, ClientInfo, Credentials};
use crate::server::operators::{Posted, Sent, Viewer};

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/sign-in", get(show).post(sign_in)).route("/sign-out", post(sign_out))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    page: Page,
    next: String,
    name: String,
    refused: Option<ResponseCode>,
}

impl SignIn {
    fn new(words: Words, next: &str) -> Self {
        Self { page: Page::new(words), next: own(next).to_owned(), name: String::new(), refused: None }
    }

    fn problem(&self) -> String {
        let words = &self.page.words;
        match self.refused {
            Some(ResponseCode::TooManySignIns) => {
                format!("{} {}", words.text("problem-OPR-4"), words.text("problem-OPR-4.remedy"))
            }
            _ => format!("{} {}", words.text("problem-OPR-3"), words.text("problem-OPR-3.remedy")),
        }
    }
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn show(
    State(service): State<Arc<Service>>,
    Query(Next { next }): Query<Next>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if Viewer::of(&service, &headers).await?.is_some() {
        return Ok(Redirect::to(own(&next)).into_response());
    }
    Ok(answer(StatusCode::OK, &SignIn::new(Words::asked(&headers), &next)))
}

#[derive(Deserialize)]
struct Entry {
    #[serde(flatten)]
    credentials: Credentials,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    headers: HeaderMap,
    Posted(form): Posted<Entry>,
) -> Result<Response, Refusal> {
    match sign_in::sign_in(&service, &client, &form.credentials).await {
        Ok(entered) => {
            let cookies = AppendHeaders(entered.cookies(&service.settings));
            Ok((cookies, Redirect::to(own(&form.next))).into_response())
        }
        Err(refusal) if matches!(refusal.code(), ResponseCode::WrongCredentials | ResponseCode::TooManySignIns) => {
            let mut page = SignIn::new(Words::asked(&headers), &form.next);
            (page.name, page.refused) = (form.credentials.name, Some(refusal.code()));
            let refused = refusal.into_response();
            let mut response = answer(refused.status(), &page);
            if let Some(wait) = refused.headers().get(header::RETRY_AFTER) {
                response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
            }
            Ok(response)
        }
        Err(refusal) => Err(refusal),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(State(service): State<Arc<Service>>, sent: Sent<Nothing>) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    session::end(&service.db, &viewer.actor, &viewer.session).await?;
    let cookie = [(header::SET_COOKIE, Cookie::Session.clear(&service.settings))];
    Ok((cookie, Redirect::to("/sign-in")).into_response())
}

/// Where to go after signing in: a page of this server, and nothing that browsers read as another host.
fn own(next: &str) -> &str {
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && next.starts_with('/') && !next.starts_with("//") { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_host() {
        assert_eq!(own("/projects/1?page=2"), "/projects/1?page=2");
        for foreign in ["https://b.example/", "//b.example", "/\\b.example", "/\t/b.example", "", "projects"] {
            assert_eq!(own(foreign), "/", "{foreign}");
        }
    }
}
