//! Token buckets: so many at once, then so many in a while. In memory; a restart fills them.

pub mod peers;
pub mod places;

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When there are more buckets, full ones (nobody misses them) are dropped, at most each [`TIDY`]: that is a walk over all.
const BUCKETS: usize = 10_000;
const TIDY: Duration = Duration::from_secs(1);
/// Buckets kept at most. Somebody who makes more begins anew with everybody else, instead of using up the memory.
const MOST: usize = 200_000;

/// How much is allowed.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// One more after each such time.
    pub refill: Duration,
}

impl Allowance {
    /// So many times as much.
    pub fn times(self, number: u32) -> Self {
        Self { burst: self.burst * number, refill: self.refill / number }
    }

    /// So many in each hour, all of them at once if need be.
    pub fn hourly(number: u32) -> Self {
        let number = number.max(1);
        Self { burst: number, refill: Duration::from_hours(1) / number }
    }
}

/// A bucket for each key.
#[derive(Debug)]
pub struct Limiter<K> {
    allowance: Allowance,
    buckets: Mutex<Buckets<K>>,
}

#[derive(Debug)]
struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    tidied: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
    allowance: Allowance,
}

impl Bucket {
    fn filled(self, now: Instant) -> Self {
        let Allowance { burst, refill } = self.allowance;
        let grown = now.saturating_duration_since(self.at).as_secs_f64() / refill.as_secs_f64();
        Self { tokens: (self.tokens + grown).min(f64::from(burst)), at: now, ..self }
    }

    fn is_full(self, now: Instant) -> bool {
        self.filled(now).tokens >= f64::from(self.allowance.burst)
    }
}

impl<K: Hash + Eq> Buckets<K> {
    fn tidy(&mut self, now: Instant) {
        let rested = self.tidied.is_none_or(|at| now.saturating_duration_since(at) >= TIDY);
        if self.by_key.len() >= BUCKETS && rested {
            self.by_key.retain(|_, bucket| !bucket.is_full(now));
            self.tidied = Some(now);
        }
        if self.by_key.len() >= MOST {
            self.by_key.clear();
        }
    }
}

impl<K: Hash + Eq> Limiter<K> {
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, buckets: Mutex::new(Buckets { by_key: HashMap::new(), tidied: None }) }
    }

    /// Takes one token, or says how long until there is one.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        self.take_of(key, self.allowance, 1, now)
    }

    /// Takes as many tokens at once, or none.
    pub fn take_many(&self, key: K, number: u32, now: Instant) -> Result<(), Duration> {
        self.take_of(key, self.allowance, number, now)
    }

    /// The same where each key has an allowance of its own.
    pub fn take_of(&self, key: K, allowance: Allowance, number: u32, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets();
        buckets.tidy(now);
        let full = Bucket { tokens: f64::from(allowance.burst), at: now, allowance };
        let bucket = buckets.by_key.entry(key).or_insert(full);
        *bucket = Bucket { allowance, ..*bucket }.filled(now);
        let wanted = f64::from(number);
        if bucket.tokens < wanted {
            return Err(allowance.refill.mul_f64(wanted - bucket.tokens));
        }
        bucket.tokens -= wanted;
        Ok(())
    }

    /// Puts a token back: what it was taken for was no abuse.
    pub fn give_back(&self, key: &K) {
        if let Some(bucket) = self.buckets().by_key.get_mut(key) {
            bucket.tokens = (bucket.tokens + 1.0).min(f64::from(bucket.allowance.burst));
        }
    }

    #[cfg(test)]
    pub fn knows(&self, key: &K) -> bool {
        self.buckets().by_key.contains_key(key)
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets<K>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What counts as one peer: an IPv6 site usually owns a whole /64.
pub fn network(address: IpAddr) -> IpAddr {
    prefix(address, 32, 64)
}

/// The first bits of an address.
fn prefix(address: IpAddr, bits_of_4: u32, bits_of_6: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4((v4.to_bits() & !(u32::MAX >> 1 >> (bits_of_4 - 1))).into()),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !(u128::MAX >> 1 >> (bits_of_6 - 1))).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> Limiter<u8> {
        Limiter::new(Allowance { burst: 2, refill: Duration::from_secs(10) })
    }

    #[test]
    fn a_burst_is_allowed_then_one_after_each_refill() {
        let (limiter, start) = (limiter(), Instant::now());
        assert_eq!(limiter.take(1, start), Ok(()));
        assert_eq!(limiter.take(1, start), Ok(()));
        assert_eq!(limiter.take(1, start), Err(Duration::from_secs(10)));
        assert_eq!(limiter.take(2, start), Ok(()), "others are not affected");
        assert_eq!(limiter.take(1, start + Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn what_was_no_abuse_is_given_back() {
        let (limiter, start) = (limiter(), Instant::now());
        for _ in 0..10 {
            assert_eq!(limiter.take(1, start), Ok(()));
            limiter.give_back(&1);
        }
    }

    #[test]
    fn many_are_taken_together_or_not_at_all() {
        let (limiter, start) = (limiter(), Instant::now());
        assert_eq!(limiter.take_many(1, 3, start), Err(Duration::from_secs(10)));
        assert_eq!(limiter.take_many(1, 2, start), Ok(()));
        assert_eq!(limiter.take(1, start), Err(Duration::from_secs(10)));
    }

    #[test]
    fn no_number_of_keys_uses_up_the_memory() {
        let limiter = Limiter::new(Allowance { burst: 1, refill: Duration::from_hours(1) });
        let start = Instant::now();
        for key in 0..2 * MOST {
            let _ = limiter.take(key, start);
        }
        assert!(limiter.buckets().by_key.len() <= MOST);
    }

    #[test]
    fn one_ipv6_site_is_one_peer() {
        let peer = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff::9"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
    }
}
