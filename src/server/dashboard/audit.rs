//! `/audit`: what operators did, to read and to take away. For administrators.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::operators::Viewer;
use crate::server::operators::audit::{self, Entry, Filter};
use crate::server::projects::export::harmless;
use crate::server::{Service, db};

/// Entries on a page.
const ENTRIES: i64 = 100;
/// Entries in an export, the newest: some 20 MB.
const EXPORTED: i64 = 100_000;
/// Last page that can be asked for.
const LAST_PAGE: i64 = 1_000_000;

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/audit", get(show)).route("/audit.csv", get(export))
}

/// What the form of the page asks for; dates are whole days in the viewer's zone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Asked {
    project: String,
    operator: String,
    from: String,
    to: String,
    #[serde(skip_serializing)]
    page: Option<i64>,
}

impl Asked {
    fn filter(&self, viewer: &Viewer) -> Filter {
        // What is no date does not limit.
        let start =
            |date: Date| date.to_zoned(viewer.zone.clone()).map(|zoned| zoned.timestamp().as_millisecond()).ok();
        let from = self.from.parse().ok().and_then(start);
        let before = self.to.parse().ok().and_then(|date: Date| date.tomorrow().ok()).and_then(start);
        Filter {
            project: self.project.clone(),
            actor: self.operator.clone(),
            from: from.unwrap_or(i64::MIN),
            before: before.unwrap_or(i64::MAX),
        }
    }

    /// The same question as the end of an address.
    fn query(&self) -> String {
        serde_html_form::to_string(self).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    page: Page,
    asked: Asked,
    query: String,
    zone: String,
    projects: Vec<(String, String)>,
    actors: Vec<(String, String)>,
    rows: Vec<Row>,
    newer: Option<i64>,
    older: Option<i64>,
}

struct Row {
    at: String,
    exact: String,
    entry: Entry,
}

async fn show(
    State(service): State<Arc<Service>>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (db, actor) = (&service.db, &viewer.actor);
    let number = asked.page.unwrap_or(1).clamp(1, LAST_PAGE);
    let mut entries = audit::list(db, actor, &asked.filter(&viewer), ENTRIES + 1, (number - 1) * ENTRIES).await?;
    let more = entries.len() > usize::try_from(ENTRIES).unwrap_or_default();
    entries.truncate(usize::try_from(ENTRIES).unwrap_or_default());
    let rows = entries.into_iter().map(|entry| Row {
        at: viewer.moment(entry.at),
        exact: db::time(entry.at).to_string(),
        entry,
    });
    let page = Audit {
        page: viewer.page().at(Here::Audit),
        query: asked.query(),
        zone: viewer.zone_name(),
        projects: audit::projects(db, actor).await?,
        actors: audit::actors(db, actor).await?,
        rows: rows.collect(),
        newer: (number > 1).then_some(number - 1),
        older: more.then_some(number + 1),
        asked,
    };
    Ok(answer(StatusCode::OK, &page))
}

async fn export(
    State(service): State<Arc<Service>>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let entries = audit::list(&service.db, &viewer.actor, &asked.filter(&viewer), EXPORTED, 0).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let zone = viewer.zone.clone();
    let rows = entries.into_iter().map(|entry| {
        let at = db::time(entry.at).to_zoned(zone.clone()).to_string();
        [at, entry.actor_name, entry.project.unwrap_or_default(), entry.action, entry.subject, entry.detail]
    });
    Ok((headers, table(rows)?).into_response())
}

fn table(rows: impl Iterator<Item = [String; 6]>) -> Result<Vec<u8>, Refusal> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["time", "operator", "project", "action", "subject", "detail"]).map_err(Refusal::unhandled)?;
    for row in rows {
        table.write_record(row.map(|cell| harmless(&cell))).map_err(Refusal::unhandled)?;
    }
    table.into_inner().map_err(|error| Refusal::unhandled(error.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let row = ["2026", "=1+1", "@x", "-1", "a,\"b\"", "fine"].map(str::to_owned);
        let text = String::from_utf8(table(std::iter::once(row)).expect("a table")).expect("text");
        assert_eq!(text.lines().nth(1), Some("2026,'=1+1,'@x,'-1,\"a,\"\"b\"\"\",fine"));
    }
}
