//! The only door through which discovery reaches the network: names are resolved here, and only public addresses,
//! HTTPS and port 443 are reached.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{ResolverBuilder, TokioResolver};
use reqwest::dns::{Addrs, Resolve, Resolving};
use reqwest::{Certificate, Url, header, redirect};

use crate::server::discovery::address::is_public;
use crate::server::discovery::trouble::Trouble;
use crate::server::http::error::Refusal;

/// How long one question may take, redirects included.
const LIMIT: Duration = Duration::from_secs(5);
/// Largest answer, in bytes.
const SIZE: usize = 256 * 1024;
/// Redirects that are followed at most.
const REDIRECTS: u32 = 3;

/// A way to public servers. Clones share the connections. A proxy of the environment is not used: it would resolve the
/// names itself.
#[derive(Clone)]
pub struct Network {
    resolver: TokioResolver,
    http: reqwest::Client,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

/// Why there is no way to the network at all.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error("the resolver of this computer cannot be used: {0}")]
    Resolver(#[from] NetError),
    #[error("encryption cannot be set up: {0}")]
    Tls(#[from] reqwest::Error),
}

impl From<NetworkError> for Refusal {
    fn from(error: NetworkError) -> Self {
        Self::unhandled(error)
    }
}

/// What came back over HTTPS.
pub struct Answer {
    pub media_type: String,
    pub text: String,
}

/// A server that DNS names for a service (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    pub priority: u16,
    /// Heavier ones first.
    pub weight: std::cmp::Reverse<u16>,
    pub port: u16,
    pub host: String,
}

impl Network {
    /// With the resolver and the trusted authorities of this computer.
    ///
    /// # Errors
    /// When there is no usable configuration of a resolver, or no trusted authority.
    pub fn system() -> Result<Self, NetworkError> {
        Self::build(TokioResolver::builder_tokio()?, &[], &[])
    }

    /// With one name server, with authorities that are trusted besides those of this computer, and with addresses that
    /// may be reached although they are not public, each on its port instead of 443.
    ///
    /// # Errors
    /// When encryption cannot be set up.
    pub fn with(
        name_server: SocketAddr,
        authorities: &[Certificate],
        reachable: &[SocketAddr],
    ) -> Result<Self, NetworkError> {
        let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
        for connection in &mut connections {
            connection.port = name_server.port();
        }
        let name_server = NameServerConfig::new(name_server.ip(), true, connections.into());
        let config = ResolverConfig::from_name_servers(vec![name_server]);
        Self::build(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()), authorities, reachable)
    }

