//! Signs in to an account's servers, to know before anything is written that the account works.

#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod imap;
mod limited;
mod link;
mod smtp;
mod trust;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::timeout;

use super::{Error, Side};
use crate::account::{Authentication, Protocol, Server};
use crate::secret::Secret;
use link::Link;

const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// How long a whole sign-in may take, connection included. Servers hold back the answer to a wrong password for some
/// seconds.
const SIGN_IN_LIMIT: Duration = Duration::from_secs(45);

/// Signs in to the incoming server and out again. `ca` is a private certificate authority (PEM), trusted besides the
/// operating system's own.
pub async fn incoming(server: &Server, password: &Secret, ca: Option<&str>) -> Result<(), Error> {
    inbox_messages(server, password, ca).await.map(drop)
}

pub async fn inbox_messages(server: &Server, password: &Secret, ca: Option<&str>) -> Result<u32, Error> {
    let link = Link::new(server, Side::Incoming, ca)?;
    feasible(server, Protocol::Imap)?;
    limited(&link, imap::inbox_messages(&link, password)).await
}

pub async fn outgoing(server: &Server, password: &Secret, ca: Option<&str>) -> Result<(), Error> {
    let link = Link::new(server, Side::Outgoing, ca)?;
    feasible(server, Protocol::Smtp)?;
    limited(&link, smtp::sign_in(&link, password)).await
}

/// What needs the mail program's own window, or another protocol, is said before any connection is made.
fn feasible(server: &Server, protocol: Protocol) -> Result<(), Error> {
    if server.authentication == Authentication::OAuth2 {
        return Err(Error::Unsupported { what: format!("OAuth2 ({})", server.host) });
    }
    if server.protocol != protocol {
        return Err(Error::Unsupported { what: server.protocol.name().into() });
    }
    Ok(())
}

async fn limited<T>(link: &Link<'_>, talk: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let result = match timeout(SIGN_IN_LIMIT, AssertUnwindSafe(talk).catch_unwind()).await {
        Ok(Ok(result)) => result,
        // The reader of IMAP (imap-proto 0.17) cuts some answers where no character ends.
        Ok(Err(_)) => Err(link.no_mail_server("an answer that cannot be read")),
        Err(_) => Err(link.unreachable("no answer in time")),
    };
    match &result {
        Ok(_) => tracing::info!(host = link.server.host, port = link.server.port, "signed in"),
        Err(error) => tracing::warn!(%error, "sign-in failed"),
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Security;
    use crate::problem::ResponseCode;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    fn server(protocol: Protocol, security: Security, port: u16) -> Server {
        Server {
            protocol,
            host: "localhost".into(),
            port,
            security,
            authentication: Authentication::Password,
            username: "anna".into(),
        }
    }

    async fn both(security: Security, port: u16) -> [ResponseCode; 2] {
        let password = Secret::new("irrelevant");
        let imap = incoming(&server(Protocol::Imap, security, port), &password, None).await;
        let smtp = outgoing(&server(Protocol::Smtp, security, port), &password, None).await;
        [imap.expect_err("not a mail server").code(), smtp.expect_err("not a mail server").code()]
    }

    async fn saying(text: &'static [u8]) -> u16 {
        let listener = TcpListener::bind("localhost:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(text).await;
            }
        });
        port
    }

    #[tokio::test]
    async fn a_dead_port_is_told_apart_for_incoming_and_outgoing() {
        let listener = TcpListener::bind("localhost:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        drop(listener);
        assert_eq!(
            both(Security::Tls, port).await,
            [ResponseCode::IncomingUnreachable, ResponseCode::OutgoingUnreachable]
        );
        assert_eq!(
            both(Security::StartTls, port).await,
            [ResponseCode::IncomingUnreachable, ResponseCode::OutgoingUnreachable]
        );
    }

    #[tokio::test]
    async fn a_server_that_speaks_something_else_is_not_a_mail_server() {
        let uncut = "* OK [CAPABILITY IMAP4rev1]§\r\n".as_bytes();
        for text in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"\x00\xff\x13garbage\n\n\n", b"", b"220", uncut] {
            let port = saying(text).await;
            for security in [Security::Tls, Security::StartTls] {
                assert_eq!(
                    both(security, port).await,
                    [ResponseCode::NotAMailServer, ResponseCode::NotAMailServer],
                    "{text:?} {security:?}"
                );
            }
        }
    }

    /// A server that sends the same for ever, after a beginning; its port, and how much was taken of it.
    async fn endless(beginning: &'static [u8], part: &'static [u8]) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("localhost:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            stream.write_all(beginning).await.expect("listening");
            while stream.write_all(part).await.is_ok() {
                count.fetch_add(part.len(), Ordering::Relaxed);
            }
        });
        (port, taken)
    }

    /// What the system holds between two programs, in both directions, at most.
    const ON_THE_WAY: usize = 16 << 20;

    /// L7.
    #[tokio::test]
    async fn an_endless_answer_does_not_fill_the_memory() {
        let password = Secret::new("x");
        for part in [&[b'2'; 4096][..], b"* OK more\r\n", b"220-more\r\n", b"* LIST () {99999999}\r\n"] {
            for beginning in [&b""[..], b"* OK hello\r\n"] {
                let (port, taken) = endless(beginning, part).await;
                let imap = incoming(&server(Protocol::Imap, Security::StartTls, port), &password, None).await;
                assert_eq!(imap.expect_err("no end").code(), ResponseCode::NotAMailServer);
                let taken = taken.load(Ordering::Relaxed);
                assert!(taken < ON_THE_WAY, "{taken} bytes");
            }
            let (port, taken) = endless(b"", part).await;
            let smtp = outgoing(&server(Protocol::Smtp, Security::StartTls, port), &password, None).await;
            assert_eq!(smtp.expect_err("no end").code(), ResponseCode::NotAMailServer);
            assert!(taken.load(Ordering::Relaxed) < ON_THE_WAY);
        }
    }

    #[tokio::test]
    async fn what_only_the_mail_program_can_do_is_said_without_a_call() {
        let password = Secret::new("x");
        let pop = incoming(&server(Protocol::Pop3, Security::Tls, 1), &password, None).await;
        assert_eq!(pop.expect_err("POP3").code(), ResponseCode::AccountNotSupported);
        let oauth = Server { authentication: Authentication::OAuth2, ..server(Protocol::Smtp, Security::Tls, 1) };
        assert_eq!(
            outgoing(&oauth, &password, None).await.expect_err("OAuth2").code(),
            ResponseCode::AccountNotSupported
        );
    }
}
