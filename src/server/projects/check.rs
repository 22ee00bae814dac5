//! Looks over a settings file and names everything that cannot work, before anyone depends on it.

use std::fmt;

use lettre::message::Mailbox;
use serde_json::Value;

use crate::account::{Account, Protocol, Server};
use crate::problem;
use crate::server::http::error::Refusal;
use crate::server::operators::{Actor, Role};
use crate::server::projects::communication;
use crate::server::projects::directory::{self, Directory};
use crate::server::projects::settings::{Settings, Smtp, SmtpSecurity};

/// Longest lead and spread, in minutes: a week.
const MINUTES: u32 = 7 * 24 * 60;
/// Longest undo window and retry time, in hours: a year.
const HOURS: u32 = 365 * 24;
/// Most new computers in an hour.
const COMPUTERS: u32 = 100_000;
/// Longest validity of a code, in days.
const DAYS: u32 = 90;
const PLACEHOLDERS: [&str; 4] = ["%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%", "%REALNAME%"];

/// A field that cannot work, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    pub remedy: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.remedy)
    }
}

impl From<Vec<Fault>> for Refusal {
    fn from(faults: Vec<Fault>) -> Self {
        let fault = |fault: Fault| problem::Fault { field: fault.field, line: None, remedy: fault.remedy.into() };
        Self::faults(faults.into_iter().map(fault).collect())
    }
}

#[derive(Default)]
pub(in crate::server) struct Faults(pub(in crate::server) Vec<Fault>);

impl Faults {
    pub(in crate::server) fn unless(&mut self, fine: bool, field: impl Into<String>, remedy: &'static str) {
        if !fine {
            self.0.push(Fault { field: field.into(), remedy });
        }
    }
}

impl Settings {
    /// Refuses what cannot work, and what this actor may not change from `before`. Whoever sits at the server's own computer
    /// may change everything.
    ///
    /// # Errors
    /// [`FieldFaults`](problem::ResponseCode::FieldFaults), with every field.
    pub(in crate::server) fn check(&self, before: &Self, actor: &Actor) -> Result<(), Refusal> {
        let mut faults = self.faults();
        if !actor.is_command_line() {
            faults.extend(self.out_of_reach(before, actor.role >= Role::Administrator));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
    }

    /// Everything that cannot work; empty when the settings are fine.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        if let Some(account) = &self.account {
            check_account(account, &mut faults);
        }
        faults.unless(self.lead_minutes <= MINUTES, "lead_minutes", "at most 10080, a week");
        faults.unless(self.spread_minutes <= MINUTES, "spread_minutes", "at most 10080, a week");
        faults.unless(self.undo_hours <= HOURS, "undo_hours", "at most 8760, a year");
        faults.unless(self.retry_hours <= HOURS, "retry_hours", "at most 8760, a year");
        faults.unless((1..=DAYS).contains(&self.code_days), "code_days", "between 1 and 90");
        let computers = (1..=COMPUTERS).contains(&self.computers_per_hour);
        faults.unless(computers, "computers_per_hour", "between 1 and 100000");
        let colour = self.brand.colour.as_deref().is_none_or(is_colour);
        faults.unless(colour, "brand.colour", "write it as #RRGGBB, for instance #1F6FEB");
        let email = &self.helpdesk.email;
        faults.unless(email.is_empty() || is_address(email), "helpdesk.email", "write one mail address");
        for (i, article) in self.articles.iter().enumerate() {
            faults.unless(is_web(&article.url), format!("articles[{i}].url"), "start it with https://");
            faults.unless(!article.title.trim().is_empty(), format!("articles[{i}].title"), "give it a title");
        }
        let download = self.download_url.as_deref().is_none_or(is_web);
        faults.unless(download, "download_url", "start it with https://");
        communication::check(self, &mut faults);
        let offered = self.password.may_create && self.directory.is_none();
        faults.unless(!offered, "password.may_create", "add a directory that takes new passwords, or set it to false");
        let anybody = self.password.may_create && self.directory_match;
        let remedy = "set it or password.may_create to false: whoever knows the activation code can say to be anybody";
        faults.unless(!anybody, "directory_match", remedy);
        match &self.directory {
            Some(Directory::Command(words)) => {
                let program = words.first().is_some_and(|program| !program.is_empty());
                faults.unless(program, "directory.command", "name a program first, then its arguments");
            }
            Some(Directory::Webhook(webhook)) => {
                let remedy = "use an https address (http only to this computer itself)";
                faults.unless(directory::is_safe(&webhook.url), "directory.webhook.url", remedy);
            }
            None => {}
        }
        if let Some(smtp) = &self.smtp {
            check_smtp(smtp, &mut faults);
        }
        faults.0
    }
}

/// Fields of the file that nobody reads, at any depth: `read` is what was understood of it.
pub fn unread(file: &Value, read: &Value) -> Vec<Fault> {
    let mut faults = Faults::default();
    compare("", file, read, &mut faults);
    faults.0
}

