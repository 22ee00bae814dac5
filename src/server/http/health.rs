//! What keeps the server running well: health, figures for Prometheus, encryption, and limits.
//!
//! | limit | where |
//! |---|---|
//! | connections at once, and 10 s for the encryption and for the first byte of each | [`listener`] |
//! | 1 min in which a peer takes nothing of its answer | [`listener`] |
//! | 10 s for the head of a request, 100 headers, 64 KiB | [`listener`] |
//! | 256 KiB for the body of a request | `body` |
//! | 70 s for a request, which may be held open for 50 s | `gate` |
//! | 500 downloads of installers at once | `installers` |
//! | 10 s for what is still being answered at the end | `server` |
//! | open files: as many as the system allows | `open_files` |

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;

use crate::protocol::path;
use crate::server::Service;
use crate::server::http::error::Refusal;

/// How long the database may take to show that it is there.
const READY: Duration = Duration::from_secs(3);

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        // Alive: says nothing about the database, for restarting does not help against its troubles.
        .route(path::HEALTH, get(async || "ok\n"))
        .route("/readyz", get(ready))
}

async fn ready(State(service): State<Arc<Service>>) -> Result<&'static str, Refusal> {
    if *service.closing.borrow() {
        return Err(Refusal::busy(Duration::from_secs(1)));
    }
    // Reading goes on when nothing can be written any more.
    tokio::time::timeout(READY, service.db.prove()).await.map_err(|_| Refusal::too_slow())??;
    Ok("ready\n")
}
