//! What an operator does to many at once: a page that says what will happen to whom, then the outcome for each.

mod kind;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use jiff::civil;

pub use self::kind::order_name;
use self::kind::{Kind, Target};
use crate::server::dashboard::codes;
use crate::server::dashboard::{Here, Page, answer, deletion};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operators::{Sent, Viewer};
use crate::server::projects::actions::{self, Action};
use crate::server::projects::{Project, users, waves};
use crate::server::status::table::{self, Filter, Subject};
use crate::server::{Service, db};

/// Targets that are named on the page; the others are counted.
const NAMED: usize = 20;
/// Minutes by which a start is put off when nothing else is said.
const DELAY_MINUTES: i64 = 60;

/// One of several in a field of a form.
pub struct Choice {
    pub id: String,
    pub name: String,
    pub chosen: bool,
}

/// What can be done to users or to computers.
pub fn offered(words: Words, subject: Subject) -> Vec<Choice> {
    let kinds = Kind::ALL.iter().filter(|kind| match subject {
        Subject::Users => !kind.is_for_devices(),
        Subject::Devices => !kind.is_for_users(),
    });
    kinds.map(|kind| Choice { id: kind.id().to_owned(), name: kind.name(words), chosen: false }).collect()
}

#[derive(Template)]
#[template(path = "action.html")]
struct Confirmation {
    page: Page,
    csrf: String,
    base: String,
    title: String,
    what: String,
    /// What goes with people who are deleted.
    counts: Vec<String>,
    warning: Option<String>,
    note: Option<String>,
    kind: &'static str,
    danger: bool,
    names: Vec<String>,
    /// How many are not named.
    more: Option<String>,
    filter: Filter,
    all: bool,
    targets: Vec<String>,
    expected: usize,
    /// A field for the time, filled in.
    until: Option<String>,
    /// A field for a user's address.
    asks_user: bool,
    waves: Option<Vec<Choice>>,
}

#[derive(Template)]
#[template(path = "outcome.html")]
struct Outcomes {
    page: Page,
    base: String,
    title: String,
    summary: String,
    rows: Vec<(String, String, Option<String>)>,
}

/// The fields of either form; a field may come several times.
struct Form(Vec<(String, String)>);

impl Form {
    fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    fn every(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
    }

    fn filter(&self) -> Filter {
        let field = |name| self.one(name).to_owned();
        Filter {
            q: field("q"),
            stage: field("stage"),
            wave: field("wave"),
            client: field("client"),
            alert: field("alert"),
            ..Filter::default()
        }
    }

    fn is_for_all(&self) -> bool {
        !self.one("all").is_empty()
    }
}

pub fn routes() -> Router<Arc<Service>> {
    of(Subject::Users).merge(of(Subject::Devices))
}

/// By its name: a parameter in its place would lose against `/devices/{login}`.
fn of(subject: Subject) -> Router<Arc<Service>> {
    let path = format!("/projects/{{id}}/{}/actions", segment(subject));
    let confirm =
        move |service: State<Arc<Service>>, id: Path<String>, sent: Sent<Fields>| confirm(subject, service, id, sent);
    let perform =
        move |service: State<Arc<Service>>, id: Path<String>, sent: Sent<Fields>| perform(subject, service, id, sent);
    Router::new().route(&path, post(confirm)).route(&format!("{path}/confirmed"), post(perform))
}

/// As addresses have it.
fn segment(subject: Subject) -> &'static str {
    match subject {
        Subject::Users => "users",
        Subject::Devices => "devices",
    }
}

type Fields = Vec<(String, String)>;

async fn confirm(
    subject: Subject,
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Fields>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let request = Request::read(&service, viewer, &id, subject, Form(form)).await?;
    request.confirmation(&service, None).await
}

async fn perform(
    subject: Subject,
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Fields>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form } = sent;
    let request = Request::read(&service, viewer, &id, subject, Form(form)).await?;
    request.perform(&service).await
}

/// What is to be done, to whom, and by whom.
struct Request {
    viewer: Viewer,
    project: Project,
    subject: Subject,
    base: String,
    kind: Kind,
    form: Form,
    targets: Vec<Target>,
}

impl Request {
    async fn read(service: &Service, viewer: Viewer, id: &str, subject: Subject, form: Form) -> Result<Self, Refusal> {
        viewer.actor.operates()?;
        let project = crate::server::dashboard::project(service, id).await?;
        let kind = Kind::of(form.one("action")).ok_or_else(|| Refusal::malformed("unknown action"))?;
        let filter = if form.is_for_all() { form.filter() } else { Filter::default() };
        let rows = table::all(service.db.pool(), id, subject, &filter, db::now()).await?;
        let mut targets: Vec<Target> = rows.into_iter().filter_map(|row| Target::of(subject, row)).collect();
        if !form.is_for_all() {
            let chosen = form.every("target");
            let chosen: std::collections::HashSet<&String> = chosen.iter().collect();
            targets.retain(|target| chosen.contains(&target.id));
        }
        let base = format!("/projects/{id}/{}", segment(subject));
        Ok(Self { viewer, project, subject, base, kind, form, targets })
    }

    fn page(&self) -> Page {
        let here = if self.subject == Subject::Users { Here::Users } else { Here::Devices };
        Page::of(&self.viewer, here).within(&self.project)
    }

