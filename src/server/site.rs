//! What people without an account see in a browser: their personal page, confirmations, downloads, and what mail programs
//! ask for.

pub mod autoconfig;
pub mod confirmation;
pub mod download;
pub mod installer_choice;
pub mod person;
pub mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Service;

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .merge(person::routes())
        .merge(download::routes())
        .merge(autoconfig::routes())
        .route("/confirm/{token}", get(confirmation::show).post(confirmation::confirm))
}
