//! A connection that ends when too much comes in: nobody fills the memory with an endless answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of a whole sign-in. A greeting and a handful of answers have some thousand.
const LIMIT: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Limited<S> {
    stream: S,
    left: usize,
}

impl<S> Limited<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, left: LIMIT }
    }

    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let limited = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut limited.stream).poll_read(context, buffer))?;
        match limited.left.checked_sub(buffer.filled().len() - before) {
            Some(left) => {
                limited.left = left;
                Poll::Ready(Ok(()))
            }
            None => Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the answer has no end"))),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
