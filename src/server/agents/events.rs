//! `POST /v1/events`: what happened on the computer. An event's id counts once, so an agent may send again what it is
//! not sure about.

mod batch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::protocol::{Event, EventsTaken, RefusedEvent};
use crate::server::agents::devices::Device;
use crate::server::directive::batcher::{self, Limits};
use crate::server::http::error::Refusal;
use crate::server::http::extract::Body;
use crate::server::http::limiter::Allowance;
use crate::server::{Service, db};

/// Events of one login: a set-up with everything that can go wrong has a few dozen.
pub const ALLOWANCE: Allowance = Allowance { burst: 2_000, refill: Duration::from_millis(24 * 3_600_000 / 2_000) };
/// Longest name of a kind or a step, in characters, and largest event, in bytes.
const NAME: usize = 40;
const EVENT: usize = 4 * 1024;
/// Most events in one request.
const LIMIT: usize = 500;
/// Reports that are recorded together; more than one group at a time would only wait for its turn to write.
pub const LIMITS: Limits = Limits { size: 256, groups: 1, time: batcher::TIME };

/// Where reports wait until they are recorded.
pub type Desk = Arc<batcher::Desk<Reports, Result<EventsTaken, Refusal>>>;

pub async fn record(
    State(service): State<Arc<Service>>,
    device: Device,
    Body(bodies): Body<Vec<Value>>,
) -> Result<(StatusCode, Json<EventsTaken>), Refusal> {
    if bodies.len() > LIMIT {
        return Err(Refusal::too_large());
    }
    let number = u32::try_from(bodies.len()).unwrap_or(u32::MAX);
    let taken = service.events.take_many(device.id, number, Instant::now());
    taken.map_err(|retry_after| Refusal::later(ResponseCode::TooManyReports, retry_after))?;
    let (mut events, mut refused) = (Vec::with_capacity(bodies.len()), Vec::new());
    for (place, body) in bodies.into_iter().enumerate() {
        match read(place, body) {
            Ok(event) => events.push(event),
            Err(event) => refused.push(event),
        }
    }
    if !refused.is_empty() {
        tracing::warn!(device = %device.id, count = refused.len(), reason = refused[0].reason, "events cannot be read");
    }
    let serve = {
        let service = Arc::clone(&service);
        move |group| batch::record(Arc::clone(&service), group)
    };
    let report = Reports { login: device.id, events, received_at: db::now() };
    let mut taken = service.reports.ask(report, serve).await.unwrap_or(Err(Refusal::panicked()))?;
    taken.refused = refused;
    if taken.recorded > 0 {
        service.signals.wake(device.id);
    }
    Ok((StatusCode::ACCEPTED, Json(taken)))
}

/// What one agent reports in one request.
pub struct Reports {
    login: Uuid,
    events: Vec<Reported>,
    received_at: Timestamp,
}

/// An event and its kind's name, which this version may not know.
struct Reported {
    event: Event,
    kind: String,
    body: String,
}

/// One that cannot be read is named and does not keep the others back: it would be sent for ever.
fn read(place: usize, body: Value) -> Result<Reported, RefusedEvent> {
    let id = body.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let refused =
        |reason: &str| RefusedEvent { place: u32::try_from(place).unwrap_or(u32::MAX), id, reason: reason.into() };
    let kind = body.get("kind").and_then(Value::as_str).filter(|kind| !kind.contains(char::is_control));
    let kind = kind.ok_or_else(|| refused("it has no kind"))?.to_owned();
    let text = body.to_string();
    let step = body.get("step").and_then(Value::as_str).unwrap_or_default();
    if kind.chars().count() > NAME || step.chars().count() > NAME || text.len() > EVENT {
        return Err(refused("it is too long"));
    }
    let event = serde_json::from_value(body).map_err(|_| refused("it lacks a field or has a wrong one"))?;
    Ok(Reported { event, kind, body: text })
}
