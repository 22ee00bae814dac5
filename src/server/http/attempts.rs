//! Guessing codes. A peer pays for every code that it gets wrong; everybody together only for those that are compared with
//! a secret. Whoever guesses learns neither which codes there are nor that one is locked by others, and cannot lock the
//! right person out: a locked code is still compared for networks that were not wrong about it.
//!
//! What remains: each code takes 5 guesses, then 20 of networks that were not wrong about it in the last day, then one an
//! hour. Of 10,000 codes that are valid for 14 days all guesses of everybody hit with 10,000 · 361 / 2^40 = 3.3 · 10^-6, and
//! it takes 24 networks of different owners to keep one person out. Under load the time an answer takes may tell a code
//! that exists.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::server::Service;
use crate::server::http::error::Refusal;
use crate::server::http::limiter::peers::{Peers, Purse, provider};
use crate::server::http::limiter::{Allowance, Limiter};

/// Wrong tries until a code is locked.
pub const TRIES: i64 = 5;

/// Guesses of a locked code by networks that were not wrong about it.
const SPARE: Allowance = Allowance { burst: 20, refill: Duration::from_hours(1) };
/// How often a network may be wrong about a code and still count as one that was not, each day.
const STRANGER: Allowance = Allowance { burst: 1, refill: Duration::from_hours(24) };
/// Codes that do not exist whose tries are counted at most; then counting begins anew.
const UNKNOWN: usize = 100_000;

#[derive(Debug)]
pub struct Guesses {
    peers: Peers,
    strangers: Limiter<(IpAddr, String)>,
    spares: Limiter<String>,
    /// Tries left of codes that do not exist, by public part: they run out as those of real ones do.
    unknown: Mutex<HashMap<String, u32>>,
}

impl Guesses {
    pub fn new(by_peer: Allowance, total: Allowance) -> Self {
        Self {
            peers: Peers::new(by_peer, total),
            strangers: Limiter::new(STRANGER),
            spares: Limiter::new(SPARE),
            unknown: Mutex::default(),
        }
    }

    /// What a wrong try of a code is told that does not exist: the same as one that does.
    fn unknown(&self, public: &str) -> Refusal {
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        if unknown.len() >= UNKNOWN && !unknown.contains_key(public) {
            unknown.clear();
        }
        let left = unknown.entry(public.to_owned()).or_insert(u32::try_from(TRIES).unwrap_or(0));
        if *left == 0 {
            return Refusal::locked();
        }
        *left -= 1;
        Refusal::wrong_code(*left)
    }
}

/// One guess, which its peer has paid for.
#[must_use]
pub struct Guess<'a> {
    service: &'a Service,
    peer: IpAddr,
}

/// A guess that is being compared with a secret, which everybody has paid for.
#[must_use]
pub struct Comparison<'a> {
    guess: &'a Guess<'a>,
    purse: Purse,
}

impl Service {
    /// Counts a guess of this peer, or says how long it has to wait.
    pub fn guess(&self, peer: IpAddr) -> Result<Guess<'_>, Refusal> {
        self.limits.guesses.peers.take(peer, Instant::now()).map_err(busy)?;
        Ok(Guess { service: self, peer })
    }
}

impl Guess<'_> {
    /// Right ones do not count, so that a whole organisation behind one address can enrol.
    pub fn was_right(self) {
        self.service.limits.guesses.peers.give_back(self.peer);
    }

    /// A secret is about to be compared. When everybody together has guessed too often, this one costs nothing.
    pub fn compares(&self) -> Result<Comparison<'_>, Refusal> {
        let peers = &self.service.limits.guesses.peers;
        match peers.take_of_all(self.peer, Instant::now()) {
            Ok(purse) => Ok(Comparison { guess: self, purse }),
            Err(wait) => {
                peers.give_back(self.peer);
                Err(busy(wait))
            }
        }
    }

    /// There is no such code. Nobody but the peer pays; the answer is that of a code that exists.
    pub fn is_of_nothing(&self, public: &str) -> Refusal {
        match self.compares() {
            Ok(comparison) => {
                comparison.costs_nothing();
                self.service.limits.guesses.unknown(public)
            }
            Err(busy) => busy,
        }
    }

    /// Whether a locked code may be compared all the same: others were wrong about it, and this network was not.
    pub fn is_spared(&self, public: &str) -> bool {
        let (guesses, now) = (&self.service.limits.guesses, Instant::now());
        let here = self.here(public);
        let spared = guesses.strangers.take(here.clone(), now).is_ok();
        if spared && guesses.spares.take(public.to_owned(), now).is_err() {
            guesses.strangers.give_back(&here);
            return false;
        }
        spared
    }

    /// It was right, or nothing was compared: this network is still one that was not wrong.
    pub fn was_rightly_spared(&self, public: &str) {
        self.service.limits.guesses.spares.give_back(&public.to_owned());
        self.service.limits.guesses.strangers.give_back(&self.here(public));
    }

    fn here(&self, public: &str) -> (IpAddr, String) {
        (provider(self.peer), public.to_owned())
    }
}

impl Comparison<'_> {
    /// It was right, or nothing was compared.
    pub fn costs_nothing(self) {
        self.guess.service.limits.guesses.peers.give_back_to_all(self.guess.peer, self.purse);
    }

    pub fn was_wrong(self, public: &str) {
        let here = self.guess.here(public);
        let _ = self.guess.service.limits.guesses.strangers.take(here, Instant::now()); // one who was wrong before stays so
    }
}

fn busy(retry_after: Duration) -> Refusal {
    Refusal::busy(retry_after)
}
