//! The mail account that a person's mail program is to use, in the words of Mozilla's autoconfig format.
//!
//! Source of the words and of the placeholders: the autoconfig 1.1 file format
//! (`%EMAILADDRESS%`, `%EMAILLOCALPART%`, `%EMAILDOMAIN%`; `%REALNAME%` is also understood).

use serde::{Deserialize, Serialize};

/// Incoming and outgoing server of a mailbox. In a project the texts hold placeholders; [`Account::filled_in`] resolves them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub incoming: Server,
    pub outgoing: Server,
    /// Certificate authority (PEM) that the mail servers' certificates come from, when it is the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_authority: Option<String>,
    /// The same mailbox on an Exchange server (Microsoft 365 or the organisation's own), for mail clients that speak its
    /// language; all others use the servers above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
}

/// A mailbox on an Exchange server. Outlook finds the server by the address alone (Autodiscover).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The mailbox's address; usually `%EMAILADDRESS%` in a project.
    #[serde(default = "address_placeholder")]
    pub address: String,
    /// The organisation's directory already gives people their new addresses: Outlook may set itself up from there.
    #[serde(default)]
    pub directory_has_moved: bool,
    /// The organisation leaves an Exchange server of its own: what its network says of the old one is to be ignored.
    #[serde(default)]
    pub leaves_own_exchange: bool,
}

impl Exchange {
    /// Everyone's mailbox under their own address, with nothing known about the organisation.
    pub fn by_address() -> Self {
        Self { address: address_placeholder(), directory_has_moved: false, leaves_own_exchange: false }
    }
}

fn address_placeholder() -> String {
    "%EMAILADDRESS%".into()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    pub protocol: Protocol,
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub authentication: Authentication,
    /// User name for the sign-in; usually `%EMAILADDRESS%` in a project.
    pub username: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Imap,
    Pop3,
    Smtp,
}

impl Protocol {
    /// The name people see in settings dialogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Imap => "IMAP",
            Self::Pop3 => "POP3",
            Self::Smtp => "SMTP",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Encrypted from the first byte.
    Tls,
    /// Starts in the clear and switches; refused when the server does not offer it.
    StartTls,
}

impl Security {
    /// The name people see in settings dialogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "SSL/TLS",
            Self::StartTls => "STARTTLS",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authentication {
    /// A password, sent over the encrypted connection.
    Password,
    /// The mail program signs in in its own or the browser's window.
    OAuth2,
}

/// Who the placeholders stand for.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    pub name: &'a str,
    pub address: &'a str,
}

impl Account {
    /// An Exchange mailbox that takes no password from other programs, as Microsoft 365: the person signs in in the mail
    /// client's own window.
    pub fn signs_in_there(&self) -> bool {
        self.exchange.is_some() && self.incoming.authentication == Authentication::OAuth2
    }

    /// The same account with every placeholder replaced for one person.
    #[must_use]
    pub fn filled_in(&self, who: Identity<'_>) -> Self {
        let server = |server: &Server| Server {
            host: fill(&server.host, who),
            username: fill(&server.username, who),
            ..server.clone()
        };
        Self {
            incoming: server(&self.incoming),
            outgoing: server(&self.outgoing),
            certificate_authority: self.certificate_authority.clone(),
            exchange: self.exchange.as_ref().map(|it| Exchange { address: fill(&it.address, who), ..it.clone() }),
        }
    }
}

fn fill(text: &str, who: Identity<'_>) -> String {
    let (local, domain) = who.address.rsplit_once('@').unwrap_or((who.address, ""));
    text.replace("%EMAILADDRESS%", who.address)
        .replace("%EMAILLOCALPART%", local)
        .replace("%EMAILDOMAIN%", domain)
        .replace("%REALNAME%", who.name)
}

/// An address with all but the first letter of its local part hidden: `a***@example.org`.
pub fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or('*')),
        None => "***".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, username: &str) -> Server {
        Server {
            protocol: Protocol::Imap,
            host: host.into(),
            port: 993,
            security: Security::Tls,
            authentication: Authentication::Password,
            username: username.into(),
        }
    }

    #[test]
    fn placeholders_are_filled_in_for_one_person() {
        let account = Account {
            incoming: server("imap.%EMAILDOMAIN%", "%EMAILADDRESS%"),
            outgoing: server("smtp.%EMAILDOMAIN%", "%EMAILLOCALPART%"),
            certificate_authority: None,
            exchange: None,
        };
        let anna = account.filled_in(Identity { name: "Anna", address: "anna@new.example" });
        assert_eq!(anna.incoming.host, "imap.new.example");
        assert_eq!(anna.incoming.username, "anna@new.example");
        assert_eq!(anna.outgoing.username, "anna");
    }

    #[test]
    fn an_address_is_masked_but_stays_recognisable() {
        assert_eq!(masked("anna@new.example"), "a***@new.example");
        assert_eq!(masked("Ünal@x.example"), "Ü***@x.example");
        assert_eq!(masked("nonsense"), "***");
    }

    #[test]
    fn the_names_that_travel_do_not_change() {
        let json = serde_json::to_value(server("h", "u")).expect("plain data");
        assert_eq!(json["security"], "tls");
        assert_eq!(json["protocol"], "imap");
        assert_eq!(json["authentication"], "password");
        assert_eq!(serde_json::to_value(Security::StartTls).expect("plain"), "starttls");
    }
}
