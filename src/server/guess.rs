//! A code that is about to be compared counts against its peer and against everyone until it turns out to be right.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::refusal::Refusal;
use super::{Service, limiter};

/// One guess that has been counted.
#[must_use]
pub struct Guess<'a> {
    service: &'a Service,
    peer: IpAddr,
}

impl Service {
    /// Counts a guess of this peer, or says how long it has to wait.
    pub fn guess(&self, peer: IpAddr) -> Result<Guess<'_>, Refusal> {
        let (peer, now) = (limiter::network(peer), Instant::now());
        let busy = |retry_after: Duration| Refusal::Busy { retry_after };
        self.guesses_by_peer.take(peer, now).map_err(busy)?;
        self.guesses.take((), now).map_err(busy)?;
        Ok(Guess { service: self, peer })
    }
}

impl Guess<'_> {
    /// Right ones do not count, so that a whole organisation behind one address can enrol.
    pub fn was_right(self) {
        self.service.guesses_by_peer.give_back(&self.peer);
        self.service.guesses.give_back(&());
    }
}
