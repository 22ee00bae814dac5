//! `/projects/{id}/settings/discover`: the settings page with a proposal in its fields and, for each of its parts, where
//! it was found. Nothing is saved.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::account::Server;
use crate::server::Service;
use crate::server::dashboard::answer;
use crate::server::dashboard::settings::{form, page};
use crate::server::discovery::{self, Found, Kind, Outcome, Part, Trouble};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operators::Sent;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    domain: String,
}

/// The small form, and below it what a search has brought.
#[derive(Default)]
pub struct Search {
    pub domain: String,
    pub wrong: Option<String>,
    pub lead: Option<String>,
    pub sources: Vec<Line>,
}

/// A source as the table shows it.
pub struct Line {
    pub kind: String,
    pub place: String,
    pub answer: String,
    /// What the proposal has from it.
    pub gives: Vec<String>,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/settings/discover", get(back).post(discover))
}

/// Whoever loads the address again has nothing to send.
async fn back(Path(id): Path<String>) -> Redirect {
    Redirect::to(&format!("/projects/{id}/settings"))
}

async fn discover(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    sent: Sent<Asked>,
) -> Result<Response, Refusal> {
    let Sent { viewer, form: Asked { domain } } = sent;
    let project = crate::server::dashboard::project(&service, &id).await?;
    let network = discovery::access::network(&service, &viewer.actor)?;
    let words = viewer.words;
    let proposed = |found: &Found| found.proposal(&project.settings).unwrap_or_else(|| project.settings.clone());
    let (status, settings, search) = if let Ok(found) = discovery::find(&network, &domain).await {
        (StatusCode::OK, proposed(&found), brought(words, domain, &found))
    } else {
        let search = Search { domain, wrong: Some(words.text("discover-wrong")), ..Search::default() };
        (StatusCode::UNPROCESSABLE_ENTITY, project.settings.clone(), search)
    };
    let values = form::offered(serde_json::to_value(&settings)?);
    Ok(answer(status, &page(&viewer, &project, &values, &[], search)))
}

fn brought(words: Words, asked: String, found: &Found) -> Search {
    let domain = [("domain", found.domain.as_str().into())];
    let lead = match (&found.account, found.exchange) {
        (Some(_), _) => words.with("discover-found", domain),
        (None, true) => words.with("discover-exchange", domain),
        (None, false) => words.with("discover-none", domain),
    };
    let sources = found.sources.iter().enumerate().map(|(place, source)| Line {
        kind: kind(words, source.kind),
        place: source.place.clone(),
        answer: outcome(words, &source.outcome),
        gives: gives(words, found, place),
    });
    Search { domain: asked, wrong: None, lead: Some(lead), sources: sources.collect() }
}

/// The parts of the proposal that are from the source at this place.
fn gives(words: Words, found: &Found, place: usize) -> Vec<String> {
    let Some(account) = &found.account else { return Vec::new() };
    let server = |id, server: &Server| {
        let value = format!("{} {}:{} {}", server.protocol.name(), server.host, server.port, server.security.name());
        words.with(id, [("value", value.into())])
    };
    let origins = found.origins.iter().filter(|origin| origin.source == place);
    let part = |part| match part {
        Part::Incoming => server("discover-incoming", &account.incoming),
        Part::Outgoing => server("discover-outgoing", &account.outgoing),
        Part::Exchange => words.text("discover-by-address"),
    };
    origins.map(|origin| part(origin.part)).collect()
}

fn kind(words: Words, kind: Kind) -> String {
    words.text(match kind {
        Kind::Autoconfig => "discover-autoconfig",
        Kind::Collection => "discover-collection",
        Kind::MailExchangers => "discover-exchangers",
        Kind::ProviderAutoconfig => "discover-provider",
        Kind::ProviderCollection => "discover-provider-collection",
        Kind::Service => "discover-service",
        Kind::Autodiscover => "discover-autodiscover",
    })
}

fn outcome(words: Words, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Found => words.text("discover-gave"),
        Outcome::Led(hosts) => words.with("discover-led", [("hosts", hosts.join(", ").into())]),
        Outcome::Nothing => words.text("discover-nothing"),
        Outcome::Failed(trouble) => told(words, trouble),
    }
}

fn told(words: Words, trouble: &Trouble) -> String {
    let host = |id, host: &str| words.with(id, [("host", host.into())]);
    match trouble {
        Trouble::NoName | Trouble::NotOffered => words.text("discover-nothing"),
        Trouble::Status(status) => words.with("trouble-status", [("status", status.to_string().into())]),
        Trouble::NotPublic { host, address } => {
            let arguments = [("host", host.as_str().into()), ("address", address.to_string().into())];
            words.with("trouble-not-public", arguments)
        }
        Trouble::NotHttps(to) => host("trouble-not-https", to),
        Trouble::Address(to) => host("trouble-address", to),
        Trouble::Redirects => words.text("trouble-redirects"),
        Trouble::TooLarge => words.text("trouble-too-large"),
        Trouble::TimeLimit => words.text("trouble-time-limit"),
        Trouble::Unreachable(_) => words.text("trouble-unreachable"),
        Trouble::MediaType(_) => words.text("trouble-media-type"),
        Trouble::Content(_) => words.text("trouble-content"),
        Trouble::NeedsAddress => words.text("trouble-needs-address"),
    }
}
