//! `/api/codes`: the catalogue of response codes.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::ResponseCode;
use crate::server::api::Routes;
use crate::server::api::input::Query;
use crate::server::http::i18n::Words;
use crate::server::operators::Caller;

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_codes))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// In which language; English when left out.
    language: Option<Language>,
}

/// A language that the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    En,
    De,
}

impl Language {
    pub fn id(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

/// A response code.
#[derive(Debug, Serialize, ToSchema)]
struct CodeEntry {
    code: &'static str,
    /// The HTTP status that goes with it; null when it never is an answer.
    status: Option<u16>,
    /// What happened.
    meaning: String,
    /// What to do about it.
    remedy: String,
}

/// Every response code, with its meaning and its remedy.
#[utoipa::path(get, path = "/codes", tag = "codes", params(Asked), responses((status = OK, body = Vec<CodeEntry>)))]
async fn list_codes(_: Caller, Query(asked): Query<Asked>) -> Json<Vec<CodeEntry>> {
    let words = Words::of(asked.language.map_or("en", Language::id));
    let entry = |code: &ResponseCode| CodeEntry {
        code: code.id(),
        status: Some(code.status()).filter(|status| *status > 0),
        meaning: words.text(&format!("problem-{}", code.id())),
        remedy: words.text(&format!("problem-{}.remedy", code.id())),
    };
    Json(ResponseCode::ALL.iter().map(entry).collect())
}
