//! What peers may try that must not be tried often. Each network has its allowance, wider ones a larger one, and all
//! together have one. Who was wrong somewhere uses up what is theirs: networks that were not wrong lately keep a reserve,
//! so that nobody, not even with a whole provider's addresses, keeps everybody else out.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::server::http::limiter::{Allowance, Limiter, network, prefix};

/// How much more than one network (an IPv4 address, an IPv6 /64) a site (/48) and a provider's block (/24, /32) get.
const SITE: u32 = 2;
const PROVIDER: u32 = 8;
/// How often a block of addresses may be wrong at the cost of the reserve.
const NEWCOMER: Allowance = Allowance { burst: 3, refill: Duration::from_mins(20) };

#[derive(Debug)]
pub struct Peers {
    providers: Limiter<IpAddr>,
    sites: Limiter<IpAddr>,
    networks: Limiter<IpAddr>,
    total: Limiter<()>,
    /// As much again, for blocks of addresses that were not wrong lately.
    reserve: Limiter<()>,
    newcomers: Limiter<IpAddr>,
}

/// What a try was taken from, besides the peer's own allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purse {
    Total,
    Reserve,
}

/// A block of addresses that one owner often has all of.
pub fn provider(address: IpAddr) -> IpAddr {
    prefix(address, 24, 32)
}

fn site(address: IpAddr) -> IpAddr {
    prefix(address, 32, 48)
}

impl Peers {
    pub fn new(network: Allowance, total: Allowance) -> Self {
        Self {
            providers: Limiter::new(network.times(PROVIDER)),
            sites: Limiter::new(network.times(SITE)),
            networks: Limiter::new(network),
            total: Limiter::new(total),
            reserve: Limiter::new(total),
            newcomers: Limiter::new(NEWCOMER),
        }
    }

    /// Takes one of what the peer's networks may, or says how long it has to wait. The widest comes first: what it refuses
    /// makes no record of the narrower ones.
    pub fn take(&self, peer: IpAddr, now: Instant) -> Result<(), Duration> {
        self.providers.take(provider(peer), now)?;
        let narrower = self
            .sites
            .take(site(peer), now)
            .and_then(|()| self.networks.take(network(peer), now).inspect_err(|_| self.sites.give_back(&site(peer))));
        narrower.inspect_err(|_| self.providers.give_back(&provider(peer)))
    }

    /// The peer did nothing wrong.
    pub fn give_back(&self, peer: IpAddr) {
        self.providers.give_back(&provider(peer));
        self.sites.give_back(&site(peer));
        self.networks.give_back(&network(peer));
    }

    /// Takes one of what everybody together may.
    pub fn take_of_all(&self, peer: IpAddr, now: Instant) -> Result<Purse, Duration> {
        let Err(wait) = self.total.take((), now) else { return Ok(Purse::Total) };
        self.newcomers.take(provider(peer), now).map_err(|_| wait)?;
        if self.reserve.take((), now).is_err() {
            self.newcomers.give_back(&provider(peer));
            return Err(wait);
        }
        Ok(Purse::Reserve)
    }

    pub fn give_back_to_all(&self, peer: IpAddr, purse: Purse) {
        match purse {
            Purse::Total => self.total.give_back(&()),
            Purse::Reserve => {
                self.reserve.give_back(&());
                self.newcomers.give_back(&provider(peer));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: Allowance = Allowance { burst: 30, refill: Duration::from_secs(2) };
    const TOTAL: Allowance = Allowance { burst: 300, refill: Duration::from_millis(50) };

    fn v6(bits: u128) -> IpAddr {
        IpAddr::V6(((0x2001_0db8_u128 << 96) | bits).into())
    }

    fn tries(peers: &Peers, from: impl Iterator<Item = IpAddr>, now: Instant) -> usize {
        from.filter(|peer| peers.take(*peer, now).is_ok() && peers.take_of_all(*peer, now).is_ok()).count()
    }

    #[test]
    fn wider_networks_get_more_and_not_as_often_as_they_have_addresses() {
        let (peers, start) = (Peers::new(NETWORK, TOTAL), Instant::now());
        assert_eq!(tries(&peers, (0..1000).map(v6), start), 30, "one /64");
        assert_eq!(tries(&peers, (0..1000).map(|n| v6(n << 64)), start), 30, "the rest of one /48");
        assert_eq!(tries(&peers, (0..1000).map(|n| v6(n << 80)), start), 180, "the rest of one /32");
        let addresses = (0..2560).map(|n: u32| IpAddr::V4((0xc633_6400 + n % 256).into()));
        assert_eq!(
            tries(&peers, addresses, start),
            60 + 3,
            "one /24: the rest of all, and of the reserve what newcomers get"
        );
    }

    #[test]
    fn whoever_has_used_up_what_all_may_leaves_the_reserve_to_others() {
        let (peers, start) = (Peers::new(NETWORK, TOTAL), Instant::now());
        let many =
            (0..20_u32).flat_map(|block| (0..100).map(move |n| IpAddr::V4((0xc612_0000 + (block << 8) + n).into())));
        assert!(tries(&peers, many, start) >= 300);
        let somebody = IpAddr::from([203, 0, 113, 7]);
        for _ in 0..100 {
            assert!(peers.take(somebody, start).is_ok());
            let purse = peers.take_of_all(somebody, start).expect("the reserve");
            assert_eq!(purse, Purse::Reserve);
            peers.give_back_to_all(somebody, purse);
            peers.give_back(somebody);
        }
    }
}
