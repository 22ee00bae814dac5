//! `/projects/{id}/live`: tells open pages that something changed (server-sent events, HTML Living Standard section 9.2).
//! What changed, a page finds by asking for itself again.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{Stream, StreamExt, stream};
use tokio::time::Instant;

use crate::server::Service;
use crate::server::http::error::Refusal;
use crate::server::operators::Viewer;

/// Streams of one operator at once: as many as pages are usually open.
const STREAMS: usize = 12;
/// Least time between two events: a page that is fetched again costs more than the event. For a large project it is
/// longer, see [`crate::server::status::figures`].
const PAUSE: Duration = Duration::from_secs(1);
/// How often a comment shows that the stream is alive; proxies end silent ones after 60 s.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How long a stream lives; then the browser asks anew, and the session is looked at again. Shorter than the time limit
/// of a request would need, because only the beginning of an answer counts for that.
const LIFE: Duration = Duration::from_mins(10);
/// What a browser waits before it asks anew.
const RETRY: Duration = Duration::from_secs(3);

/// Open streams by operator.
static OPEN: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/live", get(open))
}

async fn open(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    crate::server::dashboard::project(&service, &id).await?;
    let place = Place::take(&viewer.actor.id).ok_or(Refusal::busy(LIFE))?;
    let alive = KeepAlive::new().interval(KEEP_ALIVE);
    Ok(Sse::new(changes(service, id, place)).keep_alive(alive).into_response())
}

/// One event for each change, until the server closes or the stream has lived long enough.
fn changes(
    service: Arc<Service>,
    project: String,
    place: Place,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let end = Instant::now() + LIFE;
    let (closing, changed) = (service.closing.subscribe(), service.signals.changed());
    let first = stream::once(async { Ok(Event::default().retry(RETRY).comment("open")) });
    // The service is kept, for its senders have to live.
    let state = (service, closing, changed, (project, place), Instant::now());
    first.chain(stream::unfold(state, move |(service, mut closing, mut changed, whose, free)| async move {
        let next = async {
            tokio::time::sleep_until(free).await;
            changed.changed().await
        };
        tokio::select! {
            moved = next => moved.ok()?,
            () = tokio::time::sleep_until(end) => return None,
            _ = closing.wait_for(|closing| *closing) => return None,
        }
        let event = Event::default().event("changed").data("1");
        let free = Instant::now() + PAUSE.max(service.walks.rest(&whose.0));
        Some((Ok(event), (service, closing, changed, whose, free)))
    }))
}

/// One place among an operator's streams.
struct Place(String);

impl Place {
    fn take(operator: &str) -> Option<Self> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(operator.to_owned()).or_default();
        if *count >= STREAMS {
            return None;
        }
        *count += 1;
        Some(Self(operator.to_owned()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.0) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.0);
            }
        }
    }
}
