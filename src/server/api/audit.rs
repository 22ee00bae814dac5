//! `/api/audit`: what operators did.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::api::caller::ApiCaller;
use crate::server::api::input::Query;
use crate::server::api::{Routes, page};
use crate::server::http::error::Refusal;
use crate::server::operators::audit;
use crate::server::{Service, db};

/// So many entries can be left out at most.
const FARTHEST: u32 = 1_000_000;

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_audit))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only of this project.
    project: Option<Uuid>,
    /// Only of this operator.
    operator: Option<Uuid>,
    /// Only from then on.
    from: Option<Timestamp>,
    /// Only from before then.
    before: Option<Timestamp>,
    /// Leave out so many of the newest.
    #[param(maximum = 1_000_000)]
    #[serde(default)]
    skip: u32,
    /// Entries at most; 100 when left out.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u16>,
}

/// Something that an operator did.
#[derive(Debug, Serialize, ToSchema)]
struct AuditEntry {
    at: Timestamp,
    /// Name of the operator, as it was then.
    operator: String,
    /// Name of the project.
    project: Option<String>,
    /// `thing.verb`
    action: String,
    subject: String,
    detail: String,
}

/// What operators did, the newest first.
#[utoipa::path(get, path = "/audit", tag = "operators", params(Asked), responses((status = OK, body = Vec<AuditEntry>)))]
async fn list_audit(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<AuditEntry>>, Refusal> {
    if asked.skip > FARTHEST {
        return Err(Refusal::malformed(format!("skip: at most {FARTHEST}")));
    }
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let filter = audit::Filter {
        project: text(asked.project),
        actor: text(asked.operator),
        from: asked.from.map_or(i64::MIN, Timestamp::as_millisecond),
        before: asked.before.map_or(i64::MAX, Timestamp::as_millisecond),
    };
    let limit = i64::from(asked.limit.unwrap_or(page::USUAL));
    let found = audit::list(&service.db, &actor, &filter, limit, i64::from(asked.skip)).await?;
    let entry = |entry: audit::Entry| AuditEntry {
        at: db::time(entry.at),
        operator: entry.actor_name,
        project: entry.project,
        action: entry.action,
        subject: entry.subject,
        detail: entry.detail,
    };
    Ok(Json(found.into_iter().map(entry).collect()))
}
