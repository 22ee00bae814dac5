//! Exchange: Microsoft 365 by its mail exchangers, any Exchange server by Autodiscover V2.

use serde::Deserialize;

use crate::account::{Authentication, Exchange, Protocol, Security, Server};
use crate::server::discovery::Finding;
use crate::server::discovery::network::{Answer, Network};
use crate::server::discovery::trouble::Trouble;

/// Mail of Microsoft 365's customers is delivered to hosts below it. Below `olc.protection.outlook.com` is the consumers'
/// Outlook.com, which is none.
const EXCHANGERS: &str = ".mail.protection.outlook.com";

pub fn is_microsoft_365(exchanger: &str) -> bool {
    exchanger.ends_with(EXCHANGERS)
}

/// Microsoft's documentation, "POP, IMAP, and SMTP settings". Basic authentication is switched off there.
pub fn microsoft_365() -> Finding {
    let server = |protocol, host: &str, port, security| Server {
        protocol,
        host: host.into(),
        port,
        security,
        authentication: Authentication::OAuth2,
        username: "%EMAILADDRESS%".into(),
    };
    Finding {
        incoming: Some(server(Protocol::Imap, "outlook.office365.com", 993, Security::Tls)),
        outgoing: Some(server(Protocol::Smtp, "smtp.office365.com", 587, Security::StartTls)),
        exchange: Some(Exchange::by_address()),
    }
}

/// Autodiscover V2 of the organisation's own servers, and of Microsoft 365.
pub fn places(domain: &str) -> [(String, AddressIn); 2] {
    [
        (format!("https://autodiscover.{domain}/autodiscover/autodiscover.json"), AddressIn::Query),
        ("https://outlook.office365.com/autodiscover/autodiscover.json/v1.0".into(), AddressIn::Path),
    ]
}

/// Where the question has the mail address.
#[derive(Debug, Clone, Copy)]
pub enum AddressIn {
    Query,
    Path,
}

/// Asks without signing in; the answer says where Autodiscover is, if the mailbox's domain is at home there. A redirect
/// means that it is not, and is not followed: the question holds somebody's address.
pub async fn ask(network: &Network, place: &str, way: AddressIn, address: &str) -> Result<Finding, Trouble> {
    let mut url = reqwest::Url::parse(place).map_err(|_| Trouble::Address(place.into()))?;
    match way {
        AddressIn::Query => {
            url.query_pairs_mut().append_pair("Email", address);
        }
        AddressIn::Path => {
            let mut path = url.path_segments_mut().map_err(|()| Trouble::Address(place.into()))?;
            path.push(address);
        }
    }
    url.query_pairs_mut().append_pair("Protocol", "AutodiscoverV1");
    read(&network.get_here(url.as_str()).await?)
}

fn read(answer: &Answer) -> Result<Finding, Trouble> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Said {
        protocol: String,
        url: String,
    }
    if answer.media_type != "application/json" {
        return Err(Trouble::MediaType(answer.media_type.clone()));
    }
    let said: Said = serde_json::from_str(&answer.text).map_err(|error| Trouble::Content(error.to_string()))?;
    let fine = said.protocol.eq_ignore_ascii_case("AutodiscoverV1") && said.url.starts_with("https://");
    if !fine {
        return Err(Trouble::Content("it names no Autodiscover service".into()));
    }
    Ok(Finding { exchange: Some(Exchange::by_address()), ..Finding::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microsoft_365_is_told_from_the_consumers_service() {
        assert!(is_microsoft_365("contoso-com.mail.protection.outlook.com"));
        assert!(!is_microsoft_365("outlook-com.olc.protection.outlook.com"));
        assert!(!is_microsoft_365("mail.protection.outlook.com.attacker.example"));
        assert!(!is_microsoft_365("evilmail.protection.outlook.com"));
    }

    #[test]
    fn only_a_proper_answer_counts() {
        let answer = |media_type: &str, text: &str| Answer { media_type: media_type.into(), text: text.into() };
        let url = "https://outlook.office365.com/autodiscover/autodiscover.xml";
        let good = format!("{{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"{url}\"}}");
        assert!(read(&answer("application/json", &good)).is_ok_and(|finding| finding.exchange.is_some()));
        assert!(matches!(read(&answer("text/html", &good)), Err(Trouble::MediaType(_))));
        for bad in [good.replace("https:", "http:"), good.replace("V1", "V9"), "{}".into(), "[".into()] {
            assert!(matches!(read(&answer("application/json", &bad)), Err(Trouble::Content(_))), "{bad}");
        }
    }
}
