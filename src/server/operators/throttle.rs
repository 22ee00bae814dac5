//! How many wrong passwords somebody may try, so that guessing is slow and nobody can lock the right person out.
//!
//! Each try costs a token of its address, and one of the account: from this address, and over all addresses together.
//! What the last one allows is used up by an attack from many addresses, so browsers in which the operator has signed
//! in before do not need it. One account takes at most 60 + 180 an hour of all guesses.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::server::limiter::{Allowance, Limiter};
use crate::server::refusal::Refusal;

/// Wrong tries of one address, for all accounts.
const BY_ADDRESS: Allowance = Allowance { burst: 30, refill: Duration::from_secs(20) };
/// Wrong tries of one address, or of one known browser, for one account.
const BY_PAIR: Allowance = Allowance { burst: 10, refill: Duration::from_mins(1) };
/// Wrong tries of unknown browsers for one account.
const BY_ACCOUNT: Allowance = Allowance { burst: 60, refill: Duration::from_secs(20) };

/// Who tries, and for whom.
#[derive(Debug, Clone)]
pub struct Try {
    /// See `limiter::network`.
    pub address: IpAddr,
    /// The account's name as it is found by.
    pub account: String,
    /// The hash of the known browser's token.
    pub browser: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Origin {
    Address(IpAddr),
    Browser(String),
}

#[derive(Debug)]
pub struct Throttle {
    addresses: Limiter<IpAddr>,
    pairs: Limiter<(Origin, String)>,
    accounts: Limiter<String>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { addresses: Limiter::new(BY_ADDRESS), pairs: Limiter::new(BY_PAIR), accounts: Limiter::new(BY_ACCOUNT) }
    }
}

impl Throttle {
    /// # Errors
    /// [`Refusal::Throttled`].
    pub fn take(&self, attempt: &Try, now: Instant) -> Result<(), Refusal> {
        let throttled = |retry_after| Refusal::Throttled { retry_after };
        self.pairs.take(Self::pair(attempt), now).map_err(throttled)?;
        if attempt.browser.is_some() {
            return Ok(());
        }
        self.addresses.take(attempt.address, now).map_err(throttled)?;
        self.accounts.take(attempt.account.clone(), now).map_err(throttled)
    }

    /// It was the right person.
    pub fn give_back(&self, attempt: &Try) {
        self.pairs.give_back(&Self::pair(attempt));
        if attempt.browser.is_none() {
            self.addresses.give_back(&attempt.address);
            self.accounts.give_back(&attempt.account);
        }
    }

    fn pair(attempt: &Try) -> (Origin, String) {
        let origin = attempt.browser.clone().map_or(Origin::Address(attempt.address), Origin::Browser);
        (origin, attempt.account.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(last: u8, browser: Option<&str>) -> Try {
        Try { address: IpAddr::from([192, 0, 2, last]), account: "anna".into(), browser: browser.map(Into::into) }
    }

    #[test]
    fn one_address_gets_ten_tries_then_one_a_minute() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let allowed = (0..100).filter(|_| throttle.take(&attempt(1, None), start).is_ok()).count();
        assert_eq!(allowed, 10);
        let later = start + Duration::from_mins(1);
        let allowed = (0..100).filter(|_| throttle.take(&attempt(1, None), later).is_ok()).count();
        assert_eq!(allowed, 1);
    }

    #[test]
    fn many_addresses_get_no_more_than_the_account_allows_and_lock_nobody_out_of_a_known_browser() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let tries = (0..=255).flat_map(|last| std::iter::repeat_n(last, 20));
        let allowed = tries.filter(|last| throttle.take(&attempt(*last, None), start).is_ok()).count();
        assert_eq!(allowed, 60);
        assert!(throttle.take(&attempt(1, Some("hash")), start).is_ok());
    }

    #[test]
    fn the_right_person_uses_nothing_up() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            assert!(throttle.take(&attempt(1, None), start).is_ok());
            throttle.give_back(&attempt(1, None));
        }
    }
}
