//! What people are told when something is wrong: what happened, what stayed safe, what to do.

use uuid::Uuid;

use crate::agent::i18n::Words;
use crate::problem::ResponseCode;

/// A response code with the facts that its text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub code: ResponseCode,
    /// Arguments of the text: those of `FACTS`, `tries` and `seconds`.
    pub facts: Vec<(&'static str, String)>,
    /// Finds an unhandled error in the server's log.
    pub incident: Option<Uuid>,
}

/// Arguments that texts may name, with the id of the words to use when the fact is not known.
const FACTS: [(&str, &str); 12] = [
    ("address", "fact-address"),
    ("helper", "fact-helper"),
    ("minutes", "fact-minutes"),
    ("setting", "fact-setting"),
    ("version", "fact-version"),
    ("wanted", "fact-wanted"),
    ("host", "fact-host"),
    ("port", "fact-port"),
    ("room", "fact-room"),
    ("path", "fact-path"),
    ("client", "fact-client"),
    ("server", "fact-server"),
];

/// Times up to this one, in seconds, are told in seconds.
const SHORT: u64 = 100;

impl Notice {
    pub fn new(code: ResponseCode) -> Self {
        Self { code, facts: Vec::new(), incident: None }
    }

    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts are given as they come")]
    pub fn fact(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// What happened and what stayed safe.
    pub fn what(&self, words: &Words) -> String {
        self.say(words, "")
    }

    /// What to do.
    pub fn remedy(&self, words: &Words) -> String {
        self.say(words, ".remedy")
    }

    /// What to do about something that the person asked for: nobody but the person tries that again.
    fn remedy_of_request(&self, words: &Words) -> String {
        match (self.value("seconds").and_then(|seconds| seconds.parse::<u64>().ok()), self.code) {
            (Some(seconds), _) if seconds >= SHORT => {
                words.with("request-later-minutes", &[("count", &seconds.div_ceil(60).to_string())])
            }
            (Some(seconds), _) => words.with("request-later-seconds", &[("count", &seconds.to_string())]),
            (None, ResponseCode::ServerUnreachable | ResponseCode::ServerNotUnderstood) => words.text("request-again"),
            (None, ResponseCode::ServerBusy) => words.text("request-again-soon"),
            _ => self.remedy(words),
        }
    }

    /// What happened to something that the person asked for, what to do, and how many tries are left.
    pub fn told_of_request(&self, words: &Words) -> String {
        let told = format!("{} {}", self.what(words), self.remedy_of_request(words));
        match self.value("tries") {
            Some(tries) => format!("{told} {}", words.with("code-tries-left", &[("tries", tries)])),
            None => told,
        }
    }

    /// A fact, when it is known.
    fn value(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The code for the help desk, with the incident when there is one.
    pub fn reference(&self, words: &Words) -> String {
        match self.incident {
            Some(incident) => words
                .with("notice-reference-incident", &[("code", self.code.id()), ("incident", &incident.to_string())]),
            None => words.with("notice-reference", &[("code", self.code.id())]),
        }
    }

    fn say(&self, words: &Words, attribute: &str) -> String {
        let unknown: Vec<_> = FACTS.iter().map(|(name, id)| (*name, words.text(id))).collect();
        let mut arguments: Vec<(&str, &str)> =
            unknown.iter().map(|(name, plain)| (*name, self.value(name).unwrap_or(plain.as_str()))).collect();
        arguments.push(("tries", self.value("tries").unwrap_or("0")));
        arguments.push(("seconds", self.value("seconds").unwrap_or("0")));
        words.with(&format!("problem-{}{attribute}", self.code.id()), &arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text_and_a_remedy_in_every_language() {
        for language in ["en", "de"] {
            let words = Words::for_locale(language);
            for code in ResponseCode::ALL.iter().chain([&ResponseCode::Unknown]) {
                let notice = Notice::new(*code);
                for text in [notice.what(&words), notice.remedy(&words)] {
                    assert!(!text.contains("problem-") && !text.contains('{'), "{language} {}: {text}", code.id());
                    assert!(text.ends_with('.') || text.ends_with('?'), "{language} {}: {text}", code.id());
                }
            }
        }
    }

    #[test]
    fn facts_are_named() {
        let words = Words::for_locale("en");
        let notice = Notice::new(ResponseCode::IncomingUnreachable).fact("host", "imap.new.example").fact("port", 993);
        assert!(notice.what(&words).contains("imap.new.example"), "{}", notice.what(&words));
        assert!(format!("{}{}", notice.what(&words), notice.remedy(&words)).contains("993"));
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_try_again() {
        let words = Words::for_locale("en");
        let told =
            |seconds: u64| Notice::new(ResponseCode::ServerBusy).fact("seconds", seconds).remedy_of_request(&words);
        assert!(told(1).contains("one second") && told(100).contains("2 minutes"), "{} {}", told(1), told(100));
        assert!(!Notice::new(ResponseCode::ServerBusy).remedy_of_request(&words).contains("by ourselves"));
    }

    #[test]
    fn the_incident_is_told_with_the_code() {
        let notice = Notice { incident: Some(Uuid::nil()), ..Notice::new(ResponseCode::ServerError) };
        let told = notice.reference(&Words::for_locale("en"));
        assert!(told.contains("ACT-0") && told.contains("00000000-0000"), "{told}");
    }
}
