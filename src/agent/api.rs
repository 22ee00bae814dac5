//! The agent's only door to the network: the Mailshift server over HTTP.
//!
//! Plain HTTP is refused except to this computer itself. Redirects are not followed, so that a token never travels to
//! another host. Every call has a time limit.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::notice::Notice;
use crate::problem::{Problem, ResponseCode};
use crate::protocol::{
    Activation, ActivationRequest, Diagnostics, DiagnosticsTaken, Directive, Event, EventsTaken, Inventory,
    NewPassword, Question, Registered, RegistrationRequest, SignInRequest, SignedIn, is_loopback, path,
};
use crate::secret::Secret;

const CONNECT: Duration = Duration::from_secs(10);
const CALL: Duration = Duration::from_secs(30);
/// What a held question may take beyond the time it asked for.
const GRACE: Duration = Duration::from_secs(15);
/// Longest answer that is read, in bytes: a directive is about 2 KiB.
const ANSWER: usize = 256 * 1024;

/// The server as this agent sees it.
#[derive(Debug, Clone)]
pub struct Api {
    client: reqwest::Client,
    base: reqwest::Url,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("the server address {0:?} is not usable: it must start with https://")]
    Address(String),
    #[error("the HTTP client could not be made")]
    Client,
    #[error("no answer from {host}:{port}")]
    Offline { host: String, port: u16 },
    #[error("the certificate of {host} is not trusted")]
    Certificate { host: String },
    #[error("the answer of {host} (status {status}) cannot be understood")]
    Garbage { host: String, status: u16 },
    #[error("{host} does not know this computer")]
    NotKnown { host: String },
    #[error("{host} answers from another database than the one that this computer belongs to")]
    OtherDatabase { host: String },
    #[error("the server refused with {}: {}", .problem.code.id(), .problem.title)]
    Refused { problem: Box<Problem>, retry_after: Option<Duration> },
}

impl Error {
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::Address(_) => ResponseCode::NoServerAddress,
            Self::Client | Self::Garbage { .. } => ResponseCode::ServerNotUnderstood,
            Self::Offline { .. } => ResponseCode::ServerUnreachable,
            Self::Certificate { .. } => ResponseCode::CertificateNotTrusted,
            Self::NotKnown { .. } => ResponseCode::ServerForgotAgent,
            Self::OtherDatabase { .. } => ResponseCode::OtherDatabase,
            Self::Refused { problem, .. } if problem.code == ResponseCode::Unknown && problem.status >= 500 => {
                ResponseCode::ServerBusy
            }
            Self::Refused { problem, .. } => problem.code,
        }
    }

    /// Which database has answered, when it says so.
    pub fn instance(&self) -> Option<Uuid> {
        match self {
            Self::Refused { problem, .. } => problem.instance,
            _ => None,
        }
    }

    /// A server does not know this computer.
    pub fn is_unknown_device(&self) -> bool {
        matches!(self, Self::Refused { problem, .. } if problem.code == ResponseCode::UnknownAgent)
    }

    /// It may work later without anybody doing anything here: no network yet, a server that is busy or being mended.
    pub fn passes(&self) -> bool {
        match self {
            Self::Offline { .. } | Self::Garbage { .. } | Self::NotKnown { .. } | Self::OtherDatabase { .. } => true,
            Self::Refused { problem, .. } => problem.status >= 500 || problem.status == 429,
            Self::Address(_) | Self::Client | Self::Certificate { .. } => false,
        }
    }

    /// Facts for the sentence a person reads.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Offline { host, port } => vec![("host", host.clone()), ("port", port.to_string())],
            Self::Certificate { host } | Self::Garbage { host, .. } => vec![("host", host.clone())],
            Self::NotKnown { host } | Self::OtherDatabase { host } => vec![("server", host.clone())],
            Self::Refused { problem, retry_after } => {
                let tries = problem.tries_left.map(|tries| ("tries", tries.to_string()));
                let seconds = retry_after.map(|pause| ("seconds", pause.as_secs().to_string()));
                tries.into_iter().chain(seconds).collect()
            }
            Self::Address(address) => vec![("server", address.clone())],
            Self::Client => Vec::new(),
        }
    }
}

impl From<&Error> for Notice {
    fn from(error: &Error) -> Self {
        let incident = match error {
            Error::Refused { problem, .. } => problem.incident,
            _ => None,
        };
        Self { code: error.code(), facts: error.facts(), incident }
    }
}

/// The answer to "what do you want now?".
#[derive(Debug, Clone)]
pub enum Answer {
    Changed { directive: Box<Directive>, etag: Option<String> },
    Unchanged,
}

