//! `/operators`: who may use the dashboard, and as what. For administrators.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::secret::Secret;
use crate::server::Service;
use crate::server::dashboard::own_account::own;
use crate::server::dashboard::{Here, Page, answer, once};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operation::Operation;
use crate::server::operators::account::{self, Account};
use crate::server::operators::sign_in::{Place, Proof, confirm};
use crate::server::operators::{Role, Sent, Viewer, link};

const LIST: &str = "/operators";

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(LIST, get(list).post(invite))
        .route("/operators/{id}", get(show))
        .route("/operators/{id}/role", post(set_role))
        .route("/operators/{id}/reset", post(reset))
        .route("/operators/{id}/remove", post(remove))
}

#[derive(Template)]
#[template(path = "operators.html")]
struct Operators {
    page: Page,
    csrf: String,
    rows: Vec<Row>,
    roles: Vec<Choice>,
    /// Whoever looks at it has a second step.
    enrolled: bool,
}

#[derive(Template)]
#[template(path = "operator.html")]
struct Operator {
    page: Page,
    csrf: String,
    row: Row,
    roles: Vec<Choice>,
    /// Whoever looks at it has a second step.
    enrolled: bool,
}

/// A role to choose.
struct Choice {
    role: Role,
    label: String,
    meaning: String,
    chosen: bool,
}

fn choices(words: &Words, chosen: Role) -> Vec<Choice> {
    let choice =
        |role: Role| Choice { role, label: role.label(words), meaning: role.meaning(words), chosen: role == chosen };
    Role::ALL.into_iter().map(choice).collect()
}

struct Row {
    id: String,
    name: String,
    label: String,
    signed_in: String,
    second_factor: String,
}

impl Row {
    fn new(viewer: &Viewer, account: Account) -> Self {
        let words = &viewer.words;
        let signed_in = match (&account.password_hash, account.signed_in_at) {
            (None, _) => words.text("operators-waiting"),
            (Some(_), None) => words.text("account-never"),
            (Some(_), Some(at)) => viewer.moment(at),
        };
        let second_factor = match (account.totp_sealed.is_some(), account.has_locked_factor()) {
            (false, _) => "operators-second-off",
            (true, false) => "operators-second-on",
            (true, true) => "operators-second-locked",
        };
        Self {
            label: account.role().label(words),
            signed_in,
            second_factor: words.text(second_factor),
            id: account.id,
            name: account.name,
        }
    }
}

async fn list(State(service): State<Arc<Service>>, viewer: Viewer) -> Result<Response, Refusal> {
    viewer.actor.may(Role::Administrator)?;
    let accounts = account::all(service.db.pool()).await?;
    let rows = accounts.into_iter().map(|account| Row::new(&viewer, account)).collect();
    // The least is chosen, so that more is given on purpose.
    let (csrf, roles) = (viewer.csrf.reveal().to_owned(), choices(&viewer.words, Role::Viewer));
    let enrolled = own(&service, &viewer).await?.totp_sealed.is_some();
    Ok(answer(StatusCode::OK, &Operators { page: viewer.page().at(Here::Operators), csrf, rows, roles, enrolled }))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    viewer.actor.may(Role::Administrator)?;
    let account = find(&service, &id).await?;
    let (csrf, roles) = (viewer.csrf.reveal().to_owned(), choices(&viewer.words, account.role()));
    let enrolled = own(&service, &viewer).await?.totp_sealed.is_some();
    let (page, row) = (viewer.page().at(Here::Operators), Row::new(&viewer, account));
    Ok(answer(StatusCode::OK, &Operator { page, csrf, row, roles, enrolled }))
}

#[derive(Deserialize)]
struct Invited {
    name: String,
    role: Role,
    #[serde(flatten)]
    proof: Proof,
}

async fn invite(
    State(service): State<Arc<Service>>,
    place: Place,
    headers: HeaderMap,
    sent: Sent<Invited>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    viewer.actor.may(Role::Administrator)?;
    confirm(&service, &place, &viewer, &form.proof).await?;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    let id = account::create(&mut tx, &form.name, form.role).await?;
    let token = link::for_operator(&mut tx, &id).await?;
    tx.record(None, "operator.invite", form.name.trim(), form.role.name()).await?;
    tx.commit().await?;
    Ok(link_page(&service, &viewer, &headers, form.name.trim(), &token))
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
    #[serde(flatten)]
    proof: Proof,
}

async fn set_role(
    State(service): State<Arc<Service>>,
    place: Place,
    Path(id): Path<String>,
    sent: Sent<NewRole>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    viewer.actor.may(Role::Administrator)?;
    confirm(&service, &place, &viewer, &form.proof).await?;
    let account = find(&service, &id).await?;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    account::set_role(&mut tx, &id, form.role).await?;
    tx.record(None, "operator.role", &account.name, form.role.name()).await?;
    tx.commit().await?;
    Ok(Redirect::to(LIST).into_response())
}

async fn reset(
    State(service): State<Arc<Service>>,
    place: Place,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent<Proof>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: proof } = sent;
    viewer.actor.may(Role::Administrator)?;
    confirm(&service, &place, &viewer, &proof).await?;
    let account = find(&service, &id).await?;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    let token = link::reset(&mut tx, &id).await?;
    tx.record(None, "operator.reset", &account.name, "").await?;
    tx.commit().await?;
    Ok(link_page(&service, &viewer, &headers, &account.name, &token))
}

async fn remove(
    State(service): State<Arc<Service>>,
    place: Place,
    Path(id): Path<String>,
    sent: Sent<Proof>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: proof } = sent;
    viewer.actor.may(Role::Administrator)?;
    confirm(&service, &place, &viewer, &proof).await?;
    let account = find(&service, &id).await?;
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    account::remove(&mut tx, &id).await?;
    tx.record(None, "operator.remove", &account.name, "").await?;
    tx.commit().await?;
    Ok(Redirect::to(LIST).into_response())
}

async fn find(service: &Service, id: &str) -> Result<Account, Refusal> {
    account::find(service.db.pool(), id).await?.ok_or_else(Refusal::no_such_resource)
}

fn link_page(service: &Service, viewer: &Viewer, headers: &HeaderMap, name: &str, token: &Secret) -> Response {
    // The name under which the administrator reaches this server is the one that others can use.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if service.settings.is_https() { "https" } else { "http" };
    let link = Secret::new(format!("{scheme}://{host}/welcome/{}", token.reveal()));
    let words = viewer.words;
    let hours = i64::try_from(link::LIFE.as_secs() / 3600).unwrap_or(i64::MAX);
    let lead = words.with("operators-link-lead", [("name", name.into()), ("hours", hours.into())]);
    once::show(viewer.page(), words.text("operators-link"), lead, vec![link], LIST)
}
