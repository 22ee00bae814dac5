//! A page that shows secrets once: a link, a token, recovery codes.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::secret::Secret;
use crate::server::dashboard::{Page, answer};

#[derive(Template)]
#[template(path = "once.html")]
struct Once {
    page: Page,
    title: String,
    lead: String,
    secrets: Vec<Secret>,
    back: &'static str,
}

/// `back` is the path of the page to go on with.
pub fn show(page: Page, title: String, lead: String, secrets: Vec<Secret>, back: &'static str) -> Response {
    answer(StatusCode::OK, &Once { page, title, lead, secrets, back })
}
