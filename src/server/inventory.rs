//! `PUT /v1/inventory`: what the computer has.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::Service;
use super::body::Body;
use super::devices::Device;
use super::refusal::Refusal;
use crate::protocol::Inventory;

pub async fn replace(
    State(service): State<Arc<Service>>,
    device: Device,
    Body(inventory): Body<Inventory>,
) -> Result<StatusCode, Refusal> {
    sqlx::query("UPDATE login SET inventory = $1 WHERE id = $2")
        .bind(serde_json::to_string(&inventory)?)
        .bind(device.id.to_string())
        .execute(service.db.pool())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