impl Api {
    pub fn new(server: &str) -> Result<Self, Error> {
        let unusable = || Error::Address(server.to_owned());
        let mut base: reqwest::Url = server.parse().map_err(|_| unusable())?;
        let encrypted =
            base.scheme() == "https" || (base.scheme() == "http" && base.host_str().is_some_and(is_loopback));
        if !encrypted || base.host_str().is_none() || !base.username().is_empty() || base.password().is_some() {
            return Err(unusable());
        }
        base.set_query(None);
        base.set_fragment(None);
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let tls = rustls_config().map_err(|_| Error::Client)?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("mailshift/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .build()
            .map_err(|_| Error::Client)?;
        Ok(Self { client, base })
    }

    /// The address as it was given, for display and for the log.
    pub fn server(&self) -> &str {
        self.base.as_str()
    }

    pub async fn activate(&self, request: &ActivationRequest) -> Result<Activation, Error> {
        self.read(self.call(Method::POST, path::ACTIVATIONS).json(request)).await
    }

    pub async fn deactivate(&self, token: &Secret) -> Result<(), Error> {
        self.send(self.signed(Method::DELETE, path::ACTIVATION_SELF, token)).await.map(drop)
    }

    /// Asks what the server wants; the server may hold the question open for `wait`.
    pub async fn directive(
        &self,
        token: &Secret,
        etag: Option<&str>,
        wait: Duration,
        standing: &Question,
    ) -> Result<Answer, Error> {
        let Question { epoch, acted_on, stage, .. } = standing;
        let wanted = path::DIRECTIVE;
        let question = format!("{wanted}?wait={}&epoch={epoch}&acted_on={acted_on}&stage={stage}", wait.as_secs());
        let mut request = self.signed(Method::GET, &question, token).timeout(wait + GRACE);
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let response = self.send(request).await?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(Answer::Unchanged);
        }
        let etag = response.headers().get(header::ETAG).and_then(|v| v.to_str().ok()).map(ToOwned::to_owned);
        Ok(Answer::Changed { directive: Box::new(self.decode(response).await?), etag })
    }

    pub async fn inventory(&self, token: &Secret, inventory: &Inventory) -> Result<(), Error> {
        self.send(self.signed(Method::PUT, path::INVENTORY, token).json(inventory)).await.map(drop)
    }

    pub async fn events(&self, token: &Secret, events: &[Event]) -> Result<EventsTaken, Error> {
        self.read(self.signed(Method::POST, path::EVENTS, token).json(events)).await
    }

    pub async fn new_password(&self, token: &Secret, password: &Secret) -> Result<(), Error> {
        let body = NewPassword { new_password: password.clone() };
        self.send(self.signed(Method::POST, path::PASSWORD, token).json(&body)).await.map(drop)
    }

    /// Has a mail sent to the address that the person says is theirs.
    pub async fn register(&self, token: &Secret, request: &RegistrationRequest) -> Result<Registered, Error> {
        self.read(self.signed(Method::POST, path::REGISTRATIONS, token).json(request)).await
    }

    /// Makes the login the person's who got this code.
    pub async fn sign_in(&self, token: &Secret, request: &SignInRequest) -> Result<SignedIn, Error> {
        self.read(self.signed(Method::POST, path::SIGN_INS, token).json(request)).await
    }

    /// Makes the login nobody's.
    pub async fn sign_out(&self, token: &Secret) -> Result<(), Error> {
        self.send(self.signed(Method::DELETE, path::SIGN_IN_SELF, token)).await.map(drop)
    }

    pub async fn diagnostics(&self, token: &Secret, diagnostics: &Diagnostics) -> Result<DiagnosticsTaken, Error> {
        self.read(self.signed(Method::POST, path::DIAGNOSTICS, token).json(diagnostics)).await
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        // A server may live below a path of a larger site.
        let mut url = self.base.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("{}{}", self.base.path(), path.trim_start_matches('/')));
        url.set_query(query);
        self.client.request(method, url)
    }

    fn signed(&self, method: Method, path: &str, token: &Secret) -> RequestBuilder {
        self.call(method, path).bearer_auth(token.reveal())
    }

    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        let response = self.send(request).await?;
        self.decode(response).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let problem: Problem = match self.decode(response).await {
            Ok(problem) => problem,
            // A proxy's own error page is no problem document, but its status still says something.
            Err(_) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => Problem {
                status: status.as_u16(),
                title: "no problem document".into(),
                ..Problem::new(ResponseCode::ServerBusy)
            },
            Err(error) => return Err(error),
        };
        Err(Error::Refused { problem: Box::new(problem), retry_after })
    }

    async fn decode<T: DeserializeOwned>(&self, mut response: Response) -> Result<T, Error> {
        let garbage = Error::Garbage { host: self.host(), status: response.status().as_u16() };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if body.len() + chunk.len() > ANSWER {
                return Err(garbage);
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| garbage)
    }

    fn unreachable(&self, error: &reqwest::Error) -> Error {
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            if cause.is::<rustls::Error>() || cause.to_string().contains("certificate") {
                return Error::Certificate { host: self.host() };
            }
            source = cause.source();
        }
        Error::Offline { host: self.host(), port: self.base.port_or_known_default().unwrap_or(443) }
    }

    /// Its host alone.
    pub fn host(&self) -> String {
        self.base.host_str().unwrap_or_default().to_owned()
    }
}

/// TLS as the operating system trusts it.
fn rustls_config() -> Result<rustls::ClientConfig, rustls::Error> {
    use rustls_platform_verifier::BuilderVerifierExt;
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_only_spoken_to_this_computer() {
        for usable in ["https://move.example.org", "http://127.0.0.1:8443", "http://[::1]:1", "http://localhost:9"] {
            assert!(Api::new(usable).is_ok(), "{usable}");
        }
        for refused in ["http://move.example.org", "http://127.0.0.1.example.org", "ftp://x", "move.example.org", ""] {
            assert!(matches!(Api::new(refused), Err(Error::Address(_))), "{refused}");
        }
    }

    #[test]
    fn a_server_below_a_path_is_asked_there() {
        let api = Api::new("https://example.org/move").expect("usable");
        let request = api.call(Method::GET, path::DIRECTIVE).build().expect("a request");
        assert_eq!(request.url().as_str(), "https://example.org/move/v1/directive");
    }
}
