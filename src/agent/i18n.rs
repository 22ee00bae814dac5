//! Every word that people read, from `i18n/<language>/*.ftl`.

use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::{NegotiationStrategy, convert_vec_str_to_langids_lossy, negotiate_languages};
use jiff::Zoned;
use unic_langid::LanguageIdentifier;

/// Each language with its words, built in.
const LANGUAGES: [(&str, [&str; 4]); 2] = [
    (
        "en",
        [
            include_str!("../../i18n/en/agent.ftl"),
            include_str!("../../i18n/en/identification.ftl"),
            include_str!("../../i18n/en/problem.ftl"),
            include_str!("../../i18n/en/tray.ftl"),
        ],
    ),
    (
        "de",
        [
            include_str!("../../i18n/de/agent.ftl"),
            include_str!("../../i18n/de/identification.ftl"),
            include_str!("../../i18n/de/problem.ftl"),
            include_str!("../../i18n/de/tray.ftl"),
        ],
    ),
];

type Bundle = FluentBundle<FluentResource>;

/// The words of one language, with English where it has none. Cheap to clone.
#[derive(Clone)]
pub struct Words {
    /// The chosen language first, English last.
    bundles: Arc<Vec<Bundle>>,
    language: &'static str,
}

impl Words {
    /// The language that fits a locale best: `de_AT.UTF-8` and `de-AT` give German, an unknown one English.
    pub fn for_locale(locale: &str) -> Self {
        let wanted = locale.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
        let wanted = convert_vec_str_to_langids_lossy([wanted.as_str()]);
        let known = convert_vec_str_to_langids_lossy(LANGUAGES.iter().map(|(language, _)| *language));
        let best = negotiate_languages(&wanted, &known, None, NegotiationStrategy::Lookup);
        let best = best.first().map_or("en", |id| id.language.as_str());
        let (language, texts) = LANGUAGES.iter().find(|(language, _)| *language == best).unwrap_or(&LANGUAGES[0]);
        let mut bundles = vec![bundle(language, texts)];
        if *language != "en" {
            bundles.push(bundle("en", &LANGUAGES[0].1));
        }
        Self { bundles: Arc::new(bundles), language }
    }

    /// `en` or `de`.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// A text without arguments.
    pub fn text(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A text with its arguments; `id.attribute` names an attribute. An id that does not exist shows itself.
    pub fn with(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            // Numbers choose plural forms; everything else is shown as it is.
            let number = value.parse::<u32>().ok().filter(|number| number.to_string() == **value);
            values.set(*name, number.map_or_else(|| FluentValue::from(*value), FluentValue::from));
        }
        let (message, attribute) = id.split_once('.').map_or((id, None), |(message, name)| (message, Some(name)));
        let text = self.bundles.iter().find_map(|bundle| {
            let message = bundle.get_message(message)?;
            let pattern = match attribute {
                Some(name) => message.get_attribute(name)?.value(),
                None => message.value()?,
            };
            let mut errors = Vec::new();
            Some(bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned())
        });
        text.unwrap_or_else(|| id.to_owned())
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

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.language)
    }
}

fn bundle(language: &str, texts: &[&str]) -> Bundle {
    let id: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // The marks that keep right-to-left and left-to-right apart show as boxes in fonts without them.
    bundle.set_use_isolating(false);
    for text in texts {
        // A broken file still gives every message that can be read; the tests find the rest.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_locale_finds_its_language() {
        for (locale, language) in [
            ("de_AT.UTF-8", "de"),
            ("de-CH", "de"),
            ("de", "de"),
            ("en_GB", "en"),
            ("C", "en"),
            ("xx-YY", "en"),
            ("", "en"),
        ] {
            assert_eq!(Words::for_locale(locale).language(), language, "{locale}");
        }
    }

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

    #[test]
    fn an_unknown_id_shows_itself() {
        assert_eq!(Words::for_locale("de").text("no-such-id"), "no-such-id");
    }
}
