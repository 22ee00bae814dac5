//! The encrypted connection to one server, and what its failures mean.

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::CONNECT_LIMIT;
use super::trust::Trust;
use crate::account::Server;
use crate::mail::{Error, Side};

pub(super) struct Link<'a> {
    pub server: &'a Server,
    pub side: Side,
    connector: TlsConnector,
}

impl<'a> Link<'a> {
    pub fn new(server: &'a Server, side: Side, ca: Option<&str>) -> Result<Self, Error> {
        let untrusted = |reason: String| Error::Certificate { host: server.host.clone(), port: server.port, reason };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let trust = Trust::new(ca, Arc::clone(&provider)).map_err(untrusted)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| untrusted(error.to_string()))?
            // "Dangerous" because it replaces the verifier: by one that trusts nobody without a check.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(trust))
            .with_no_client_auth();
        Ok(Self { server, side, connector: TlsConnector::from(Arc::new(config)) })
    }

    pub async fn connect(&self) -> Result<TcpStream, Error> {
        timeout(CONNECT_LIMIT, TcpStream::connect((self.server.host.as_str(), self.server.port)))
            .await
            .map_err(|_| self.unreachable("no connection in time"))?
            .map_err(|error| self.unreachable(error))
    }

    pub async fn encrypt(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, Error> {
        let name = ServerName::try_from(self.server.host.clone()).map_err(|error| self.unreachable(error))?;
        self.connector.connect(name, stream).await.map_err(|error| self.tls_failed(&error))
    }

    fn tls_failed(&self, error: &io::Error) -> Error {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(rustls::Error::InvalidCertificate(reason)) => Error::Certificate {
                host: self.server.host.clone(),
                port: self.server.port,
                reason: match reason {
                    CertificateError::UnknownIssuer => "unknown issuer".into(),
                    CertificateError::Expired | CertificateError::ExpiredContext { .. } => "expired".into(),
                    CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                        "issued for another name".into()
                    }
                    other => other.to_string(),
                },
            },
            _ => self.no_mail_server(error),
        }
    }

    pub fn unreachable(&self, reason: impl Display) -> Error {
        Error::Unreachable {
            side: self.side,
            host: self.server.host.clone(),
            port: self.server.port,
            reason: reason.to_string(),
        }
    }

    pub fn no_mail_server(&self, reason: impl Display) -> Error {
        Error::NotAMailServer {
            host: self.server.host.clone(),
            port: self.server.port,
            reason: shortened(&reason.to_string()),
        }
    }

    /// `said` is the server's own answer.
    pub fn refused(&self, said: &str) -> Error {
        Error::SignInRefused {
            side: self.side,
            host: self.server.host.clone(),
            port: self.server.port,
            username: self.server.username.clone(),
            reason: shortened(said),
        }
    }
}

fn shortened(said: &str) -> String {
    said.chars().filter(|c| !c.is_control()).take(200).collect()
}
