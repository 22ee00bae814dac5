//! What of a project's settings reaches beyond the project: programs, files and variables of the server's computer, and
//! where passwords go. Whoever signs in from afar may change only a part of that.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::server::db::hash;
use crate::server::http::error::Refusal;
use crate::server::operators::Role;
use crate::server::projects::check::{Fault, Faults};
use crate::server::projects::directory::{Directory, Webhook};
use crate::server::projects::settings::{Settings, Smtp};

const HERE_ONLY: &str = "only the command line on the server's computer can change this: mailshift-server project set";
const ADMINISTRATOR: &str = "only an administrator can change this";

/// Where people's new passwords go, and what people are told to open and to install: who decides it must be trusted with
/// every mailbox.
const DESTINATIONS: [&str; 17] = [
    "account.incoming.protocol",
    "account.incoming.host",
    "account.incoming.port",
    "account.incoming.security",
    "account.incoming.authentication",
    "account.outgoing.protocol",
    "account.outgoing.host",
    "account.outgoing.port",
    "account.outgoing.security",
    "account.outgoing.authentication",
    "account.exchange",
    AUTHORITY,
    "articles",
    "download_url",
    "downloads",
    "public_url",
    "smtp.host",
];
const AUTHORITY: &str = "account.certificate_authority";
/// Longest value in the record, in characters.
const VALUE: usize = 200;

/// A destination that is another one now.
pub struct Redirection {
    pub field: &'static str,
    before: String,
    after: String,
}

impl std::fmt::Display for Redirection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} → {}", self.field, self.before, self.after)
    }
}

/// As the record shows it: none of these is secret. A certificate is told by its fingerprint.
fn told(field: &str, settings: &Value) -> String {
    let value = field.split('.').try_fold(settings, |value, part| value.get(part));
    match value {
        None | Some(Value::Null) => "–".into(),
        Some(Value::String(text)) if field == AUTHORITY => format!("SHA-256 {}", hash::hex(&Sha256::digest(text))),
        Some(Value::String(text)) => text.chars().take(VALUE).collect(),
        Some(other) => other.to_string().chars().take(VALUE).collect(),
    }
}

/// The same as a page says it that has no place beside a field for it: which role would be allowed to.
pub fn as_role(refusal: Refusal) -> Refusal {
    let is_for_administrators = refusal.named_faults().iter().any(|fault| fault.remedy == ADMINISTRATOR);
    if is_for_administrators { Refusal::role_needed(Role::Administrator.name()) } else { refusal }
}

impl Settings {
    /// The destinations that differ from those of `before`.
    ///
    /// # Errors
    /// When settings cannot be written as JSON.
    pub fn redirections(&self, before: &Self) -> Result<Vec<Redirection>, serde_json::Error> {
        let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(self)?);
        let at = |settings: &Value, field: &str| {
            field.split('.').try_fold(settings, |value, part| value.get(part)).cloned().unwrap_or_default()
        };
        let moved = DESTINATIONS.into_iter().filter(|field| at(&before, field) != at(&after, field));
        Ok(moved.map(|field| Redirection { field, before: told(field, &before), after: told(field, &after) }).collect())
    }

    /// What somebody who signs in from afar may not change from `before`. Whoever could would run programs on the
    /// server's computer, or have its files sent to a server of theirs as passwords.
    pub fn out_of_reach(&self, before: &Self, administrator: bool) -> Vec<Fault> {
        let mut faults = Faults::default();
        if self.directory != before.directory {
            faults.unless(administrator, "directory", ADMINISTRATOR);
            check_directory(self.directory.as_ref(), before.directory.as_ref(), &mut faults);
        }
        if self.smtp != before.smtp {
            faults.unless(administrator, "smtp", ADMINISTRATOR);
            check_smtp(self.smtp.as_ref(), before.smtp.as_ref(), &mut faults);
        }
        if !administrator {
            // Settings are JSON in the database, so they can be written as such.
            for moved in self.redirections(before).unwrap_or_default().into_iter().filter(|it| it.field != "smtp.host")
            {
                faults.unless(false, moved.field, ADMINISTRATOR);
            }
        }
        faults.0
    }
}