fn compare(path: &str, file: &Value, read: &Value, faults: &mut Faults) {
    match (file, read) {
        (Value::Object(file), Value::Object(read)) => {
            for (name, value) in file.iter().filter(|(_, value)| !value.is_null()) {
                let field = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match read.get(name) {
                    Some(read) => compare(&field, value, read, faults),
                    None => faults.unless(false, field, "there is no such field; look for a misspelling"),
                }
            }
        }
        (Value::Array(file), Value::Array(read)) => {
            for (i, (file, read)) in file.iter().zip(read).enumerate() {
                compare(&format!("{path}[{i}]"), file, read, faults);
            }
        }
        _ => {}
    }
}

fn check_account(account: &Account, faults: &mut Faults) {
    let incoming = matches!(account.incoming.protocol, Protocol::Imap | Protocol::Pop3);
    faults.unless(incoming, "account.incoming.protocol", "use imap or pop3");
    faults.unless(account.outgoing.protocol == Protocol::Smtp, "account.outgoing.protocol", "use smtp");
    check_server("account.incoming", &account.incoming, faults);
    check_server("account.outgoing", &account.outgoing, faults);
    let pem = account.certificate_authority.as_deref().is_none_or(|pem| pem.contains("-----BEGIN CERTIFICATE-----"));
    faults.unless(pem, "account.certificate_authority", "use a PEM file that holds a certificate");
}

fn check_server(field: &str, server: &Server, faults: &mut Faults) {
    let host = !server.host.is_empty() && !server.host.contains(|c: char| c.is_whitespace() || c == '/');
    faults.unless(host, format!("{field}.host"), "write a host name only, without http:// and without spaces");
    faults.unless(server.port != 0, format!("{field}.port"), "between 1 and 65535");
    faults.unless(!server.username.trim().is_empty(), format!("{field}.username"), "usually %EMAILADDRESS%");
    for (name, text) in [("host", &server.host), ("username", &server.username)] {
        let rest = PLACEHOLDERS.iter().fold(text.clone(), |text, known| text.replace(known, ""));
        let remedy = "use %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN% or %REALNAME%";
        faults.unless(!rest.contains('%'), format!("{field}.{name}"), remedy);
    }
}

fn check_smtp(smtp: &Smtp, faults: &mut Faults) {
    faults.unless(!smtp.host.trim().is_empty(), "smtp.host", "write the host name of the sending server");
    faults.unless(smtp.port != Some(0), "smtp.port", "between 1 and 65535");
    let safe = smtp.security != SmtpSecurity::None || crate::protocol::is_loopback(&smtp.host);
    faults.unless(safe, "smtp.security", "use tls or starttls; none only to this computer itself");
    let from = smtp.from.parse::<Mailbox>().is_ok();
    faults.unless(from, "smtp.from", "write it as: Help desk <help@example.org>");
    faults.unless(smtp.per_minute > 0, "smtp.per_minute", "at least 1");
    let pair = smtp.username.is_some() == smtp.password.is_some();
    faults.unless(
        pair,
        "smtp.password",
        "give both a username and a password ({\"file\": …} or {\"env\": …}), or neither",
    );
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()))
}

fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

pub(in crate::server) fn is_web(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Vec<String> {
        let settings: Settings = serde_json::from_str(json).expect("settings");
        settings.faults().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn the_defaults_are_fine() {
        assert_eq!(Settings::default().faults(), []);
        assert_eq!(faults("{}"), [""; 0]);
    }

    #[test]
    fn what_cannot_work_is_named_by_its_field() {
        let server = r#"{"protocol":"imap","host":"https://x","port":0,"security":"tls","authentication":"password","username":"%USER%"}"#;
        assert_eq!(
            faults(&format!(r#"{{"account":{{"incoming":{server},"outgoing":{server}}}}}"#)),
            [
                "account.outgoing.protocol",
                "account.incoming.host",
                "account.incoming.port",
                "account.incoming.username",
                "account.outgoing.host",
                "account.outgoing.port",
                "account.outgoing.username",
            ]
        );
        assert_eq!(faults(r#"{"brand":{"colour":"blue"},"code_days":0}"#), ["code_days", "brand.colour"]);
        assert_eq!(faults(r#"{"password":{"may_create":true}}"#), ["password.may_create"]);
        let both = r#"{"password":{"may_create":true},"directory":{"command":["true"]},"directory_match":true}"#;
        assert_eq!(faults(both), ["directory_match"]);
        assert_eq!(faults(r#"{"articles":[{"title":"x","url":"javascript:alert(1)"}]}"#), ["articles[0].url"]);
        assert_eq!(
            faults(r#"{"smtp":{"host":"mail.example","security":"none","from":"nobody","username":"u"}}"#),
            ["smtp.security", "smtp.from", "smtp.password"]
        );
        assert_eq!(
            faults(r#"{"directory":{"webhook":{"url":"http://hr.example","key":{"env":"K"}}}}"#),
            ["directory.webhook.url"]
        );
    }

    #[test]
    fn a_misspelt_field_is_not_swallowed() {
        let file = r#"{"spread_minute": 5, "password": {"may_creat": true, "rules": {"digits": true}}, 
                       "articles": [{"title": "x", "url": "https://x.example", "lang": "en"}]}"#;
        let file: Value = serde_json::from_str(file).expect("JSON");
        let settings: Settings = serde_json::from_value(file.clone()).expect("settings");
        let read = serde_json::to_value(settings).expect("JSON");
        let fields: Vec<String> = unread(&file, &read).into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["articles[0].lang", "password.may_creat", "password.rules.digits", "spread_minute"]);
    }
}
