//! The personal page behind the link of a letter: the code, the agent for this computer, and what happens next. The
//! code is shown on a press only: programs that look at links in mails follow them, but press nothing.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::server::http::error::Refusal;
use crate::server::http::extract::Peer;
use crate::server::http::i18n::Words;
use crate::server::http::limiter;
use crate::server::installers::system::System;
use crate::server::mailings::invitation;
use crate::server::projects::colour::Rgb;
use crate::server::projects::users;
use crate::server::{Service, dashboard, db, projects};

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/p/{token}", get(show).post(reveal))
        .route("/assets/person.css", get(async || style(include_str!("../../../assets/person/person.css").to_owned())))
        .route("/assets/person/{colour}", get(accent))
}

async fn show(state: State<Arc<Service>>, peer: Peer, headers: HeaderMap, token: Path<String>) -> Response {
    private(page(&state.0, peer, &headers, &token, false).await)
}

/// The same page with the code.
async fn reveal(state: State<Arc<Service>>, peer: Peer, headers: HeaderMap, token: Path<String>) -> Response {
    private(page(&state.0, peer, &headers, &token, true).await)
}

async fn page(
    service: &Service,
    Peer(peer): Peer,
    headers: &HeaderMap,
    token: &str,
    with_code: bool,
) -> Result<Response, Refusal> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let visitors = Words::accepted(text(header::ACCEPT_LANGUAGE));
    let peer = limiter::network(peer);
    if let Err(pause) = service.limits.links_by_peer.take(peer, Instant::now()) {
        let busy = crate::server::site::view::Refused::busy(visitors);
        let retry = (header::RETRY_AFTER, HeaderValue::from(pause.as_secs().max(1)));
        return Ok(([retry], dashboard::answer(StatusCode::TOO_MANY_REQUESTS, &busy)).into_response());
    }
    let pool = service.db.pool();
    let now = db::now();
    let Some(link) = crate::server::projects::link::find(pool, token, now).await? else {
        let gone = crate::server::site::view::Refused::gone(visitors, only_project(service).await?);
        return Ok(dashboard::answer(StatusCode::NOT_FOUND, &gone));
    };
    service.limits.links_by_peer.give_back(&peer);
    let user = users::find(pool, &link.user_id).await?;
    let project = projects::find(pool, &user.project_id).await?;
    let cutover = invitation::cutover(pool, &project, &user).await?;
    let system = System::of_browser(text(header::USER_AGENT));
    let installers = service.installers.all().await;
    let visit = crate::server::site::view::Visit { system, installers, with_code, cutover, now };
    Ok(dashboard::answer(StatusCode::OK, &crate::server::site::view::Personal::new(&project, &user, link, &visit)))
}

/// The project whose help desk can be named to a stranger: the only one there is.
pub async fn only_project(service: &Service) -> Result<Option<projects::Project>, Refusal> {
    let mut projects = projects::all(service.db.pool()).await?;
    Ok(if projects.len() == 1 { projects.pop() } else { None })
}

/// Not kept, not found by search engines, and its address told to no other server.
fn private(answer: Result<Response, Refusal>) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

/// A project's colour as a style sheet: `/assets/person/1D5FBF`.
async fn accent(Path(colour): Path<String>) -> Result<Response, Refusal> {
    let colour = Rgb::parse(&format!("#{colour}")).ok_or_else(Refusal::no_such_resource)?;
    Ok(style(crate::server::projects::colour::sheet(colour)))
}

fn style(text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css"),
        (header::CACHE_CONTROL, "max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}
