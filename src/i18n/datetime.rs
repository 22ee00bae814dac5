//! Times as people read them: in their language and their zone, absolute.

use fluent::FluentValue;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Words;

/// A time in words and for machines (`datetime` of HTML's element `time`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub said: String,
    pub exact: String,
}

/// Tells times to one person.
#[derive(Debug, Clone)]
pub struct DateTimeFormatter {
    words: Words,
    zone: TimeZone,
    /// Decides what today is.
    now: Timestamp,
}

impl DateTimeFormatter {
    pub fn new(words: Words, zone: TimeZone, now: Timestamp) -> Self {
        Self { words, zone, now }
    }

    /// `today at 17:40`, `21 November 2026 at 17:40`.
    pub fn tell(&self, at: Timestamp) -> Moment {
        let then = self.local(at);
        let id = match self.days_until(&then) {
            0 => "datetime-today",
            1 => "datetime-tomorrow",
            -1 => "datetime-yesterday",
            _ => "datetime-date",
        };
        Moment { said: self.words.with(id, arguments(&then, "%H:%M")), exact: at.to_string() }
    }

    /// `today at 17:40 CET (Europe/Berlin)`.
    pub fn tell_with_zone(&self, at: Timestamp) -> Moment {
        let (short, name) = (self.local(at).strftime("%Z").to_string(), zone_name(&self.zone, at));
        let zone = if short == name { short } else { format!("{short} ({name})") };
        let Moment { said, exact } = self.tell(at);
        Moment { said: format!("{said} {zone}"), exact }
    }

    /// Within a sentence, for a time that is near: `today at 17:40 (CET)`, `on Monday 3 August at 17:40 (CEST)`.
    pub fn in_sentence(&self, at: Timestamp) -> String {
        let then = self.local(at);
        let id = match self.days_until(&then) {
            0 => "datetime-today",
            1 => "datetime-tomorrow",
            _ => "datetime-on-date",
        };
        self.words.with(id, arguments(&then, "%H:%M (%Z)"))
    }

    /// `in 2 days`, `3 hours ago`, in the largest unit that fits.
    pub fn distance(&self, at: Timestamp) -> String {
        let apart = at.duration_since(self.now);
        let minutes = apart.abs().as_mins();
        let (unit, count) = match minutes {
            0..120 => ("datetime-minutes", minutes),
            120..2880 => ("datetime-hours", minutes / 60),
            _ => ("datetime-days", minutes / 1440),
        };
        let distance = self.words.with(unit, [("count", count.into())]);
        let id = if apart.is_negative() { "datetime-ago" } else { "datetime-ahead" };
        self.words.with(id, [("distance", distance.into())])
    }

    /// For axes: `21 Nov 17:40`.
    pub fn short(&self, at: Timestamp) -> String {
        self.words.with("datetime-short", arguments(&self.local(at), "%H:%M"))
    }

