//! The time of day, for all that the server decides. A clock that jumps (a virtual machine that wakes up, a time server that
//! is wrong for a moment) must neither start a move, nor end the time for going back, nor delete what is not old yet.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// A smaller step is followed at once.
const STEP: SignedDuration = SignedDuration::from_hours(1);
/// How long a clock that has jumped has to go on from there until it is believed.
const PROBATION: Duration = Duration::from_mins(15);

static CLOCK: Mutex<Option<Clock>> = Mutex::new(None);

/// The time of day. After a jump of more than an hour it goes on as if there had been none, for a quarter of an hour.
pub fn now() -> Timestamp {
    let (wall, steady) = (Timestamp::now(), Instant::now());
    let mut clock = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    clock.get_or_insert(Clock { wall, steady, jumped: None }).read(wall, steady)
}

/// What was believed last.
#[derive(Debug, Clone, Copy)]
struct Clock {
    wall: Timestamp,
    steady: Instant,
    jumped: Option<Jump>,
}

#[derive(Debug, Clone, Copy)]
struct Jump {
    since: Instant,
    by: SignedDuration,
}

impl Clock {
    fn read(&mut self, wall: Timestamp, steady: Instant) -> Timestamp {
        let passed = SignedDuration::try_from(steady.saturating_duration_since(self.steady)).unwrap_or_default();
        let expected = self.wall.saturating_add(passed).unwrap_or(wall);
        let by = wall.duration_since(expected);
        let lasted = self.jumped.filter(|jump| (jump.by - by).abs() < STEP);
        let is_believed = lasted.is_some_and(|jump| steady.saturating_duration_since(jump.since) >= PROBATION);
        if by.abs() <= STEP || is_believed {
            if self.jumped.is_some() {
                tracing::warn!(%wall, "the clock of this computer is believed again");
            }
            *self = Self { wall, steady, jumped: None };
            return wall;
        }
        if lasted.is_none() {
            tracing::error!(
                %wall, %expected, minutes = PROBATION.as_secs() / 60,
                "the clock of this computer has jumped; it is not followed until it has gone on from there for a while"
            );
            self.jumped = Some(Jump { since: steady, by });
        }
        expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);
    const MINUTE: Duration = Duration::from_mins(1);

    fn clock() -> Clock {
        let wall = "2026-11-20T18:00:00Z".parse().expect("a time");
        Clock { wall, steady: Instant::now(), jumped: None }
    }

    #[test]
    fn a_clock_that_jumps_for_a_moment_is_not_followed() {
        for by in [HOUR * 3, HOUR * 24 * 100, HOUR * -24] {
            let mut clock = clock();
            let Clock { wall, steady, .. } = clock;
            for minute in 1..10 {
                let passed = MINUTE * minute;
                let true_time = wall + SignedDuration::try_from(passed).expect("short");
                assert_eq!(clock.read(true_time + by, steady + passed), true_time, "{by}");
            }
            let back = wall + SignedDuration::from_mins(10);
            assert_eq!(clock.read(back, steady + MINUTE * 10), back);
            assert_eq!(clock.read(back + by, steady + MINUTE * 30), wall + SignedDuration::from_mins(30), "a new jump");
        }
    }

    #[test]
    fn a_clock_that_goes_on_from_there_is_believed_after_a_while() {
        let mut clock = clock();
        let Clock { wall, steady, .. } = clock;
        let moved = |minutes: i64| wall + HOUR * 5 + SignedDuration::from_mins(minutes);
        assert_eq!(clock.read(moved(1), steady + MINUTE), wall + SignedDuration::from_mins(1));
        assert_eq!(clock.read(moved(15), steady + MINUTE * 15), wall + SignedDuration::from_mins(15));
        assert_eq!(clock.read(moved(16), steady + MINUTE * 16), moved(16));
        assert_eq!(clock.read(moved(17), steady + MINUTE * 17), moved(17));
    }

    #[test]
    fn small_steps_are_followed_at_once() {
        let mut clock = clock();
        let Clock { wall, steady, .. } = clock;
        let corrected = wall - SignedDuration::from_mins(3);
        assert_eq!(clock.read(corrected, steady + MINUTE), corrected);
    }
}
