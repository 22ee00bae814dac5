//! `GET /v1/directive`: what the server wants now, at once or as soon as it changes.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::Row;
use tokio::time::Instant;
use uuid::Uuid;

use super::db::{self, time};
use super::decision::{self, Decision, Situation};
use super::devices::Device;
use super::refusal::Refusal;
use super::{Service, hash, orders, project, users};
use crate::account::Identity;
use crate::protocol::{self, Action, Directive};
use crate::schedule;

/// Questions of one device that are held open at once; more are told to come back.
const HELD_PER_DEVICE: usize = 4;
/// How often an order may be made in one question: once for the cutover, once more for what came in between.
const ROUNDS: usize = 4;

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Seconds the question may be held open.
    #[serde(default)]
    wait: u32,
}

pub async fn show(
    State(service): State<Arc<Service>>,
    device: Device,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Ok(Query(asked)) = asked else { return Err(Refusal::Malformed("wait is a number of seconds".into())) };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let deadline = Instant::now() + Duration::from_secs(asked.wait.into()).min(schedule::LONG_POLL);
    let bell = service.signals.bell(device.id);
    // The registry holds no strong reference, so these are the questions that are open.
    if Arc::strong_count(&bell) > HELD_PER_DEVICE {
        return Err(Refusal::Busy { retry_after: schedule::LONG_POLL });
    }
    let mut everyone = service.signals.everyone();
    let mut closing = service.closing.subscribe();
    loop {
        // Armed before looking, so that nothing between the look and the wait is missed.
        let rung = bell.notified();
        let mut rung = std::pin::pin!(rung);
        rung.as_mut().enable();
        everyone.mark_unchanged();
        let (directive, wake_at) = {
            // When thousands wake at once, the first ones are to be answered while the others still wait.
            let _turn = service.looks.acquire().await.ok(); // it is never closed
            current(&service, device.id, db::now()).await?
        };
        let tag = tag(&directive)?;
        if !known.is_some_and(|known| matches(known, &tag)) {
            return Ok(([(header::ETAG, tag)], Json(directive)).into_response());
        }
        let now = Instant::now();
        if now >= deadline || *closing.borrow() {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        let turn = wake_at.map_or(deadline, |at| deadline.min(now + until(at).min(schedule::LONG_POLL)));
        tokio::select! {
            () = rung => {}
            _ = everyone.changed() => {}
            _ = closing.changed() => {}
            () = tokio::time::sleep_until(turn) => {}
        }
    }
}

/// The directive for a device, and when time alone will change it.
async fn current(service: &Service, device: Uuid, now: Timestamp) -> Result<(Directive, Option<Timestamp>), Refusal> {
    let pool = service.db.pool();
    let row = sqlx::query("SELECT user_id, bound_at FROM login WHERE id = $1 AND state = 'bound'")
        .bind(device.to_string())
        .fetch_optional(pool)
        .await?
        .ok_or(Refusal::UnknownDevice)?;
    let user = users::find(pool, &row.try_get::<String, _>("user_id")?).await?;
    let project = project::find(pool, &user.project_id).await?;
    let bound_at = time(row.try_get::<Option<i64>, _>("bound_at")?.unwrap_or_default());
    let of = orders::Of { user: &user.id, device, bound_at };
    let mut rounds = 0;
    loop {
        let situation = situation(service, &of, &project).await?;
        let Decision { action, make, wake_at } = decision::decide(&situation, now);
        match make {
            Some(cause) if rounds < ROUNDS => {
                rounds += 1;
                orders::make(&service.db, &of, cause, situation.order).await?;
            }
            _ => {
                let number = situation.order.map_or(0, |order| order.number);
                return Ok((directive(action, number, &user, project), wake_at));
            }
        }
    }
}

async fn situation(
    service: &Service,
    of: &orders::Of<'_>,
    project: &project::Project,
) -> Result<Situation, sqlx::Error> {
    let pool = service.db.pool();
    let order = orders::newest(pool, of).await?;
    let report = match &order {
        Some(order) => orders::newest_report(pool, of.device, order).await?,
        None => None,
    };
    let settings = &project.settings;
    Ok(Situation {
        device: of.device.to_string(),
        ready: settings.account.is_some(),
        cutover: project.cutover,
        lead: settings.lead(),
        spread: settings.spread(),
        undo_window: settings.undo_window(),
        retry_limit: settings.retry_limit(),
        cutover_taken: orders::cutover_taken(pool, of.device).await?,
        order,
        report,
    })
}

fn directive(action: Action, order: i64, user: &users::User, project: project::Project) -> Directive {
    let who = Identity { name: &user.name, address: &user.new_address };
    let settings = project.settings;
    let mut password = settings.password;
    password.may_create &= settings.directory.is_some();
    Directive {
        action,
        order: u64::try_from(order).unwrap_or(0),
        user: protocol::User {
            name: user.name.clone(),
            old_address: user.old_address.clone(),
            new_address: user.new_address.clone(),
        },
        project: protocol::Project {
            name: project.name,
            brand: settings.brand,
            helpdesk: settings.helpdesk,
            cutover: project.cutover.map(|cutover| cutover.at),
            account: settings.account.map(|account| account.filled_in(who)),
            password,
            articles: settings.articles,
            minimum_versions: settings.minimum_versions,
            switch_to_classic_outlook: settings.switch_to_classic_outlook,
        },
        poll_seconds: u32::try_from(schedule::POLL.as_secs()).unwrap_or(u32::MAX),
    }
}

fn tag(directive: &Directive) -> Result<String, Refusal> {
    let hash = Sha256::digest(serde_json::to_vec(directive)?);
    Ok(format!("\"{}\"", hash::hex(&hash[..16])))
}

/// RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`.
fn matches(known: &str, tag: &str) -> bool {
    known.split(',').map(|entry| entry.trim().trim_start_matches("W/")).any(|entry| entry == tag || entry == "*")
}

/// The time until `at`, rounded up so that it has come when the wait is over.
fn until(at: Timestamp) -> Duration {
    let left = at.duration_since(Timestamp::now());
    Duration::try_from(left).unwrap_or_default() + Duration::from_millis(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_as_the_standard_says() {
        assert!(matches("\"a\"", "\"a\""));
        assert!(matches("\"x\", W/\"a\"", "\"a\""));
        assert!(matches("*", "\"a\""));
        assert!(!matches("\"ab\"", "\"a\""));
    }
}