    /// For a field of the type `datetime-local`.
    pub fn field(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    fn days_until(&self, then: &Zoned) -> i32 {
        then.date().since(self.local(self.now).date()).map_or(i32::MAX, |span| span.get_days())
    }
}

/// For a reader who does not know when it is read, nor where: `Saturday, 21 November 2026 at 18:00 (Europe/Berlin)`.
pub fn full(words: Words, at: Timestamp, zone: &TimeZone) -> String {
    let then = at.to_zoned(zone.clone());
    let offset = || format!("UTC{}", then.strftime("%:z"));
    let place = zone.iana_name().map_or_else(offset, ToOwned::to_owned);
    words.with("datetime-full", arguments(&then, "%H:%M").into_iter().chain([("zone", place.into())]))
}

/// The same in every language: `2026-11-21 18:00 CET`.
pub fn plain(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

/// For columns whose zone is known: `2026-11-21 18:00`.
pub fn plain_without_zone(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// For records: `2026-11-21 18:00:00 CET`.
pub fn plain_with_seconds(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// The IANA name, or the offset of a zone without one.
pub fn zone_name(zone: &TimeZone, at: Timestamp) -> String {
    zone.iana_name().map_or_else(|| at.to_zoned(zone.clone()).strftime("%:z").to_string(), str::to_owned)
}

/// What every text about a time may use.
pub fn arguments(then: &Zoned, time: &str) -> [(&'static str, FluentValue<'static>); 5] {
    [
        ("weekday", then.weekday().to_monday_one_offset().into()),
        ("day", then.day().into()),
        ("month", then.month().into()),
        // Not a number: a year has no separator of thousands.
        ("year", then.year().to_string().into()),
        ("time", then.strftime(time).to_string().into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, languages};

    static LANGUAGES: [Language; 2] = languages!["datetime"];

    fn words(language: &str) -> Words {
        Words::negotiate(&LANGUAGES, [language])
    }

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    fn formatter(language: &str, now: &str) -> DateTimeFormatter {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        DateTimeFormatter::new(words(language), zone, at(now))
    }

    #[test]
    fn a_time_is_told_in_the_readers_zone() {
        let formatter = formatter("en", "2026-11-21T23:30:00Z");
        let said = |time: &str| formatter.tell(at(time)).said;
        assert_eq!(said("2026-11-22T10:05:00Z"), "today at 11:05");
        assert_eq!(said("2026-11-21T22:59:00Z"), "yesterday at 23:59");
        assert_eq!(said("2026-11-22T23:00:00Z"), "tomorrow at 00:00");
        assert_eq!(said("2027-07-01T16:00:00Z"), "1 July 2027 at 18:00");
        let named = formatter.tell_with_zone(at("2026-11-22T10:05:00Z")).said;
        assert_eq!(named, "today at 11:05 CET (Europe/Berlin)");
        let utc = DateTimeFormatter { zone: TimeZone::UTC, ..formatter };
        assert_eq!(utc.tell_with_zone(at("2026-11-21T10:05:00Z")).said, "today at 10:05 UTC");
    }

    #[test]
    fn times_in_sentences_are_absolute_and_name_their_zone() {
        let (en, de) = (formatter("en", "2026-11-30T08:00:00Z"), formatter("de", "2026-11-30T08:00:00Z"));
        assert_eq!(en.in_sentence(at("2026-11-30T16:40:00Z")), "today at 17:40 (CET)");
        assert_eq!(en.in_sentence(at("2026-12-01T06:05:00Z")), "tomorrow at 07:05 (CET)");
        assert_eq!(en.in_sentence(at("2026-12-24T17:00:00Z")), "on Thursday 24 December at 18:00 (CET)");
        assert_eq!(de.in_sentence(at("2026-12-24T17:00:00Z")), "am Donnerstag, 24. Dezember, um 18:00 (CET)");
        assert_eq!(de.in_sentence(at("2026-11-30T16:40:00Z")), "heute um 17:40 (CET)");
    }

    #[test]
    fn a_distance_is_told_in_the_largest_unit() {
        let formatter = formatter("en", "2026-11-21T12:00:00Z");
        let said = |time: &str| formatter.distance(at(time));
        assert_eq!(said("2026-11-21T12:01:10Z"), "in 1 minute");
        assert_eq!(said("2026-11-21T11:59:10Z"), "less than a minute ago");
        assert_eq!(said("2026-11-21T15:59:00Z"), "in 3 hours");
        assert_eq!(said("2026-11-24T12:00:00Z"), "in 3 days");
        assert_eq!(said("2026-11-21T09:00:00Z"), "3 hours ago");
    }

    #[test]
    fn a_full_time_is_told_in_its_zone() {
        let (time, zone) = (at("2026-11-21T17:00:00Z"), TimeZone::get("Europe/Berlin").expect("a zone"));
        assert_eq!(full(words("en"), time, &zone), "Saturday, 21 November 2026 at 18:00 (Europe/Berlin)");
        assert_eq!(full(words("de"), time, &zone), "Samstag, 21. November 2026 um 18:00 Uhr (Europe/Berlin)");
        let fixed = TimeZone::fixed(jiff::tz::offset(-3));
        assert!(full(words("en"), time, &fixed).ends_with("at 14:00 (UTC-03:00)"));
    }
}