    fn build(
        mut resolver: ResolverBuilder<TokioRuntimeProvider>,
        authorities: &[Certificate],
        reachable: &[SocketAddr],
    ) -> Result<Self, NetworkError> {
        // What this computer's own list says is no matter of the public DNS.
        resolver.options_mut().use_hosts_file = ResolveHosts::Never;
        let resolver = resolver.build()?;
        let reachable = reachable.iter().map(|address| (address.ip(), address.port())).collect();
        let http = reqwest::Client::builder()
            .dns_resolver(Arc::new(Guarded { resolver: resolver.clone(), reachable: Arc::new(reachable) }))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(true)
            .user_agent(concat!("mailshift/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(authorities.iter().cloned())
            .build()?;
        Ok(Self { resolver, http })
    }

    /// The hosts that take a domain's mail, best first.
    pub async fn mail_exchangers(&self, domain: &str) -> Result<Vec<String>, Trouble> {
        let mut found: Vec<(u16, String)> = self
            .records(domain, RecordType::MX)
            .await?
            .into_iter()
            .filter_map(|data| match data {
                RData::MX(mx) => Some((mx.preference, host(&mx.exchange)?)),
                _ => None,
            })
            .collect();
        found.sort();
        Ok(found.into_iter().map(|(_, host)| host).collect())
    }

    /// The servers of a service (`_imaps._tcp.example.org`), best first. Load is not balanced: the settings that are
    /// made of it are meant to stay. Empty when the domain says that it does not offer the service (RFC 2782: target `.`).
    pub async fn service(&self, name: &str) -> Result<Vec<Target>, Trouble> {
        let mut found: Vec<Target> = self
            .records(name, RecordType::SRV)
            .await?
            .into_iter()
            .filter_map(|data| match data {
                RData::SRV(srv) => Some(Target {
                    priority: srv.priority,
                    weight: std::cmp::Reverse(srv.weight),
                    port: srv.port,
                    host: host(&srv.target)?,
                }),
                _ => None,
            })
            .collect();
        found.sort();
        Ok(found)
    }

    async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, Trouble> {
        let lookup = self.resolver.lookup(absolute(name)?, kind);
        let answer = tokio::time::timeout(LIMIT, lookup).await.map_err(|_| Trouble::TimeLimit)?;
        Ok(answer.map_err(unresolved)?.answers().iter().map(|record| record.data.clone()).collect())
    }

    /// What is at an HTTPS address. Redirects are followed to public HTTPS addresses only.
    pub async fn get(&self, url: &str) -> Result<Answer, Trouble> {
        self.ask(url, Some(REDIRECTS)).await
    }

    /// The same without following redirects, for addresses that tell who is looked for.
    pub async fn get_here(&self, url: &str) -> Result<Answer, Trouble> {
        self.ask(url, None).await
    }

    async fn ask(&self, url: &str, redirects: Option<u32>) -> Result<Answer, Trouble> {
        tokio::time::timeout(LIMIT, self.follow(url, redirects)).await.map_err(|_| Trouble::TimeLimit)?
    }

    async fn follow(&self, url: &str, mut redirects: Option<u32>) -> Result<Answer, Trouble> {
        let mut url = checked(Url::parse(url).map_err(|_| Trouble::Address(url.into()))?)?;
        loop {
            let answer = self.http.get(url.clone()).send().await.map_err(unreachable)?;
            let status = answer.status();
            let next = answer.headers().get(header::LOCATION).and_then(|next| next.to_str().ok());
            match (next, redirects) {
                (Some(_), Some(0)) if status.is_redirection() => return Err(Trouble::Redirects),
                (Some(next), Some(left)) if status.is_redirection() => {
                    redirects = Some(left - 1);
                    url = checked(url.join(next).map_err(|_| Trouble::Address(next.into()))?)?;
                }
                _ if status.is_success() => return body(answer).await,
                _ => return Err(Trouble::Status(status.as_u16())),
            }
        }
    }
}

/// Resolves names for the HTTP client, and refuses what leads away from the public internet. The addresses that were
/// checked are those that are connected to, so a second answer of the DNS cannot lead elsewhere.
struct Guarded {
    resolver: TokioResolver,
    reachable: Arc<HashMap<IpAddr, u16>>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: reqwest::dns::Name) -> Resolving {
        let (resolver, reachable) = (self.resolver.clone(), Arc::clone(&self.reachable));
        Box::pin(async move {
            let found = resolver.lookup_ip(absolute(name.as_str())?).await.map_err(unresolved)?;
            let mut addresses = Vec::new();
            for address in found.iter() {
                match reachable.get(&address) {
                    Some(port) => addresses.push(SocketAddr::new(address, *port)),
                    // Port 0 is filled in from the URL, which is 443.
                    None if is_public(address) => addresses.push(SocketAddr::new(address, 0)),
                    None => return Err(Trouble::NotPublic { host: name.as_str().into(), address }.into()),
                }
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// HTTPS to a named host at port 443, without credentials. A literal address would not pass the resolver.
fn checked(url: Url) -> Result<Url, Trouble> {
    if url.scheme() != "https" {
        return Err(Trouble::NotHttps(url.host_str().unwrap_or_default().into()));
    }
    let fine = url.domain().is_some() && url.port().is_none() && url.username().is_empty() && url.password().is_none();
    if fine { Ok(url) } else { Err(Trouble::Address(url.host_str().unwrap_or_default().into())) }
}

async fn body(mut answer: reqwest::Response) -> Result<Answer, Trouble> {
    let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > SIZE {
            return Err(Trouble::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes).map_err(|_| Trouble::Content("not UTF-8".into()))?;
    Ok(Answer { media_type, text })
}

/// Fully qualified: the search domains of this computer have no say.
fn absolute(name: &str) -> Result<Name, Trouble> {
    let mut name = Name::from_ascii(name).map_err(|_| Trouble::Address(name.into()))?;
    name.set_fqdn(true);
    Ok(name)
}

/// None for the root, which stands for "not offered".
fn host(name: &Name) -> Option<String> {
    (!name.is_root()).then(|| name.to_ascii().trim_end_matches('.').to_ascii_lowercase())
}

fn unresolved(error: NetError) -> Trouble {
    match error {
        error if error.is_nx_domain() || error.is_no_records_found() => Trouble::NoName,
        NetError::Timeout => Trouble::TimeLimit,
        error => Trouble::Unreachable(error.to_string()),
    }
}

/// The trouble at the root of an error of the HTTP client.
fn unreachable(error: reqwest::Error) -> Trouble {
    let mut cause: &dyn std::error::Error = &error;
    loop {
        if let Some(trouble) = cause.downcast_ref::<Trouble>() {
            return trouble.clone();
        }
        match cause.source() {
            Some(source) => cause = source,
            None => return Trouble::Unreachable(cause.to_string()),
        }
    }
}
