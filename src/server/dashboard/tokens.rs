//! Making and revoking one's own tokens of the API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use crate::server::Service;
use crate::server::dashboard::{once, own_account};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::sign_in::{Place, Proof, confirm};
use crate::server::operators::token::New;
use crate::server::operators::{Role, Sent, token};

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/me/tokens", post(create)).route("/me/tokens/{id}/revoke", post(revoke))
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    role: Role,
    days: i64,
    /// Ticked: it may manage operators and tokens.
    #[serde(default)]
    manages: String,
    #[serde(flatten)]
    proof: Proof,
}

async fn create(State(service): State<Arc<Service>>, place: Place, sent: Sent<Wanted>) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    confirm(&service, &place, &viewer, &form.proof).await?;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    let new = New { name: &form.name, role: form.role, days: form.days, manages: !form.manages.is_empty() };
    let token = token::create(&mut tx, &new).await?;
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
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Viewer).await?;
    let name = token::remove(&mut tx, &id).await?.ok_or_else(Refusal::no_such_resource)?;
    tx.record(None, "token.revoke", &name, "").await?;
    tx.commit().await?;
    Ok(Redirect::to(own_account::DONE).into_response())
}
