//! All simulated agents together.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::code::AuthenticationCode;
use crate::protocol::path;
use crate::server::load_test::SimulationError;
use crate::server::load_test::agent::{Agent, Asking, GaveUp};
use crate::server::load_test::connection::{Connection, Question};
use crate::server::load_test::target::Target;

/// Agents that enrol at the same time: fewer than the wrong codes that one address may try at once.
const ENROLLING: usize = 16;
/// Connections over which unchanged questions are asked.
const ASKING: usize = 64;

/// What the agents tell.
#[derive(Debug, Default)]
pub struct Observed {
    signal: OnceLock<Instant>,
    holding: AtomicUsize,
    completed: watch::Sender<usize>,
    latencies: Mutex<Vec<Duration>>,
    /// Orders that an agent got after the one that the signal was.
    again: AtomicUsize,
    repeated: AtomicU64,
    errors: Mutex<BTreeMap<String, u64>>,
}

pub struct Fleet {
    pub observed: Arc<Observed>,
    pub enrolling: Duration,
    agents: JoinSet<Option<Asking>>,
    closing: watch::Sender<bool>,
    enrolled: usize,
}

impl Fleet {
    /// Enrols one agent for each code; they hold their questions open afterwards.
    pub async fn enrol(target: &Target, codes: Vec<AuthenticationCode>) -> Result<Self, SimulationError> {
        let observed = Arc::new(Observed::default());
        let (turns, closing) = (Arc::new(Semaphore::new(ENROLLING)), watch::Sender::new(false));
        let (start, server, all) = (Instant::now(), target.address(), codes.len());
        let mut agents = JoinSet::new();
        let enrolled = watch::Sender::new(0_usize);
        for (number, code) in codes.into_iter().enumerate() {
            let (observed, turns) = (Arc::clone(&observed), Arc::clone(&turns));
            let (enrolled, closing) = (enrolled.clone(), closing.subscribe());
            agents.spawn(async move {
                let turn = turns.acquire().await.ok()?; // never closed
                let agent = observed.noted(Agent::enrol(server, number, &code).await);
                drop(turn);
                observed.holding.fetch_add(usize::from(agent.is_some()), Ordering::Relaxed);
                enrolled.send_modify(|count| *count += 1);
                live(agent?, &observed, closing).await
            });
        }
        let _ = enrolled.subscribe().wait_for(|count| *count == all).await; // its sender is here
        let enrolled = observed.holding.load(Ordering::Relaxed);
        if enrolled < all {
            let agents = u32::try_from(all).unwrap_or(u32::MAX);
            return Err(SimulationError::NotEnrolled { enrolled, agents, errors: format!("{:?}", observed.errors()) });
        }
        Ok(Self { observed, enrolling: start.elapsed(), agents, closing, enrolled })
    }

    /// Latencies count from now.
    pub fn signal_given(&self) {
        let _ = self.observed.signal.set(Instant::now()); // it is given once
    }

    pub fn since_signal(&self) -> Duration {
        self.observed.signal.get().map_or(Duration::ZERO, Instant::elapsed)
    }

    /// Waits until every agent has reported, or given up.
    pub async fn all_completed(&self) {
        let mut completed = self.observed.completed.subscribe();
        let _ = completed.wait_for(|count| *count >= self.enrolled).await; // its sender is in `observed`
    }

    /// Ends the agents; what it takes to ask as some of them.
    pub async fn stop(mut self) -> Vec<Asking> {
        self.closing.send_replace(true);
        let mut asking = Vec::new();
        while let Some(ended) = self.agents.join_next().await {
            asking.extend(ended.ok().flatten().filter(|_| asking.len() < ASKING));
        }
        asking
    }
}

impl Observed {
    /// From the signal to each agent, shortest first.
    pub fn latencies(&self) -> Vec<Duration> {
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        latencies.sort_unstable();
        latencies
    }

    pub fn errors(&self) -> BTreeMap<String, u64> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn again(&self) -> usize {
        self.again.load(Ordering::Relaxed)
    }

    pub fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }

    fn noted<T>(&self, result: Result<T, GaveUp>) -> Option<T> {
        let error = result.as_ref().err().map(ToString::to_string);
        if let Some(error) = error {
            *self.errors.lock().unwrap_or_else(PoisonError::into_inner).entry(error).or_default() += 1;
        }
        result.ok()
    }
}

/// Waits for the signal, reports that the new profile works, and goes on waiting until the simulation ends.
async fn live(mut agent: Agent, observed: &Observed, mut closing: watch::Receiver<bool>) -> Option<Asking> {
    let asking = tokio::select! {
        _ = closing.wait_for(|closing| *closing) => None,
        lived = journey(&mut agent, observed) => lived,
    };
    observed.repeated.fetch_add(agent.repeated.into(), Ordering::Relaxed);
    asking.or_else(|| agent.asking())
}

async fn journey(agent: &mut Agent, observed: &Observed) -> Option<Asking> {
    let first = moved(agent, observed).await;
    observed.completed.send_modify(|count| *count += 1);
    first?;
    loop {
        observed.noted(agent.ordered().await)?;
        observed.again.fetch_add(1, Ordering::Relaxed);
    }
}

async fn moved(agent: &mut Agent, observed: &Observed) -> Option<()> {
    let order = observed.noted(agent.ordered().await)?;
    let latency = observed.signal.get().map_or(Duration::ZERO, Instant::elapsed);
    observed.latencies.lock().unwrap_or_else(PoisonError::into_inner).push(latency);
    observed.noted(agent.complete(order).await)?;
    // What the server wants after the report.
    observed.noted(agent.directive(Duration::ZERO).await).map(|_| ())
}

/// Unchanged questions answered per second, asked over several connections without a pause for `time`.
pub async fn polls(target: &Target, asking: &[Asking], time: Duration) -> f64 {
    let (server, end) = (target.address(), Instant::now() + time);
    let mut askers = JoinSet::new();
    for asking in asking.iter().cloned() {
        askers.spawn(async move {
            let mut connection = Connection::new(server);
            connection.authorize(asking.token.reveal());
            let mut answered = 0_u32;
            while Instant::now() < end {
                let (method, known) = (Method::GET, Some(&asking.tag));
                let question = Question { method, path: path::DIRECTIVE, known, body: Bytes::new() };
                match connection.ask(question).await {
                    Ok(answer) if answer.status() == StatusCode::NOT_MODIFIED => answered += 1,
                    _ => tokio::task::yield_now().await,
                }
            }
            answered
        });
    }
    let answered: u32 = askers.join_all().await.into_iter().sum();
    f64::from(answered) / time.as_secs_f64()
}
