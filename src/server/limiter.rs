//! Token buckets: so many at once, then so many in a while. In memory; a restart fills them.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets kept at most. When there are more, full ones (nobody misses them) are dropped.
const BUCKETS: usize = 10_000;

/// How much is allowed.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// One more after each such time.
    pub refill: Duration,
}

/// A bucket for each key.
#[derive(Debug)]
pub struct Limiter<K> {
    allowance: Allowance,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl<K: Hash + Eq> Limiter<K> {
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes one token, or says how long until there is one.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, bucket| self.filled(*bucket, now).tokens < f64::from(self.allowance.burst));
        }
        let full = Bucket { tokens: f64::from(self.allowance.burst), at: now };
        let bucket = buckets.entry(key).or_insert(full);
        *bucket = self.filled(*bucket, now);
        if bucket.tokens < 1.0 {
            return Err(self.allowance.refill.mul_f64(1.0 - bucket.tokens));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }

    /// Puts a token back: what it was taken for was no abuse.
    pub fn give_back(&self, key: &K) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(key) {
            bucket.tokens = (bucket.tokens + 1.0).min(f64::from(self.allowance.burst));
        }
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> Bucket {
        let grown = now.saturating_duration_since(bucket.at).as_secs_f64() / self.allowance.refill.as_secs_f64();
        Bucket { tokens: (bucket.tokens + grown).min(f64::from(self.allowance.burst)), at: now }
    }
}

/// What counts as one peer: an IPv6 site usually owns a whole /64.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
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
    fn one_ipv6_site_is_one_peer() {
        let peer = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff::9"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
    }
}
