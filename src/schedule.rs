//! When to ask, when to start, when to try again. Everything is a function of `now`: nothing here reads a clock.
//!
//! All durations are seconds or `jiff` spans; all instants are UTC.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// How often an agent asks when the server has not said otherwise (promise K7).
pub const POLL: Duration = Duration::from_mins(2);
/// How long an agent lets the server hold a question open. Proxies cut idle connections at about a minute.
pub const LONG_POLL: Duration = Duration::from_secs(50);
/// The server's rhythm is followed within these limits.
const POLL_LIMITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_hours(6));
/// The first wait after a failed question; it doubles with each failure in a row.
const BACKOFF: Duration = Duration::from_secs(2);
/// Longest wait while this computer has no connection: it should notice soon that it is back.
const OFFLINE_LIMIT: Duration = Duration::from_mins(1);
/// Longest wait while the server answers with errors: it should not be hammered.
const TROUBLED_LIMIT: Duration = Duration::from_mins(10);
/// "Later" on the first page brings the wizard back after this time (promise K11).
pub const LATER: SignedDuration = SignedDuration::from_mins(10);

/// So long after a set-up the new profile counts as used: the person is asked before it is taken away.
const UNUSED: SignedDuration = SignedDuration::from_mins(10);
/// How long the person is asked whether the operator's order to go back is to be followed.
pub const UNDO_QUESTION: SignedDuration = SignedDuration::from_mins(10);
/// How often a server is asked that does not know this computer: each hour for a day, then once a day.
const UNKNOWN_PAUSES: (Duration, Duration) = (Duration::from_hours(1), Duration::from_hours(24));
/// For so long, and so many times, the server has to say that it does not know this computer before it is believed: a
/// database that was lost or mistaken is put right within days.
const UNKNOWN_LIMITS: (SignedDuration, u32) = (SignedDuration::from_hours(7 * 24), 7);

/// What went wrong with a question to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No answer: no network, no route, refused, timed out.
    Offline,
    /// An answer, but not a useful one.
    Server,
}

/// The wait before the next question when the last one was answered. `jitter` is between 0 and 1.
pub fn next_poll(asked_for: Duration, jitter: f64) -> Duration {
    // ±15 %, so that computers switched on together drift apart.
    asked_for.clamp(POLL_LIMITS.0, POLL_LIMITS.1).mul_f64(0.85 + 0.3 * jitter.clamp(0.0, 1.0))
}

/// The wait before the next question after `failures` (1 or more) in a row: capped, doubling, with full jitter above half.
/// What the server asked for in `Retry-After` is the least.
pub fn backoff(trouble: Trouble, failures: u32, retry_after: Option<Duration>, jitter: f64) -> Duration {
    let limit = match trouble {
        Trouble::Offline => OFFLINE_LIMIT,
        Trouble::Server => TROUBLED_LIMIT,
    };
    let doubled = BACKOFF.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(16)));
    let wait = doubled.min(limit).mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    wait.max(retry_after.unwrap_or_default().min(POLL_LIMITS.1))
}

/// What is left until a moment, at most `limit`: a clock that was put back puts nothing off.
pub fn left_until(until: Timestamp, now: Timestamp, limit: SignedDuration) -> Duration {
    until.duration_since(now).min(limit).try_into().unwrap_or_default()
}

/// Whether a profile that was set up then has been used since. None: it is not known when.
pub fn is_in_use(completed: Option<Timestamp>, now: Timestamp) -> bool {
    completed.is_none_or(|at| now.duration_since(at) >= UNUSED)
}

/// The wait before the next question after the server has said so many times in a row that it does not know this computer.
pub fn unknown_pause(times: u32) -> Duration {
    if times <= 24 { UNKNOWN_PAUSES.0 } else { UNKNOWN_PAUSES.1 }
}

/// Whether a server that has not known this computer since then is believed at last.
pub fn is_forgotten(since: Timestamp, times: u32, now: Timestamp) -> bool {
    // A clock that jumps ahead does not make days of it by itself.
    now.duration_since(since) >= UNKNOWN_LIMITS.0 && times >= UNKNOWN_LIMITS.1
}

/// When a device starts after cutover: the same offset for the same device every time (promise X6), so that a fleet
/// waking up together is spread over the project's window.
pub fn start_at(cutover: Timestamp, lead: SignedDuration, spread: SignedDuration, device: &str) -> Timestamp {
    let hash = Sha256::digest(device.as_bytes());
    let place = u64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]]);
    let window = u64::try_from(spread.as_secs()).unwrap_or(0);
    let offset = if window == 0 { 0 } else { place % window };
    let offset = SignedDuration::from_secs(i64::try_from(offset).unwrap_or(0));
    cutover.saturating_add(lead).and_then(|t| t.saturating_add(offset)).unwrap_or(cutover)
}

