//! `/projects/{id}/import`: users from a CSV file. First a look at each wrong place, or at what would change; only then
//! it is written.

mod fault;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use sqlx::Row as _;

use crate::problem::ResponseCode;
use crate::server::Service;
use crate::server::dashboard::{Here, Page, answer};
use crate::server::http::error::Refusal;
use crate::server::operators::{Role, Viewer};
use crate::server::projects::Project;
use crate::server::projects::users::import::{self, Column, Fault, FaultKind, ImportError, Row};
use crate::server::projects::users::key;

/// Largest file, in bytes: forty thousand rows of a hundred.
const LIMIT: usize = 4 * 1024 * 1024;
/// Wrong places that are shown; the others are counted.
const FAULTS: usize = 200;
/// Rows of the preview.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "import.html")]
struct Import {
    page: Page,
    id: String,
    csrf: String,
    note: Option<String>,
    text: String,
    /// How many, and each.
    faults: Option<(String, Vec<Place>)>,
    more: Option<String>,
    preview: Option<Preview>,
}

/// Line, column, and what is wrong there.
type Place = (u64, &'static str, String);

struct Preview {
    summary: String,
    caption: String,
    rows: Vec<(Row, bool)>,
}

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/projects/{id}/import", get(show).post(look))
        .route("/projects/{id}/import/confirmed", post(write))
        // The fields around the file need a little too.
        .layer(DefaultBodyLimit::max(LIMIT + 16 * 1024))
}

impl Import {
    fn new(viewer: &Viewer, project: &Project) -> Self {
        Self {
            page: Page::of(viewer, Here::Users).within(project),
            id: project.id.clone(),
            csrf: viewer.csrf.reveal().to_owned(),
            note: None,
            text: String::new(),
            faults: None,
            more: None,
            preview: None,
        }
    }

    fn with_faults(self, faults: &[Fault]) -> Self {
        let words = self.page.words;
        let shown = faults.iter().take(FAULTS);
        let shown = shown.map(|fault| {
            let column = fault.column.map_or("", import::Column::name);
            (fault.line, column, fault::said(words, &fault.problem))
        });
        let rest = faults.len().saturating_sub(FAULTS);
        Self {
            faults: Some((words.with("import-faults", [("count", faults.len().into())]), shown.collect())),
            more: (rest > 0).then(|| words.with("import-more", [("count", rest.into())])),
            ..self
        }
    }
}

async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Refusal> {
    let project = crate::server::dashboard::project(&service, &id).await?;
    Ok(answer(StatusCode::OK, &Import::new(&viewer, &project)))
}

async fn look(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
    form: Multipart,
) -> Result<Response, Refusal> {
    let (project, bytes) = received(&service, &id, &viewer, form).await?;
    let mut page = Import { text: String::from_utf8_lossy(&bytes).into_owned(), ..Import::new(&viewer, &project) };
    if bytes.is_empty() {
        page.note = Some(viewer.words.text("import-nothing"));
        return Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    match import::parse(&bytes) {
        Err(faults) => Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page.with_faults(&faults))),
        Ok(rows) => match taken(&service, &project, &rows).await? {
            faults if !faults.is_empty() => Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page.with_faults(&faults))),
            _ => {
                page.preview = Some(preview(&service, &viewer, &project, rows).await?);
                Ok(answer(StatusCode::OK, &page))
            }
        },
    }
}

/// New addresses that belong to somebody else of the project; writing looks again.
async fn taken(service: &Service, project: &Project, rows: &[Row]) -> Result<Vec<Fault>, Refusal> {
    let known = sqlx::query("SELECT old_key, new_key, old_address FROM project_user WHERE project_id = $1")
        .bind(project.id.clone())
        .fetch_all(service.db.pool())
        .await?;
    let in_file: HashSet<String> = rows.iter().map(|row| key(&row.old_address)).collect();
    let mut owners = HashMap::new();
    for row in &known {
        let (old, new, owner): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        // Whoever is in the file gets what the file says.
        if !in_file.contains(&old) {
            owners.insert(new, owner);
        }
    }
    let fault = |row: &Row| {
        let owner = owners.get(&key(&row.new_address))?.clone();
        let problem = FaultKind::Taken { address: row.new_address.clone(), owner };
        Some(Fault { line: row.line, column: Some(Column::NewAddress), problem })
    };
    Ok(rows.iter().filter_map(fault).collect())
}

async fn preview(service: &Service, viewer: &Viewer, project: &Project, rows: Vec<Row>) -> Result<Preview, Refusal> {
    let known = sqlx::query("SELECT old_key FROM project_user WHERE project_id = $1")
        .bind(project.id.clone())
        .fetch_all(service.db.pool())
        .await?;
    let known = known.iter().map(|row| row.try_get("old_key")).collect::<Result<HashSet<String>, _>>()?;
    let rows: Vec<(Row, bool)> = rows
        .into_iter()
        .map(|row| {
            let new = !known.contains(&key(&row.old_address));
            (row, new)
        })
        .collect();
    let added = rows.iter().filter(|(_, new)| *new).count();
    let counts = [("added", added.into()), ("updated", (rows.len() - added).into())];
    Ok(Preview {
        summary: viewer.words.with("import-preview", counts),
        caption: viewer.words.with("import-rows", [("count", rows.len().min(ROWS).into())]),
        rows: rows.into_iter().take(ROWS).collect(),
    })
}

async fn write(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    viewer: Viewer,
    form: Multipart,
) -> Result<Response, Refusal> {
    let (project, bytes) = received(&service, &id, &viewer, form).await?;
    let page = Import { text: String::from_utf8_lossy(&bytes).into_owned(), ..Import::new(&viewer, &project) };
    let rows = match import::parse(&bytes) {
        Ok(rows) => rows,
        Err(faults) => return Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page.with_faults(&faults))),
    };
    match import::write_file(&service.db, &viewer.actor, &project, &rows).await {
        Ok(_) => Ok(Redirect::to(&format!("/projects/{id}/users")).into_response()),
        Err(ImportError::Faults(faults)) => Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &page.with_faults(&faults))),
        Err(ImportError::Refused(refusal)) => Err(refusal),
    }
}

/// The file of a form, or the pasted text; the form must be one of the session's.
async fn received(
    service: &Service,
    id: &str,
    viewer: &Viewer,
    mut form: Multipart,
) -> Result<(Project, Vec<u8>), Refusal> {
    viewer.actor.may(Role::Operator)?;
    let project = crate::server::dashboard::project(service, id).await?;
    let unread = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(),
        _ => Refusal::malformed("the form did not arrive completely"),
    };
    let (mut csrf, mut file, mut text) = (String::new(), Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(unread)? {
        match field.name().unwrap_or_default() {
            "csrf" => csrf = field.text().await.map_err(unread)?,
            "file" => file = field.bytes().await.map_err(unread)?.to_vec(),
            "text" => text = field.bytes().await.map_err(unread)?.to_vec(),
            _ => {}
        }
    }
    if !viewer.csrf.is(&csrf) {
        return Err(ResponseCode::ForeignForm.into());
    }
    Ok((project, if file.is_empty() { text.trim_ascii().to_vec() } else { file }))
}
