//! What the server says to people, in their language, with English underneath: mails, the dashboard, the personal page.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::http::{HeaderMap, header};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The languages, English first, each with the files it is made of.
const LANGUAGES: [(&str, &[&str]); 2] = [
    (
        "en",
        &[
            include_str!("../../../i18n/en/account.ftl"),
            include_str!("../../../i18n/en/dashboard.ftl"),
            include_str!("../../../i18n/en/identity.ftl"),
            include_str!("../../../i18n/en/invitation.ftl"),
            include_str!("../../../i18n/en/operator.ftl"),
            include_str!("../../../i18n/en/person.ftl"),
            include_str!("../../../i18n/en/problem.ftl"),
        ],
    ),
    (
        "de",
        &[
            include_str!("../../../i18n/de/account.ftl"),
            include_str!("../../../i18n/de/dashboard.ftl"),
            include_str!("../../../i18n/de/identity.ftl"),
            include_str!("../../../i18n/de/invitation.ftl"),
            include_str!("../../../i18n/de/operator.ftl"),
            include_str!("../../../i18n/de/person.ftl"),
            include_str!("../../../i18n/de/problem.ftl"),
        ],
    ),
];

/// The texts of one language.
#[derive(Clone, Copy)]
pub struct Words {
    language: &'static str,
    chain: [Option<&'static FluentBundle<FluentResource>>; 2],
}

impl Words {
    /// `language` is a BCP 47 tag, of which the first part counts; one that we do not have gets English.
    pub fn of(language: &str) -> Self {
        let first = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let (english, _) = LANGUAGES[0];
        let language = LANGUAGES.iter().map(|(known, _)| *known).find(|known| *known == first).unwrap_or(english);
        let own = (language != english).then(|| bundle(language)).flatten();
        Self { language, chain: [own, bundle(english)] }
    }

    /// The best of the languages that a browser asks for (RFC 9110 section 12.5.4; the order counts, weights do not).
    pub fn accepted(header: &str) -> Self {
        let asked = header.split(',').filter_map(|part| part.split(';').next()).map(str::trim);
        let known = |tag: &&str| LANGUAGES.iter().any(|(known, _)| tag.split('-').next() == Some(known));
        Self::of(asked.into_iter().find(known).unwrap_or_default())
    }

    /// The same, of all that a browser says.
    pub fn asked(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::accepted(asked.unwrap_or_default())
    }

    /// Every language there is, for choices.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().map(|(language, _)| *language)
    }

    /// BCP 47, for `lang` attributes.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// A text without arguments; its id when no language has it.
    pub fn text(&self, id: &str) -> String {
        self.say(id, &FluentArgs::new())
    }

    /// A text with arguments: `words.with("moment-days", [("count", 3.into())])`.
    pub fn with<'a>(&self, id: &str, arguments: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>) -> String {
        self.say(id, &arguments.into_iter().collect())
    }

    /// The text of `id`, or of its attribute when it is written `id.attribute`.
    pub fn say(&self, id: &str, arguments: &FluentArgs<'_>) -> String {
        let (name, attribute) = id.split_once('.').map_or((id, None), |(name, attribute)| (name, Some(attribute)));
        for bundle in self.chain.into_iter().flatten() {
            let Some(message) = bundle.get_message(name) else { continue };
            let pattern = match attribute {
                Some(attribute) => message.get_attribute(attribute).map(|attribute| attribute.value()),
                None => message.value(),
            };
            let Some(pattern) = pattern else { continue };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(arguments), &mut errors);
            if errors.is_empty() {
                return text.into_owned();
            }
        }
        id.to_owned()
    }
}

fn bundle(language: &str) -> Option<&'static FluentBundle<FluentResource>> {
    static BUNDLES: OnceLock<HashMap<&str, FluentBundle<FluentResource>>> = OnceLock::new();
    BUNDLES
        .get_or_init(|| LANGUAGES.iter().map(|(language, texts)| (*language, build(language, texts))).collect())
        .get(language)
}

fn build(language: &str, texts: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.parse::<LanguageIdentifier>().unwrap_or_default()]);
    // The invisible isolation marks would get into subjects and links.
    bundle.set_use_isolating(false);
    for text in texts {
        // A test shows that the resources have no errors; a broken message falls through to the next language.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resources_have_no_errors() {
        for (language, texts) in LANGUAGES {
            for text in texts {
                assert!(FluentResource::try_new((*text).to_owned()).is_ok(), "{language}");
            }
        }
    }

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
