//! The fields of the settings: where each is kept, how it is typed, and its words.

use serde_json::Value;

use crate::server::http::i18n::Words;

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Email,
    Address,
    /// A whole number, at least and at most.
    Number(u32, u32),
    Colour,
    Check,
    Area,
    /// Value and name of each choice: the id of a text, or the name of a standard, which every language says as it is.
    Choice(&'static [(&'static str, &'static str)]),
    /// One object in each line, its parts separated by `|`.
    Lines(&'static [&'static str]),
}

pub struct Spec {
    /// Dotted path in the settings.
    pub path: &'static str,
    pub label: &'static str,
    pub kind: Kind,
}

pub struct Group {
    pub anchor: &'static str,
    pub title: &'static str,
    pub hint: &'static str,
    pub fields: &'static [Spec],
}

const fn spec(path: &'static str, label: &'static str, kind: Kind) -> Spec {
    Spec { path, label, kind }
}

const NUMBER: Kind = Kind::Number(0, u32::MAX);
const PORT: Kind = Kind::Number(1, u16::MAX as u32);
const INCOMING: Kind = Kind::Choice(&[("imap", "IMAP"), ("pop3", "POP3")]);
const SECURITY: Kind = Kind::Choice(&[("tls", "SSL/TLS"), ("starttls", "STARTTLS")]);
const SMTP_SECURITY: Kind = Kind::Choice(&[("tls", "SSL/TLS"), ("starttls", "STARTTLS"), ("none", "–")]);
const SIGN_IN: Kind = Kind::Choice(&[("password", "sign-in-password"), ("oauth2", "OAuth2")]);

/// Everything that can be decided here. What lets the server run programs or read files is decided on the command line.
pub const GROUPS: [Group; 7] = [
    Group {
        anchor: "account",
        title: "settings-account",
        hint: "settings-account-hint",
        fields: &[
            spec("account.incoming.protocol", "settings-incoming-protocol", INCOMING),
            spec("account.incoming.host", "settings-incoming-host", Kind::Text),
            spec("account.incoming.port", "settings-incoming-port", PORT),
            spec("account.incoming.security", "settings-incoming-security", SECURITY),
            spec("account.incoming.authentication", "settings-incoming-sign-in", SIGN_IN),
            spec("account.incoming.username", "settings-incoming-username", Kind::Text),
            spec("account.outgoing.host", "settings-outgoing-host", Kind::Text),
            spec("account.outgoing.port", "settings-outgoing-port", PORT),
            spec("account.outgoing.security", "settings-outgoing-security", SECURITY),
            spec("account.outgoing.authentication", "settings-outgoing-sign-in", SIGN_IN),
            spec("account.outgoing.username", "settings-outgoing-username", Kind::Text),
            spec("account.certificate_authority", "settings-authority", Kind::Area),
            spec("account.exchange.address", "settings-exchange", Kind::Text),
            spec("account.exchange.directory_has_moved", "settings-directory-has-moved", Kind::Check),
            spec("account.exchange.leaves_own_exchange", "settings-leaves-own-exchange", Kind::Check),
        ],
    },
    Group {
        anchor: "people",
        title: "settings-people",
        hint: "settings-people-hint",
        fields: &[
            spec("brand.colour", "settings-colour", Kind::Colour),
            spec("helpdesk.name", "settings-helpdesk-name", Kind::Text),
            spec("helpdesk.email", "settings-helpdesk-email", Kind::Email),
            spec("helpdesk.phone", "settings-helpdesk-phone", Kind::Text),
            spec("articles", "settings-articles", Kind::Lines(&["title", "url"])),
        ],
    },
    Group {
        anchor: "invitation",
        title: "settings-invitation",
        hint: "settings-invitation-hint",
        fields: &[
            spec("public_url", "settings-public-url", Kind::Address),
            spec("downloads.windows.url", "settings-download-windows", Kind::Address),
            spec("downloads.windows.sha256", "settings-sha-windows", Kind::Text),
            spec("downloads.linux.url", "settings-download-linux", Kind::Address),
            spec("downloads.linux.sha256", "settings-sha-linux", Kind::Text),
            spec("downloads.macos.url", "settings-download-macos", Kind::Address),
            spec("downloads.macos.sha256", "settings-sha-macos", Kind::Text),
            spec("download_url", "settings-download-other", Kind::Address),
            spec("code_days", "settings-code-days", NUMBER),
            spec("reminders.every_days", "settings-reminders-every", NUMBER),
            spec("reminders.at_most", "settings-reminders-at-most", NUMBER),
            spec("time_zone", "settings-time-zone", Kind::Text),
        ],
    },
    Group {
        anchor: "smtp",
        title: "settings-smtp",
        hint: "settings-smtp-hint",
        fields: &[
            spec("smtp.host", "settings-smtp-host", Kind::Text),
            spec("smtp.port", "settings-smtp-port", PORT),
            spec("smtp.security", "settings-smtp-security", SMTP_SECURITY),
            spec("smtp.username", "settings-smtp-username", Kind::Text),
            spec("smtp.from", "settings-smtp-from", Kind::Text),
            spec("smtp.per_minute", "settings-smtp-pace", NUMBER),
        ],
    },
    Group {
        anchor: "schedule",
        title: "settings-schedule",
        hint: "settings-schedule-hint",
        fields: &[
            spec("lead_minutes", "settings-lead", NUMBER),
            spec("spread_minutes", "settings-spread", NUMBER),
            spec("starts_per_minute", "settings-starts", Kind::Number(1, u32::MAX)),
            spec("retry_hours", "settings-retry", NUMBER),
            spec("undo_hours", "settings-undo", NUMBER),
        ],
    },
    Group {
        anchor: "password",
        title: "settings-password",
        hint: "settings-password-hint",
        fields: &[
            spec("password.may_create", "settings-may-create", Kind::Check),
            spec("password.prefer_create", "settings-prefer-create", Kind::Check),
            spec("password.hand_over", "settings-hand-over", Kind::Check),
            spec("password.rules.min_length", "settings-min-length", Kind::Number(0, u8::MAX as u32)),
            spec("password.rules.upper_and_lower", "settings-upper-and-lower", Kind::Check),
            spec("password.rules.digit", "settings-digit", Kind::Check),
            spec("password.rules.symbol", "settings-symbol", Kind::Check),
        ],
    },
    Group {
        anchor: "computers",
        title: "settings-computers",
        hint: "settings-computers-hint",
        fields: &[
            spec("computers_per_hour", "settings-computers-per-hour", Kind::Number(1, 100_000)),
            spec("directory_match", "settings-directory-match", Kind::Check),
            spec("switch_to_classic_outlook", "settings-classic", Kind::Check),
            spec(
                "minimum_versions",
                "settings-versions",
                Kind::Lines(&["client", "release", "installation", "version", "install"]),
            ),
        ],
    },
];

