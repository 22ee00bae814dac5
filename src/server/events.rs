//! `POST /v1/events`: what happened on the computer. An event's id counts once, so an agent may send again what it is
//! not sure about.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::body::Body;
use super::devices::Device;
use super::refusal::Refusal;
use super::{Service, db};
use crate::protocol::{Event, EventsTaken};

/// Most events in one request.
const LIMIT: usize = 500;

pub async fn record(
    State(service): State<Arc<Service>>,
    device: Device,
    Body(bodies): Body<Vec<Value>>,
) -> Result<(StatusCode, Json<EventsTaken>), Refusal> {
    if bodies.len() > LIMIT {
        return Err(Refusal::TooLarge);
    }
    let events = bodies.into_iter().enumerate().map(|(i, body)| read(i, body)).collect::<Result<Vec<_>, _>>()?;
    let taken = write(&service, device.id, &events, db::now()).await?;
    if taken.recorded > 0 {
        service.signals.wake(device.id);
    }
    Ok((StatusCode::ACCEPTED, Json(taken)))
}

/// An event and its kind's name, which this version may not know.
struct Reported {
    event: Event,
    kind: String,
    body: String,
}

fn read(place: usize, body: Value) -> Result<Reported, Refusal> {
    let malformed = |what| Refusal::Malformed(format!("event {} {what}", place + 1));
    let kind = body.get("kind").and_then(Value::as_str).ok_or_else(|| malformed("has no kind"))?.to_owned();
    let text = body.to_string();
    let event = serde_json::from_value(body).map_err(|_| malformed("lacks a field or has a wrong one"))?;
    Ok(Reported { event, kind, body: text })
}

async fn write(
    service: &Service,
    device: Uuid,
    events: &[Reported],
    now: Timestamp,
) -> Result<EventsTaken, sqlx::Error> {
    let mut tx = service.db.write().await?;
    let device = device.to_string();
    let mut taken = EventsTaken::default();
    for Reported { event, kind, body } in events {
        let recorded = sqlx::query(
            "INSERT INTO event (login_id, id, place, order_number, kind, body, happened_at, received_at)
             VALUES ($1, $2, (SELECT COALESCE(MAX(place), 0) + 1 FROM event WHERE login_id = $1), $3, $4, $5, $6, $7)
             ON CONFLICT (login_id, id) DO NOTHING",
        )
        .bind(&device)
        .bind(event.id.to_string())
        .bind(i64::try_from(event.order).unwrap_or(i64::MAX))
        .bind(kind)
        .bind(body)
        .bind(event.at.as_millisecond())
        .bind(now.as_millisecond())
        .execute(&mut *tx)
        .await?;
        if recorded.rows_affected() == 1 {
            taken.recorded += 1;
        } else {
            taken.known += 1;
        }
    }
    tx.commit().await?;
    Ok(taken)
}
