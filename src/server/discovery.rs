//! The account settings of a mail domain, found in public places: Mozilla's autoconfig, the mail exchangers, DNS services
//! and Autodiscover. Nothing is used without an operator who has seen it.

pub mod access;
mod address;
mod config;
mod exchange;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod network;
mod services;
mod trouble;
mod xml;

use std::time::Duration;

use futures::future::{join, join_all, join5};
use reqwest::Url;
use serde::Serialize;
use tokio::time::Instant;

use crate::account::{Account, Exchange, Server};
use crate::server::projects::Settings;
pub use config::read;
pub use network::{Network, NetworkError};
use services::SERVICES;
pub use trouble::Trouble;

/// How long the whole search may take.
const LIMIT: Duration = Duration::from_secs(15);
/// Mozilla's own collection, as Thunderbird asks it (preference `mailnews.auto_config_url`).
const COLLECTION: &str = "https://live.thunderbird.net/autoconfig/v1.1";

/// What was found for a domain, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    pub domain: String,
    /// Present when both an incoming and an outgoing server were found.
    pub account: Option<Account>,
    /// The domain's mailboxes are on an Exchange server, also when no other servers were found.
    pub exchange: bool,
    /// Every source that was tried, best first.
    pub sources: Vec<Source>,
    /// Each part of the account and the place in `sources` that it comes from.
    pub origins: Vec<Origin>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    pub kind: Kind,
    /// A URL without the part that names the person, or a name in DNS.
    pub place: String,
    pub outcome: Outcome,
    #[serde(skip)]
    finding: Finding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The domain's own autoconfig file.
    Autoconfig,
    /// Mozilla's collection of autoconfig files.
    Collection,
    /// The hosts that take the domain's mail.
    MailExchangers,
    /// The autoconfig file of whoever takes the domain's mail.
    ProviderAutoconfig,
    /// That provider in Mozilla's collection.
    ProviderCollection,
    /// A mail service in DNS.
    Service,
    /// Exchange's Autodiscover.
    Autodiscover,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "detail")]
pub enum Outcome {
    /// Gave settings.
    Found,
    /// Gave no settings itself, but names of hosts to ask about.
    Led(Vec<String>),
    /// There is nothing, which is usual.
    Nothing,
    /// Not asked, or not answered in a way that can be used.
    Failed(Trouble),
}

/// A part of the account, and the source (place in [`Found::sources`]) that it is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    pub part: Part,
    pub source: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Incoming,
    Outgoing,
    Exchange,
}

/// What one source said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding {
    pub incoming: Option<Server>,
    pub outgoing: Option<Server>,
    pub exchange: Option<Exchange>,
}

impl Finding {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is neither a mail domain nor a mail address; write for instance example.org")]
pub struct NoDomain(String);

/// Looks everywhere at once; the best source that knows a part of the account gives it. The address is sent only where
/// the protocol needs it: to the domain's own autoconfig server and to Autodiscover.
///
/// # Errors
/// When the text is neither a domain nor an address. A domain about which nothing can be found is no error.
pub async fn find(network: &Network, domain_or_address: &str) -> Result<Found, NoDomain> {
    let refused = || NoDomain(domain_or_address.into());
    let (address, domain) = match domain_or_address.trim().rsplit_once('@') {
        Some((local, domain)) => {
            let domain = canonical(domain).filter(|_| !local.is_empty()).ok_or_else(refused)?;
            (Some(format!("{local}@{domain}")), domain)
        }
        None => (None, canonical(domain_or_address.trim()).ok_or_else(refused)?),
    };
    let search = Search { network, domain: &domain, address: address.as_deref(), until: Instant::now() + LIMIT };
    let (own, collection, exchangers, services, autodiscover) = join5(
        search.autoconfig(),
        search.config(Kind::Collection, format!("{COLLECTION}/{domain}")),
        search.exchangers(),
        search.services(),
        search.autodiscover(),
    )
    .await;
    let mut sources = Vec::from(own);
    sources.push(collection);
    sources.extend(exchangers);
    sources.extend(services);
    sources.extend(autodiscover);
    Ok(Found::of(domain, sources))
}

impl Found {
    fn of(domain: String, sources: Vec<Source>) -> Self {
        let place = |knows: fn(&Finding) -> bool| sources.iter().position(|source| knows(&source.finding));
        let parts = [
            (Part::Incoming, place(|finding| finding.incoming.is_some())),
            (Part::Outgoing, place(|finding| finding.outgoing.is_some())),
            (Part::Exchange, place(|finding| finding.exchange.is_some())),
        ];
        let finding =
            |(_, place): (Part, Option<usize>)| place.map(|place| sources[place].finding.clone()).unwrap_or_default();
        let exchange = finding(parts[2]).exchange;
        let account = match (finding(parts[0]).incoming, finding(parts[1]).outgoing) {
            (Some(incoming), Some(outgoing)) => {
                Some(Account { incoming, outgoing, certificate_authority: None, exchange: exchange.clone() })
            }
            _ => None,
        };
        let origins = parts.into_iter().filter_map(|(part, place)| Some(Origin { part, source: place? })).collect();
        Self { domain, account, exchange: exchange.is_some(), origins, sources }
    }

