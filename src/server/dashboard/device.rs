//! `/projects/{id}/devices/{login}`: one agent, what is on its computer, and everything that happened there.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use uuid::Uuid;

use crate::i18n::datetime::{DateTimeFormatter, Moment};
use crate::protocol::{EventKind, Evidence, Finding, InstalledClient};
use crate::server::dashboard::action::{self, Choice};
use crate::server::dashboard::signed_in::SignedIn;
use crate::server::dashboard::{Nav, Page, answer, mails, stages};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::projects::diagnostics;
use crate::server::status::Stage;
use crate::server::status::history::{self, What};
use crate::server::status::table::{self, Login, Row, Subject, User};
use crate::server::{Service, db};

#[derive(Template)]
#[template(path = "device.html")]
struct Device {
    page: Page,
    id: String,
    csrf: String,
    user: Option<User>,
    login: Login,
    stage: Stage,
    stage_name: String,
    contact: Option<Moment>,
    free_disk: Option<String>,
    clients: Vec<Client>,
    /// What the last rehearsal said.
    rehearsal: Option<(Moment, Option<Finding>)>,
    /// Each proof with whether it is there.
    evidence: Vec<(String, bool)>,
    /// What was sent to the help desk.
    reports: Vec<Report>,
    history: Vec<Entry>,
    actions: Vec<Choice>,
}

struct Client {
    name: String,
    about: InstalledClient,
    files: Vec<(String, String)>,
}

struct Report {
    about: diagnostics::Entry,
    size: String,
    at: Moment,
}

struct Entry {
    at: Moment,
    what: String,
    code: Option<&'static str>,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/devices/{login}", get(show))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path((id, login)): Path<(String, String)>,
    viewer: SignedIn,
) -> Result<Response, Refusal> {
    let login: Uuid = login.parse().map_err(|_| Refusal::no_such_resource())?;
    let project = crate::server::dashboard::project(&service, &id).await?;
    let now = db::now();
    let found = table::one(service.db.pool(), &id, login, now).await?.ok_or_else(Refusal::no_such_resource)?;
    let Row { user, login: Some(about), stage, .. } = found else { return Err(Refusal::no_such_resource()) };
    let (words, clock) = (viewer.words, viewer.formatter(now));
    let history = history::of_login(service.db.pool(), login).await?;
    let report =
        |about: diagnostics::Entry| Report { size: size(about.size), at: clock.tell(about.received_at), about };
    let proven = history.iter().find_map(|entry| match &entry.what {
        What::Reported(EventKind::Completed { evidence, .. }) => Some(evidence.clone()),
        _ => None,
    });
    let rehearsal = about.inventory.rehearsal.as_ref();
    let page = Page::of(&viewer, Nav::Devices).within(&project);
    let device = Device {
        csrf: viewer.csrf.reveal().to_owned(),
        stage_name: stages::label(words, stage),
        stage,
        contact: about.last_seen_at.map(|at| clock.tell(at)),
        free_disk: about.inventory.free_disk.map(size),
        clients: about.inventory.clients.iter().cloned().map(client).collect(),
        rehearsal: rehearsal.map(|rehearsal| (clock.tell(rehearsal.at), rehearsal.stopped_by.clone())),
        evidence: proven.map(|evidence| proofs(words, &evidence)).unwrap_or_default(),
        reports: diagnostics::of_login(service.db.pool(), login).await?.into_iter().map(report).collect(),
        history: history.into_iter().map(|entry| told(words, &clock, entry)).collect(),
        actions: if page.may_operate() { action::offered(words, Subject::Devices) } else { Vec::new() },
        page,
        user,
        login: about,
        id,
    };
    Ok(answer(StatusCode::OK, &device))
}

fn client(about: InstalledClient) -> Client {
    let files = about.data_files.iter();
    let files = files.map(|file| (file.path.clone(), file.size.map(size).unwrap_or_default())).collect();
    Client { name: format!("{} {}", about.kind.product(), about.version), files, about }
}

fn proofs(words: Words, evidence: &Evidence) -> Vec<(String, bool)> {
    let messages = [("count", evidence.first_sync_messages.into())];
    vec![
        (words.text("evidence-imap"), evidence.imap),
        (words.text("evidence-smtp"), evidence.smtp),
        (words.text("evidence-default"), evidence.default_profile),
        (words.with("evidence-messages", messages), evidence.first_sync_messages > 0),
        (words.text("evidence-account"), evidence.account),
        (words.text("evidence-store"), evidence.store),
    ]
}

/// `1.5 GB`, in powers of 1000 as disks are sold.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10)),
        None => format!("{bytes} B"),
    }
}

fn told(words: Words, clock: &DateTimeFormatter, entry: history::Entry) -> Entry {
    let at = clock.tell(entry.at);
    let mut failure = None;
    let what = match entry.what {
        What::Reported(kind) => {
            if let EventKind::Failed { code } | EventKind::UndoFailed { code } = &kind {
                failure = Some(code.id());
            }
            reported(words, kind)
        }
        What::Unknown(kind) => words.with("history-unknown", [("kind", kind.into())]),
        What::Ordered { action, cause, number } => {
            let action = action::order_name(words, &action);
            let arguments = [("action", action.into()), ("number", number.into()), ("cause", cause.into())];
            words.with("history-ordered", arguments)
        }
        What::Code { sent_by } => words.with("history-code", [("by", sent_by.into())]),
        What::Mailed(mailing) => words.with(
            "history-mail",
            [("address", mailing.address.as_str().into()), ("told", mails::told(words, &mailing).into())],
        ),
        What::Diagnostics { number } => words.with("history-diagnostics", [("number", number.into())]),
        What::Bound => words.text("history-bound"),
        What::SignedIn => words.text("history-signed-in"),
        What::Removed => words.text("history-removed"),
        What::Assigned { address } => words.with("history-assigned", [("address", address.into())]),
        What::Collected { address } => words.with("history-collected", [("address", address.into())]),
    };
    Entry { at, what, code: failure }
}

fn reported(words: Words, kind: EventKind) -> String {
    match kind {
        EventKind::Waiting => words.text("history-waiting"),
        EventKind::WizardOpened => words.text("history-wizard"),
        EventKind::Postponed => words.text("history-postponed"),
        EventKind::Started => words.text("history-started"),
        EventKind::Step { step } => words.with("history-step", [("step", step.into())]),
        EventKind::Completed { client, profile, .. } => {
            words.with("history-completed", [("client", client.into()), ("profile", profile.into())])
        }
        EventKind::Failed { .. } => words.text("history-failed"),
        EventKind::FinishedByHand => words.text("history-by-hand"),
        EventKind::Undone => words.text("history-undone"),
        EventKind::UndoFailed { .. } => words.text("history-undo-failed"),
        EventKind::Removed => words.text("history-removed"),
        EventKind::Unknown => words.with("history-unknown", [("kind", "?".into())]),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_told_as_disks_are_sold() {
        assert_eq!(
            [0, 999, 1_000, 1_550_000, 2_000_000_000_000].map(crate::server::dashboard::device::size),
            ["0 B", "999 B", "1.0 kB", "1.5 MB", "2.0 TB"]
        );
    }
}
