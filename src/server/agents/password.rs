//! `POST /v1/password`: passes a new password on to the project's directory. It is never stored and never logged.
//!
//! A token alone opens nothing: who the person is must be proved, and it works only while their mail program is being set up.

pub mod change;
pub mod letter;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;

use crate::problem::ResponseCode;
use crate::protocol::NewPassword;
use crate::server::agents::devices::Device;
use crate::server::directive::lookup;
use crate::server::http::error::Refusal;
use crate::server::http::extract::Body;
use crate::server::projects::directory::{self, Change};
use crate::server::{Service, db};

/// Longest password, in bytes: far beyond what people type and what directories take.
const LIMIT: usize = 1024;

pub async fn change(
    State(service): State<Arc<Service>>,
    device: Device,
    Body(NewPassword { new_password }): Body<NewPassword>,
) -> Result<StatusCode, Refusal> {
    let known = lookup::of_login(&service, device.id).await?;
    let settings = &known.project.settings;
    let connector =
        settings.directory.as_ref().filter(|_| settings.password.may_create).ok_or(ResponseCode::PasswordChangeOff)?;
    let (user, order) = change::may(known.person.as_ref(), db::now())?;
    let text = new_password.reveal();
    // A line break would end the line that a connector reads.
    if text.len() > LIMIT || text.chars().any(char::is_control) || !settings.password.rules.all_met_by(text) {
        return Err(ResponseCode::PasswordRules.into());
    }
    service.limits.passwords.take(device.id, Instant::now()).map_err(Refusal::busy)?;
    let _turn = directory::turn(&service.limits.directory_turns).await?;
    let place = change::begin(&service.db, device.id, user, order).await?;
    if let Err(error) = directory::change(connector, &Change { user, new_password: &new_password }).await {
        change::take_back(&service.db, &place).await?;
        return Err(error.into());
    }
    tracing::info!(device = %device.id, "a password was changed through the directory connector");
    if settings.smtp.is_some()
        && let Err(error) = change::tell(&service.db, device.id, user).await
    {
        tracing::warn!(device = %device.id, %error, "the person cannot be told of the new password");
    }
    Ok(StatusCode::NO_CONTENT)
}
