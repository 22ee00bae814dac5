//! Mozilla autoconfig for the projects' domains: any mail program finds the settings.

use std::sync::Arc;

use axum::Router;

use super::Service;

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
}
