//! Real mail servers, a desktop and a played person, for `make demo` and the tests.
//!
//! Nothing of the person who runs it is touched: home, bus, display and mail are made for the occasion.

pub mod command;
pub mod journey;
pub mod mail_server;
pub mod measure;
pub mod office;
pub mod person;
pub mod screen;
pub mod world;

/// Why the demo or a journey stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Screen(#[from] screen::Error),
    #[error("files or programs cannot be used: {0}")]
    Io(#[from] std::io::Error),
    #[error("`mailshift-server {command}` said: {said}")]
    Operator { command: String, said: String },
    #[error("the journey ended otherwise: {0}")]
    Otherwise(String),
}

impl Error {
    fn late(what: &str) -> Self {
        Self::Screen(screen::Error::Late(what.into()))
    }
}
