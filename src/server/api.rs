//! `/api/`: everything the dashboard does, for programs.

use std::sync::Arc;

use axum::Router;

use super::Service;

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
}
