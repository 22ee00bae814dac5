//! What every request gets: an id, a place in the log and in the figures, and the headers that hold for all answers.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use crate::server::Service;

/// Names a request in the log of this server, of a proxy in front, and in what is told to the peer.
const ID: HeaderName = HeaderName::from_static("x-request-id");
/// Browsers use HTTPS only, for a year (RFC 6797).
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// Longest id that is taken over from a proxy, in bytes.
const ID_LENGTH: usize = 100;

/// An answer carries it when the database was the trouble.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseTrouble;

pub async fn observe(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let known = request.headers().get(ID).filter(|id| service.settings.behind_proxy && is_id(id)).cloned();
    let id = known.unwrap_or_else(|| {
        // A UUID is plain ASCII.
        HeaderValue::from_str(&Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("-"))
    });
    // Paths and queries hold tokens and addresses of people, hence the route only.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    let method = request.method().clone();
    let shown = id.to_str().unwrap_or("-");
    let span = tracing::info_span!("request", id = shown, %method, route);
    let start = Instant::now();
    let running = service.metrics.started(route);
    let mut answer = next.run(request).instrument(span.clone()).await;
    let (taken, status) = (start.elapsed(), answer.status());
    running.answered(&method, status, taken, answer.extensions().get::<DatabaseTrouble>().is_some());
    span.in_scope(|| tracing::debug!(status = status.as_u16(), milliseconds = taken.as_millis(), "answered"));
    answer.headers_mut().insert(ID, id);
    if service.settings.is_https() {
        answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    answer
}

fn is_id(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    (1..=ID_LENGTH).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_proxy_is_taken_when_it_is_one() {
        for (text, fine) in [("7f3a-b_c.d", true), ("", false), ("a b", false), ("a\"b", false), ("a{}b", false)] {
            assert_eq!(is_id(&HeaderValue::from_static(text)), fine, "{text}");
        }
        assert!(!is_id(&HeaderValue::from_str(&"a".repeat(101)).expect("a header")));
    }
}
