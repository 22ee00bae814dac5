//! What the agent says to people, in their language.

use fluent::{FluentArgs, FluentValue};
use jiff::Zoned;

use crate::i18n::{self, Language, languages};

static LANGUAGES: [Language; 2] = languages!["agent", "identification", "problem", "tray"];

/// The words of one language, with English where it has none. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Words(i18n::Words);

impl Words {
    /// The language that fits a locale best: `de_AT.UTF-8` and `de-AT` give German, an unknown one English.
    pub fn for_locale(locale: &str) -> Self {
        Self(i18n::Words::negotiate(&LANGUAGES, [locale]))
    }

    /// `en` or `de`.
    pub fn language(&self) -> &'static str {
        self.0.language()
    }

    /// A text without arguments.
    pub fn text(&self, id: &str) -> String {
        self.0.text(id)
    }

    /// A text with its arguments; `id.attribute` names an attribute. An id that does not exist shows itself.
    pub fn with(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            // Numbers choose plural forms; everything else is shown as it is.
            let number = value.parse::<u32>().ok().filter(|number| number.to_string() == **value);
            values.set(*name, number.map_or_else(|| FluentValue::from(*value), FluentValue::from));
        }
        self.0.say(id, &values)
    }

    /// A moment as people say it, with its zone: "today at 17:40 (CET)". `now` decides what today is.
    pub fn when(&self, moment: &Zoned, now: &Zoned) -> String {
        let time = self.time(moment);
        let days = now.date().until(moment.date()).map_or(i32::MAX, |span| span.get_days());
        match days {
            0 => self.with("when-today", &[("time", &time)]),
            1 => self.with("when-tomorrow", &[("time", &time)]),
            _ => self.with("when-date", &[("date", &self.date(moment)), ("time", &time)]),
        }
    }

    /// "Monday, 3 August"; the names of days and months are words of the language.
    pub fn date(&self, moment: &Zoned) -> String {
        let weekday = self.text(&format!("weekday-{}", moment.weekday().to_monday_one_offset()));
        let month = self.text(&format!("month-{}", moment.month()));
        self.with("date", &[("weekday", &weekday), ("day", &moment.day().to_string()), ("month", &month)])
    }

    /// "17:40 (CET)".
    pub fn time(&self, moment: &Zoned) -> String {
        moment.strftime("%H:%M (%Z)").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_absolute_and_name_their_zone() {
        let now: Zoned = "2026-11-30T09:00[Europe/Berlin]".parse().expect("a time");
        let at = |text: &str| text.parse::<Zoned>().expect("a time");
        let en = Words::for_locale("en");
        let de = Words::for_locale("de");
        assert_eq!(en.when(&at("2026-11-30T17:40[Europe/Berlin]"), &now), "today at 17:40 (CET)");
        assert_eq!(en.when(&at("2026-12-01T07:05[Europe/Berlin]"), &now), "tomorrow at 07:05 (CET)");
        assert_eq!(en.when(&at("2026-12-24T18:00[Europe/Berlin]"), &now), "on Thursday 24 December at 18:00 (CET)");
        assert_eq!(
            de.when(&at("2026-12-24T18:00[Europe/Berlin]"), &now),
            "am Donnerstag, 24. Dezember, um 18:00 (CET)"
        );
        assert_eq!(de.when(&at("2026-11-30T17:40[Europe/Berlin]"), &now), "heute um 17:40 (CET)");
    }

    #[test]
    fn numbers_choose_their_plural_and_codes_stay_as_they_are() {
        let en = Words::for_locale("en");
        assert_ne!(
            en.with("code-slip-short", &[("count", "1")]),
            en.with("code-slip-short", &[("count", "2")]).replace('2', "1")
        );
        assert_eq!(en.with("notice-reference", &[("code", "007")]), "Code\u{a0}007");
    }
}
