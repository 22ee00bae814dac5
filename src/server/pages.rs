//! The dashboard: pages made on the server, each with its template beside its code.

pub mod refused;
pub mod sign_in;
pub mod welcome;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::Service;
use super::words::Words;

/// Nothing but what this server sends may run in, or frame, a page.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page needs, as `page` in its template.
#[derive(Clone)]
pub struct Page {
    pub words: Words,
}

impl Page {
    /// A page for whoever comes along.
    pub fn new(words: Words) -> Self {
        Self { words }
    }
}

/// Answers with a page and the headers that protect it.
pub fn answer(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, protection(), Html(html)).into_response(),
        Err(error) => super::refusal::Refusal::Page(error).into_response(),
    }
}

fn protection() -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ]
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(
            "/assets/dashboard.css",
            get(async || asset("text/css", include_str!("../../assets/dashboard/dashboard.css"))),
        )
        .route(
            "/assets/dashboard.js",
            get(async || asset("text/javascript", include_str!("../../assets/dashboard/dashboard.js"))),
        )
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}
