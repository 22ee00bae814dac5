//! Reads what a request carries; whatever is wrong with it becomes a problem document.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::server::Service;
use crate::server::http::error::Refusal;

/// Largest request, in bytes.
pub const LIMIT: usize = 256 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(),
            _ => Refusal::malformed("the body did not arrive completely"),
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // The parser's own text may quote the value, which may be a password.
            let (line, column) = (error.line(), error.column());
            Refusal::malformed(format!("the JSON is wrong at line {line} column {column} ({:?})", error.classify()))
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
        // Anybody can write the header; only the proxy is asked what it says.
        let proxied = direct.filter(|direct| service.settings.believes(*direct)).and_then(|_| forwarded());
        Ok(Self(proxied.or(direct).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body as Bytes;

    use super::*;
    use crate::server::db::{Db, MEMORY};
    use crate::server::{Service, Settings};

    #[tokio::test]
    async fn a_peer_is_named_by_the_proxy_and_by_nobody_else() {
        let ask = async |settings: &Settings, from: [u8; 4]| {
            let service = Service::new(Db::open(MEMORY).await.expect("a database"), settings.clone());
            let request = Request::builder().header(FORWARDED, "203.0.113.9, 127.0.0.1").body(Bytes::empty());
            let (mut parts, _) = request.expect("a request").into_parts();
            parts.extensions.insert(ConnectInfo(SocketAddr::from((from, 4711))));
            let Ok(Peer(peer)) = Peer::from_request_parts(&mut parts, &service).await;
            peer
        };
        let (here, elsewhere, proxy) = ([127, 0, 0, 1], [198, 51, 100, 7], [192, 0, 2, 3]);
        let behind = Settings { behind_proxy: true, ..Settings::default() };
        let told = Settings { proxies: vec![proxy.into()], ..behind.clone() };
        let named = IpAddr::from([127, 0, 0, 1]);
        assert_eq!(ask(&behind, here).await, named);
        assert_eq!(ask(&behind, elsewhere).await, IpAddr::from(elsewhere), "not a proxy of ours");
        assert_eq!(ask(&told, proxy).await, named);
        assert_eq!(ask(&told, elsewhere).await, IpAddr::from(elsewhere));
        assert_eq!(ask(&Settings::default(), proxy).await, IpAddr::from(proxy), "there is no proxy");
    }
}
