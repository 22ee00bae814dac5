//! The words of the invitation in the person's language, with English underneath.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

const ENGLISH: &str = include_str!("../../../i18n/en/invitation.ftl");
const GERMAN: &str = include_str!("../../../i18n/de/invitation.ftl");

/// The texts of one language.
pub struct Words(Vec<FluentBundle<FluentResource>>);

impl Words {
    /// `language` is `en` or `de`; every other one gets English.
    pub fn of(language: &str) -> Self {
        let english = ("en", ENGLISH);
        let chain = if language == "de" { vec![("de", GERMAN), english] } else { vec![english] };
        let bundles = chain.into_iter().map(|(language, text)| {
            let mut bundle = FluentBundle::new(vec![language.parse::<LanguageIdentifier>().unwrap_or_default()]);
            // The invisible isolation marks would get into subjects and links.
            bundle.set_use_isolating(false);
            // A test shows that the resources have no errors; a broken message falls through to the next language.
            let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
            bundle
        });
        Self(bundles.collect())
    }

    /// The text of a message; its id when no language has it.
    pub fn text(&self, id: &str, arguments: &FluentArgs<'_>) -> String {
        for bundle in &self.0 {
            let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else { continue };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(arguments), &mut errors);
            if errors.is_empty() {
                return text.into_owned();
            }
        }
        id.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resources_have_no_errors() {
        for text in [ENGLISH, GERMAN] {
            assert!(FluentResource::try_new(text.to_owned()).is_ok());
        }
    }

    #[test]
    fn other_languages_get_english() {
        let mut arguments = FluentArgs::new();
        arguments.set("name", "Zoë");
        assert_eq!(Words::of("fr").text("invitation-greeting", &arguments), "Hello Zoë,");
        assert_eq!(Words::of("de").text("invitation-greeting", &arguments), "Guten Tag Zoë,");
    }
}
