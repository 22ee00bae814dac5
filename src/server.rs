//! The server that tells the agents when, and shows the operator how far everyone is.
//!
//! Each thing owns its operations, in a wing that the map of the crate names; [`cli`] is the operator's command line. What depends on
//! the time is decided in `directive::decision`, as a function of `now`.

mod agents;
mod api;
pub mod cli;
mod dashboard;
pub mod db;
mod described;
mod directive;
pub mod discovery;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod http;
mod installers;
mod limits;
mod load_test;
mod mailings;
mod name;
mod operation;
mod operators;
pub mod projects;
mod secret_source;
mod site;
mod status;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};
use axum::{Router, middleware};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;

pub use db::Db;
use directive::batcher::Desk;
pub use http::certificate::{Certificate, CertificateError, Files};
use http::limiter::Allowance;
pub use operators::link::first as first_link;
pub use secret_source::SecretSource;

use crate::protocol::path;
use http::error::Refusal;

/// How long requests that are being answered may still take after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How a server runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A proxy of our own is in front: `X-Forwarded-For` names the peers.
    pub behind_proxy: bool,
    /// Where that proxy is, if not on this computer: only there and here is `X-Forwarded-For` believed.
    pub proxies: Vec<IpAddr>,
    /// Wrong codes of one peer; networks of many addresses get some times as much. Right ones do not count, so that a whole
    /// organisation behind one address can enrol.
    pub guesses_by_peer: Allowance,
    /// Wrong codes of all peers together that were compared with a secret, and as much again for those who were right.
    pub guesses: Allowance,
    /// Personal links that do not work, of one peer.
    pub links_by_peer: Allowance,
    /// Password changes of one device.
    pub passwords_by_device: Allowance,
    /// Diagnostics that one device sends.
    pub diagnostics_by_device: Allowance,
    /// Questions of all devices that are held open at once. More are answered at once.
    pub held: usize,
    /// New computers of one peer that come with an activation code.
    pub computers_by_peer: Allowance,
    /// Registrations from one device.
    pub registrations_by_device: Allowance,
    /// Mails to one address that registrations have asked for.
    pub mails_by_address: Allowance,
    /// Registrations in one project.
    pub registrations_by_project: Allowance,
    /// Those of them that are by addresses which nobody on the list has.
    pub strangers_by_project: Allowance,
    /// The folder with the agent's installers. None: none are handed out.
    pub installers: Option<PathBuf>,
    /// Downloads of installers at once. More are asked to come again.
    pub downloads: usize,
    /// Downloads of one network at once, where no proxy is in front.
    pub downloads_by_peer: usize,
    /// How long a peer may take nothing of its answer before it is let go.
    pub stall: Duration,
    /// Connections at once. More are closed without an answer.
    pub connections: usize,
    /// The server speaks HTTPS itself. None: plain HTTP.
    pub certificate: Option<Arc<Certificate>>,
    /// The token with which `/metrics` may be read from elsewhere than this computer.
    pub metrics_token: Option<SecretSource>,
    /// The way to the public internet for discovery. None: with the resolver and the authorities of this computer.
    pub network: Option<discovery::Network>,
}

impl Settings {
    /// Whether this peer is the proxy in front, which names the peers.
    fn believes(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.behind_proxy && (peer.is_loopback() || self.proxies.contains(&peer))
    }

    /// People and agents reach this server over HTTPS, its own or that of the proxy in front.
    fn is_https(&self) -> bool {
        self.behind_proxy || self.certificate.is_some()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            behind_proxy: false,
            proxies: Vec::new(),
            guesses_by_peer: Allowance { burst: 30, refill: Duration::from_secs(2) },
            guesses: Allowance { burst: 300, refill: Duration::from_millis(50) },
            links_by_peer: Allowance { burst: 30, refill: Duration::from_secs(2) },
            passwords_by_device: Allowance { burst: 5, refill: Duration::from_mins(1) },
            diagnostics_by_device: Allowance { burst: 5, refill: Duration::from_mins(10) },
            held: 20_000,
            computers_by_peer: Allowance { burst: 60, refill: Duration::from_secs(1) },
            registrations_by_device: Allowance { burst: 10, refill: Duration::from_mins(1) },
            mails_by_address: Allowance { burst: 5, refill: Duration::from_mins(10) },
            // A thousand an hour, and sixty.
            registrations_by_project: Allowance { burst: 1000, refill: Duration::from_millis(3600) },
            strangers_by_project: Allowance { burst: 60, refill: Duration::from_mins(1) },
            installers: None,
            downloads: 500,
            downloads_by_peer: 50,
            stall: Duration::from_mins(1),
            connections: 50_000,
            certificate: None,
            metrics_token: None,
            network: None,
        }
    }
}