/// When a failed set-up is tried again without anyone asking (promise K4): after 4 hours, or after 39 minutes within
/// six hours of the cutover; never when that would be later than `limit` after the cutover.
pub fn retry_at(failed: Timestamp, cutover: Timestamp, limit: SignedDuration) -> Option<Timestamp> {
    let near = failed.duration_since(cutover).abs() <= SignedDuration::from_hours(6);
    let wait = if near { SignedDuration::from_mins(39) } else { SignedDuration::from_hours(4) };
    let at = failed.checked_add(wait).ok()?;
    (at.duration_since(cutover) <= limit).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn the_servers_rhythm_is_followed_within_limits_and_with_jitter() {
        assert_eq!(next_poll(Duration::from_secs(100), 0.5), Duration::from_secs(100));
        assert_eq!(next_poll(Duration::from_secs(100), 0.0), Duration::from_secs(85));
        assert_eq!(next_poll(Duration::from_secs(100), 1.0), Duration::from_secs(115));
        assert_eq!(next_poll(Duration::ZERO, 0.5), Duration::from_secs(1));
        assert_eq!(next_poll(Duration::from_secs(1_000_000), 0.5), Duration::from_hours(6));
    }

    #[test]
    fn failures_wait_longer_and_longer_up_to_a_limit_of_their_own() {
        let offline: Vec<u64> = (1..9).map(|n| backoff(Trouble::Offline, n, None, 1.0).as_secs()).collect();
        assert_eq!(offline, [2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff(Trouble::Server, 40, None, 1.0).as_secs(), 600);
        assert_eq!(backoff(Trouble::Server, 1, None, 0.0).as_secs(), 1);
    }

    #[test]
    fn a_clock_that_is_put_back_puts_nothing_off() {
        let now = at("2026-11-20T18:00:00Z");
        assert_eq!(left_until(at("2026-11-20T18:04:00Z"), now, LATER), Duration::from_mins(4));
        assert_eq!(left_until(at("2026-11-21T18:00:00Z"), now, LATER), Duration::from_mins(10));
        assert_eq!(left_until(at("2026-11-20T17:00:00Z"), now, LATER), Duration::ZERO);
    }

    #[test]
    fn a_profile_counts_as_used_some_minutes_after_its_set_up() {
        let completed = at("2026-11-20T18:00:00Z");
        assert!(!is_in_use(Some(completed), at("2026-11-20T18:09:59Z")));
        assert!(is_in_use(Some(completed), at("2026-11-20T18:10:00Z")) && is_in_use(None, completed));
    }

    #[test]
    fn a_server_that_does_not_know_the_computer_is_believed_after_a_week_only() {
        let since = at("2026-11-20T18:00:00Z");
        assert!(!is_forgotten(since, 1, since));
        assert!(!is_forgotten(since, 400, at("2026-11-27T17:59:59Z")), "asked often");
        assert!(!is_forgotten(since, 2, at("2027-11-27T18:00:00Z")), "the clock has jumped");
        assert!(is_forgotten(since, 30, at("2026-11-27T18:00:00Z")));
        assert_eq!([1, 24, 25].map(|times| unknown_pause(times).as_secs() / 3600), [1, 1, 24]);
    }

    #[test]
    fn retry_after_is_the_least_wait() {
        assert_eq!(backoff(Trouble::Server, 1, Some(Duration::from_secs(90)), 0.0).as_secs(), 90);
    }

    #[test]
    fn a_device_always_has_the_same_place_in_the_window() {
        let cutover = at("2026-11-20T18:00:00Z");
        let (lead, spread) = (SignedDuration::from_mins(10), SignedDuration::from_mins(30));
        let first = start_at(cutover, lead, spread, "device-1");
        assert_eq!(first, start_at(cutover, lead, spread, "device-1"));
        let places: std::collections::BTreeSet<_> =
            (0..50).map(|n| start_at(cutover, lead, spread, &format!("device-{n}"))).collect();
        assert!(places.len() > 40, "spread out, not bunched: {}", places.len());
        let (from, to) = (cutover + lead, cutover + lead + spread);
        assert!(places.iter().all(|t| (from..to).contains(t)));
    }

    #[test]
    fn without_a_window_everyone_starts_at_once() {
        let cutover = at("2026-11-20T18:00:00Z");
        assert_eq!(start_at(cutover, SignedDuration::ZERO, SignedDuration::ZERO, "any"), cutover);
    }

    #[test]
    fn failures_are_tried_again_by_the_timetable() {
        let cutover = at("2026-11-20T18:00:00Z");
        let day = SignedDuration::from_hours(24);
        assert_eq!(retry_at(at("2026-11-20T18:30:00Z"), cutover, day), Some(at("2026-11-20T19:09:00Z")));
        assert_eq!(retry_at(at("2026-11-20T12:00:00Z"), cutover, day), Some(at("2026-11-20T12:39:00Z")));
        assert_eq!(retry_at(at("2026-11-21T02:00:00Z"), cutover, day), Some(at("2026-11-21T06:00:00Z")));
        assert_eq!(retry_at(at("2026-11-21T16:00:00Z"), cutover, day), None);
    }
}
