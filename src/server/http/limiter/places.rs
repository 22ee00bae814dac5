//! Places that peers hold for as long as they need them: so many for each network.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::server::http::limiter::network;

#[derive(Debug, Clone)]
pub struct Places {
    most: usize,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place that is held until it is dropped.
#[derive(Debug)]
pub struct Place {
    network: IpAddr,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Places {
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// None: the peer's network holds all that it may.
    pub fn take(&self, peer: IpAddr) -> Option<Place> {
        let network = network(peer);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let number = held.entry(network).or_default();
        if *number >= self.most {
            return None;
        }
        *number += 1;
        Some(Place { network, held: Arc::clone(&self.held) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = held.get_mut(&self.network) {
            *number -= 1;
            if *number == 0 {
                held.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_has_its_places_and_gives_them_back() {
        let places = Places::new(2);
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = places.take(here);
        let second = places.take(here);
        assert!(first.is_some() && second.is_some() && places.take(here).is_none());
        assert!(places.take(there).is_some(), "others have theirs");
        drop(first);
        assert!(places.take(here).is_some());
        drop(second);
        assert!(places.held.lock().expect("a map").is_empty(), "nothing is kept of those who are gone");
    }
}
