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
use crate::server::dashboard::{Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operators::password::NewPassword;
use crate::server::operators::sign_in::ClientInfo;
use crate::server::operators::{Posted, link};

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/first/{token}", get(show).post(set)).route("/welcome/{token}", get(show).post(set))
}

/// What is wrong with what was chosen.
#[derive(Clone, Copy)]
enum Fault {
    Length,
    Different,
    Name,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    page: Page,
    /// The first administrator chooses a name.
    first: bool,
    name: String,
    refused: Option<Fault>,
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
            Some(Fault::Length) => {
                format!("{} {}", words.text("problem-OPR-7"), words.text("problem-OPR-7.remedy"))
            }
            Some(Fault::Name) => words.text("operators-name-wrong"),
            Some(Fault::Different) | None => words.text("welcome-different"),
        }
    }
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(answer(StatusCode::OK, &Welcome::new(Words::asked(&headers), link::owner(&service.db, &token).await?)))
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
    client: ClientInfo,
    headers: HeaderMap,
    Posted(form): Posted<Choice>,
) -> Result<Response, Refusal> {
    let known = link::owner(&service.db, &token).await?;
    let Choice { name, password, again, zone } = form;
    let fault = match NewPassword::parse(password, &again) {
        Err(refusal) if refusal.code() == ResponseCode::PasswordLength => Fault::Length,
        Err(_) => Fault::Different,
        Ok(password) => match link::follow(&service, &client, &token, &name, &password, &zone).await {
            Ok(entered) => {
                let cookies = AppendHeaders(entered.cookies(&service.settings));
                return Ok((cookies, Redirect::to("/")).into_response());
            }
            Err(refusal) if refusal.code() == ResponseCode::FieldFaults => Fault::Name,
            Err(refusal) => return Err(refusal),
        },
    };
    let mut page = Welcome::new(Words::asked(&headers), known);
    page.refused = Some(fault);
    if page.first {
        page.name = name;
    }
    Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
