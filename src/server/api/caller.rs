//! Who calls the API, by the token that the call brings.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::server::Service;
use crate::server::http::error::Refusal;
use crate::server::operators::Actor;
use crate::server::operators::token::{self, Bearer};

/// Whoever has a token.
#[derive(Debug, Clone)]
pub struct ApiCaller(pub Actor);

/// An administrator.
#[derive(Debug, Clone)]
pub struct ApiAdministrator(pub Actor);

/// An administrator with a token that was made to manage operators and tokens.
#[derive(Debug, Clone)]
pub struct ApiManager(pub Actor);

async fn bearer(parts: &Parts, service: &Service) -> Result<Bearer, Refusal> {
    token::bearer(&service.db, parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok())).await
}

impl FromRequestParts<Arc<Service>> for ApiCaller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        Ok(Self(bearer(parts, service).await?.actor))
    }
}

impl FromRequestParts<Arc<Service>> for ApiAdministrator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        bearer(parts, service).await?.administrator().map(Self)
    }
}

impl FromRequestParts<Arc<Service>> for ApiManager {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        bearer(parts, service).await?.manager().map(Self)
    }
}
