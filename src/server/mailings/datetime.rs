//! A time in words, with its zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::server::http::i18n::Words;

/// `Saturday, 21 November 2026 at 18:00 (Europe/Berlin)`
pub fn moment(words: &Words, at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let place = zone.iana_name().map_or_else(|| format!("UTC{}", local.strftime("%:z")), ToOwned::to_owned);
    words.with(
        "invitation-moment",
        [
            ("weekday", i64::from(local.weekday().to_monday_one_offset()).into()),
            ("day", local.day().to_string().into()),
            ("month", i64::from(local.month()).into()),
            ("year", local.year().to_string().into()),
            ("time", local.strftime("%H:%M").to_string().into()),
            ("zone", place.into()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_the_zone_of_the_project() {
        let at = "2026-11-21T17:00:00Z".parse().expect("a time");
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let english = moment(&Words::of("en"), at, &zone);
        assert_eq!(english, "Saturday, 21 November 2026 at 18:00 (Europe/Berlin)");
        assert_eq!(moment(&Words::of("de"), at, &zone), "Samstag, 21. November 2026 um 18:00 Uhr (Europe/Berlin)");
        let fixed = TimeZone::fixed(jiff::tz::offset(-3));
        assert!(moment(&Words::of("en"), at, &fixed).ends_with("at 14:00 (UTC-03:00)"));
    }
}
