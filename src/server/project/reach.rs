//! What of a project's settings reaches beyond the project: programs, files and variables of the server's computer, and
//! where passwords go. Whoever signs in from afar may change only a part of that.

use super::check::{Fault, Faults};
use super::settings::{Settings, Smtp};
use crate::server::directory::{Directory, Webhook};

const HERE_ONLY: &str = "only the command line on the server's computer can change this: mailshift-server project set";
const ADMINISTRATOR: &str = "only an administrator can change this";

impl Settings {
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
    fn what_stays_as_it_was_is_no_change() {
        assert_eq!(refused(SMTP, &SMTP.replace("}}}", r#"}},"lead_minutes":5}"#), false), [""; 0]);
    }
}
