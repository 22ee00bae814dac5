//! Reads Mozilla's autoconfig file (`config-v1.1.xml`).
//!
//! The format: draft-ietf-mailmaint-autoconfig; the words for `authentication` also as the older files have them
//! (`plain`). Unknown elements are ignored, as are servers that cannot be used; of the rest the first one counts.

use crate::account::{Authentication, Exchange, Protocol, Security, Server};
use crate::server::discovery::Finding;
use crate::server::discovery::xml::{self, Element, XmlError};

const PLACEHOLDERS: [&str; 4] = ["%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%", "%REALNAME%"];

/// What an incoming server is called that is an Exchange server (`ews`, `owa` and `graph` in newer files).
const EXCHANGE: [&str; 4] = ["exchange", "ews", "owa", "graph"];

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Xml(#[from] XmlError),
    #[error("it is no autoconfig file")]
    NoConfig,
    #[error("it names no server that can be used")]
    NoServer,
}

/// What the file says. Placeholders stay.
pub fn read(text: &str) -> Result<Finding, ConfigError> {
    let root = xml::parse(text)?;
    let provider =
        Some(&root).filter(|root| root.name == "clientConfig").and_then(|root| root.all("emailProvider").next());
    let provider = provider.ok_or(ConfigError::NoConfig)?;
    let exchange = provider.all("incomingServer").any(|server| is_one_of(server, &EXCHANGE));
    let finding = Finding {
        incoming: provider.all("incomingServer").find_map(server),
        outgoing: provider.all("outgoingServer").find_map(server),
        exchange: exchange.then(Exchange::by_address),
    };
    if finding.is_empty() { Err(ConfigError::NoServer) } else { Ok(finding) }
}

fn is_one_of(server: &Element, kinds: &[&str]) -> bool {
    server.attribute("type").is_some_and(|kind| kinds.iter().any(|known| kind.eq_ignore_ascii_case(known)))
}

