//! Reads what a request carries; whatever is wrong with it becomes a problem document.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::Service;
use super::refusal::Refusal;

/// Largest request, in bytes.
pub const LIMIT: usize = 256 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            _ => Refusal::Malformed("the body did not arrive completely".into()),
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // The parser's own text may quote the value, which may be a password.
            let (line, column) = (error.line(), error.column());
            Refusal::Malformed(format!("the JSON is wrong at line {line} column {column} ({:?})", error.classify()))
        })
    }
}

/// Who is at the other end of the connection.
pub struct Peer(pub IpAddr);

/// Header in which a proxy names the peer; the last entry is the one our own proxy added.
const FORWARDED: &str = "x-forwarded-for";

impl FromRequestParts<Arc<Service>> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Self::Rejection> {
        let forwarded = || {
            let value = parts.headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next()?.trim().parse().ok()
        };
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let proxied = if service.settings.behind_proxy { forwarded() } else { None };
        Ok(Self(proxied.or(direct).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}
