//! Herd control: when many computers are due at the same time, only so many start in one minute, first come, first
//! served. Everything is a function of `now`: nothing here reads a clock or the database.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// How long a place is kept for a computer that does not come: several times the rhythm of plain polling, so that it
/// is lost only by a computer that sleeps. That one takes a new place when it is back.
const KEPT: SignedDuration = SignedDuration::from_mins(10);
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// What a computer may do whose start is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Start,
    /// Its place is later.
    Wait(Timestamp),
    /// It has no place, or has not come for it.
    TakePlace,
}

pub fn turn(place: Option<Timestamp>, now: Timestamp) -> Turn {
    match place {
        Some(place) if place > now => Turn::Wait(place),
        Some(place) if now.duration_since(place) <= KEPT => Turn::Start,
        _ => Turn::TakePlace,
    }
}

/// How many places of each minute are taken.
#[derive(Debug, Clone, Default)]
pub struct Minutes(BTreeMap<i64, u32>);

impl Minutes {
    /// `taken`: minutes since 1970 and how many places each has given away.
    pub fn new(taken: impl IntoIterator<Item = (i64, u32)>) -> Self {
        Self(taken.into_iter().collect())
    }

    /// Takes the first free place: at once while this minute has one, else in the next minute that has. Within a later
    /// minute every device has a second of its own.
    pub fn take(&mut self, cap: NonZeroU32, device: &str, now: Timestamp) -> Timestamp {
        let this = minute(now);
        let mut free = this;
        while self.0.get(&free).is_some_and(|taken| *taken >= cap.get()) {
            free += 1;
        }
        *self.0.entry(free).or_default() += 1;
        if free == this {
            return now;
        }
        Timestamp::from_millisecond(free * MINUTE + second(device)).unwrap_or(Timestamp::MAX)
    }
}

/// The minute since 1970.
pub fn minute(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(MINUTE)
}

/// Milliseconds into the minute.
fn second(device: &str) -> i64 {
    let hash = Sha256::digest(device.as_bytes());
    i64::from(u16::from_be_bytes([hash[8], hash[9]])) % 60 * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-11-23T08:00:30Z".parse().expect("a time")
    }

    fn cap(n: u32) -> NonZeroU32 {
        NonZeroU32::new(n).expect("not zero")
    }

    /// Numbers that look random and are the same in every run (xorshift).
    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(seed), |n| {
            let n = n ^ (n << 13);
            let n = n ^ (n >> 7);
            Some(n ^ (n << 17))
        })
        .skip(1)
    }

    #[test]
    fn no_minute_ever_gets_more_than_its_cap() {
        for seed in 1..50 {
            let mut random = numbers(seed);
            let mut next = |below: u64| random.next().expect("endless") % below;
            let limit = cap(1 + u32::try_from(next(20)).expect("small"));
            let (mut minutes, mut now) = (Minutes::default(), start());
            let mut places: BTreeMap<i64, u32> = BTreeMap::new();
            for device in 0..400 {
                now += SignedDuration::from_millis(i64::try_from(next(4000)).expect("small"));
                let place = minutes.take(limit, &device.to_string(), now);
                assert!(place >= now);
                *places.entry(minute(place)).or_default() += 1;
            }
            assert!(places.values().all(|count| *count <= limit.get()), "{limit}: {places:?}");
        }
    }

    #[test]
    fn nobody_waits_longer_than_those_before_need() {
        for limit in [1, 7, 100] {
            let mut minutes = Minutes::default();
            for before in 0..1000 {
                let place = minutes.take(cap(limit), &before.to_string(), start());
                assert_eq!(minute(place) - minute(start()), i64::from(before / limit), "the first minute with room");
            }
        }
    }

    #[test]
    fn who_comes_while_there_is_room_starts_at_once() {
        let mut minutes = Minutes::new([(minute(start()), 4)]);
        assert_eq!(minutes.take(cap(5), "a", start()), start());
        let second = minutes.take(cap(5), "b", start());
        assert_eq!(minute(second), minute(start()) + 1);
        assert_eq!(second, Minutes::new([(minute(start()), 5)]).take(cap(5), "b", start()), "the same place again");
    }

    #[test]
    fn a_place_is_waited_for_then_good_for_a_while_then_lost() {
        let place = start() + SignedDuration::from_mins(3);
        assert_eq!(turn(None, start()), Turn::TakePlace);
        assert_eq!(turn(Some(place), start()), Turn::Wait(place));
        assert_eq!(turn(Some(place), place), Turn::Start);
        assert_eq!(turn(Some(place), place + KEPT), Turn::Start, "plain polling comes late");
        let monday = place + SignedDuration::from_hours(60);
        assert_eq!(turn(Some(place), monday), Turn::TakePlace, "it slept over the weekend, as the others did");
    }
}
