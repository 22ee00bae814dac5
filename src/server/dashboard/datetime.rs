//! Times as people read them: in the operator's zone, absolute, with a countdown only for the cutover.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::server::http::i18n::Words;
use crate::server::operators::Viewer;

/// Tells times to one person.
#[derive(Clone)]
pub struct Clock {
    words: Words,
    zone: TimeZone,
    now: Timestamp,
}

/// A time in words and for machines (`datetime` of the element `time`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub said: String,
    pub exact: String,
}

impl Clock {
    pub fn of(viewer: &Viewer, now: Timestamp) -> Self {
        Self { words: viewer.words, zone: viewer.zone.clone(), now }
    }

    /// `today at 17:40`, `21 November 2026 at 17:40`.
    pub fn tell(&self, at: Timestamp) -> Moment {
        let (then, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let time = then.strftime("%H:%M").to_string();
        let days = then.date().since(now.date()).map_or(i32::MAX, |span| span.get_days());
        let said = match days {
            0 => self.words.with("moment-today", [("time", time.into())]),
            1 => self.words.with("moment-tomorrow", [("time", time.into())]),
            -1 => self.words.with("moment-yesterday", [("time", time.into())]),
            _ => self.words.with(
                "moment-date",
                [
                    ("day", then.day().into()),
                    ("month", then.month().into()),
                    ("year", then.year().to_string().into()),
                    ("time", time.into()),
                ],
            ),
        };
        Moment { said, exact: at.to_string() }
    }

    /// The same with the zone's name.
    pub fn tell_with_zone(&self, at: Timestamp) -> Moment {
        let Moment { said, exact } = self.tell(at);
        let (short, name) = (at.to_zoned(self.zone.clone()).strftime("%Z").to_string(), zone_name(&self.zone));
        let zone = if short == name { short } else { format!("{short} ({name})") };
        Moment { said: format!("{said} {zone}"), exact }
    }

    /// `in 2 days`, `3 hours ago`, in the largest unit that fits.
    pub fn distance(&self, at: Timestamp) -> String {
        let apart = at.duration_since(self.now);
        let minutes = apart.abs().as_mins();
        let (unit, count) = match minutes {
            0..120 => ("moment-minutes", minutes),
            120..2880 => ("moment-hours", minutes / 60),
            _ => ("moment-days", minutes / 1440),
        };
        let distance = self.words.with(unit, [("count", count.into())]);
        let id = if apart.is_negative() { "moment-ago" } else { "moment-ahead" };
        self.words.with(id, [("distance", distance.into())])
    }

    /// For axes: `21 Nov 17:40`.
    pub fn short(&self, at: Timestamp) -> String {
        let then = at.to_zoned(self.zone.clone());
        let time = then.strftime("%H:%M").to_string();
        let arguments = [("day", then.day().into()), ("month", then.month().into()), ("time", time.into())];
        self.words.with("moment-short", arguments)
    }

    /// For a field of the type `datetime-local`.
    pub fn field(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
    }
}

/// The IANA name, or the offset of a zone without one.
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().map_or_else(|| Timestamp::now().to_zoned(zone.clone()).strftime("%:z").to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(now: &str) -> Clock {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        Clock { words: Words::of("en"), zone, now: now.parse().expect("a time") }
    }

    #[test]
    fn a_time_is_told_in_the_operators_zone() {
        let clock = clock("2026-11-21T23:30:00Z");
        let said = |at: &str| clock.tell(at.parse().expect("a time")).said;
        assert_eq!(said("2026-11-22T10:05:00Z"), "today at 11:05");
        assert_eq!(said("2026-11-21T22:59:00Z"), "yesterday at 23:59");
        assert_eq!(said("2026-11-22T23:00:00Z"), "tomorrow at 00:00");
        assert_eq!(said("2027-07-01T16:00:00Z"), "1 July 2027 at 18:00");
        let named = clock.tell_with_zone("2026-11-22T10:05:00Z".parse().expect("a time")).said;
        assert_eq!(named, "today at 11:05 CET (Europe/Berlin)");
        let utc =
            Clock { zone: TimeZone::UTC, ..clock }.tell_with_zone("2026-11-21T10:05:00Z".parse().expect("a time"));
        assert_eq!(utc.said, "today at 10:05 UTC");
    }

    #[test]
    fn a_distance_is_told_in_the_largest_unit() {
        let clock = clock("2026-11-21T12:00:00Z");
        let said = |at: &str| clock.distance(at.parse().expect("a time"));
        assert_eq!(said("2026-11-21T12:01:10Z"), "in 1 minute");
        assert_eq!(said("2026-11-21T11:59:10Z"), "less than a minute ago");
        assert_eq!(said("2026-11-21T15:59:00Z"), "in 3 hours");
        assert_eq!(said("2026-11-24T12:00:00Z"), "in 3 days");
        assert_eq!(said("2026-11-21T09:00:00Z"), "3 hours ago");
    }
}
