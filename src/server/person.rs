//! The personal page behind the link of an invitation.

use std::sync::Arc;

use axum::Router;

use super::Service;

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
}
