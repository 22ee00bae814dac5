//! What keeps the server running well: health, figures for Prometheus.

use std::sync::Arc;

use axum::Router;

use super::Service;

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
}
