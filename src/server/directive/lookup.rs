//! What each login is to do: looked up for many at once, because a signal wakes thousands at the same time.

mod claims;
mod due;
mod snapshot;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::HeaderValue;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::server::db::hash;
use crate::server::directive::batcher::{self, Asked, Desk, Limits};
use crate::server::directive::decision::Claim;
use crate::server::directive::lookup::snapshot::Next;
pub use crate::server::directive::lookup::snapshot::{Known, Person};
use crate::server::http::error::Refusal;
use crate::server::projects::identity::resolve;
use crate::server::{Service, db, directive};
use claims::Claims;

/// Logins looked up together at most. Those who wake first are to be answered while the others still wait.
const BATCH: usize = 512;
/// A group of this size is read in the transaction that makes orders.
const HERD: usize = 64;
/// One group may read while another one writes.
pub const LIMITS: Limits = Limits { size: BATCH, groups: 3, time: batcher::TIME };

/// A login, and what its agent says of itself.
type Question = (Uuid, Claim);
/// Those who want to know what a login is to do.
pub type Board = Arc<Desk<Question, Result<Look, Refusal>>>;

/// Until an agent that says two things of itself at the same time has made up its mind.
const PAUSE: Duration = Duration::from_secs(1);

/// The directive for a login.
#[derive(Debug, Clone)]
pub struct Look {
    pub tag: HeaderValue,
    /// The directive as JSON.
    pub body: Bytes,
    /// When time alone will change it.
    pub wake_at: Option<Timestamp>,
    /// It is known who the person is.
    pub identified: bool,
}

/// The directive for a login, as the database is now.
pub async fn look(service: &Arc<Service>, login: Uuid, claim: Claim) -> Result<Look, Refusal> {
    let serve = {
        let service = Arc::clone(service);
        move |group| answer(Arc::clone(&service), group)
    };
    service.board.ask((login, claim), serve).await.unwrap_or(Err(Refusal::panicked()))
}

/// What the directive of this login depends on, as the database is now.
pub async fn of_login(service: &Service, login: Uuid) -> Result<Known, Refusal> {
    let claims = Claims::new(service.db.instance().epoch, 0);
    known(service, &[login], &claims, db::now())
        .await?
        .remove(&login)
        .unwrap_or(Err(Refusal::from(ResponseCode::UnknownAgent)))
}

async fn answer(service: Arc<Service>, group: Vec<Asked<Question, Result<Look, Refusal>>>) {
    let mut logins: Vec<Uuid> = Vec::with_capacity(group.len());
    let mut asking: HashMap<Uuid, Vec<oneshot::Sender<_>>> = HashMap::with_capacity(group.len());
    let mut claims = Claims::new(service.db.instance().epoch, group.len());
    for ((login, claim), answer) in group {
        if claims.add(login, claim) != claim {
            let _ = answer.send(Err(Refusal::busy(PAUSE))); // who went away needs no answer
            continue;
        }
        let senders = asking.entry(login).or_default();
        if senders.is_empty() {
            logins.push(login);
        }
        senders.push(answer);
    }
    service.metrics.looked_up(logins.len());
    let now = db::now();
    let mut known = known(&service, &logins, &claims, now).await;
    for (login, senders) in asking {
        let look = match &mut known {
            Ok(known) => known
                .remove(&login)
                .unwrap_or(Err(Refusal::from(ResponseCode::UnknownAgent)))
                .and_then(|it| it.look(&claims, now)),
            Err(error) => Err(error.clone()),
        };
        for sender in senders {
            let look = look.clone();
            let _ = sender.send(look); // who went away needs no answer
        }
    }
}

type All = HashMap<Uuid, Result<Known, Refusal>>;

async fn known(service: &Service, logins: &[Uuid], claims: &Claims, now: Timestamp) -> Result<All, Refusal> {
    // So many at once were woken by a signal and are mostly due: reading them twice would only keep them waiting.
    let herd = logins.len() >= HERD;
    let mut all = if herd {
        crate::server::directive::lookup::due::make(&service.db, logins, claims, now).await?
    } else {
        read(service, logins, claims).await?
    };
    let unsettled = those(&all, logins, |known| known.unsettled);
    for login in &unsettled {
        if let Err(refusal) = resolve::settle(service, *login).await {
            all.insert(*login, Err(refusal));
        }
    }
    let settled = those(&all, &unsettled, |_| true);
    if !settled.is_empty() {
        all.extend(read(service, &settled, claims).await?);
    }
    let is_due = |known: &Known| known.is_ahead || !matches!(known.next(now), Next::Stay { .. });
    let due = if herd { those(&all, &settled, is_due) } else { those(&all, logins, is_due) };
    if !due.is_empty() {
        all.extend(crate::server::directive::lookup::due::make(&service.db, &due, claims, now).await?);
    }
    Ok(all)
}

async fn read(service: &Service, logins: &[Uuid], claims: &Claims) -> Result<All, Refusal> {
    crate::server::directive::lookup::snapshot::read(&mut *service.db.pool().acquire().await?, logins, claims).await
}

/// Which of `logins` are like that, in their order.
fn those(all: &All, logins: &[Uuid], like_that: impl Fn(&Known) -> bool) -> Vec<Uuid> {
    let is = |login: &&Uuid| matches!(all.get(login), Some(Ok(known)) if like_that(known));
    logins.iter().filter(is).copied().collect()
}

impl Known {
    fn look(&self, claims: &Claims, now: Timestamp) -> Result<Look, Refusal> {
        let (action, wake_at) = match self.next(now) {
            Next::Stay { action, wake_at } => (action, wake_at),
            Next::Order { action, .. } | Next::TakePlace { action, .. } => (action, None),
        };
        let person = self.person.as_ref();
        let order = person.and_then(|person| person.situation.order).map_or(0, |order| order.number);
        // Not to be mistaken for one that it has acted on.
        let order = if self.is_astray { 0 } else { order };
        let cutover = person.map_or(self.project.cutover, |person| person.situation.cutover).map(|cutover| cutover.at);
        let user = person.map(|person| &person.user);
        let mut directive = directive::directive(action, order, user, &self.project, cutover, claims.epoch);
        // Whoever may be mistaken for the user has only the password that the user has.
        directive.project.password.may_create &= person.is_some_and(|person| person.identified.may_set_password());
        let body = serde_json::to_vec(&directive)?;
        let tag = format!("\"{}\"", hash::hex(&Sha256::digest(&body)[..16]));
        let tag = HeaderValue::try_from(tag).map_err(|_| Refusal::panicked())?;
        Ok(Look { tag, body: body.into(), wake_at, identified: person.is_some() })
    }
}
