//! Every word that people read, from `i18n/<language>/*.ftl`: which language somebody gets, and its texts, with English
//! underneath. Each program names its own files; see `languages`.

pub mod datetime;

use std::fmt;
use std::iter;
use std::sync::OnceLock;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::{NegotiationStrategy, convert_vec_str_to_langids_lossy, negotiate_languages};

type Bundle = FluentBundle<FluentResource>;

/// The languages of a program, English first, each with the files of these names: `languages!["agent", "tray"]`.
macro_rules! languages {
    ($($file:literal),+ $(,)?) => {
        $crate::i18n::languages!(@of ["en", "de"] [$($file),+])
    };
    (@of [$($tag:literal),+] $files:tt) => {
        [$($crate::i18n::languages!(@one $tag $files)),+]
    };
    (@one $tag:literal [$($file:literal),+]) => {
        $crate::i18n::Language::new(
            $tag,
            &[$(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/i18n/", $tag, "/", $file, ".ftl"))),+],
        )
    };
}
pub(crate) use languages;

/// One language of one program, read when its first word is asked for.
pub struct Language {
    /// BCP 47.
    tag: &'static str,
    files: &'static [&'static str],
    bundle: OnceLock<Bundle>,
}

impl Language {
    pub const fn new(tag: &'static str, files: &'static [&'static str]) -> Self {
        Self { tag, files, bundle: OnceLock::new() }
    }

    pub fn tag(&self) -> &'static str {
        self.tag
    }

    fn bundle(&self) -> &Bundle {
        self.bundle.get_or_init(|| {
            let mut bundle = Bundle::new_concurrent(convert_vec_str_to_langids_lossy([self.tag]));
            // The invisible marks around arguments show as boxes in some fonts, and get into subjects and links.
            bundle.set_use_isolating(false);
            for file in self.files {
                // A broken file still gives every message that can be read; the tests find the rest.
                let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
                bundle.add_resource_overriding(resource);
            }
            bundle
        })
    }
}

/// The texts of one language. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Words {
    /// The chosen language, then English.
    languages: [&'static Language; 2],
}

impl Words {
    /// The first of the wanted languages that there is, else English: `de_AT.UTF-8` and `de-AT` give German.
    pub fn negotiate<'a>(languages: &'static [Language], wanted: impl IntoIterator<Item = &'a str>) -> Self {
        let wanted = convert_vec_str_to_langids_lossy(wanted.into_iter().flat_map(ranges));
        let known = convert_vec_str_to_langids_lossy(languages.iter().map(Language::tag));
        let best = negotiate_languages(&wanted, &known, None, NegotiationStrategy::Lookup);
        let best = best.first().map(ToString::to_string);
        let english = &languages[0];
        let language = languages.iter().find(|language| best.as_deref() == Some(language.tag)).unwrap_or(english);
        Self { languages: [language, english] }
    }

    /// BCP 47.
    pub fn language(&self) -> &'static str {
        self.languages[0].tag
    }

    /// A text without arguments.
    pub fn text(&self, id: &str) -> String {
        self.say(id, &FluentArgs::new())
    }

    /// A text with its arguments: `words.with("datetime-days", [("count", 3.into())])`.
    pub fn with<'a>(&self, id: &str, arguments: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>) -> String {
        self.say(id, &arguments.into_iter().collect())
    }

    /// The text of `id`, or of its attribute when it is written `id.attribute`. An id that does not exist shows itself.
    pub fn say(&self, id: &str, arguments: &FluentArgs<'_>) -> String {
        let (name, attribute) = id.split_once('.').map_or((id, None), |(name, attribute)| (name, Some(attribute)));
        let mut incomplete = None;
        for bundle in self.languages.map(Language::bundle) {
            let message = bundle.get_message(name);
            let pattern = message.and_then(|message| match attribute {
                Some(attribute) => message.get_attribute(attribute).map(|attribute| attribute.value()),
                None => message.value(),
            });
            let Some(pattern) = pattern else { continue };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
            if errors.is_empty() {
                return text;
            }
            incomplete.get_or_insert(text);
        }
        incomplete.unwrap_or_else(|| id.to_owned())
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.language())
    }
}

/// What fits a locale, or a part of an `Accept-Language` header, better and better known (RFC 4647 section 3.4):
/// `de_AT.UTF-8` is `de-AT`, then `de`.
fn ranges(locale: &str) -> impl Iterator<Item = String> + use<> {
    let tag = locale.split(['.', '@', ';']).next().unwrap_or_default().trim().replace('_', "-");
    iter::successors(Some(tag), |tag| tag.rsplit_once('-').map(|(shorter, _)| shorter.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    static LANGUAGES: [Language; 2] = [
        Language::new("en", &["only-english = Only { $what }\nbroken = Whole { $what }\n"]),
        Language::new("de", &["broken = Halb { $other }\n"]),
    ];

    fn words(locale: &str) -> Words {
        Words::negotiate(&LANGUAGES, [locale])
    }

    #[test]
    fn every_form_of_a_locale_finds_its_language() {
        for (locale, language) in [
            ("de_AT.UTF-8", "de"),
            ("de-CH", "de"),
            ("de", "de"),
            ("DE-at", "de"),
            ("de-DE-u-co-phonebk", "de"),
            ("en_GB", "en"),
            ("C", "en"),
            ("xx-YY", "en"),
            ("", "en"),
        ] {
            assert_eq!(words(locale).language(), language, "{locale}");
        }
    }

    #[test]
    fn english_says_what_a_language_cannot() {
        let said = |id| words("de").with(id, [("what", "this".into())]);
        assert_eq!(said("only-english"), "Only this");
        assert_eq!(said("broken"), "Whole this");
        assert_eq!(words("de").text("broken"), "Halb {$other}", "better than nothing");
    }

    #[test]
    fn an_unknown_id_shows_itself() {
        assert_eq!(words("de").text("no-such-id"), "no-such-id");
    }
}
