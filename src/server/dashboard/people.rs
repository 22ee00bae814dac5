//! `/projects/{id}/users` and `/projects/{id}/devices`: the two tables, and the file of both.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{self, Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::i18n::datetime::{DateTimeFormatter, Moment};
use crate::protocol::ClientKind;
use crate::server::dashboard::action::{self, Choice};
use crate::server::dashboard::signed_in::SignedIn;
use crate::server::dashboard::{Nav, Page, answer, stages};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::mailings::{Mailing, State, query};
use crate::server::projects::waves;
use crate::server::status::Stage;
use crate::server::status::export;
use crate::server::status::table::{self, ALERTS, Filter, Login, PAGE_SIZES, Subject, User};
use crate::server::{Service, db};

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    page: Page,
    csrf: String,
    /// Address of this page without its query.
    base: String,
    devices: bool,
    filter: Filter,
    /// What the fields of the filter offer.
    stages: Vec<Choice>,
    waves: Vec<Choice>,
    clients: Vec<Choice>,
    alerts: Vec<Choice>,
    sorts: Vec<Choice>,
    sizes: Vec<Choice>,
    actions: Vec<Choice>,
    /// `101–150 of 10,000`
    shown: String,
    select_all: String,
    rows: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

/// A row as the table shows it.
struct Line {
    /// What the checkbox sends: the id of a user or of a login.
    id: String,
    /// The name of the checkbox.
    select: String,
    user: Option<User>,
    login: Option<Login>,
    stage: Stage,
    stage_name: String,
    clients: Vec<String>,
    contact: Option<Moment>,
    /// Response codes of the last failure and of what was found before one.
    codes: Vec<String>,
    notes: Vec<String>,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/projects/{id}/users", get(users))
        .route("/projects/{id}/devices", get(devices))
        .route("/projects/{id}/export.csv", get(export))
}

type Asked = Result<Query<Filter>, QueryRejection>;

async fn users(
    extract::State(service): extract::State<Arc<Service>>,
    Path(id): Path<String>,
    asked: Asked,
    viewer: SignedIn,
) -> Result<Response, Refusal> {
    show(&service, &id, Subject::Users, asked, &viewer).await
}

async fn devices(
    extract::State(service): extract::State<Arc<Service>>,
    Path(id): Path<String>,
    asked: Asked,
    viewer: SignedIn,
) -> Result<Response, Refusal> {
    show(&service, &id, Subject::Devices, asked, &viewer).await
}

async fn show(
    service: &Service,
    id: &str,
    subject: Subject,
    asked: Asked,
    viewer: &SignedIn,
) -> Result<Response, Refusal> {
    // An address that somebody has cut off shows everything.
    let filter = asked.map(|Query(filter)| filter).unwrap_or_default();
    let project = crate::server::dashboard::project(service, id).await?;
    let now = db::now();
    let slice = table::page(service.db.pool(), id, subject, &filter, now).await?;
    let (words, clock) = (viewer.words, viewer.formatter(now));
    let devices = subject == Subject::Devices;
    let here = if devices { Nav::Devices } else { Nav::Users };
    let base = format!("/projects/{id}/{}", if devices { "devices" } else { "users" });
    let size = i64::from(filter.page_size());
    let first = size * i64::from(slice.page - 1) + 1;
    let last = (first + size - 1).min(slice.total);
    let link = |page: u32| format!("{base}?{}", Filter { page: page.to_string(), ..filter.clone() }.query());
    let shown: Vec<String> = slice.rows.iter().filter_map(|row| Some(row.user.as_ref()?.id.clone())).collect();
    let mails = query::last(service.db.pool(), &shown).await?;
    let page = Page::of(viewer, here).within(&project);
    let people = People {
        csrf: viewer.csrf.reveal().to_owned(),
        devices,
        stages: choices(&filter.stage, Stage::ALL.map(|stage| (stage.to_string(), stages::label(words, stage)))),
        waves: waves(service, words, id, &filter.wave).await?,
        clients: choices(
            &filter.client,
            ClientKind::KNOWN.map(|kind| (kind.id().to_owned(), kind.product().to_owned())),
        ),
        alerts: choices(&filter.alert, ALERTS.map(|alert| (alert.to_owned(), stages::alert(words, alert)))),
        sorts: choices(&filter.sort, sorts(words)),
        sizes: choices(&size.to_string(), PAGE_SIZES.map(|size| (size.to_string(), size.to_string()))),
        actions: if page.may_operate() { action::offered(words, subject) } else { Vec::new() },
        page,
        shown: match slice.total {
            0 => words.text("people-none"),
            total => {
                words.with("people-shown", [("first", first.into()), ("last", last.into()), ("total", total.into())])
            }
        },
        select_all: words.with("people-select-all", [("total", slice.total.into())]),
        previous: (slice.page > 1).then(|| link(slice.page - 1)),
        next: (last < slice.total).then(|| link(slice.page + 1)),
        rows: slice.rows.into_iter().map(|row| line(words, &clock, subject, row, &mails)).collect(),
        base,
        filter,
    };
    Ok(answer(StatusCode::OK, &people))
}