/// A field as the page shows it.
pub struct Shown {
    pub path: &'static str,
    pub label: String,
    /// Of the element `input`; `select` and `textarea` are elements of their own.
    pub control: &'static str,
    pub value: String,
    pub checked: bool,
    pub choices: Vec<(&'static str, String, bool)>,
    pub hint: Option<String>,
    pub wrong: Option<String>,
}

pub fn shown(words: Words, spec: &Spec, values: &Value, wrong: &[String]) -> Shown {
    let found = crate::server::dashboard::settings::form::at(values, spec.path);
    let value = match spec.kind {
        Kind::Lines(parts) => lines(found, parts),
        _ => found.map(plain).unwrap_or_default(),
    };
    let choices = match spec.kind {
        Kind::Choice(choices) => choices.iter().map(|(id, name)| (*id, words.text(name), *id == value)).collect(),
        _ => Vec::new(),
    };
    // Places in a list are `articles[0].url`: the list is one field here.
    let is_wrong = wrong.iter().any(|field| field.split('[').next() == Some(spec.path));
    Shown {
        path: spec.path,
        label: words.text(spec.label),
        control: match spec.kind {
            Kind::Text => "text",
            Kind::Email => "email",
            Kind::Address => "url",
            Kind::Number(..) => "number",
            Kind::Colour => "color",
            Kind::Check => "checkbox",
            Kind::Choice(_) => "select",
            Kind::Area | Kind::Lines(_) => "textarea",
        },
        checked: found == Some(&Value::Bool(true)),
        hint: hint(words, spec),
        wrong: is_wrong.then(|| remedy(words, spec)),
        choices,
        value,
    }
}

fn hint(words: Words, spec: &Spec) -> Option<String> {
    match spec.kind {
        Kind::Lines(parts) => Some(words.with("settings-lines-hint", [("parts", parts.join(" | ").into())])),
        _ => None,
    }
}

fn remedy(words: Words, spec: &Spec) -> String {
    let last = spec.path.rsplit('.').next().unwrap_or_default();
    words.text(match (spec.kind, last) {
        (_, "host") => "wrong-host",
        (_, "username") => "wrong-username",
        (_, "certificate_authority") => "wrong-certificate",
        (_, "from") => "wrong-from",
        (_, "security") => "wrong-security",
        (_, "may_create") => "wrong-directory",
        (_, "directory_match") => "wrong-match",
        (_, "sha256") => "wrong-sha",
        (_, "time_zone") => "wrong-zone",
        (Kind::Number(..), _) => "wrong-number",
        (Kind::Colour, _) => "wrong-colour",
        (Kind::Email, _) => "wrong-email",
        (Kind::Address, _) => "wrong-address",
        (Kind::Lines(_), _) => "wrong-lines",
        _ => "wrong-other",
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn lines(value: Option<&Value>, parts: &[&str]) -> String {
    // What was typed and could not be read stays as it was.
    if let Some(Value::String(typed)) = value {
        return typed.clone();
    }
    let line = |item: &Value| {
        let texts: Vec<String> = parts.iter().map(|part| item.get(part).map(plain).unwrap_or_default()).collect();
        texts.join(" | ")
    };
    value.and_then(Value::as_array).into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}
