//! Settings for what reaches people: the personal page, downloads, reminders.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::server::projects::check::{Faults, is_web};
use crate::server::projects::settings::Settings;

/// Longest pause between reminders, in days, and the highest number of them.
const EVERY_DAYS: u32 = 90;
const AT_MOST: u32 = 20;
/// Hexadecimal digits of a SHA-256.
const SHA256: usize = 64;

/// Where people get the agent, by operating system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Downloads {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows: Option<Download>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linux: Option<Download>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macos: Option<Download>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Download {
    /// HTTPS.
    pub url: String,
    /// SHA-256 of the file in hexadecimal, shown for comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Mails to people who have not activated a computer, until the cutover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reminders {
    /// Days between two mails to the same person, at least.
    pub every_days: u32,
    /// Reminders after one invitation.
    pub at_most: u32,
}

impl Downloads {
    /// With the names that the settings use.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, Option<&Download>)> {
        [("windows", self.windows.as_ref()), ("linux", self.linux.as_ref()), ("macos", self.macos.as_ref())].into_iter()
    }
}

impl Settings {
    /// The public address without the slash that it may end in: paths follow it.
    pub fn origin(&self) -> Option<&str> {
        Some(self.public_url.as_deref()?.trim_end_matches('/'))
    }
}

pub(in crate::server) fn check(settings: &Settings, faults: &mut Faults) {
    let public = settings.public_url.as_deref().is_none_or(is_origin);
    faults.unless(public, "public_url", "write https:// and the host only (http only for this computer itself)");
    for (system, download) in settings.downloads.each().filter_map(|(name, download)| Some((name, download?))) {
        faults.unless(is_web(&download.url), format!("downloads.{system}.url"), "start it with https://");
        let digest = |text: &str| text.len() == SHA256 && text.chars().all(|c| c.is_ascii_hexdigit());
        let fine = download.sha256.as_deref().is_none_or(digest);
        faults.unless(fine, format!("downloads.{system}.sha256"), "write the 64 hexadecimal digits of sha256sum");
    }
    if let Some(reminders) = settings.reminders {
        faults.unless((1..=EVERY_DAYS).contains(&reminders.every_days), "reminders.every_days", "between 1 and 90");
        faults.unless((1..=AT_MOST).contains(&reminders.at_most), "reminders.at_most", "between 1 and 20");
    }
    let zone = settings.time_zone.as_deref().is_none_or(|name| jiff::tz::TimeZone::get(name).is_ok());
    faults.unless(zone, "time_zone", "write an IANA name, for instance Europe/Berlin");
}

/// Scheme, host and port, nothing behind; links are made by appending a path.
fn is_origin(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && crate::protocol::is_loopback(host));
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        safe && !host.is_empty() && bare && url.username().is_empty() && url.password().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Vec<String> {
        let settings: Settings = serde_json::from_str(json).expect("settings");
        settings.faults().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn the_public_address_is_https_and_a_host_only() {
        for fine in ["https://m.example", "https://m.example/", "https://m.example:8443", "http://127.0.0.1:8443"] {
            assert_eq!(faults(&format!(r#"{{"public_url":"{fine}"}}"#)), [""; 0], "{fine}");
        }
        let wrong =
            ["http://m.example", "https://m.example/mail", "https://m.example?x", "https://u:p@m.example", "m.example"];
        for wrong in wrong {
            assert_eq!(faults(&format!(r#"{{"public_url":"{wrong}"}}"#)), ["public_url"], "{wrong}");
        }
    }

    #[test]
    fn downloads_reminders_and_zone_are_looked_over() {
        let settings = r#"{"downloads":{"windows":{"url":"ftp://x","sha256":"12"}},
                           "reminders":{"every_days":0,"at_most":21},"time_zone":"Mars/Base"}"#;
        let wrong = [
            "downloads.windows.url",
            "downloads.windows.sha256",
            "reminders.every_days",
            "reminders.at_most",
            "time_zone",
        ];
        assert_eq!(faults(settings), wrong);
    }
}
