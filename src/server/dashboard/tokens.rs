//! Making and revoking one's own tokens of the API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::dashboard::{once, own_account};
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operators::sign_in::{ClientInfo, Proof, confirm};
use crate::server::operators::token::{self, LONGEST_DAYS, New};
use crate::server::operators::{Actor, Role, Sent};

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

async fn create(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    sent: Sent<Wanted>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let words = viewer.words;
    match make(&service, &client, &viewer.actor, &form).await {
        Ok(token) => {
            let (title, lead) = (words.text("token-once"), words.text("token-once-lead"));
            Ok(once::show(viewer.page(), title, lead, vec![token], own_account::DONE))
        }
        Err(refusal) if refusal.code() == ResponseCode::FieldFaults => {
            let is_days = refusal.named_faults().iter().any(|fault| fault.field == "days");
            let why = if is_days {
                words.with("token-days-wrong", [("days", LONGEST_DAYS.into())])
            } else {
                words.text("operators-name-wrong")
            };
            own_account::refused(&service, &viewer, why).await
        }
        Err(refusal) => Err(refusal),
    }
}

async fn make(service: &Service, client: &ClientInfo, actor: &Actor, form: &Wanted) -> Result<Secret, Refusal> {
    let name = Name::parse(&form.name)?;
    confirm(service, client, actor, &form.proof).await?;
    let new = New { name: &name, role: form.role, days: form.days, manages: !form.manages.is_empty() };
    token::create(&service.db, actor, &new).await
}

#[derive(Deserialize)]
struct Nothing {}

async fn revoke(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Nothing>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: Nothing {} } = sent;
    token::revoke(&service.db, &viewer.actor, &id).await?;
    Ok(Redirect::to(own_account::DONE).into_response())
}