    /// Where a part of the account was found.
    pub fn origin(&self, part: Part) -> Option<&Source> {
        self.origins.iter().find(|origin| origin.part == part).and_then(|origin| self.sources.get(origin.source))
    }

    /// A project's settings with the account that was found; the authority of the mail servers' certificates stays.
    pub fn proposal(&self, settings: &Settings) -> Option<Settings> {
        let mut account = self.account.clone()?;
        account.certificate_authority =
            settings.account.as_ref().and_then(|account| account.certificate_authority.clone());
        Some(Settings { account: Some(account), ..settings.clone() })
    }
}

struct Search<'a> {
    network: &'a Network,
    domain: &'a str,
    address: Option<&'a str>,
    until: Instant,
}

impl Search<'_> {
    /// Asks one source, within the time of the whole search.
    async fn source(&self, kind: Kind, place: String, look: impl Future<Output = Result<Finding, Trouble>>) -> Source {
        let looked = tokio::time::timeout_at(self.until, look).await.unwrap_or(Err(Trouble::TimeLimit));
        let (outcome, finding) = match looked {
            Ok(finding) => (Outcome::Found, finding),
            Err(trouble) if trouble.is_nothing() => (Outcome::Nothing, Finding::default()),
            Err(trouble) => (Outcome::Failed(trouble), Finding::default()),
        };
        Source { kind, place, outcome, finding }
    }

    /// The domain's own file, in the places of draft-ietf-mailmaint-autoconfig section 4.
    async fn autoconfig(&self) -> [Source; 2] {
        let (domain, kind) = (self.domain, Kind::Autoconfig);
        let place = format!("https://autoconfig.{domain}/mail/config-v1.1.xml");
        let url = match self.address {
            Some(address) => {
                Url::parse_with_params(&place, [("emailaddress", address)]).map_or(place.clone(), String::from)
            }
            None => place.clone(),
        };
        let well_known = format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml");
        let (own, well_known) = join(self.source(kind, place, self.file(url)), self.config(kind, well_known)).await;
        [own, well_known]
    }

    async fn config(&self, kind: Kind, url: String) -> Source {
        self.source(kind, url.clone(), self.file(url)).await
    }

    async fn file(&self, url: String) -> Result<Finding, Trouble> {
        let answer = self.network.get(&url).await?;
        let is_xml =
            matches!(answer.media_type.as_str(), "text/xml" | "application/xml") || answer.media_type.ends_with("+xml");
        if !is_xml || answer.media_type == "application/xhtml+xml" {
            return Err(Trouble::MediaType(answer.media_type));
        }
        read(&answer.text).map_err(|error| Trouble::Content(error.to_string()))
    }

    /// Who takes the domain's mail usually also keeps it.
    async fn exchangers(&self) -> Vec<Source> {
        let (kind, place) = (Kind::MailExchangers, self.domain.to_owned());
        let hosts = tokio::time::timeout_at(self.until, self.network.mail_exchangers(self.domain));
        let hosts = match hosts.await.unwrap_or(Err(Trouble::TimeLimit)) {
            Ok(hosts) => hosts,
            Err(trouble) => return vec![self.source(kind, place, async { Err(trouble) }).await],
        };
        let Some(best) = hosts.first() else {
            return vec![self.source(kind, place, async { Err(Trouble::NotOffered) }).await];
        };
        if exchange::is_microsoft_365(best) {
            return vec![self.source(kind, place, async { Ok(exchange::microsoft_365()) }).await];
        }
        let providers = providers(best, self.domain);
        let mut sources = vec![Source { kind, place, outcome: Outcome::Led(hosts), finding: Finding::default() }];
        let asked = providers.iter().map(|provider| {
            let file = format!("https://autoconfig.{provider}/mail/config-v1.1.xml");
            let collected = format!("{COLLECTION}/{provider}");
            join(self.config(Kind::ProviderAutoconfig, file), self.config(Kind::ProviderCollection, collected))
        });
        sources.extend(join_all(asked).await.into_iter().flat_map(<[Source; 2]>::from));
        sources
    }

    async fn services(&self) -> Vec<Source> {
        let each = SERVICES.map(|service| {
            self.source(Kind::Service, service.name(self.domain), service.find(self.network, self.domain))
        });
        join_all(each).await
    }

    async fn autodiscover(&self) -> Vec<Source> {
        let each = exchange::places(self.domain).map(|(place, way)| {
            let shown = place.clone();
            self.source(Kind::Autodiscover, shown, async move {
                let address = self.address.ok_or(Trouble::NeedsAddress)?;
                exchange::ask(self.network, &place, way, address).await
            })
        });
        join_all(each).await
    }
}