    async fn confirmation(self, service: &Service, note: Option<String>) -> Result<Response, Refusal> {
        let words = self.viewer.words;
        let count = self.targets.len();
        let waves = match self.kind {
            Kind::Wave => Some(self.waves(service).await?),
            _ => None,
        };
        let until = db::now() + jiff::SignedDuration::from_mins(DELAY_MINUTES);
        let until = (self.kind == Kind::Delay).then(|| match self.form.one("until") {
            "" => self.viewer.formatter(db::now()).field(until),
            typed => typed.to_owned(),
        });
        let extent = match self.kind {
            Kind::Delete => Some(kind::extent(service, &self.targets).await?),
            _ => None,
        };
        let rest = count.saturating_sub(NAMED);
        let all = self.form.is_for_all();
        let note = note.or_else(|| (count == 0).then(|| words.text("action-nobody")));
        let status = if note.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let confirmation = Confirmation {
            page: self.page(),
            csrf: self.viewer.csrf.reveal().to_owned(),
            title: self.kind.name(words),
            what: self.kind.says(words, count),
            counts: extent.map(|extent| deletion::counts(words, &extent)).unwrap_or_default(),
            warning: extent.and_then(|extent| deletion::warning(words, &extent)),
            note,
            kind: self.kind.id(),
            danger: matches!(self.kind, Kind::Remove | Kind::Undo | Kind::Suspend | Kind::Delete),
            names: self.targets.iter().take(NAMED).map(|target| target.label.clone()).collect(),
            more: (rest > 0).then(|| words.with("action-more", [("count", rest.into())])),
            filter: self.form.filter(),
            all,
            targets: if all { Vec::new() } else { self.targets.into_iter().map(|target| target.id).collect() },
            expected: count,
            until,
            asks_user: matches!(self.kind, Kind::Assign | Kind::AssignDevice | Kind::Lock),
            waves,
            base: self.base,
        };
        Ok(answer(status, &confirmation))
    }

    async fn waves(&self, service: &Service) -> Result<Vec<Choice>, Refusal> {
        let none = Choice { id: String::new(), name: self.viewer.words.text("filter-no-wave"), chosen: false };
        let waves = waves::list(service.db.pool(), &self.project.id).await?;
        let wave = |wave: waves::Wave| Choice { id: wave.id, name: wave.name, chosen: false };
        Ok(std::iter::once(none).chain(waves.into_iter().map(wave)).collect())
    }

    async fn perform(self, service: &Arc<Service>) -> Result<Response, Refusal> {
        let words = self.viewer.words;
        // Who fits the filter may have changed since the page was shown: nobody is acted on who was not counted.
        if self.targets.is_empty() || self.form.one("expected") != self.targets.len().to_string() {
            let note = (!self.targets.is_empty()).then(|| words.text("action-changed"));
            return self.confirmation(service, note).await;
        }
        let action = match self.action(service).await? {
            Ok(action) => action,
            Err(note) => return self.confirmation(service, Some(note)).await,
        };
        let subjects: Vec<_> = self.targets.iter().map(|target| target.subject.clone()).collect();
        let outcomes = actions::apply(&service.db, &self.viewer.actor, &self.project, &subjects, &action).await?;
        let done = outcomes.iter().filter(|outcome| outcome.refused.is_none()).count();
        let arguments = [("done", done.into()), ("total", outcomes.len().into())];
        let rows = self.targets.iter().zip(&outcomes).map(|(target, outcome)| {
            let why = outcome.refused.map(|code| codes::entry(words, code).operator);
            let said = why.unwrap_or_else(|| words.text("action-done"));
            (target.label.clone(), said, outcome.refused.map(|code| code.id().to_owned()))
        });
        let mut rows: Vec<_> = rows.collect();
        // What did not work comes first.
        rows.sort_by_key(|(_, _, code)| code.is_none());
        let page = Outcomes {
            page: self.page(),
            title: self.kind.name(words),
            summary: words.with("action-summary", arguments),
            rows,
            base: self.base,
        };
        Ok(answer(StatusCode::OK, &page))
    }

    /// The action with what was typed for it, or what is wrong with that.
    async fn action(&self, service: &Service) -> Result<Result<Action, String>, Refusal> {
        let words = self.viewer.words;
        Ok(Ok(match self.kind {
            Kind::Delay => {
                let typed = self.form.one("until").parse::<civil::DateTime>().ok();
                match typed.and_then(|time| time.to_zoned(self.viewer.zone.clone()).ok()) {
                    Some(until) if until.timestamp() > db::now() => Action::Delay { until: until.timestamp() },
                    _ => return Ok(Err(words.text("action-time-wrong"))),
                }
            }
            Kind::Assign | Kind::AssignDevice | Kind::Lock => {
                let address = self.form.one("user");
                match users::addressed(service.db.pool(), &self.project.id, address).await? {
                    Some(user) if self.kind == Kind::Assign => Action::Assign { user: user.id },
                    Some(user) if self.kind == Kind::AssignDevice => Action::AssignDevice { user: user.id },
                    Some(user) => Action::Lock { user: user.id },
                    None => return Ok(Err(words.text("action-user-unknown"))),
                }
            }
            Kind::Wave => Action::Wave { wave: Some(self.form.one("to").to_owned()).filter(|wave| !wave.is_empty()) },
            Kind::Invite => Action::Invite,
            Kind::Configure => Action::Configure,
            Kind::Retry => Action::Retry,
            Kind::Rehearse => Action::Rehearse,
            Kind::Undo => Action::Undo,
            Kind::NewCode => Action::NewCode,
            Kind::Unlock => Action::Unlock,
            Kind::Suspend => Action::Suspend,
            Kind::Allow => Action::Resume,
            Kind::Remove => Action::Remove,
            Kind::Delete => Action::Delete,
        }))
    }
}
