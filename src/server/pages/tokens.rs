//! Making and revoking one's own tokens of the API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use super::{once, own_account};
use crate::server::operators::{Role, Sent, token};
use crate::server::refusal::Refusal;
use crate::server::{Service, audit};

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/me/tokens", post(create)).route("/me/tokens/{id}/revoke", post(revoke))
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    role: Role,
    days: i64,
}

async fn create(State(service): State<Arc<Service>>, sent: Sent<Wanted>) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let mut tx = service.db.write().await?;
    let token = token::create(&mut tx, &viewer.actor, &form.name, form.role, form.days).await?;
    let detail = format!("{}, {} days", form.role, form.days);
    audit::record(&mut tx, &viewer.actor, None, "token.create", form.name.trim(), &detail).await?;
    tx.commit().await?;
    let words = viewer.words;
    Ok(once::show(
        viewer.page(),
        words.text("token-once"),
        words.text("token-once-lead"),
        vec![token],
        own_account::DONE,
    ))
}

#[derive(Deserialize)]
struct Nothing {}

async fn revoke(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Nothing>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    let mut tx = service.db.write().await?;
    let name = token::remove(&mut tx, &viewer.actor.id, &id).await?.ok_or(Refusal::NoSuchResource)?;
    audit::record(&mut tx, &viewer.actor, None, "token.revoke", &name, "").await?;
    tx.commit().await?;
    Ok(Redirect::to(own_account::DONE).into_response())
}
