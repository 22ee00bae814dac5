//! What each login is to do: looked up for many at once, because a signal wakes thousands at the same time.
//!
//! The first one who asks is looked up alone and at once; those who ask meanwhile are looked up together.

pub mod memory;
mod situations;
mod starts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderValue;
use jiff::Timestamp;
use serde::de::Error as _;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::refusal::Refusal;
use super::{Service, db, directive, hash};
use situations::{Known, Next};

/// Logins looked up together at most. Those who wake first are to be answered while the others still wait.
const BATCH: usize = 512;
/// Groups looked up at the same time: one may read while another one writes.
const GROUPS: usize = 3;

/// The directive for a login.
#[derive(Debug, Clone)]
pub struct Look {
    pub tag: HeaderValue,
    /// The directive as JSON.
    pub body: Bytes,
    /// When time alone will change it.
    pub wake_at: Option<Timestamp>,
}

/// Those who wait to be looked up.
#[derive(Debug, Default)]
pub struct Board(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    asking: Vec<Asking>,
    /// Groups that are being looked up.
    groups: usize,
}

#[derive(Debug)]
struct Asking {
    login: Uuid,
    answer: oneshot::Sender<Result<Look, Refusal>>,
}

impl Board {
    /// The directive for a login, as the database is now.
    pub async fn look(service: &Arc<Service>, login: Uuid) -> Result<Look, Refusal> {
        let (answer, answered) = oneshot::channel();
        let turn = {
            let mut queue = service.board.queue();
            queue.asking.push(Asking { login, answer });
            let free = queue.groups < GROUPS;
            queue.groups += usize::from(free);
            free
        };
        if turn {
            // A task of its own: the one who asked may go away, the others still want to know.
            tokio::spawn(Turn { service: Arc::clone(service), given_back: false }.work());
        }
        answered.await.map_err(|_| Refusal::Panicked)?
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to look up one group after the other, until nobody asks.
struct Turn {
    service: Arc<Service>,
    given_back: bool,
}

impl Turn {
    async fn work(mut self) {
        while let Some(group) = self.group() {
            answer(&self.service, group).await;
        }
    }

    /// Those who are next. When there is nobody, the turn is given back under the same lock, so that whoever asks from
    /// now on takes it.
    fn group(&mut self) -> Option<Vec<Asking>> {
        let mut queue = self.service.board.queue();
        let count = queue.asking.len().min(BATCH);
        if count == 0 {
            queue.groups -= 1;
            self.given_back = true;
            return None;
        }
        Some(queue.asking.drain(..count).collect())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Only after a panic.
        if !self.given_back {
            self.service.board.queue().groups -= 1;
        }
    }
}

async fn answer(service: &Service, group: Vec<Asking>) {
    let mut logins: Vec<Uuid> = Vec::with_capacity(group.len());
    let mut asking: HashMap<Uuid, Vec<oneshot::Sender<_>>> = HashMap::with_capacity(group.len());
    for Asking { login, answer } in group {
        let senders = asking.entry(login).or_default();
        if senders.is_empty() {
            logins.push(login);
        }
        senders.push(answer);
    }
    let now = db::now();
    let mut known = known(service, &logins, now).await;
    for (login, senders) in asking {
        let look = match &mut known {
            Ok(known) => known.remove(&login).unwrap_or(Err(Refusal::UnknownDevice)).and_then(|it| it.look(now)),
            Err(error) => Err(copy(error)),
        };
        for sender in senders {
            let look = look.as_ref().map(Look::clone).map_err(copy);
            let _ = sender.send(look); // who went away needs no answer
        }
    }
}

type All = HashMap<Uuid, Result<Known, Refusal>>;

async fn known(service: &Service, logins: &[Uuid], now: Timestamp) -> Result<All, Refusal> {
    let mut all = situations::read(&mut *service.db.pool().acquire().await?, logins).await?;
    let is_due = |login: &&Uuid| match all.get(login) {
        Some(Ok(known)) => !matches!(known.next(now), Next::Stay { .. }),
        _ => false,
    };
    let due: Vec<Uuid> = logins.iter().filter(is_due).copied().collect();
    if !due.is_empty() {
        all.extend(starts::make(&service.db, &due, now).await?);
    }
    Ok(all)
}

impl Known {
    fn look(&self, now: Timestamp) -> Result<Look, Refusal> {
        let (action, wake_at) = match self.next(now) {
            Next::Stay { action, wake_at } => (action, wake_at),
            Next::Order { action, .. } | Next::TakePlace { action, .. } => (action, None),
        };
        let order = self.situation.order.map_or(0, |order| order.number);
        let body = serde_json::to_vec(&directive::directive(action, order, &self.user, &self.project))?;
        let tag = format!("\"{}\"", hash::hex(&Sha256::digest(&body)[..16]));
        let tag = HeaderValue::try_from(tag).map_err(|_| Refusal::Panicked)?;
        Ok(Look { tag, body: body.into(), wake_at })
    }
}

/// The same refusal for somebody else who asked at the same time.
fn copy(refusal: &Refusal) -> Refusal {
    match refusal {
        Refusal::UnknownDevice => Refusal::UnknownDevice,
        Refusal::Database(error) => Refusal::Database(sqlx::Error::Protocol(error.to_string())),
        other => Refusal::Stored(serde_json::Error::custom(other)),
    }
}
