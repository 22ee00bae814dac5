//! `POST /v1/password`: passes a new password on to the project's directory. It is never stored and never logged.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;

use super::body::Body;
use super::devices::Device;
use super::directory::{self, Change};
use super::refusal::Refusal;
use super::{Service, project, users};
use crate::protocol::NewPassword;

/// Longest password, in bytes: far beyond what people type and what directories take.
const LIMIT: usize = 1024;

pub async fn change(
    State(service): State<Arc<Service>>,
    device: Device,
    Body(NewPassword { new_password }): Body<NewPassword>,
) -> Result<StatusCode, Refusal> {
    let pool = service.db.pool();
    let user = users::of_device(pool, device.id).await?.ok_or(Refusal::UnknownDevice)?;
    let settings = project::find(pool, &user.project_id).await?.settings;
    let connector = settings.directory.filter(|_| settings.password.may_create).ok_or(Refusal::NoDirectory)?;
    let text = new_password.reveal();
    // A line break would end the line that a connector reads.
    if text.len() > LIMIT || text.chars().any(char::is_control) || !settings.password.rules.all_met_by(text) {
        return Err(Refusal::PasswordRules);
    }
    service.passwords.take(device.id, Instant::now()).map_err(|retry_after| Refusal::Busy { retry_after })?;
    let change = Change { user: &user, new_password: &new_password };
    let _turn = directory::turn(&service.directory_turns).await?;
    directory::change(&connector, &change).await?;
    tracing::info!(device = %device.id, "a password was changed through the directory connector");
    Ok(StatusCode::NO_CONTENT)
}
