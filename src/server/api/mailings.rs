//! `/api/projects/{project}/mailings` and `/api/bounces`: mails to people, and what became of them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::Service;
use crate::server::api::caller::ApiCaller;
use crate::server::api::input::{self, Ids, Message, Query};
use crate::server::api::page::{Page, Paging};
use crate::server::api::{Routes, id, project};
use crate::server::http::error::Refusal;
use crate::server::mailings::{self, Outcome, Recipients, bounce};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_mailings, send_mailings)).routes(routes!(record_bounce))
}

/// A mail to a person.
#[derive(Debug, Serialize, ToSchema)]
struct Mailing {
    id: Uuid,
    /// None: it went to somebody who is not on the list.
    user: Option<Uuid>,
    /// `invitation`, `reminder`, `registration` (is to prove who somebody is) or `password` (tells that one was set).
    kind: &'static str,
    /// `queued`, `sent` (the mail server has taken it), `failed` (given up) or `bounced` (it came back).
    state: &'static str,
    address: String,
    tries: i64,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
    /// Why the last try failed, or why it came back, in the mail server's words.
    trouble: Option<String>,
}

/// To whom which mail goes: give either `users` or `not_installed`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailingRequest {
    kind: MailingKind,
    /// Ids of users.
    users: Option<Vec<Uuid>>,
    /// Everybody who takes part and has no activated computer.
    #[serde(default)]
    not_installed: bool,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum MailingKind {
    /// With a new code.
    Invitation,
    Reminder,
}

#[derive(Debug, Serialize, ToSchema)]
struct MailingOutcomes {
    outcomes: Vec<MailingOutcome>,
}

/// What became of one user's mail.
#[derive(Debug, Serialize, ToSchema)]
struct MailingOutcome {
    user: Uuid,
    /// The mail, which waits to be sent.
    mailing: Option<Uuid>,
    /// Response code of why there is none.
    refused: Option<&'static str>,
}

/// Whose mail has come back.
#[derive(Debug, Serialize, ToSchema)]
struct Bounced {
    address: String,
}

/// The mails of a project, with what became of them.
#[utoipa::path(
    get, path = "/projects/{project}/mailings", tag = "mailings", params(("project" = Uuid, Path), Paging),
    responses((status = OK, body = Page<Mailing>))
)]
async fn list_mailings(
    State(service): State<Arc<Service>>,
    _: ApiCaller,
    Ids(id): Ids<Uuid>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Mailing>>, Refusal> {
    let project = project(&service, id).await?;
    let all = mailings::of_project(service.db.pool(), &project.id).await?;
    let all = all.into_iter().map(mailing).collect::<Result<_, _>>()?;
    Ok(Json(Page::of(all, paging, |mailing: &Mailing| mailing.id)))
}

/// Puts invitations or reminders into the queue: to some, or to all who have not installed.
#[utoipa::path(
    post, path = "/projects/{project}/mailings", tag = "mailings", params(("project" = Uuid, Path)),
    request_body = MailingRequest,
    responses((status = ACCEPTED, body = MailingOutcomes))
)]
async fn send_mailings(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
    input::Json(asked): input::Json<MailingRequest>,
) -> Result<(StatusCode, Json<MailingOutcomes>), Refusal> {
    let project = project(&service, id).await?;
    let users: Option<Vec<String>> = asked.users.map(|users| users.iter().map(Uuid::to_string).collect());
    let recipients = match (&users, asked.not_installed) {
        (Some(users), false) => Recipients::Users(users),
        (None, true) => Recipients::NotInstalled,
        _ => return Err(Refusal::fault("users", "give either users or \"not_installed\": true")),
    };
    let outcomes = match asked.kind {
        MailingKind::Invitation => mailings::invite(&service.db, &actor, &project, recipients).await?,
        MailingKind::Reminder => mailings::remind(&service.db, &actor, &project, recipients).await?,
    };
    let outcomes = outcomes.into_iter().map(outcome).collect::<Result<_, _>>()?;
    Ok((StatusCode::ACCEPTED, Json(MailingOutcomes { outcomes })))
}

fn outcome(outcome: Outcome) -> Result<MailingOutcome, Refusal> {
    let (mailing, refused) = match outcome.mailing {
        Ok(mailing) => (Some(id(&mailing)?), None),
        Err(code) => (None, Some(code.id())),
    };
    Ok(MailingOutcome { user: id(&outcome.user.id)?, mailing, refused })
}

/// Takes a delivery report (RFC 3464) as a mail server hands it over, and marks the mail that it is about.
#[utoipa::path(
    post, path = "/bounces", tag = "mailings", request_body(content = String, content_type = "message/rfc822"),
    responses((status = OK, body = Bounced))
)]
async fn record_bounce(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Message(message): Message,
) -> Result<Json<Bounced>, Refusal> {
    match bounce::record(&service.db, &actor, &message).await? {
        Some(address) => Ok(Json(Bounced { address })),
        None => Err(Refusal::fault("", "send a report of a final failure of one of this server's mails")),
    }
}

fn mailing(mailing: mailings::Mailing) -> Result<Mailing, Refusal> {
    Ok(Mailing {
        id: id(&mailing.id)?,
        user: mailing.user_id.as_deref().map(id).transpose()?,
        kind: mailing.kind.id(),
        state: mailing.state.id(),
        address: mailing.address,
        tries: mailing.tries,
        created_at: mailing.created_at,
        sent_at: mailing.sent_at,
        trouble: mailing.trouble,
    })
}
