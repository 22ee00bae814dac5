//! `GET /v1/directive`: what the server wants now, at once or as soon as it changes.

pub mod admission;
pub mod batcher;
pub mod cache;
pub mod decision;
pub mod lookup;
pub mod orders;
pub mod wake;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::Instant;

use crate::account::Identity;
use crate::protocol::{self, Action, Directive};
use crate::schedule;
use crate::server::agents::devices::Device;
use crate::server::directive::cache::Look;
use crate::server::directive::decision::Claim;
use crate::server::http::error::Refusal;
use crate::server::projects::Project;
use crate::server::projects::users::User;
use crate::server::{Service, db};

/// Questions of one device that are held open at once; more are told to come back.
const HELD_PER_DEVICE: usize = 4;

/// The query of a question, as [`protocol::Question`] has it. Only `wait` has to be right: what an agent says of itself is
/// taken as far as it can be read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    wait: u32,
    epoch: String,
    acted_on: String,
    stage: String,
}

impl Asked {
    fn claim(&self) -> Claim {
        Claim::new(self.epoch.parse().unwrap_or(0), self.acted_on.parse().unwrap_or(0), &self.stage, db::now())
    }
}

pub async fn show(
    State(service): State<Arc<Service>>,
    device: Device,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Ok(Query(asked)) = asked else { return Err(Refusal::malformed("wait is a number of seconds")) };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let claim = asked.claim();
    let deadline = Instant::now() + Duration::from_secs(asked.wait.into()).min(schedule::LONG_POLL);
    let bell = service.signals.bell(device.id);
    // The registry holds no strong reference, so these are the questions that are open.
    if Arc::strong_count(&bell) > HELD_PER_DEVICE {
        return Err(Refusal::busy(schedule::LONG_POLL));
    }
    let mut seat = None;
    let project = service.signals.bell(device.project);
    let mut closing = service.closing.subscribe();
    loop {
        // Armed before looking, so that nothing between the look and the wait is missed.
        let (mut own, mut all) = (std::pin::pin!(bell.notified()), std::pin::pin!(project.notified()));
        own.as_mut().enable();
        all.as_mut().enable();
        let is_known = |tag: &HeaderValue| known.is_some_and(|known| matches(known, tag.to_str().unwrap_or_default()));
        let remembered = service.memory().look(device.id, claim, db::now()).filter(|look| is_known(&look.tag));
        let Look { tag, wake_at, identified } = if let Some(remembered) = remembered {
            remembered
        } else {
            let since = service.memory().now();
            let look = lookup::look(&service, device.id, claim).await?;
            service.memory().remember(device, claim, &look, since);
            if !is_known(&look.tag) {
                let json = HeaderValue::from_static("application/json");
                return Ok(([(header::ETAG, look.tag), (header::CONTENT_TYPE, json)], look.body).into_response());
            }
            Look::of(&look)
        };
        // Without room to wait in, the answer comes at once: then the agent asks in the server's rhythm. Whoever has an
        // activation code makes logins that are nobody's: these wait in a room of their own.
        let room = if identified { &service.room } else { &service.lobby };
        seat = seat.or_else(|| room.try_acquire().ok());
        let now = Instant::now();
        if seat.is_none() || now >= deadline || *closing.borrow() {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        let turn = wake_at.map_or(deadline, |at| deadline.min(now + until(at).min(schedule::LONG_POLL)));
        tokio::select! {
            () = own => {}
            () = all => {}
            _ = closing.changed() => {}
            () = tokio::time::sleep_until(turn) => {}
        }
    }
}

pub fn directive(
    action: Action,
    order: i64,
    user: Option<&User>,
    project: &Project,
    cutover: Option<Timestamp>,
    epoch: u64,
) -> Directive {
    let settings = project.settings.clone();
    let mut password = settings.password;
    password.may_create &= settings.directory.is_some();
    let account = user.and_then(|user| {
        let who = Identity { name: &user.name, address: &user.new_address };
        settings.account.map(|account| account.filled_in(who))
    });
    Directive {
        action,
        order: u64::try_from(order).unwrap_or(0),
        user: user.map_or_else(protocol::User::default, |user| protocol::User {
            name: user.name.clone(),
            old_address: user.old_address.clone(),
            new_address: user.new_address.clone(),
        }),
        project: protocol::Project {
            name: project.name.clone(),
            brand: settings.brand,
            helpdesk: settings.helpdesk,
            cutover,
            account,
            password,
            articles: settings.articles,
            minimum_versions: settings.minimum_versions,
            switch_to_classic_outlook: settings.switch_to_classic_outlook,
        },
        poll_seconds: u32::try_from(schedule::POLL.as_secs()).unwrap_or(u32::MAX),
        epoch,
    }
}

/// RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`.
fn matches(known: &str, tag: &str) -> bool {
    known.split(',').map(|entry| entry.trim().trim_start_matches("W/")).any(|entry| entry == tag || entry == "*")
}

/// The time until `at`, rounded up so that it has come when the wait is over.
fn until(at: Timestamp) -> Duration {
    let left = at.duration_since(db::now());
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
