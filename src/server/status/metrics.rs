//! `GET /metrics`: figures in the text format of Prometheus, for this computer itself or with a token.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::server::http::error::Refusal;
use crate::server::http::extract::Peer;
use crate::server::status::Stage;
use crate::server::{Service, status};

/// How old the figures may be that need a walk through the whole database.
const FRESH: Duration = Duration::from_secs(30);
/// Upper ends of the classes of latency, in seconds. Questions for a directive are held open for up to 50 s.
const LATENCIES: [f64; 10] = [0.002, 0.01, 0.05, 0.2, 0.5, 1.0, 2.5, 10.0, 30.0, 60.0];
/// `OpenMetrics` 1.0.0.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct InStage {
    stage: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct InState {
    state: &'static str,
}

/// What mails can be, see the table `mailing`.
const MAIL_STATES: [&str; 4] = ["queued", "sent", "failed", "bounced"];

/// What was counted since the start, and what is looked up when somebody asks.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    latency: Family<Route, Histogram>,
    running: Family<Route, Gauge>,
    database_troubles: Counter,
    connections: Gauge,
    refused_connections: Counter,
    looked_up: Counter,
    people: Family<InStage, Gauge>,
    mails: Family<InState, Gauge>,
    signal: Gauge,
    /// When the database was walked through.
    walked: Mutex<Option<Instant>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("mailshift"),
            answered: Family::default(),
            latency: Family::new_with_constructor(|| Histogram::new(LATENCIES)),
            running: Family::default(),
            database_troubles: Counter::default(),
            connections: Gauge::default(),
            refused_connections: Counter::default(),
            looked_up: Counter::default(),
            people: Family::default(),
            mails: Family::default(),
            signal: Gauge::default(),
            walked: Mutex::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests that were answered", metrics.answered.clone());
        let latency = "Time from a request to its answer, held questions included";
        registry.register_with_unit("request_duration", latency, Unit::Seconds, metrics.latency.clone());
        let running = "Requests that are being answered; for /v1/directive: questions that are held open";
        registry.register("requests_in_progress", running, metrics.running.clone());
        let troubles = "Requests that failed because of the database";
        registry.register("database_errors", troubles, metrics.database_troubles.clone());
        registry.register("connections", "Open connections", metrics.connections.clone());
        let refused = "Connections that were closed at once, because there were too many";
        registry.register("connections_refused", refused, metrics.refused_connections.clone());
        let looked_up = "Logins whose directive was looked up in the database";
        registry.register("directives_looked_up", looked_up, metrics.looked_up.clone());
        let people = "Logins of computers by how far they are, and people without any; at most 30 s old";
        registry.register("devices", people, metrics.people.clone());
        registry.register("mails", "Mails to people by what became of them", metrics.mails.clone());
        registry.register("signal", "How often agents were told to ask anew", metrics.signal.clone());
        metrics
    }
}

/// A request that is being answered, also when nobody waits for it any more.
pub struct Running<'a> {
    metrics: &'a Metrics,
    route: Route,
}

impl Metrics {
    pub fn started(&self, route: &str) -> Running<'_> {
        let route = Route { route: route.to_owned() };
        self.running.get_or_create(&route).inc();
        Running { metrics: self, route }
    }

    /// A connection that is open until what is returned is dropped.
    pub fn connected(&self) -> Connected {
        self.connections.inc();
        Connected(self.connections.clone())
    }

    pub fn connection_refused(&self) {
        self.refused_connections.inc();
    }

    /// The directives of so many logins are read from the database.
    pub fn looked_up(&self, logins: usize) {
        self.looked_up.inc_by(logins as u64);
    }

    async fn look(&self, service: &Service) -> Result<(), Refusal> {
        let pool = service.db.pool();
        let number: i64 = sqlx::query_scalar("SELECT number FROM signal WHERE id = 1").fetch_one(pool).await?;
        self.signal.set(number);
        let query = "SELECT state, COUNT(*) FROM mailing GROUP BY state";
        let counted: Vec<(String, i64)> = sqlx::query_as(query).fetch_all(pool).await?;
        for state in MAIL_STATES {
            let count = counted.iter().find(|(known, _)| known == state).map_or(0, |(_, count)| *count);
            self.mails.get_or_create(&InState { state }).set(count);
        }
        let mut walked = self.walked.lock().await;
        if walked.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        let counted = status::counts(pool).await?;
        for stage in Stage::ALL {
            let count = counted.iter().find(|(known, _)| *known == stage).map_or(0, |(_, count)| *count);
            self.people.get_or_create(&InStage { stage: stage.name() }).set(count);
        }
        *walked = Some(Instant::now());
        Ok(())
    }
}

impl Running<'_> {
    pub fn answered(&self, method: &Method, status: StatusCode, taken: Duration, database_trouble: bool) {
        let method = ["GET", "POST", "PUT", "DELETE", "HEAD"].into_iter().find(|known| *known == method.as_str());
        let answered =
            Answered { method: method.unwrap_or("other"), route: self.route.route.clone(), status: status.as_u16() };
        self.metrics.answered.get_or_create(&answered).inc();
        self.metrics.latency.get_or_create(&self.route).observe(taken.as_secs_f64());
        if database_trouble {
            self.metrics.database_troubles.inc();
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.metrics.running.get_or_create(&self.route).dec();
    }
}

pub struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

pub async fn show(
    State(service): State<Arc<Service>>,
    Peer(peer): Peer,
    headers: HeaderMap,
) -> Result<([(HeaderName, &'static str); 1], String), Refusal> {
    // A proxy that we were not told of would make everyone look like this computer.
    let local = peer.is_loopback() && (service.settings.behind_proxy || !headers.contains_key("x-forwarded-for"));
    if !local && !has_token(&service, &headers) {
        return Err(Refusal::no_such_resource());
    }
    let metrics = &service.metrics;
    if let Err(error) = metrics.look(&service).await {
        tracing::warn!(%error, "figures of the database are missing");
        metrics.database_troubles.inc();
    }
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = text::encode(&mut out, &metrics.registry);
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], out))
}

/// The token is read anew each time, so a changed one needs no restart.
fn has_token(service: &Service, headers: &HeaderMap) -> bool {
    let Some(source) = &service.settings.metrics_token else { return false };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match (given, source.read()) {
        // Hashes, so that the time of the comparison says nothing about the token.
        (Some(given), Ok(token)) => Sha256::digest(given.trim()) == Sha256::digest(token.reveal()),
        (None, _) => false,
        (_, Err(error)) => {
            tracing::warn!(%error, "the token for /metrics cannot be read");
            false
        }
    }
}
