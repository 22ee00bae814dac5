//! IMAP (RFC 3501, STARTTLS included).

use async_imap::error::Error as ImapError;
use async_imap::imap_proto::{Response, Status};
use async_imap::{Authenticator, Client, Session};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::limited::Limited;
use super::link::Link;
use crate::account::Security;
use crate::mail::Error;
use crate::secret::Secret;

pub(super) async fn inbox_messages(link: &Link<'_>, password: &Secret) -> Result<u32, Error> {
    let mut session = sign_in(link, password).await?;
    let inbox = session.status("INBOX", "(MESSAGES)").await.map_err(|error| link.no_mail_server(error))?;
    // The server closes the connection on LOGOUT anyway: an error here changes nothing.
    let _ = session.logout().await;
    Ok(inbox.exists)
}

async fn sign_in(link: &Link<'_>, password: &Secret) -> Result<Session<Limited<TlsStream<TcpStream>>>, Error> {
    let client = client(link).await?;
    let name = &link.server.username;
    // LOGIN takes ASCII only; AUTHENTICATE PLAIN takes UTF-8 (RFC 4616).
    let result = if password.reveal().is_ascii() && name.is_ascii() {
        client.login(name, password.reveal()).await
    } else {
        client.authenticate("PLAIN", Plain { name, password }).await
    };
    result.map_err(|(error, _)| match error {
        // RFC 5530: the server has trouble of its own; the password may well be right.
        ImapError::No(said)
            if ["UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG"].iter().any(|code| said.contains(code)) =>
        {
            link.unreachable(said)
        }
        ImapError::No(said) => link.refused(&said),
        other => link.no_mail_server(other),
    })
}

async fn client(link: &Link<'_>) -> Result<Client<Limited<TlsStream<TcpStream>>>, Error> {
    let stream = link.connect().await?;
    match link.server.security {
        Security::Tls => {
            let mut client = Client::new(Limited::new(link.encrypt(stream).await?));
            let greeting = client.read_response().await;
            check_greeting(link, greeting.as_ref().map(|said| said.as_ref().map(|said| said.parsed())))?;
            Ok(client)
        }
        Security::StartTls => {
            let mut client = Client::new(Limited::new(stream));
            let greeting = client.read_response().await;
            check_greeting(link, greeting.as_ref().map(|said| said.as_ref().map(|said| said.parsed())))?;
            client
                .run_command_and_check_ok("STARTTLS", None)
                .await
                .map_err(|error| link.no_mail_server(format!("STARTTLS: {error}")))?;
            Ok(Client::new(Limited::new(link.encrypt(client.into_inner().into_inner()).await?)))
        }
    }
}

fn check_greeting(link: &Link<'_>, greeting: Result<Option<&Response<'_>>, &std::io::Error>) -> Result<(), Error> {
    match greeting {
        Ok(Some(greeting)) => match greeting {
            Response::Data { status: Status::Ok | Status::PreAuth, .. } => Ok(()),
            Response::Data { status: Status::Bye, outcome } => {
                Err(link.unreachable(outcome.information.as_deref().unwrap_or("BYE")))
            }
            _ => Err(link.no_mail_server("greeting")),
        },
        Ok(None) => Err(link.no_mail_server("connection closed")),
        Err(error) => Err(link.no_mail_server(error)),
    }
}

struct Plain<'a> {
    name: &'a str,
    password: &'a Secret,
}

impl Authenticator for Plain<'_> {
    type Response = zeroize::Zeroizing<Vec<u8>>;

    fn process(&mut self, _challenge: &[u8]) -> Self::Response {
        zeroize::Zeroizing::new(format!("\0{}\0{}", self.name, self.password.reveal()).into_bytes())
    }
}