/// What the handlers share.
#[derive(Debug)]
pub struct Service {
    db: Db,
    settings: Settings,
    limits: limits::Limits,
    signals: directive::wake::Signals,
    presence: agents::last_seen::Presence,
    hashing: db::hash::Hashing,
    /// Of operators who sign in.
    throttle: operators::Throttle,
    board: directive::lookup::Board,
    walks: status::figures::Walks,
    reports: agents::events::Desk,
    installers: installers::Installers,
    closing: watch::Sender<bool>,
    metrics: status::metrics::Metrics,
}

impl Service {
    pub fn new(db: Db, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            db,
            limits: limits::Limits::new(&settings),
            signals: directive::wake::Signals::default(),
            presence: agents::last_seen::Presence::default(),
            hashing: db::hash::Hashing::default(),
            throttle: operators::Throttle::default(),
            board: Desk::new(directive::lookup::LIMITS),
            walks: status::figures::Walks::default(),
            reports: Desk::new(agents::events::LIMITS),
            installers: installers::Installers::new(settings.installers.clone()),
            closing: watch::Sender::new(false),
            metrics: status::metrics::Metrics::default(),
            settings,
        })
    }

    fn memory(&self) -> &directive::cache::Memory {
        &self.signals.memory
    }
}

/// Everything that is answered. Changes of other processes are seen only while [`serve`] runs.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .merge(protocol())
        .merge(dashboard::routes())
        .merge(site::routes())
        .merge(http::health::routes())
        .route("/metrics", get(status::metrics::show))
        .merge(api::routes())
        .fallback(async || Refusal::no_such_resource())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(DefaultBodyLimit::max(http::extract::LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&service), agents::devices::name_database))
        .layer(CatchPanicLayer::custom(http::gate::answer_panic))
        .layer(middleware::from_fn(http::gate::limit))
        .layer(middleware::from_fn_with_state(Arc::clone(&service), dashboard::refused::readable))
        .layer(middleware::from_fn_with_state(Arc::clone(&service), http::requests::observe))
        .with_state(service)
}

/// The calls of the agents.
fn protocol() -> Router<Arc<Service>> {
    Router::new()
        .route(path::ACTIVATIONS, post(agents::activations::create))
        .route(path::ACTIVATION_SELF, delete(agents::activations::remove_self))
        .route(path::DIRECTIVE, get(directive::show))
        .route(path::REGISTRATIONS, post(agents::registrations::create))
        .route(path::SIGN_INS, post(agents::sign_ins::create))
        .route(path::SIGN_IN_SELF, delete(agents::sign_ins::remove_self))
        .route(path::INVENTORY, put(agents::inventory::replace))
        .route(path::EVENTS, post(agents::events::record))
        .route(path::PASSWORD, post(agents::password::change))
        .route(path::DIAGNOSTICS, post(projects::diagnostics::create))
}

/// Serves on the caller's listener until `shutdown` is ready. Questions that are held open end then at once.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    db: Db,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = Service::new(db, settings);
    let app = router(Arc::clone(&service)).into_make_service_with_connect_info::<SocketAddr>();
    let handle = axum_server::Handle::new();
    let overdue = async {
        shutdown.await;
        service.closing.send_replace(true);
        handle.graceful_shutdown(Some(GRACE));
        tokio::time::sleep(GRACE).await;
    };
    let mut deliveries = mailings::Deliveries::default();
    let served = tokio::select! {
        served = http::listener::run(listener, &service, app, handle.clone()) => served,
        () = overdue => Ok(()),
        () = service.signals.watch(&service.db) => Ok(()),
        () = agents::last_seen::keep(&service) => Ok(()),
        () = projects::diagnostics::keep(&service.db) => Ok(()),
        () = deliveries.keep(&service) => Ok(()),
        () = http::certificate::keep(service.settings.certificate.as_deref()) => Ok(()),
    };
    deliveries.finish().await;
    service.presence.flush(&service.db).await;
    service.db.close().await;
    served
}