fn choices(chosen: &str, all: impl IntoIterator<Item = (String, String)>) -> Vec<Choice> {
    all.into_iter().map(|(id, name)| Choice { chosen: id == chosen, id, name }).collect()
}

fn sorts(words: Words) -> [(String, String); 6] {
    [
        (String::new(), words.text("sort-address")),
        ("name".into(), words.text("sort-name")),
        ("stage".into(), words.text("sort-stage")),
        ("device".into(), words.text("sort-device")),
        ("contact".into(), words.text("sort-contact")),
        ("silent".into(), words.text("sort-silent")),
    ]
}

/// For a spreadsheet.
async fn export(
    extract::State(service): extract::State<Arc<Service>>,
    Path(id): Path<String>,
    _viewer: SignedIn,
) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &id).await?;
    let file = export::csv(service.db.pool(), &project.id, db::now()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mailshift-users.csv\""),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, file).into_response())
}

async fn waves(service: &Service, words: Words, project: &str, chosen: &str) -> Result<Vec<Choice>, Refusal> {
    let waves = waves::list(service.db.pool(), project).await?;
    let mut waves: Vec<(String, String)> = waves.into_iter().map(|wave| (wave.id, wave.name)).collect();
    if !waves.is_empty() {
        waves.push(("none".into(), words.text("filter-no-wave")));
    }
    Ok(choices(chosen, waves))
}

fn line(
    words: Words,
    clock: &DateTimeFormatter,
    subject: Subject,
    row: table::Row,
    mails: &HashMap<String, Mailing>,
) -> Line {
    let table::Row { user, login, stage, last_code, code_locked, invited_at } = row;
    let inventory = login.as_ref().map(|login| &login.inventory);
    let found = inventory.into_iter().flat_map(|inventory| &inventory.clients).flat_map(|client| &client.findings);
    let stopped = inventory.and_then(|inventory| inventory.rehearsal.as_ref()?.stopped_by.as_ref());
    let mut codes: Vec<String> = last_code.into_iter().filter(|_| stage == Stage::Failed).collect();
    for code in found.chain(stopped).map(|finding| finding.code.id().to_owned()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let mut notes = Vec::new();
    if code_locked {
        notes.push(stages::alert(words, "locked"));
    }
    if let Some(until) = login.as_ref().and_then(|login| login.delayed_until).filter(|until| *until > db::now()) {
        notes.push(words.with("people-delayed", [("time", clock.tell(until).said.into())]));
    }
    if login.as_ref().is_some_and(|login| login.locked) {
        notes.push(words.text("people-locked-device"));
    }
    match user.as_ref().map(|user| user.state.as_str()) {
        Some("suspended") => notes.push(words.text("people-suspended")),
        Some("inactive") => notes.push(words.text("people-inactive")),
        _ => {}
    }
    if let (Subject::Users, Stage::Invited, Some(at)) = (subject, stage, invited_at) {
        notes.push(words.with("people-invited", [("time", clock.tell(at).said.into())]));
    }
    let mail = user.as_ref().and_then(|user| mails.get(&user.id));
    if let Some(mail) = mail.filter(|mail| mail.state != State::Sent) {
        notes.push(crate::server::dashboard::mails::told(words, mail));
    }
    let whom = match (&user, &login) {
        (Some(user), _) => user.old_address.clone(),
        (None, Some(login)) => format!("{} {}", login.device, login.name),
        (None, None) => String::new(),
    };
    let id = match subject {
        Subject::Users => user.as_ref().map(|user| user.id.clone()),
        Subject::Devices => login.as_ref().map(|login| login.id.to_string()),
    };
    Line {
        id: id.unwrap_or_default(),
        select: words.with("people-select", [("whom", whom.into())]),
        stage_name: stages::label(words, stage),
        clients: inventory.map(export::clients).unwrap_or_default(),
        contact: login.as_ref().and_then(|login| login.last_seen_at).map(|at| clock.tell(at)),
        user,
        login,
        stage,
        codes,
        notes,
    }
}
