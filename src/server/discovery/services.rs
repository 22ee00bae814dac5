//! Mail servers that DNS names (RFC 6186, RFC 8314): encrypted from the first byte before those that switch.

use crate::account::{Authentication, Protocol, Security, Server};
use crate::server::discovery::network::{Network, Target};
use crate::server::discovery::trouble::Trouble;
use crate::server::discovery::{Finding, config};

/// A service that mail programs look for.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    pub label: &'static str,
    protocol: Protocol,
    security: Security,
}

/// In the order of preference (RFC 8314 section 3: implicit TLS; IMAP keeps the mail on the server).
pub const SERVICES: [Service; 6] = [
    Service { label: "_imaps._tcp", protocol: Protocol::Imap, security: Security::Tls },
    Service { label: "_imap._tcp", protocol: Protocol::Imap, security: Security::StartTls },
    Service { label: "_pop3s._tcp", protocol: Protocol::Pop3, security: Security::Tls },
    Service { label: "_pop3._tcp", protocol: Protocol::Pop3, security: Security::StartTls },
    Service { label: "_submissions._tcp", protocol: Protocol::Smtp, security: Security::Tls },
    Service { label: "_submission._tcp", protocol: Protocol::Smtp, security: Security::StartTls },
];

impl Service {
    pub fn name(self, domain: &str) -> String {
        format!("{}.{domain}", self.label)
    }

    pub async fn find(self, network: &Network, domain: &str) -> Result<Finding, Trouble> {
        let targets = network.service(&self.name(domain)).await?;
        let best = targets.into_iter().find(|target| target.port != 0 && config::is_host(&target.host));
        let server = self.server(best.ok_or(Trouble::NotOffered)?);
        Ok(match self.protocol {
            Protocol::Imap | Protocol::Pop3 => Finding { incoming: Some(server), ..Finding::default() },
            Protocol::Smtp => Finding { outgoing: Some(server), ..Finding::default() },
        })
    }

    /// DNS says nothing about the user name: the whole address is to be tried first (RFC 6186 section 4).
    fn server(self, target: Target) -> Server {
        Server {
            protocol: self.protocol,
            host: target.host,
            port: target.port,
            security: self.security,
            authentication: Authentication::Password,
            username: "%EMAILADDRESS%".into(),
        }
    }
}
