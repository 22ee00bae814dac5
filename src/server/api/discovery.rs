//! `/api/discovery`: the account settings of a mail domain, as public places tell them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::Service;
use crate::server::api::caller::ApiCaller;
use crate::server::api::{Routes, input};
use crate::server::discovery::{self, Found};
use crate::server::http::error::Refusal;

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(discover))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DiscoveryRequest {
    /// A mail domain, or an address in it: some sources need one.
    #[schema(min_length = 1, max_length = 320, example = "example.org")]
    domain: String,
}

/// Looks for the account settings of a mail domain, and tells where each part was found. Takes up to 15 seconds.
#[utoipa::path(post, path = "/discovery", tag = "discovery", request_body = DiscoveryRequest, responses(
    (status = OK, body = Object), (status = TOO_MANY_REQUESTS, description = "")
))]
async fn discover(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    input::Json(asked): input::Json<DiscoveryRequest>,
) -> Result<Json<Found>, Refusal> {
    let network = discovery::access::network(&service, &actor)?;
    let found = discovery::find(&network, &asked.domain).await;
    Ok(Json(found.map_err(|error| Refusal::fault("domain", error.to_string()))?))
}
