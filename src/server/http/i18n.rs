//! What the server says to people, in their language: mails, the dashboard, the personal page.

use axum::http::{HeaderMap, header};

pub use crate::i18n::Words;
use crate::i18n::{Language, languages};

static LANGUAGES: [Language; 2] =
    languages!["account", "dashboard", "datetime", "identity", "invitation", "operator", "person", "problem"];

impl Words {
    /// `language` is a BCP 47 tag; one that we do not have gets English.
    pub fn of(language: &str) -> Self {
        Self::negotiate(&LANGUAGES, [language])
    }

    /// The best of the languages that a browser asks for (RFC 9110 section 12.5.4; the order counts, weights do not).
    pub fn accepted(header: &str) -> Self {
        Self::negotiate(&LANGUAGES, header.split(','))
    }

    /// The same, of all that a browser says.
    pub fn asked(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::accepted(asked.unwrap_or_default())
    }

    /// Every language there is, for choices.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().map(Language::tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_languages_get_english() {
        let greeting = |language| Words::of(language).with("invitation-greeting", [("name", "Zoë".into())]);
        assert_eq!(greeting("fr"), "Hello Zoë,");
        assert_eq!(greeting("de-AT"), "Guten Tag Zoë,");
    }

    #[test]
    fn a_browser_gets_the_first_language_that_we_have() {
        assert_eq!(Words::accepted("fr-FR, de;q=0.8, en;q=0.5").language(), "de");
        assert_eq!(Words::accepted("*").language(), "en");
    }

    #[test]
    fn remedies_are_attributes() {
        let remedy = Words::of("de").text("problem-ACT-2.remedy");
        assert!(!remedy.is_empty() && remedy != "problem-ACT-2.remedy", "{remedy}");
    }
}
