//! Why a source gave no settings.

use std::net::IpAddr;

use serde::Serialize;

/// Facts only; texts that others sent are not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    #[error("the name does not exist")]
    NoName,
    #[error("the domain does not offer it")]
    NotOffered,
    #[error("answered {0}")]
    Status(u16),
    #[error("{host} is at {address}, which is not in the public internet")]
    NotPublic { host: String, address: IpAddr },
    #[error("led to {0} without HTTPS")]
    NotHttps(String),
    #[error("led to {0:?}, which is no plain HTTPS address")]
    Address(String),
    #[error("led from one address to the next too often")]
    Redirects,
    #[error("the answer is too large")]
    TooLarge,
    #[error("no answer in time")]
    TimeLimit,
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    #[error("answered with {0:?}, not with settings")]
    MediaType(String),
    #[error("the answer cannot be read: {0}")]
    Content(String),
    #[error("needs a mail address, not only a domain")]
    NeedsAddress,
}

impl Trouble {
    /// There is simply nothing there, which is usual.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::NoName | Self::NotOffered | Self::Status(404 | 410))
    }
}
