//! How much of everything is allowed at once and in a while.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::server::http::attempts::Guesses;
use crate::server::http::limiter::places::Places;
use crate::server::http::limiter::{Allowance, Limiter};
use crate::server::{Settings, agents, dashboard, discovery, projects, site};

/// Of the questions that may be held open, which part logins may hold that are nobody's yet: a fourth.
const UNIDENTIFIED: usize = 4;

/// What limits requests. In memory; a restart forgets who has used what.
#[derive(Debug)]
pub struct Limits {
    pub guesses: Guesses,
    pub links_by_peer: Limiter<IpAddr>,
    pub passwords: Limiter<Uuid>,
    pub diagnostics_by_device: Limiter<Uuid>,
    /// How many questions may still be held open, and how many of logins that are nobody's yet.
    pub room: Semaphore,
    pub lobby: Semaphore,
    /// New computers that came with an activation code: of a peer, and by id of the project.
    pub computers_by_peer: Limiter<IpAddr>,
    pub computers: Limiter<String>,
    /// Reports of one login.
    pub events: Limiter<Uuid>,
    /// Password changes that the directory may take at once.
    pub directory_turns: Semaphore,
    /// How many downloads may still begin.
    pub downloads: Arc<Semaphore>,
    pub downloads_by_peer: Places<IpAddr>,
    pub registrations_by_device: Limiter<Uuid>,
    pub mails_by_address: Limiter<String>,
    pub registrations_by_project: Limiter<Uuid>,
    pub strangers_by_project: Limiter<Uuid>,
    /// Questions for the settings of a domain, of one peer.
    pub lookups: Limiter<IpAddr>,
    /// Searches for the settings of a domain, of one operator (by id).
    pub discoveries: Limiter<String>,
    /// Open streams of one operator.
    pub streams: Places<String>,
}

impl Limits {
    pub fn new(settings: &Settings) -> Self {
        Self {
            guesses: Guesses::new(settings.guesses_by_peer, settings.guesses),
            links_by_peer: Limiter::new(settings.links_by_peer),
            passwords: Limiter::new(settings.passwords_by_device),
            diagnostics_by_device: Limiter::new(settings.diagnostics_by_device),
            room: Semaphore::new(settings.held),
            lobby: Semaphore::new(settings.held.div_ceil(UNIDENTIFIED)),
            computers_by_peer: Limiter::new(settings.computers_by_peer),
            computers: Limiter::new(Allowance::hourly(projects::COMPUTERS_PER_HOUR)),
            events: Limiter::new(agents::events::ALLOWANCE),
            directory_turns: Semaphore::new(projects::directory::AT_ONCE),
            downloads: Arc::new(Semaphore::new(settings.downloads)),
            downloads_by_peer: Places::new(settings.downloads_by_peer),
            registrations_by_device: Limiter::new(settings.registrations_by_device),
            mails_by_address: Limiter::new(settings.mails_by_address),
            registrations_by_project: Limiter::new(settings.registrations_by_project),
            strangers_by_project: Limiter::new(settings.strangers_by_project),
            lookups: Limiter::new(site::autoconfig::ALLOWANCE),
            discoveries: Limiter::new(discovery::access::ALLOWANCE),
            streams: Places::new(dashboard::live::STREAMS),
        }
    }
}
