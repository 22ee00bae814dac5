//! `/api/projects/{project}/status`, `/timeline` and `/alerts`: how far a project is, and what needs a look.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::api::input::Ids;
use crate::server::api::{Routes, id, project};
use crate::server::http::error::Refusal;
use crate::server::operators::Caller;
use crate::server::projects::alerts::{self, Severity, known};
use crate::server::status::{progress, table};
use crate::server::{Service, db};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(show_status)).routes(routes!(show_timeline)).routes(routes!(list_alerts))
}

/// How far a project is.
#[derive(Debug, Serialize, ToSchema)]
struct Status {
    cutover: Option<Timestamp>,
    /// How many users are at each stage.
    stages: BTreeMap<String, i64>,
    /// How often a code is alerted to.
    alerts: Vec<AlertSum>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AlertSum {
    severity: Severity,
    code: &'static str,
    count: usize,
}

/// Computers at one moment.
#[derive(Debug, Serialize, ToSchema)]
struct TimelineMoment {
    at: Timestamp,
    installed: i64,
    ready: i64,
    configured: i64,
    failed: i64,
}

/// What would go wrong for one user, or at one computer.
#[derive(Debug, Serialize, ToSchema)]
struct Alerted {
    user: Option<Uuid>,
    device: Option<Uuid>,
    alerts: Vec<Alert>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Alert {
    severity: Severity,
    /// A response code; `/api/codes` has its meaning and its remedy.
    code: &'static str,
    /// The exact setting, version, time or path; may be empty.
    detail: String,
}

/// How many are at which stage, and how much needs a look.
#[utoipa::path(
    get, path = "/projects/{project}/status", tag = "status", params(("project" = Uuid, Path)),
    responses((status = OK, body = Status))
)]
async fn show_status(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids(id): Ids<Uuid>,
) -> Result<Json<Status>, Refusal> {
    let (project, pool, now) = (project(&service, id).await?, service.db.pool(), db::now());
    let alerted = known::of_project(pool, &project, now).await?;
    let sums = alerts::summed(alerted.iter().flat_map(|alerted| &alerted.alerts));
    let sum = |sum: alerts::Sum| AlertSum { severity: sum.severity, code: sum.code.id(), count: sum.count };
    Ok(Json(Status {
        cutover: project.cutover.map(|cutover| cutover.at),
        stages: table::summary(pool, &project.id, now).await?.stages.into_iter().collect(),
        alerts: sums.into_iter().map(sum).collect(),
    }))
}

/// How many computers were installed, ready, configured and failed over time.
#[utoipa::path(
    get, path = "/projects/{project}/timeline", tag = "status", params(("project" = Uuid, Path)),
    responses((status = OK, body = Vec<TimelineMoment>))
)]
async fn show_timeline(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids(id): Ids<Uuid>,
) -> Result<Json<Vec<TimelineMoment>>, Refusal> {
    let project = project(&service, id).await?;
    let line = progress::over_time(service.db.pool(), &project.id, db::now()).await?;
    let moment = |(at, count): (Timestamp, progress::Count)| TimelineMoment {
        at,
        installed: count.installed,
        ready: count.ready,
        configured: count.configured,
        failed: count.failed,
    };
    Ok(Json(line.into_iter().map(moment).collect()))
}

/// What would go wrong at the cutover, for whom and where. Who alerts to nothing is left out.
#[utoipa::path(
    get, path = "/projects/{project}/alerts", tag = "status", params(("project" = Uuid, Path)),
    responses((status = OK, body = Vec<Alerted>))
)]
async fn list_alerts(
    State(service): State<Arc<Service>>,
    _: Caller,
    Ids(id): Ids<Uuid>,
) -> Result<Json<Vec<Alerted>>, Refusal> {
    let project = project(&service, id).await?;
    let all = known::of_project(service.db.pool(), &project, db::now()).await?;
    let alert = |alert: alerts::Alert| Alert { severity: alert.severity, code: alert.code.id(), detail: alert.detail };
    let alerted = |of: known::Alerted| {
        let user = of.user.as_deref().map(self::id).transpose()?;
        Ok(Alerted { user, device: of.login, alerts: of.alerts.into_iter().map(alert).collect() })
    };
    Ok(Json(all.into_iter().map(alerted).collect::<Result<_, Refusal>>()?))
}
