//! What every request passes: a time limit and a net under panics.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::schedule;
use crate::server::http::error::Refusal;

/// Longest request: a held question plus 20 s, which is also more than a directory connector's time for most.
const REQUEST_LIMIT: Duration = schedule::LONG_POLL.saturating_add(Duration::from_secs(20));

pub async fn limit(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_LIMIT, caught(next.run(request))).await {
        Ok(Some(response)) => response,
        Ok(None) => Refusal::panicked().into_response(),
        Err(_) => Refusal::too_slow().into_response(),
    }
}

/// None when the future panicked. The panic's own text goes to standard error through the panic hook.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Some(value)),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_caught() {
        assert_eq!(caught(async { 1 }).await, Some(1));
        assert_eq!(caught(async { if std::hint::black_box(true) { panic!("of this test") } else { 1 } }).await, None);
    }
}
