//! Hands letters to the project's mail server.

use std::path::PathBuf;
use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::server::mailings::message::{Letter, plain};
use crate::server::mailings::{Mailing, bounce};
use crate::server::projects::{Smtp, SmtpSecurity};
use crate::server::secret_source::SecretError;

/// How long each step of the conversation with the mail server may take.
const STEP_LIMIT: Duration = Duration::from_secs(30);
/// How long one letter may take in all.
const LIMIT: Duration = Duration::from_mins(2);

#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("smtp.password: {0}")]
    Password(#[from] SecretError),
    #[error("smtp.certificate_authority {path}: {reason}")]
    CertificateAuthority { path: PathBuf, reason: String },
    #[error("smtp: encryption cannot be set up: {0}")]
    Tls(lettre::transport::smtp::Error),
    #[error("smtp.security: none is only for this computer itself")]
    Unencrypted,
    #[error("{address} is not a mail address")]
    Address { address: String },
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the mail server {host} refused or could not be reached: {source}")]
    Refused { host: String, source: lettre::transport::smtp::Error },
    #[error("the mail server {host} did not answer in time")]
    TimeLimit { host: String },
}

impl SendError {
    /// Whether it may work later without anybody doing anything: the server is not there, or said so (RFC 5321
    /// section 4.2.1, replies 4yz).
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Refused { source, .. } => !source.is_permanent(),
            Self::TimeLimit { .. } => true,
            _ => false,
        }
    }
}

/// Whom a letter goes to.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// Empty for somebody who is not on the list.
    pub name: &'a str,
    pub address: &'a str,
}

/// A way to the project's mail server.
pub struct Post {
    host: String,
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Post {
    /// Connects nowhere yet.
    pub fn new(smtp: &Smtp) -> Result<Self, SendError> {
        let address = || SendError::Address { address: smtp.from.clone() };
        let from = smtp.from.parse::<Mailbox>().map_err(|_| address())?;
        let tls = match smtp.security {
            SmtpSecurity::Tls => Tls::Wrapper(parameters(smtp)?),
            SmtpSecurity::StartTls => Tls::Required(parameters(smtp)?),
            SmtpSecurity::None if crate::protocol::is_loopback(&smtp.host) => Tls::None,
            SmtpSecurity::None => return Err(SendError::Unencrypted),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
            .port(smtp.port())
            .tls(tls)
            .timeout(Some(STEP_LIMIT));
        if let (Some(username), Some(password)) = (&smtp.username, &smtp.password) {
            let password = password.read()?.reveal().to_owned();
            builder = builder.credentials(Credentials::new(username.clone(), password));
        }
        Ok(Self { host: smtp.host.clone(), from, transport: builder.build() })
    }

    /// Sends the letter of a mailing. The head says whose bounce it would be, and that no person wrote the letter (RFC
    /// 3834), so that no absence note answers.
    pub async fn send_mailing(&self, to: Receiver<'_>, mailing: &Mailing, letter: Letter) -> Result<(), SendError> {
        let address = || SendError::Address { address: to.address.to_owned() };
        let name = Some(plain(to.name)).filter(|name| !name.is_empty());
        let (to, mailing) = (to.address.parse().map_err(|_| address())?, &mailing.id);
        let field = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, to))
            .subject(letter.subject)
            .message_id(Some(format!("<{mailing}{}{domain}>", bounce::MESSAGE_ID)))
            .raw_header(field(bounce::HEADER, mailing))
            .raw_header(field("Auto-Submitted", "auto-generated"))
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))?;
        let host = || self.host.clone();
        match tokio::time::timeout(LIMIT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(source)) => Err(SendError::Refused { host: host(), source }),
            Err(_) => Err(SendError::TimeLimit { host: host() }),
        }
    }
}

fn parameters(smtp: &Smtp) -> Result<TlsParameters, SendError> {
    let mut builder = TlsParameters::builder(smtp.host.clone());
    if let Some(path) = &smtp.certificate_authority {
        let refused = |reason: String| SendError::CertificateAuthority { path: path.clone(), reason };
        let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
        let authority = Certificate::from_pem(&pem).map_err(|error| refused(error.to_string()))?;
        builder = builder.add_root_certificate(authority);
    }
    builder.build().map_err(SendError::Tls)
}
