//! What the agent says to people, in their language.

use fluent::{FluentArgs, FluentValue};
use jiff::Zoned;

use crate::i18n::datetime::DateTimeFormatter;
use crate::i18n::{self, Language, languages};

static LANGUAGES: [Language; 2] = languages!["agent", "datetime", "identification", "problem", "tray"];

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
        DateTimeFormatter::new(self.0, moment.time_zone().clone(), now.timestamp()).in_sentence(moment.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
