//! `/projects/{id}/installing`: how to install on many computers at once, with the project's activation code and with
//! installers that carry it in their name.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::installer_name::Kind;
use crate::server::Service;
use crate::server::dashboard::device::size;
use crate::server::dashboard::signed_in::SignedIn;
use crate::server::dashboard::{Nav, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::installers::system::System;
use crate::server::installers::{Installer, Installers, link};
use crate::server::projects::Project;

#[derive(Template)]
#[template(path = "installing.html")]
struct Installing {
    page: Page,
    id: String,
    /// The activation code.
    code: String,
    files: Vec<File>,
    /// What to type on Windows, when there is a package for it.
    command: Option<String>,
    /// What is missing: the folder, the files, or the address in their names.
    notes: Vec<String>,
}

struct File {
    system: &'static str,
    /// With its dot; empty for a bare program.
    extension: &'static str,
    path: String,
    /// With the server, for sending to others.
    url: String,
    size: String,
    sha256: String,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/installing", get(show))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: SignedIn,
) -> Result<Response, Refusal> {
    viewer.actor.operates()?;
    let project = crate::server::dashboard::project(&service, &id).await?;
    let installers = service.installers.all().await;
    let has_package = installers.iter().any(|installer| installer.kind == Kind::Msi);
    let package = link::name(&project, Kind::Msi).text();
    let installing = Installing {
        page: Page::of(&viewer, Nav::Overview).within(&project),
        files: installers.iter().map(|installer| file(&project, installer)).collect(),
        command: has_package.then(|| format!("msiexec /i {package} /qn ACTIVATION={}", project.activation_code)),
        notes: notes(viewer.words, &project, &service.installers, &installers),
        code: project.activation_code,
        id: project.id,
    };
    Ok(answer(StatusCode::OK, &installing))
}

fn file(project: &Project, installer: &Installer) -> File {
    File {
        system: match System::of(installer.kind) {
            System::Windows => "Windows",
            System::Macos => "macOS",
            System::Linux | System::Phone => "Linux",
        },
        extension: installer.kind.extension(),
        path: link::path(&link::name(project, installer.kind)),
        url: link::url(project, installer.kind),
        size: size(installer.size),
        sha256: installer.sha256.clone(),
    }
}

fn notes(words: Words, project: &Project, folder: &Installers, installers: &[Installer]) -> Vec<String> {
    let mut notes = Vec::new();
    if !folder.has_folder() {
        notes.push(words.text("installing-no-folder"));
    } else if installers.is_empty() {
        notes.push(words.text("installing-no-files"));
    } else if project.settings.public_url.is_none() {
        notes.push(words.text("installing-no-address"));
    }
    notes
}
