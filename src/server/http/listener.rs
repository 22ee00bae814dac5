//! Takes connections, encrypted or not, with limits on what peers can hold without asking for anything.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum_server::accept::{Accept, DefaultAcceptor};
use axum_server::tls_rustls::RustlsAcceptor;
use axum_server::{Handle, Server};
use futures::future::BoxFuture;
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

use crate::server::Service;
use crate::server::http::limiter::network;
use crate::server::http::limiter::places::{Place, Places};
use crate::server::status::metrics::Connected;

/// How long a peer may take to agree on the encryption, and then to send the first byte of its request.
const HELLO: Duration = Duration::from_secs(10);
/// How long a peer may take to send the head of a request, also of a further one on the same connection.
const HEAD: Duration = Duration::from_secs(10);
/// Largest head of a request, in bytes, and how many headers it may have.
const HEAD_SIZE: usize = 64 * 1024;
const HEADERS: usize = 100;
/// How often a peer that speaks HTTP/2 is asked whether it is still there.
const ALIVE: Duration = Duration::from_secs(30);
/// Requests at once on one connection with HTTP/2.
const STREAMS: u32 = 100;

/// A whole organisation may come from one address, each computer with a connection; an eighth is left to others.
const OTHERS: usize = 8;

/// Answers until `handle` is told to end.
///
/// # Errors
/// When the listener fails.
pub async fn run(
    listener: TcpListener,
    service: &Arc<Service>,
    app: IntoMakeServiceWithConnectInfo<axum::Router, SocketAddr>,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let server = Server::from_listener(listener).handle(handle);
    let door = Arc::new(Semaphore::new(service.settings.connections.min(Semaphore::MAX_PERMITS)));
    let places = Places::new(service.settings.connections - service.settings.connections / OTHERS);
    let service = Arc::clone(service);
    if let Some(certificate) = &service.settings.certificate {
        let inner = RustlsAcceptor::new(certificate.config()).handshake_timeout(HELLO);
        return limited(server.acceptor(Limited { inner, door, places, service: Arc::clone(&service) }))
            .serve(app)
            .await;
    }
    // Without encryption nobody speaks HTTP/2, so nothing has to be read to find out.
    let server = server.http1_only().acceptor(Limited { inner: DefaultAcceptor::new(), door, places, service });
    limited(server).serve(app).await
}

fn limited<A>(mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let builder = server.http_builder();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_SIZE).max_headers(HEADERS);
    let size = u32::try_from(HEAD_SIZE).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(size)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(ALIVE)
        .keep_alive_timeout(HELLO);
    server
}

/// Lets in as many connections as there are places; others are closed at once, and come back later.
#[derive(Clone)]
struct Limited<A> {
    inner: A,
    door: Arc<Semaphore>,
    places: Places<IpAddr>,
    service: Arc<Service>,
}

/// A place of all, and one of the peer's own.
type Seat = (OwnedSemaphorePermit, Option<Place<IpAddr>>);

impl<A> Limited<A> {
    fn place(&self, stream: &TcpStream) -> Option<Seat> {
        let peer = stream.peer_addr().ok()?.ip();
        // Behind a proxy everybody is the proxy.
        let own = if self.service.settings.believes(peer) { None } else { Some(self.places.take(network(peer))?) };
        Some((Arc::clone(&self.door).try_acquire_owned().ok()?, own))
    }
}

impl<A, S> Accept<TcpStream, S> for Limited<A>
where
    A: Accept<TcpStream, S>,
    A::Stream: Send,
    A::Service: Send,
    A::Future: Send + 'static,
{
    type Stream = Guest<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, A::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Some(place) = self.place(&stream) else {
            self.service.metrics.connection_refused();
            return Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) });
        };
        let connected = self.service.metrics.connected();
        let patience = self.service.settings.stall;
        // Answers are small and wanted at once.
        let prepared = stream.set_nodelay(true);
        let accepting = self.inner.accept(stream, service);
        Box::pin(async move {
            prepared?;
            let (stream, service) = accepting.await?;
            let silent = Some(Box::pin(tokio::time::sleep(HELLO)));
            Ok((Guest { stream, silent, patience, stalled: None, _place: place, _connected: connected }, service))
        })
    }
}

/// A connection that was let in. One that says nothing is ended, and one that takes nothing of what it asked for.
struct Guest<S> {
    stream: S,
    /// None as soon as something came.
    silent: Option<Pin<Box<Sleep>>>,
    /// How long it may take nothing.
    patience: Duration,
    /// None as long as what is written goes out.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: Seat,
    _connected: Connected,
}

impl<S> Guest<S> {
    /// What writing came to, which may wait for the peer only so long.
    fn written<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        stalled.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guest<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let guest = self.get_mut();
        let read = Pin::new(&mut guest.stream).poll_read(context, buffer);
        if read.is_ready() {
            guest.silent = None;
        } else if let Some(silent) = &mut guest.silent
            && silent.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guest<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let guest = self.get_mut();
        let written = Pin::new(&mut guest.stream).poll_write(context, buffer);
        guest.written(context, written)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let guest = self.get_mut();
        let written = Pin::new(&mut guest.stream).poll_flush(context);
        guest.written(context, written)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let guest = self.get_mut();
        let written = Pin::new(&mut guest.stream).poll_shutdown(context);
        guest.written(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let guest = self.get_mut();
        let written = Pin::new(&mut guest.stream).poll_write_vectored(context, buffers);
        guest.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
