//! `/api/`: everything the dashboard does, for programs.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Service;
use super::operators::Caller;

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/me", get(me))
}

/// Whose token it is, and what it may.
async fn me(Caller(actor): Caller) -> Json<Value> {
    Json(json!({"id": actor.id, "name": actor.name, "role": actor.role}))
}
