//! One agent's connection: kept open between questions, opened anew when it broke.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::schedule;

/// Longest request: a held question plus what a loaded server may need.
const REQUEST_LIMIT: Duration = schedule::LONG_POLL.saturating_add(Duration::from_mins(1));
/// Largest answer that is read, in bytes: a table of everybody.
const ANSWER_LIMIT: usize = 64 << 20;

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("not connected: {0}")]
    Connect(std::io::Error),
    #[error("connection broken")]
    Broken(#[from] hyper::Error),
    #[error("answer unreadable")]
    Unreadable,
    #[error("no answer in time")]
    TimedOut,
}

#[derive(Debug)]
pub struct Connection {
    server: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
    authorization: Option<HeaderValue>,
    cookie: Option<HeaderValue>,
}

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    pub method: Method,
    pub path: &'a str,
    pub known: Option<&'a HeaderValue>,
    pub body: Bytes,
}

impl Connection {
    pub fn new(server: SocketAddr) -> Self {
        Self { server, sender: None, authorization: None, cookie: None }
    }

    /// From now on every request carries this token.
    pub fn authorize(&mut self, token: &str) {
        let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok();
        if let Some(value) = &mut value {
            value.set_sensitive(true);
        }
        self.authorization = value;
    }

    /// From now on every request carries this cookie.
    pub fn sign_in(&mut self, cookie: HeaderValue) {
        self.cookie = Some(cookie);
    }

    pub async fn ask(&mut self, question: Question<'_>) -> Result<Response<Bytes>, NoAnswer> {
        let answered = tokio::time::timeout(REQUEST_LIMIT, self.exchange(question)).await;
        let answered = answered.unwrap_or(Err(NoAnswer::TimedOut));
        if answered.is_err() {
            self.sender = None;
        }
        answered
    }

    /// An answer that is read as it comes.
    pub async fn stream(&mut self, path: &str) -> Result<Incoming, NoAnswer> {
        let question = Question { method: Method::GET, path, known: None, body: Bytes::new() };
        Ok(self.send(question).await?.into_body())
    }

    async fn exchange(&mut self, question: Question<'_>) -> Result<Response<Bytes>, NoAnswer> {
        let (parts, body) = self.send(question).await?.into_parts();
        if parts.status == StatusCode::NOT_MODIFIED {
            return Ok(Response::from_parts(parts, Bytes::new()));
        }
        let body = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(|_| NoAnswer::Unreadable)?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    async fn send(&mut self, question: Question<'_>) -> Result<Response<Incoming>, NoAnswer> {
        let mut request = Request::new(Full::new(question.body));
        *request.method_mut() = question.method;
        *request.uri_mut() = question.path.parse().map_err(|_| NoAnswer::Unreadable)?;
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let own = [(header::AUTHORIZATION, self.authorization.as_ref()), (header::COOKIE, self.cookie.as_ref())];
        for (name, value) in own.into_iter().chain([(header::IF_NONE_MATCH, question.known)]) {
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        Ok(self.sender().await?.send_request(request).await?)
    }

    async fn sender(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, NoAnswer> {
        let mut open = self.sender.take();
        if let Some(sender) = &mut open
            && sender.ready().await.is_err()
        {
            open = None; // the server has closed it meanwhile
        }
        let open = match open {
            Some(open) => open,
            None => self.connect().await?,
        };
        Ok(self.sender.insert(open))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, NoAnswer> {
        let stream = TcpStream::connect(self.server).await.map_err(NoAnswer::Connect)?;
        stream.set_nodelay(true).map_err(NoAnswer::Connect)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection); // ends with the sender
        Ok(sender)
    }
}