/// The domains under which a mail exchanger's owner may have a file: the host without its first label, and what was
/// registered (public suffix list). Never a suffix that belongs to everyone.
fn providers(exchanger: &str, domain: &str) -> Vec<String> {
    let Some(registered) = psl::domain_str(exchanger) else { return Vec::new() };
    let parent = exchanger.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.len() > registered.len());
    parent.into_iter().chain([registered]).filter(|provider| *provider != domain).map(str::to_owned).collect()
}

/// A domain in the form that DNS has, or None.
pub(in crate::server) fn canonical(domain: &str) -> Option<String> {
    let clean = !domain.contains(|c: char| c.is_whitespace() || c.is_control() || "/:?#@\\%[]".contains(c));
    let url = Url::parse(&format!("https://{domain}/")).ok().filter(|_| clean)?;
    let domain = url.domain()?.trim_end_matches('.').to_owned();
    config::is_host(&domain).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_brought_into_the_form_of_dns() {
        assert_eq!(canonical("Example.ORG").as_deref(), Some("example.org"));
        assert_eq!(canonical("example.org.").as_deref(), Some("example.org"));
        assert_eq!(canonical("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        for text in [
            "",
            "localhost",
            "127.0.0.1",
            "2130706433",
            "[::1]",
            "0x7f.1",
            "a b.example",
            "x.example/y",
            "x.example:1",
            "u@x.example",
            "a..b",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }

    #[test]
    fn a_provider_is_never_everybody() {
        assert_eq!(providers("mx1.mail.hoster.co.uk", "e.example"), ["mail.hoster.co.uk", "hoster.co.uk"]);
        assert_eq!(providers("mx.hoster.co.uk", "e.example"), ["hoster.co.uk"]);
        assert_eq!(providers("hoster.co.uk", "e.example"), ["hoster.co.uk"]);
        assert_eq!(providers("mail.example.org", "example.org"), [""; 0]);
        assert_eq!(providers("co.uk", "e.example"), [""; 0]);
    }
}
