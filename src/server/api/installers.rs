//! `/api/projects/{project}/installers`: what this server hands out for installing on many computers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::api::caller::ApiCaller;
use crate::server::api::input::Ids;
use crate::server::api::{Routes, project};
use crate::server::http::error::Refusal;
use crate::server::installers::link;
use crate::server::installers::system::System;
use crate::server::{Service, projects};

pub fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list_installers)).routes(routes!(renew_activation_code))
}

/// An installer of the agent.
#[derive(Debug, Serialize, ToSchema)]
struct Installer {
    /// `windows`, `linux` or `macos`.
    system: &'static str,
    /// `msi`, `exe`, `msix`, `deb`, `rpm`, `appimage`, `tar.gz`, `program` (for Linux, without extension), `dmg` or `pkg`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where it is downloaded, with the project's activation code in the name of the file. Relative to this server as long
    /// as the project has no `public_url`.
    url: String,
    /// In bytes.
    size: u64,
    /// In hexadecimal.
    sha256: String,
}

/// What new installations say to belong to the project.
#[derive(Debug, Serialize, ToSchema)]
struct ActivationCode {
    activation_code: String,
}

/// Gives the project another activation code, when strangers may have the one before: that one opens nothing any more, also
/// not in the names of installers that were handed out. Computers that are activated stay.
#[utoipa::path(
    post, path = "/projects/{project}/activation-code", tag = "projects", params(("project" = Uuid, Path)),
    responses((status = OK, body = ActivationCode))
)]
async fn renew_activation_code(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
) -> Result<Json<ActivationCode>, Refusal> {
    let project = project(&service, id).await?;
    let activation_code = projects::renew_code(&service.db, &actor, &project).await?;
    Ok(Json(ActivationCode { activation_code }))
}

/// The installers that this server hands out, the preferred one of each system first. For operators: their names hold the activation code.
#[utoipa::path(
    get, path = "/projects/{project}/installers", tag = "projects", params(("project" = Uuid, Path)),
    responses((status = OK, body = Vec<Installer>))
)]
async fn list_installers(
    State(service): State<Arc<Service>>,
    ApiCaller(actor): ApiCaller,
    Ids(id): Ids<Uuid>,
) -> Result<Json<Vec<Installer>>, Refusal> {
    actor.operates()?;
    let project = project(&service, id).await?;
    let installers = service.installers.all().await.into_iter().map(|installer| Installer {
        system: System::of(installer.kind).in_settings(),
        kind: installer.kind.id(),
        url: link::url(&project, installer.kind),
        size: installer.size,
        sha256: installer.sha256,
    });
    Ok(Json(installers.collect()))
}