fn check_directory(now: Option<&Directory>, before: Option<&Directory>, faults: &mut Faults) {
    match (now, before) {
        (Some(Directory::Command(_)), _) => faults.unless(false, "directory.command", HERE_ONLY),
        (Some(Directory::Webhook(now)), before) => {
            let kept = |same: fn(&Webhook, &Webhook) -> bool| match before {
                Some(Directory::Webhook(before)) => same(now, before),
                _ => false,
            };
            faults.unless(kept(|now, before| now.key == before.key), "directory.webhook.key", HERE_ONLY);
            let authority = now.certificate_authority.is_none()
                || kept(|now, before| now.certificate_authority == before.certificate_authority);
            faults.unless(authority, "directory.webhook.certificate_authority", HERE_ONLY);
        }
        (None, _) => {}
    }
}

fn check_smtp(now: Option<&Smtp>, before: Option<&Smtp>, faults: &mut Faults) {
    let Some(now) = now else { return };
    let password = now.password.is_none() || before.is_some_and(|before| before.password == now.password);
    faults.unless(password, "smtp.password", HERE_ONLY);
    let authority = now.certificate_authority.is_none()
        || before.is_some_and(|before| before.certificate_authority == now.certificate_authority);
    faults.unless(authority, "smtp.certificate_authority", HERE_ONLY);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> Settings {
        serde_json::from_str(json).expect("settings")
    }

    fn refused(before: &str, now: &str, administrator: bool) -> Vec<String> {
        let faults = settings(now).out_of_reach(&settings(before), administrator);
        faults.into_iter().map(|fault| fault.field).collect()
    }

    const SMTP: &str =
        r#"{"smtp":{"host":"a.example","security":"tls","from":"x@a.example","username":"u","password":{"env":"P"}}}"#;

    #[test]
    fn nobody_from_afar_names_programs_files_or_variables() {
        assert_eq!(refused("{}", r#"{"directory":{"command":["sh"]}}"#, true), ["directory.command"]);
        let webhook = r#"{"directory":{"webhook":{"url":"https://a.example","key":{"file":"/etc/shadow"}}}}"#;
        assert_eq!(refused("{}", webhook, true), ["directory.webhook.key"]);
        assert_eq!(refused("{}", SMTP, true), ["smtp.password"]);
    }

    #[test]
    fn an_administrator_moves_what_was_named_on_the_server() {
        let moved = SMTP.replace("\"a.example\"", "\"b.example\"");
        assert_eq!(refused(SMTP, &moved, true), [""; 0]);
        assert_eq!(refused(SMTP, &moved, false), ["smtp"]);
        assert_eq!(refused(SMTP, "{}", true), [""; 0]);
    }

    #[test]
    fn only_an_administrator_decides_where_passwords_go_and_what_is_installed() {
        let server = r#"{"protocol":"imap","host":"a.example","port":993,"security":"tls","authentication":"password","username":"u"}"#;
        let account = format!(r#"{{"account":{{"incoming":{server},"outgoing":{}}}}}"#, server.replace("imap", "smtp"));
        for (now, fields) in [
            (account.replacen("a.example", "evil.example", 1), &["account.incoming.host"][..]),
            (account.replacen("tls", "starttls", 1), &["account.incoming.security"]),
            (account.replacen("}}}", r#"},"certificate_authority":"PEM"}}"#, 1), &["account.certificate_authority"]),
            (account.replacen("}}}", r#"}},"public_url":"https://x.example"}"#, 1), &["public_url"]),
            (account.replacen("}}}", r#"}},"download_url":"https://x.example"}"#, 1), &["download_url"]),
            (account.replacen("}}}", r#"}},"downloads":{"linux":{"url":"https://x.example"}}}"#, 1), &["downloads"]),
            (account.replacen("}}}", r#"}},"articles":[{"title":"t","url":"https://x.example"}]}"#, 1), &["articles"]),
            (account.replace("\"u\"", "\"v\""), &[]),
        ] {
            assert_eq!(refused(&account, &now, false), fields, "{now}");
            assert_eq!(refused(&account, &now, true), [""; 0], "{now}");
        }
    }

    #[test]
    fn the_record_has_the_old_and_the_new_place_and_of_a_certificate_its_fingerprint() {
        let before = settings(r#"{"public_url":"https://a.example"}"#);
        let after = settings(r#"{"public_url":"https://b.example"}"#);
        let moved = after.redirections(&before).expect("JSON");
        let moved: Vec<String> = moved.iter().map(ToString::to_string).collect();
        assert_eq!(moved, ["public_url: https://a.example → https://b.example"]);
        let told = told(AUTHORITY, &serde_json::json!({"account": {"certificate_authority": "abc"}}));
        assert_eq!(told, "SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn what_stays_as_it_was_is_no_change() {
        assert_eq!(refused(SMTP, &SMTP.replace("}}}", r#"}},"lead_minutes":5}"#), false), [""; 0]);
    }
}
