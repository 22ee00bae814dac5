//! How many wrong passwords somebody may try, so that guessing is slow and nobody can lock the right person out.
//!
//! Each try costs a token of its address, and one of the account: from this address, and over all addresses together.
//! What the last one allows is used up by an attack from many addresses, so browsers in which the operator has signed
//! in before do not need it. One account takes at most 60 + 180 an hour of all guesses. All unknown browsers together have
//! an allowance too, since each try costs two computations of a password's hash.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::problem::ResponseCode;
use crate::server::http::error::Refusal;
use crate::server::http::limiter::peers::{Peers, Purse};
use crate::server::http::limiter::{Allowance, Limiter, network};

/// Wrong tries of one address, for all accounts; networks of many addresses get some times as much.
const BY_ADDRESS: Allowance = Allowance { burst: 30, refill: Duration::from_secs(20) };
/// Wrong tries of all unknown browsers together.
const BY_ALL: Allowance = Allowance { burst: 300, refill: Duration::from_millis(200) };
/// Wrong tries of one address, or of one known browser, for one account.
const BY_PAIR: Allowance = Allowance { burst: 10, refill: Duration::from_mins(1) };
/// Wrong tries of unknown browsers for one account.
const BY_ACCOUNT: Allowance = Allowance { burst: 60, refill: Duration::from_secs(20) };

/// Who tries, and for whom.
#[derive(Debug, Clone)]
pub struct Try {
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
    addresses: Peers,
    pairs: Limiter<(Origin, String)>,
    accounts: Limiter<String>,
}

/// What a try has taken of everybody's; nothing for a known browser.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Taken(Option<Purse>);

impl Default for Throttle {
    fn default() -> Self {
        Self {
            addresses: Peers::new(BY_ADDRESS, BY_ALL),
            pairs: Limiter::new(BY_PAIR),
            accounts: Limiter::new(BY_ACCOUNT),
        }
    }
}

impl Throttle {
    /// What is about the address comes first: it bounds how many names somebody makes a record of.
    ///
    /// # Errors
    /// [`ResponseCode::TooManySignIns`].
    pub fn take(&self, attempt: &Try, now: Instant) -> Result<Taken, Refusal> {
        let throttled = |retry_after| Refusal::later(ResponseCode::TooManySignIns, retry_after);
        if attempt.browser.is_some() {
            return self.pairs.take(Self::pair(attempt), now).map(|()| Taken(None)).map_err(throttled);
        }
        self.addresses.take(attempt.address, now).map_err(throttled)?;
        let more = || {
            let purse = self.addresses.take_of_all(attempt.address, now)?;
            let pair = self.pairs.take(Self::pair(attempt), now);
            let both = pair.and_then(|()| self.accounts.take(attempt.account.clone(), now));
            both.map(|()| purse).inspect_err(|_| self.addresses.give_back_to_all(attempt.address, purse))
        };
        let taken = more().inspect_err(|_| self.addresses.give_back(attempt.address));
        taken.map(|purse| Taken(Some(purse))).map_err(throttled)
    }

    /// It was the right person.
    pub fn give_back(&self, attempt: &Try, Taken(taken): Taken) {
        self.pairs.give_back(&Self::pair(attempt));
        if let Some(purse) = taken {
            self.addresses.give_back(attempt.address);
            self.addresses.give_back_to_all(attempt.address, purse);
            self.accounts.give_back(&attempt.account);
        }
    }

    fn pair(attempt: &Try) -> (Origin, String) {
        let origin = attempt.browser.clone().map_or(Origin::Address(network(attempt.address)), Origin::Browser);
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
    fn made_up_names_of_one_address_leave_no_record() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for number in 0..10_000 {
            let _ = throttle.take(&Try { account: format!("nobody {number}"), ..attempt(1, None) }, start);
        }
        let known = (0..10_000).filter(|number| {
            let pair = Throttle::pair(&Try { account: format!("nobody {number}"), ..attempt(1, None) });
            throttle.pairs.knows(&pair)
        });
        assert_eq!(known.count(), 30);
    }

    #[test]
    fn the_right_person_uses_nothing_up() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            let taken = throttle.take(&attempt(1, None), start).expect("allowed");
            throttle.give_back(&attempt(1, None), taken);
        }
    }
}