/// None when a mail program could not use the server, or not safely.
fn server(element: &Element) -> Option<Server> {
    let protocol = match (element.name.as_str(), element.attribute("type")?.to_ascii_lowercase().as_str()) {
        ("incomingServer", "imap") => Protocol::Imap,
        ("incomingServer", "pop3") => Protocol::Pop3,
        ("outgoingServer", "smtp") => Protocol::Smtp,
        _ => return None,
    };
    let security = match element.text_of("socketType")?.to_ascii_uppercase().as_str() {
        "SSL" => Security::Tls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let authentication = element.all("authentication").find_map(|way| match way.text.trim() {
        "password-cleartext" | "plain" => Some(Authentication::Password),
        "OAuth2" => Some(Authentication::OAuth2),
        _ => None,
    })?;
    Some(Server {
        protocol,
        host: element
            .text_of("hostname")
            .filter(|host| is_host(host))?
            .to_ascii_lowercase()
            .replace("%emaildomain%", "%EMAILDOMAIN%"),
        port: element.text_of("port")?.parse().ok().filter(|port| *port != 0)?,
        security,
        authentication,
        username: username(element.text_of("username")?)?,
    })
}

/// A host name, in which the domain may be left open.
pub fn is_host(text: &str) -> bool {
    let text = text.replace("%EMAILDOMAIN%", "example.org");
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && !text.ends_with(|c: char| c.is_ascii_digit())
}

/// The file for Microsoft 365 in Mozilla's own collection (`office365.com.xml`) lacks the second `%`.
fn username(text: &str) -> Option<String> {
    let text = if text == "%EMAILADDRESS" { "%EMAILADDRESS%" } else { text };
    let rest = PLACEHOLDERS.iter().fold(text.to_owned(), |rest, known| rest.replace(known, ""));
    let fine = !text.is_empty() && text.len() <= 320 && !rest.contains('%') && !text.chars().any(char::is_control);
    fine.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(servers: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\"><emailProvider id=\"p.example\">
             <domain>p.example</domain><displayName>P</displayName>{servers}<documentation url=\"https://p.example\"/>
             </emailProvider><webMail><loginPage url=\"https://p.example\"/></webMail></clientConfig>"
        )
    }

    fn element(name: &str, kind: &str, host: &str, security: &str, authentication: &str, username: &str) -> String {
        format!(
            "<{name} type=\"{kind}\"><hostname>{host}</hostname><port>993</port><socketType>{security}</socketType>
             <username>{username}</username>{authentication}</{name}>"
        )
    }

    fn incoming(kind: &str, host: &str, security: &str, way: &str, username: &str) -> String {
        element("incomingServer", kind, host, security, &format!("<authentication>{way}</authentication>"), username)
    }

    fn host_of(servers: &str) -> Option<String> {
        read(&config(servers)).ok()?.incoming.map(|server| server.host)
    }

    #[test]
    fn the_first_server_that_can_be_used_wins() {
        let usable = incoming("imap", "IMAP.p.example", "SSL", "password-cleartext", "%EMAILADDRESS%");
        let second = incoming("pop3", "pop.p.example", "SSL", "password-cleartext", "%EMAILADDRESS%");
        assert_eq!(host_of(&format!("{usable}{second}")).as_deref(), Some("imap.p.example"));
        for unusable in [
            incoming("imap", "x.example", "plain", "password-cleartext", "%EMAILADDRESS%"),
            incoming("imap", "x.example", "QUIC", "password-cleartext", "%EMAILADDRESS%"),
            incoming("imap", "x.example", "SSL", "NTLM", "%EMAILADDRESS%"),
            incoming("imap", "x.example", "SSL", "password-cleartext", "%USER%"),
            incoming("imap", "x.example", "SSL", "password-cleartext", ""),
            incoming("imap", "x y", "SSL", "password-cleartext", "%EMAILADDRESS%"),
            incoming("imap", "https://x.example", "SSL", "password-cleartext", "%EMAILADDRESS%"),
            incoming("imap", "10.0.0.1", "SSL", "password-cleartext", "%EMAILADDRESS%"),
            incoming("jmap", "x.example", "SSL", "password-cleartext", "%EMAILADDRESS%"),
            incoming("smtp", "x.example", "SSL", "password-cleartext", "%EMAILADDRESS%"),
            usable.replace("993", "0"),
            usable.replace("993", "70000"),
            usable.replace("<port>993</port>", ""),
        ] {
            assert_eq!(host_of(&format!("{unusable}{second}")).as_deref(), Some("pop.p.example"), "{unusable}");
            assert!(matches!(read(&config(&unusable)), Err(ConfigError::NoServer)), "{unusable}");
        }
    }

    #[test]
    fn the_first_known_way_to_sign_in_counts() {
        let ways = "<authentication>GSSAPI</authentication><authentication>OAuth2</authentication>
                    <authentication>password-cleartext</authentication>";
        let found =
            read(&config(&element("incomingServer", "imap", "i.p.example", "STARTTLS", ways, "%EMAILLOCALPART%")));
        let server = found.expect("a finding").incoming.expect("a server");
        assert_eq!((server.authentication, server.security), (Authentication::OAuth2, Security::StartTls));
        let old = read(&config(&incoming("imap", "i.p.example", "SSL", "plain", "%EMAILADDRESS%"))).expect("a finding");
        assert_eq!(old.incoming.expect("a server").authentication, Authentication::Password);
    }

    #[test]
    fn the_domain_may_be_left_open_in_host_names() {
        let server = incoming("imap", "imap.%EMAILDOMAIN%", "SSL", "password-cleartext", "%EMAILADDRESS%");
        assert_eq!(host_of(&server).as_deref(), Some("imap.%EMAILDOMAIN%"));
    }

    #[test]
    fn servers_may_stand_in_any_order_between_unknown_elements() {
        let one =
            element("outgoingServer", "smtp", "s.p.example", "STARTTLS", "<authentication>plain</authentication>", "u");
        let other = incoming("imap", "i.p.example", "SSL", "plain", "%EMAILADDRESS%");
        let skipped = incoming("pop3", "p.p.example", "SSL", "plain", "%EMAILADDRESS%");
        let found = read(&config(&format!("{other}<x/>{one}<y><z/></y>{skipped}"))).expect("a finding");
        assert_eq!(found.outgoing.expect("a server").host, "s.p.example");
        assert_eq!(found.incoming.expect("a server").host, "i.p.example");
    }

    #[test]
    fn an_exchange_server_is_noticed_and_the_missing_percent_sign_forgiven() {
        let exchange = "<incomingServer type=\"ews\"><username>%EMAILADDRESS</username>
             <authentication>OAuth2</authentication><ewsURL>https://outlook.office365.com/EWS/Exchange.asmx</ewsURL>
             </incomingServer>";
        let imap = incoming("imap", "outlook.office365.com", "SSL", "OAuth2", "%EMAILADDRESS");
        let found = read(&config(&format!("{exchange}{imap}"))).expect("a finding");
        assert_eq!(found.exchange.expect("Exchange").address, "%EMAILADDRESS%");
        assert_eq!(found.incoming.expect("a server").username, "%EMAILADDRESS%");
    }

    #[test]
    fn other_documents_are_no_settings() {
        assert!(matches!(read("<html><body>not found</body></html>"), Err(ConfigError::NoConfig)));
        assert!(matches!(read("<clientConfig/>"), Err(ConfigError::NoConfig)));
        assert!(matches!(read("not found"), Err(ConfigError::Xml(_))));
    }
}
