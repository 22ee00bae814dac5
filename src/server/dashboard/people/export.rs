//! `/projects/{id}/export.csv`: users and how far they are, for a spreadsheet. The columns that an import reads have the
//! names that an import expects.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::server::dashboard::people::clients;
use crate::server::http::error::Refusal;
use crate::server::operators::Viewer;
use crate::server::projects::export::harmless;
use crate::server::status::table::{self, Filter, Row, Subject};
use crate::server::{Service, db};

const HEADINGS: [&str; 14] = [
    "name",
    "old address",
    "new address",
    "login",
    "language",
    "user state",
    "wave",
    "stage",
    "device",
    "system",
    "agent",
    "mail clients",
    "last contact",
    "last code",
];

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route("/projects/{id}/export.csv", get(export))
}

async fn export(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    _viewer: Viewer,
) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &id).await?;
    let rows = table::all(service.db.pool(), &project.id, Subject::Users, &Filter::default(), db::now()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mailshift-users.csv\""),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, written(&rows)?).into_response())
}

pub fn written(rows: &[Row]) -> Result<Vec<u8>, Refusal> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let unwritten = |error: &dyn std::fmt::Display| Refusal::malformed(format!("the file cannot be written: {error}"));
    out.write_record(HEADINGS).map_err(|error| unwritten(&error))?;
    for row in rows {
        out.write_record(record(row).map(|field| harmless(&field))).map_err(|error| unwritten(&error))?;
    }
    out.into_inner().map_err(|error| unwritten(&error))
}

fn record(row: &Row) -> [String; 14] {
    let user = |of: fn(&table::User) -> &String| row.user.as_ref().map(of).cloned().unwrap_or_default();
    let login = |of: fn(&table::Login) -> &String| row.login.as_ref().map(of).cloned().unwrap_or_default();
    [
        user(|user| &user.name),
        user(|user| &user.old_address),
        user(|user| &user.new_address),
        user(|user| &user.login),
        user(|user| &user.language),
        user(|user| &user.state),
        row.user.as_ref().and_then(|user| user.wave.clone()).unwrap_or_default(),
        row.stage.clone(),
        login(|login| &login.device),
        login(|login| &login.system),
        login(|login| &login.agent),
        row.login.as_ref().map(|login| clients(&login.inventory).join(", ")).unwrap_or_default(),
        row.login.as_ref().and_then(|login| login.last_seen_at).map(|at| at.to_string()).unwrap_or_default(),
        row.last_code.clone().unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_again_by_an_import() {
        let user = table::User {
            id: "u".into(),
            name: "Zoë, \"Z\"".into(),
            old_address: "z@old.example".into(),
            new_address: "z@new.example".into(),
            state: "active".into(),
            wave: None,
            login: "zoe".into(),
            language: "de".into(),
        };
        let row = Row {
            user: Some(user),
            login: None,
            stage: "imported".into(),
            last_code: None,
            code_locked: false,
            invited_at: None,
        };
        let file = written(&[row]).expect("a file");
        let rows = crate::server::projects::users::import::parse(&file).expect("rows");
        assert_eq!((rows[0].name.as_str(), rows[0].language.as_str()), ("Zoë, \"Z\"", "de"));
    }
}
