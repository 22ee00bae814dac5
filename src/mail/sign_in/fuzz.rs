//! A mail server that says anything at all. See [`crate::fuzz`].

use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

use async_imap::Client;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Says its bytes, a few at a time, and takes whatever it is told.
#[derive(Debug)]
struct Server<'a> {
    says: &'a [u8],
    piece: usize,
}

impl AsyncRead for Server<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let length = self.says.len().min(self.piece).min(buffer.remaining());
        let (now, later) = self.says.split_at(length);
        buffer.put_slice(now);
        self.says = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Server<'_> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Whose panics the sign-in catches, and tells of as of any other answer that cannot be read.
const READER: &str = "/imap-proto-";

thread_local! {
    static READER_PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// Lets what is caught pass in silence; everything else is heard as before.
fn hear_all_but_the_reader() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let heard = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            let is_readers = panicked.location().is_some_and(|at| at.file().contains(READER));
            READER_PANICKED.set(is_readers);
            if !is_readers {
                heard(panicked);
            }
        }));
    });
}

/// Greeting, sign-in, state of the inbox and good-bye, as the agent's own sign-in goes through them.
pub fn imap(bytes: &[u8]) {
    let [piece, says @ ..] = bytes else { return };
    let server = Server { says, piece: usize::from(*piece % 64) + 1 };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without clock and network");
    hear_all_but_the_reader();
    let talked = panic::catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let mut client = Client::new(server);
            if !matches!(client.read_response().await, Ok(Some(_))) {
                return;
            }
            let Ok(mut session) = client.login("anna@new.example", "not-a-secret").await else { return };
            let _ = session.status("INBOX", "(MESSAGES)").await;
            let _ = session.logout().await;
        });
    }));
    if let Err(panicked) = talked
        && !READER_PANICKED.take()
    {
        panic::resume_unwind(panicked);
    }
}
