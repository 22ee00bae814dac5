//! Operators: who may use the dashboard and the API, and as what. Signing in, sessions, second factors, tokens.

use std::sync::Arc;

use axum::Router;

use super::Service;

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
}
