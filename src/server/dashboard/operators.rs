//! `/operators`: who may use the dashboard, and as what. For administrators.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::dashboard::{Here, Page, answer, once};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::name::Name;
use crate::server::operators::account::{self, Account};
use crate::server::operators::link::OneTimeLink;
use crate::server::operators::sign_in::{ClientInfo, Proof, confirm_administrator};
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
    /// A name that could not be taken, and why.
    refused: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "operator.html")]
struct Operator {
    page: Page,
    csrf: String,
    row: Row,
    /// Whoever looks at it looks at themselves.
    own: bool,
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
    // The least is chosen, so that more is given on purpose.
    page(&service, &viewer, Role::default(), None).await
}

async fn page(
    service: &Service,
    viewer: &Viewer,
    chosen: Role,
    refused: Option<(String, String)>,
) -> Result<Response, Refusal> {
    let accounts = account::all(&service.db, &viewer.actor).await?;
    let rows = accounts.into_iter().map(|account| Row::new(viewer, account)).collect();
    let (csrf, roles) = (viewer.csrf.reveal().to_owned(), choices(&viewer.words, chosen));
    let enrolled = account::own(&service.db, &viewer.actor).await?.totp_sealed.is_some();
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(answer(status, &Operators { page: viewer.page().at(Here::Operators), csrf, rows, roles, enrolled, refused }))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    let account = account::read(&service.db, &viewer.actor, &id).await?;
    let (csrf, roles) = (viewer.csrf.reveal().to_owned(), choices(&viewer.words, account.role()));
    let own = account.id == viewer.actor.id;
    let enrolled = account::own(&service.db, &viewer.actor).await?.totp_sealed.is_some();
    let (page, row) = (viewer.page().at(Here::Operators), Row::new(&viewer, account));
    Ok(answer(StatusCode::OK, &Operator { page, csrf, row, own, roles, enrolled }))
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
    client: ClientInfo,
    headers: HeaderMap,
    sent: Sent<Invited>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let name = match Name::parse(&form.name) {
        Err(refusal) if refusal.code() == ResponseCode::FieldFaults => {
            let why = viewer.words.text("operators-name-wrong");
            return page(&service, &viewer, form.role, Some((form.name, why))).await;
        }
        parsed => parsed?,
    };
    confirm_administrator(&service, &client, &viewer.actor, &form.proof).await?;
    let link = account::invite(&service.db, &viewer.actor, &name, form.role).await?;
    Ok(link_page(&service, &viewer, &headers, &link))
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
    #[serde(flatten)]
    proof: Proof,
}

async fn set_role(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    Path(id): Path<String>,
    sent: Sent<NewRole>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    confirm_administrator(&service, &client, &viewer.actor, &form.proof).await?;
    account::set_role(&service.db, &viewer.actor, &id, form.role).await?;
    Ok(Redirect::to(LIST).into_response())
}

async fn reset(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent<Proof>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: proof } = sent;
    confirm_administrator(&service, &client, &viewer.actor, &proof).await?;
    let link = account::reset(&service.db, &viewer.actor, &id).await?;
    Ok(link_page(&service, &viewer, &headers, &link))
}

async fn remove(
    State(service): State<Arc<Service>>,
    client: ClientInfo,
    Path(id): Path<String>,
    sent: Sent<Proof>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: proof } = sent;
    confirm_administrator(&service, &client, &viewer.actor, &proof).await?;
    account::remove(&service.db, &viewer.actor, &id).await?;
    Ok(Redirect::to(LIST).into_response())
}

fn link_page(service: &Service, viewer: &Viewer, headers: &HeaderMap, made: &OneTimeLink) -> Response {
    // The name under which the administrator reaches this server is the one that others can use.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if service.settings.is_https() { "https" } else { "http" };
    let link = Secret::new(format!("{scheme}://{host}/welcome/{}", made.token.reveal()));
    let words = viewer.words;
    let hours = i64::try_from(link::LIFE.as_secs() / 3600).unwrap_or(i64::MAX);
    let lead = words.with("operators-link-lead", [("name", made.name.as_str().into()), ("hours", hours.into())]);
    once::show(viewer.page(), words.text("operators-link"), lead, vec![link], LIST)
}
