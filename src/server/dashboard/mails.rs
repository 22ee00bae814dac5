//! `/projects/{id}/mails`: every mail to a person and what became of it.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::i18n::datetime::{DateTimeFormatter, Moment};
use crate::server::dashboard::action::Choice;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::mailings::query::{self, Which};
use crate::server::mailings::{Kind, Mailing, State as Fate};
use crate::server::operators::Viewer;
use crate::server::{Service, db};

/// Mails on a page.
const PAGE: u32 = 100;

#[derive(Template)]
#[template(path = "mails.html")]
struct Mails {
    page: Page,
    id: String,
    states: Vec<Choice>,
    shown: String,
    rows: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

struct Line {
    id: String,
    address: String,
    kind: String,
    state: &'static str,
    fate: String,
    words: Option<String>,
    tries: i64,
    made: Moment,
    /// When it is tried (again), or when the mail server took it.
    when: Option<Moment>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    state: String,
    page: String,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/mails", get(show))
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    // An address that somebody has cut off shows everything.
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let project = crate::server::dashboard::project(&service, &id).await?;
    let (words, clock) = (viewer.words, viewer.formatter(db::now()));
    let which = which(&asked.state);
    let total = query::count(service.db.pool(), &id, which).await?;
    let last_page = u32::try_from((total - 1).max(0) / i64::from(PAGE) + 1).unwrap_or(u32::MAX);
    let number = asked.page.parse::<u32>().unwrap_or(1).clamp(1, last_page);
    let skipped = i64::from(PAGE) * i64::from(number - 1);
    let mailings = query::page(service.db.pool(), &id, which, (skipped, PAGE.into())).await?;
    let end = (skipped + i64::from(PAGE)).min(total);
    let state = states(words, &asked.state);
    let chosen = state.iter().find(|choice| choice.chosen).map_or("", |choice| choice.id.as_str());
    let link = |page: u32| format!("/projects/{id}/mails?state={chosen}&page={page}");
    let mails = Mails {
        page: Page::of(&viewer, Here::Mails).within(&project),
        shown: match total {
            0 => words.text("people-none"),
            total => words
                .with("people-shown", [("first", (skipped + 1).into()), ("last", end.into()), ("total", total.into())]),
        },
        rows: mailings.into_iter().map(|mailing| line(words, &clock, mailing)).collect(),
        previous: (number > 1).then(|| link(number - 1)),
        next: (number < last_page).then(|| link(number + 1)),
        states: state,
        id,
    };
    Ok(answer(StatusCode::OK, &mails))
}

fn which(state: &str) -> Which {
    let known = [Fate::Queued, Fate::Sent, Fate::Failed, Fate::Bounced].into_iter().find(|fate| fate.id() == state);
    match known {
        Some(fate) => Which::In(fate),
        None if state == "undelivered" => Which::Undelivered,
        None => Which::All,
    }
}

fn states(words: Words, chosen: &str) -> Vec<Choice> {
    let fates =
        [Fate::Queued, Fate::Sent, Fate::Failed, Fate::Bounced].map(|fate| (fate.id(), self::fate(words, fate)));
    let all =
        [("", words.text("filter-all")), ("undelivered", words.text("mails-undelivered"))].into_iter().chain(fates);
    all.map(|(id, name)| Choice { id: id.to_owned(), name, chosen: id == chosen }).collect()
}

fn line(words: Words, clock: &DateTimeFormatter, mailing: Mailing) -> Line {
    let when = match mailing.state {
        Fate::Queued => Some(mailing.due_at),
        Fate::Sent | Fate::Bounced => mailing.sent_at,
        Fate::Failed => None,
    };
    Line {
        kind: kind(words, mailing.kind),
        state: mailing.state.id(),
        fate: fate(words, mailing.state),
        words: mailing.trouble,
        tries: mailing.tries,
        made: clock.tell(mailing.created_at),
        when: when.map(|at| clock.tell(at)),
        address: mailing.address,
        id: mailing.id,
    }
}

pub fn kind(words: Words, kind: Kind) -> String {
    words.text(match kind {
        Kind::Invitation => "mail-invitation",
        Kind::Reminder => "mail-reminder",
        Kind::Registration => "mail-registration",
        Kind::Password => "mail-password",
    })
}

fn fate(words: Words, state: Fate) -> String {
    words.text(match state {
        Fate::Queued => "mail-queued",
        Fate::Sent => "mail-sent",
        Fate::Failed => "mail-failed",
        Fate::Bounced => "mail-bounced",
    })
}

/// What became of a mail in one line, with the mail server's words.
pub fn told(words: Words, mailing: &Mailing) -> String {
    let arguments = [("kind", kind(words, mailing.kind).into()), ("state", fate(words, mailing.state).into())];
    let said = words.with("mail-told", arguments);
    match &mailing.trouble {
        Some(trouble) => words.with("mail-trouble", [("told", said.into()), ("words", trouble.as_str().into())]),
        None => said,
    }
}
