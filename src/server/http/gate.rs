//! What every request passes: a time limit and a net under panics.

use std::any::Any;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::schedule;
use crate::server::http::error::Refusal;

/// Longest request: a held question plus 20 s, which is also more than a directory connector's time for most.
const REQUEST_LIMIT: Duration = schedule::LONG_POLL.saturating_add(Duration::from_secs(20));

/// tower-http's own time limit answers without a problem document.
pub async fn limit(request: Request, next: Next) -> Response {
    tokio::time::timeout(REQUEST_LIMIT, next.run(request)).await.unwrap_or_else(|_| Refusal::too_slow().into_response())
}

/// For tower-http's net. The panic's own text goes to standard error through the panic hook.
pub fn answer_panic(_: Box<dyn Any + Send>) -> Response {
    Refusal::panicked().into_response()
}
