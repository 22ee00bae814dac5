//! `/api/projects/{project}/devices`: the computers of a project, one entry for each login with an agent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::protocol::Inventory;
use crate::server::api::filter::Filter;
use crate::server::api::input::{Ids, Query};
use crate::server::api::page::Page;
use crate::server::api::{Routes, id, project};
use crate::server::http::error::Refusal;
use crate::server::operators::Caller;
use crate::server::status::history::{self, What};
use crate::server::status::table::{self, Subject};
use crate::server::{Service, db, described};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_devices)).routes(routes!(show_device))
}

/// The agent at one login of a computer.
#[derive(Debug, Serialize, ToSchema)]
struct Device {
    id: Uuid,
    /// The computer's name.
    name: String,
    system: String,
    /// The operating system's name for the login.
    login: String,
    /// Version of the agent.
    agent: String,
    /// Id of the user; null until somebody signed in.
    user: Option<Uuid>,
    /// The user's old address.
    address: Option<String>,
    stage: String,
    mail_clients: Vec<MailClient>,
    /// Response code of the last failure.
    last_code: Option<String>,
    last_contact: Option<Timestamp>,
    delayed_until: Option<Timestamp>,
    /// Every login of the computer is one user's.
    locked: bool,
}

/// An installed mail program.
#[derive(Debug, Serialize, ToSchema)]
struct MailClient {
    kind: String,
    version: String,
    /// Response codes of what would stop or disturb a set-up.
    findings: Vec<&'static str>,
}

/// A login with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceDetails {
    device: Device,
    /// What the agent told of the computer.
    #[schema(value_type = described::Inventory)]
    inventory: Inventory,
    /// What happened, the newest first.
    history: Vec<HistoryEntry>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
struct HistoryEntry {
    at: Timestamp,
    kind: &'static str,
    /// What belongs to it: the agent's report, the order, the address.
    #[schema(value_type = Object)]
    detail: Value,
}

/// The computers of a project, in the order in which they were activated.
#[utoipa::path(
    get, path = "/projects/{project}/devices", tag = "devices", params(("project" = Uuid, Path), Filter),
    responses((status = OK, body = Page<Device>))
)]
async fn list_devices(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids(id): Ids<Uuid>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<Device>>, Refusal> {
    let project = project(&service, id).await?;
    let (part, limit) = (filter.part(), filter.limit());
    let rows = table::after(service.db.pool(), &project.id, Subject::Devices, &filter.into(), part, db::now()).await?;
    let all = rows.into_iter().map(|row| device(row).map(|(device, _)| device)).collect::<Result<_, _>>()?;
    Ok(Json(Page::begun(all, limit, |device: &Device| device.id)))
}

/// A computer's login with its inventory and its history.
#[utoipa::path(
    get, path = "/projects/{project}/devices/{device}", tag = "devices",
    params(("project" = Uuid, Path), ("device" = Uuid, Path)), responses((status = OK, body = DeviceDetails))
)]
async fn show_device(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids((id, login)): Ids<(Uuid, Uuid)>,
) -> Result<Json<DeviceDetails>, Refusal> {
    let project = project(&service, id).await?;
    let pool = service.db.pool();
    let row = table::one(pool, &project.id, login, db::now()).await?.ok_or_else(Refusal::no_such_resource)?;
    let (device, inventory) = device(row)?;
    let history = history::of_login(pool, login).await?.into_iter().map(entry).collect::<Result<_, _>>()?;
    Ok(Json(DeviceDetails { device, inventory, history }))
}

fn device(row: table::Row) -> Result<(Device, Inventory), Refusal> {
    let login = row.login.ok_or_else(Refusal::no_such_resource)?;
    let user = row.user.as_ref().map(|user| id(&user.id)).transpose()?;
    let clients = login.inventory.clients.iter().map(|client| MailClient {
        kind: client.kind.clone(),
        version: client.version.clone(),
        findings: client.findings.iter().map(|finding| finding.code.id()).collect(),
    });
    let device = Device {
        id: login.id,
        mail_clients: clients.collect(),
        name: login.device,
        system: login.system,
        login: login.name,
        agent: login.agent,
        user,
        address: row.user.map(|user| user.old_address),
        stage: row.stage,
        last_code: row.last_code,
        last_contact: login.last_seen_at,
        delayed_until: login.delayed_until,
        locked: login.locked,
    };
    Ok((device, login.inventory))
}

fn entry(entry: history::Entry) -> Result<HistoryEntry, Refusal> {
    let (kind, detail) = match entry.what {
        What::Reported(report) => ("reported", serde_json::to_value(report)?),
        What::Unknown(kind) => ("reported", serde_json::json!({"kind": kind})),
        What::Ordered { action, cause, number } => {
            ("ordered", serde_json::json!({"action": action, "cause": cause, "number": number}))
        }
        What::Code { sent_by } => ("code", serde_json::json!({"sent_by": sent_by})),
        What::Mailed(mailing) => (
            "mail",
            serde_json::json!({"kind": mailing.kind.id(), "state": mailing.state.id(), "address": mailing.address,
                "tries": mailing.tries, "trouble": mailing.trouble}),
        ),
        What::Diagnostics { number } => ("diagnostics", serde_json::json!({"number": number})),
        What::Bound => ("bound", serde_json::json!({})),
        What::SignedIn => ("signed_in", serde_json::json!({})),
        What::Removed => ("removed", serde_json::json!({})),
        What::Assigned { address } => ("assigned", serde_json::json!({"address": address})),
        What::Collected { address } => ("collected", serde_json::json!({"address": address})),
    };
    Ok(HistoryEntry { at: entry.at, kind, detail })
}
