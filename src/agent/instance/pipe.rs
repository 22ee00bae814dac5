//! Systems without Unix sockets: the lock still keeps the agent single, but requests cannot be handed over yet.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::{Ack, Request};

#[derive(Debug)]
pub struct Listener;

impl Listener {
    #[expect(clippy::unnecessary_wraps, reason = "the signature is that of the other systems")]
    pub fn start(_folder: &Path, _answer: impl Fn(Request) -> Ack + Send + Sync + 'static) -> io::Result<Self> {
        Ok(Self)
    }
}

pub fn ask(_folder: &Path, _request: &Request, _limit: Duration) -> io::Result<Ack> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "requests cannot be handed over on this system yet"))
}
