//! Reads what a call brings. Whatever is wrong with it is named, and what a database cannot keep stops here.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::server::http::error::Refusal;

/// Longest text about what is wrong, in characters.
const DETAIL_LIMIT: usize = 300;

/// Longest value of a parameter in the query, in characters.
pub const VALUE_LIMIT: usize = 200;

/// Ids in the path. What is no id leads nowhere.
pub struct Ids<T>(pub T);

/// The query; each parameter at most once.
pub struct Query<T>(pub T);

/// A body of JSON.
pub struct Json<T>(pub T);

/// A body of CSV.
pub struct Csv(pub Bytes);

/// A mail.
pub struct Message(pub Bytes);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Path(ids) = Path::from_request_parts(parts, state).await.map_err(|_| Refusal::no_such_resource())?;
        Ok(Self(ids))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).map_err(malformed)?;
        if let Some((name, _)) = pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(malformed(format!("{}: holds a NUL character", name.replace('\0', ""))));
        }
        if let Some((name, _)) = pairs.iter().find(|(_, value)| value.is_empty()) {
            return Err(malformed(format!("{name}: is empty; leave it out instead")));
        }
        if let Some((name, _)) = pairs.iter().find(|(_, value)| value.chars().count() > VALUE_LIMIT) {
            return Err(malformed(format!("{name}: is longer than {VALUE_LIMIT} characters")));
        }
        serde_html_form::from_str(query).map(Self).map_err(malformed)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = body(request, state, "application/json").await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(malformed)?;
        if let Some(field) = with_nul(&value, "") {
            return Err(Refusal::fault(field, "leave the NUL character out"));
        }
        serde_path_to_error::deserialize(value).map(Self).map_err(|error| {
            let field = match error.path().to_string() {
                root if root == "." => String::new(),
                path => path,
            };
            Refusal::fault(field, shortened(&error.inner().to_string()))
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        body(request, state, "text/csv").await.map(Self)
    }
}

impl<S: Send + Sync> FromRequest<S> for Message {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        body(request, state, "message/rfc822").await.map(Self)
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S, wanted: &str) -> Result<Bytes, Refusal> {
    if !is(request.headers(), wanted) {
        return Err(Refusal::media_type());
    }
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(),
        _ => Refusal::malformed("the body did not arrive completely"),
    })
}

/// Whether the body is said to be of this media type; parameters do not matter.
fn is(headers: &HeaderMap, wanted: &str) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|said| said.trim().eq_ignore_ascii_case(wanted))
}

/// The path of a text that holds a NUL character: `PostgreSQL` keeps none (documentation, "Character Types").
fn with_nul(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) if text.contains('\0') => Some(path.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(place, item)| with_nul(item, &format!("{path}[{place}]")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, item)| {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", name.replace('\0', ""));
            if name.contains('\0') { Some(path) } else { with_nul(item, &path) }
        }),
        _ => None,
    }
}

fn malformed(error: impl std::fmt::Display) -> Refusal {
    Refusal::malformed(shortened(&error.to_string()))
}

fn shortened(text: &str) -> String {
    text.chars().take(DETAIL_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nul_character_is_found_at_any_depth() {
        assert_eq!(with_nul(&json!({"a": [{"b": "x\0"}]}), ""), Some("a[0].b".into()));
        assert_eq!(with_nul(&json!({"a": {"b\0": 1}}), ""), Some("a.b".into()));
        assert_eq!(with_nul(&json!({"a": ["x", 1, null, true]}), ""), None);
    }
}
