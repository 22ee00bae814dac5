//! `/codes`: every response code with what it means and what to do, for the person and for the operator. Each error links
//! to its place here.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use fluent::FluentArgs;

use crate::problem::ResponseCode;
use crate::server::Service;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::i18n::Words;
use crate::server::operators::Viewer;

/// What the texts name; in the catalogue an ellipsis stands for each.
const ARGUMENTS: [&str; 11] =
    ["address", "client", "helper", "host", "minutes", "path", "port", "room", "server", "setting", "version"];

#[derive(Template)]
#[template(path = "codes.html")]
struct Catalogue {
    page: Page,
    codes: Vec<Entry>,
}

/// A code in the words of one language.
pub struct Entry {
    pub id: &'static str,
    pub what: String,
    /// For the person at the computer.
    pub remedy: String,
    /// For the operator.
    pub operator: String,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/codes", get(async |viewer: Viewer| show(&viewer)))
}

fn show(viewer: &Viewer) -> Response {
    let codes = ResponseCode::ALL.iter().map(|code| entry(viewer.words, *code)).collect();
    answer(StatusCode::OK, &Catalogue { page: Page::of(viewer, Here::Codes), codes })
}

pub fn entry(words: Words, code: ResponseCode) -> Entry {
    let mut arguments = FluentArgs::new();
    for name in ARGUMENTS {
        arguments.set(name, "…");
    }
    arguments.set("wanted", "…");
    let id = code.id();
    let say = |id: String| words.say(&id, &arguments);
    Entry {
        id,
        what: say(format!("problem-{id}")),
        remedy: say(format!("problem-{id}.remedy")),
        operator: say(format!("operator-{id}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_in_every_language() {
        for language in Words::languages() {
            for code in ResponseCode::ALL {
                let Entry { id, what, remedy, operator } = entry(Words::of(language), *code);
                for text in [what, remedy, operator] {
                    let said = !text.contains("problem-") && !text.contains("operator-") && !text.contains('{');
                    assert!(said && text.len() > 10, "{language} {id}: {text}");
                }
            }
        }
    }
}
