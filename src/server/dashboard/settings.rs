//! `/projects/{id}/settings`: everything an operator decides about a project, each field with its words and, when it
//! cannot work, what to do about it.

mod discovery;
mod field;
mod form;
mod preview;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::Value;

use crate::problem::ResponseCode;
use crate::server::Service;
use crate::server::dashboard::signed_in::{Form, SignedIn};
use crate::server::dashboard::{Nav, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::projects::{self, Project, Settings, permissions};
use discovery::Search;
use field::{GROUPS, Shown};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    page: Page,
    id: String,
    csrf: String,
    colour: String,
    languages: Vec<&'static str>,
    groups: Vec<Group>,
    /// How many fields cannot work.
    refused: Option<String>,
    directory: String,
    smtp_password: String,
    search: Search,
}

struct Group {
    anchor: &'static str,
    title: String,
    hint: String,
    fields: Vec<Shown>,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/projects/{id}/settings", get(show).post(save))
        .merge(preview::routes())
        .merge(discovery::routes())
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: SignedIn,
) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &id).await?.seen_by(viewer.actor.role);
    let values = form::offered(serde_json::to_value(&project.settings)?);
    Ok(answer(StatusCode::OK, &page(&viewer, &project, &values, &[], Search::default())))
}

async fn save(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let Form { viewer, form } = sent;
    let project = crate::server::dashboard::project(&service, &id).await?;
    let before = serde_json::to_value(&project.settings)?;
    let read = form::read(&before, &form);
    let again = |wrong: &[String]| {
        // What was typed is shown again, with what is wrong beside it.
        let page = page(&viewer, &project, &read.typed, wrong, Search::default());
        Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let settings = match serde_json::from_value::<Settings>(read.settings) {
        Ok(settings) if read.wrong.is_empty() => settings,
        _ => return again(&read.wrong),
    };
    let set = projects::set(&service.db, &viewer.actor, &project, &settings, None).await;
    match set.map_err(permissions::as_role) {
        Ok(()) => Ok(Redirect::to(&format!("/projects/{id}/settings")).into_response()),
        Err(refusal) if refusal.code() == ResponseCode::FieldFaults => {
            let wrong: Vec<String> = refusal.named_faults().iter().map(|fault| fault.field.clone()).collect();
            again(&wrong)
        }
        Err(refusal) => Err(refusal),
    }
}

fn page(viewer: &SignedIn, project: &Project, values: &Value, wrong: &[String], search: Search) -> SettingsPage {
    let words = viewer.words;
    let may_operate = viewer.actor.may_operate();
    let group = |group: &field::Group| Group {
        anchor: group.anchor,
        title: words.text(group.title),
        hint: words.text(group.hint),
        fields: group.fields.iter().map(|spec| field::shown(words, spec, values, wrong)).collect(),
    };
    SettingsPage {
        page: Page::of(viewer, Nav::Settings).within(project),
        id: project.id.clone(),
        csrf: viewer.csrf.reveal().to_owned(),
        colour: project.settings.brand.colour.clone().unwrap_or_else(|| preview::USUAL.to_owned()),
        languages: Words::languages().collect(),
        groups: GROUPS.iter().filter(|it| it.anchor != "smtp" || may_operate).map(group).collect(),
        refused: (!wrong.is_empty()).then(|| words.with("settings-refused", [("count", wrong.len().into())])),
        directory: words.text(match &project.settings.directory {
            Some(_) => "settings-directory-set",
            None => "settings-directory-none",
        }),
        search,
        smtp_password: words.text(match project.settings.smtp.as_ref().map(|smtp| smtp.password.is_some()) {
            Some(true) => "settings-smtp-password-set",
            _ => "settings-smtp-password-none",
        }),
    }
}
