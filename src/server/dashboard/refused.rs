//! Refusals as people see them: a page in the place of the problem document, for whoever asked for a page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::problem::{Problem, ResponseCode};
use crate::server::Service;
use crate::server::dashboard::{Page, answer};
use crate::server::http::error::NeededRole;
use crate::server::http::i18n::Words;
use crate::server::operators::{Role, Viewer};

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    page: Page,
    problem: Problem,
    needed: Option<Role>,
}

impl Refused {
    fn text(&self) -> String {
        self.page.words.text(&format!("problem-{}", self.problem.code.id()))
    }

    fn remedy(&self) -> String {
        self.page.words.text(&format!("problem-{}.remedy", self.problem.code.id()))
    }

    fn role(&self) -> Option<String> {
        let label = self.needed?.label(&self.page.words);
        Some(self.page.words.with("refused-role", [("role", label.into())]))
    }

    fn is_nowhere(&self) -> bool {
        self.problem.status == 404
    }

    fn is_signed_out(&self) -> bool {
        self.problem.code == ResponseCode::NotSignedIn
    }
}

/// Makes a page of a refusal when a browser asked for one.
pub async fn readable(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    if !wants_page(request.headers()) {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    let page = match Viewer::of(&service, &headers).await {
        Ok(Some(viewer)) => viewer.page(),
        // Who it was is not worth a second problem.
        _ => Page::new(Words::asked(&headers)),
    };
    let needed = response.extensions().get::<NeededRole>().map(|role| Role::named(role.0));
    let mut readable = answer(response.status(), &Refused { page, problem, needed });
    // What others have noted on it goes on.
    *readable.extensions_mut() = response.extensions().clone();
    for kept in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&kept) {
            readable.headers_mut().insert(kept, value.clone());
        }
    }
    readable
}

/// Browsers name HTML; programs that take anything get the document.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/html"))
}
