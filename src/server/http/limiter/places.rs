//! Places that are held for as long as they are needed: so many for each network, or for whoever holds them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone)]
pub struct Places<K> {
    most: usize,
    held: Arc<Mutex<HashMap<K, usize>>>,
}

/// A place that is held until it is dropped.
#[derive(Debug)]
pub struct Place<K: Eq + Hash> {
    holder: K,
    held: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Eq + Hash + Clone> Places<K> {
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// None: the holder has all that it may.
    pub fn take(&self, holder: K) -> Option<Place<K>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let number = held.entry(holder.clone()).or_default();
        if *number >= self.most {
            return None;
        }
        *number += 1;
        Some(Place { holder, held: Arc::clone(&self.held) })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = held.get_mut(&self.holder) {
            *number -= 1;
            if *number == 0 {
                held.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_holder_has_its_places_and_gives_them_back() {
        let places = Places::new(2);
        let (here, there) = ("here", "there");
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
