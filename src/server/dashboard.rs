//! The dashboard: pages made on the server, each with its template beside its code.

mod action;
mod audit;
mod chart;
mod codes;
mod deletion;
mod device;
mod diagnostics;
mod import;
mod installing;
pub mod live;
mod mails;
mod once;
mod operators;
mod overview;
mod own_account;
pub mod people;
mod projects;
pub mod refused;
mod renewal;
mod second_factor;
mod settings;
mod sign_in;
pub mod signed_in;
mod stages;
mod tokens;
mod waves;
mod welcome;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::server::Service;
use crate::server::dashboard::signed_in::SignedIn;
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operators::Role;
use crate::server::projects::Project;

/// Nothing but what this server sends may run in, or frame, a page.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page needs, as `page` in its template.
#[derive(Clone)]
pub struct Page {
    pub words: Words,
    /// Who is signed in; none on the pages before.
    pub who: Option<Who>,
    /// The project whose pages these are.
    pub project: Option<ProjectRef>,
    /// The entry of the navigation that is open.
    pub here: Nav,
}

/// Who looks at the page.
#[derive(Clone)]
pub struct Who {
    pub name: String,
    pub role: Role,
    /// For the button that signs out.
    pub csrf: String,
    /// The zone that times are told in.
    pub zone: String,
    /// Wrong codes of the second step, with the right password, before this sign-in.
    misses: i64,
}

/// From how many wrong codes on whoever signs in is told: one or two are slips of their own.
const MISSES_TOLD: i64 = 3;

/// A project, for links to its pages.
#[derive(Clone)]
pub struct ProjectRef {
    pub id: String,
    pub name: String,
}

/// The entries of the navigation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Nav {
    #[default]
    Elsewhere,
    Projects,
    Overview,
    Users,
    Devices,
    Waves,
    Mails,
    Settings,
    Codes,
    Operators,
    Audit,
    Account,
}

impl Page {
    /// A page for whoever comes along.
    pub fn new(words: Words) -> Self {
        Self { words, who: None, project: None, here: Nav::Elsewhere }
    }

    /// A page for an operator.
    pub fn of(viewer: &SignedIn, here: Nav) -> Self {
        let who = Who {
            name: viewer.actor.name.clone(),
            role: viewer.actor.role,
            csrf: viewer.csrf.reveal().to_owned(),
            zone: viewer.zone_name(),
            misses: viewer.misses,
        };
        Self { words: viewer.words, who: Some(who), project: None, here }
    }

    /// The same at another entry of the navigation.
    #[must_use]
    pub fn at(self, here: Nav) -> Self {
        Self { here, ..self }
    }

    /// The same among the pages of a project.
    #[must_use]
    pub fn within(self, project: &Project) -> Self {
        Self { project: Some(ProjectRef { id: project.id.clone(), name: project.name.clone() }), ..self }
    }

    /// That somebody else may know the password of whoever is signed in.
    fn warning(&self) -> Option<String> {
        let misses = self.who.as_ref()?.misses;
        (misses >= MISSES_TOLD).then(|| self.words.with("dashboard-misses", [("count", misses.into())]))
    }

    /// Whether whoever is signed in may change things.
    fn may_operate(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.role.may_operate())
    }

    /// Whether whoever is signed in may do everything.
    fn may_administer(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.role.may_administer())
    }

    /// The navigation over everything.
    fn entries(&self) -> Vec<Entry> {
        let Some(who) = &self.who else { return Vec::new() };
        let mut entries = vec![
            self.entry(Nav::Projects, "/".into(), self.words.text("projects-title")),
            self.entry(Nav::Codes, "/codes".into(), self.words.text("dashboard-codes")),
        ];
        if who.role.may_administer() {
            entries.push(self.entry(Nav::Operators, "/operators".into(), self.words.text("dashboard-operators")));
            entries.push(self.entry(Nav::Audit, "/audit".into(), self.words.text("dashboard-audit")));
        }
        entries.push(self.entry(Nav::Account, "/me".into(), who.name.clone()));
        entries
    }

    /// The navigation within a project.
    fn tabs(&self) -> Vec<Entry> {
        let Some(project) = &self.project else { return Vec::new() };
        let base = format!("/projects/{}", project.id);
        let tab = |here, path: &str, text| self.entry(here, format!("{base}{path}"), text);
        vec![
            tab(Nav::Overview, "", self.words.text("dashboard-overview")),
            tab(Nav::Users, "/users", self.words.text("dashboard-users")),
            tab(Nav::Devices, "/devices", self.words.text("dashboard-devices")),
            tab(Nav::Waves, "/waves", self.words.text("dashboard-waves")),
            tab(Nav::Mails, "/mails", self.words.text("dashboard-mails")),
            tab(Nav::Settings, "/settings", self.words.text("dashboard-settings")),
        ]
    }

    fn entry(&self, here: Nav, href: String, text: String) -> Entry {
        Entry { href, text, current: self.here == here }
    }
}

/// An entry of the navigation.
struct Entry {
    href: String,
    text: String,
    current: bool,
}

/// Answers with a page and the headers that protect it.
pub fn answer(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, protection(), Html(html)).into_response(),
        Err(error) => Refusal::from(error).into_response(),
    }
}

fn protection() -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ]
}

/// The project of an address.
async fn project(service: &Service, id: &str) -> Result<Project, Refusal> {
    crate::server::projects::find(service.db.pool(), id).await
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .merge(projects::routes())
        .merge(overview::routes())
        .merge(people::routes())
        .merge(device::routes())
        .merge(diagnostics::routes())
        .merge(action::routes())
        .merge(import::routes())
        .merge(waves::routes())
        .merge(mails::routes())
        .merge(settings::routes())
        .merge(deletion::routes())
        .merge(installing::routes())
        .merge(renewal::routes())
        .merge(codes::routes())
        .merge(live::routes())
        .merge(sign_in::routes())
        .merge(welcome::routes())
        .merge(own_account::routes())
        .merge(second_factor::routes())
        .merge(tokens::routes())
        .merge(operators::routes())
        .merge(audit::routes())
        .merge(assets())
}

fn assets() -> Router<Arc<Service>> {
    Router::new()
        .route(
            "/assets/dashboard.css",
            get(async || asset("text/css", include_str!("../../assets/dashboard/dashboard.css"))),
        )
        .route(
            "/assets/dashboard.js",
            get(async || asset("text/javascript", include_str!("../../assets/dashboard/dashboard.js"))),
        )
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}
