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
    let inventory = serde_json::to_string(&inventory)?;
    let mut tx = service.db.write().await?;
    sqlx::query("UPDATE login SET inventory = $1 WHERE id = $2")
        .bind(inventory)
        .bind(device.id.to_string())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
