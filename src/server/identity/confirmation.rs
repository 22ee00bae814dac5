//! The link in a mail by which a person confirms that a login is theirs. Opening it shows a page with a button, since
//! mail gateways open links, too; pressing the button assigns the login.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use uuid::Uuid;

use super::refusal::{RegistrationRefusal, Undelivered};
use super::{assignment, letter};
use crate::account::masked;
use crate::protocol::Helpdesk;
use crate::secret::Secret;
use crate::server::codes::IssueError;
use crate::server::db::{self, time};
use crate::server::invitation::Post;
use crate::server::project::Project;
use crate::server::refusal::Refusal;
use crate::server::users::{self, Login, User};
use crate::server::words::Words;
use crate::server::{Service, hash, pages, project};

/// How long a link can be followed.
const VALID: SignedDuration = SignedDuration::from_hours(48);

/// Mails a link that assigns `login` to the user.
pub async fn send(
    service: &Service,
    post: &Post,
    project: &Project,
    receiver: &User,
    login: &Login,
    is_new: bool,
) -> Result<(), Refusal> {
    let undelivered = |cause: Undelivered| RegistrationRefusal::undelivered(cause, is_new);
    let origin = project.settings.public_url.as_deref().ok_or_else(|| undelivered(Undelivered::NoAddress))?;
    let token = hash::new_token().map_err(|error| RegistrationRefusal::NothingToSend(error.into()))?;
    let id = db::new_id();
    record(service, &id, &token, login.id, &receiver.id)
        .await
        .map_err(|error| RegistrationRefusal::NothingToSend(IssueError::Database(error)))?;
    let link = Secret::new(format!("{}/confirm/{}", origin.trim_end_matches('/'), token.reveal()));
    let letter = letter::write(project, receiver, login, &link);
    if let Err(error) = post.send(receiver, letter).await {
        let mut tx = service.db.write().await?;
        sqlx::query("DELETE FROM confirmation WHERE id = $1").bind(id).execute(&mut *tx).await?;
        tx.commit().await?;
        return Err(undelivered(error.into()).into());
    }
    Ok(())
}

/// A newer link of the same login takes the place of earlier ones.
async fn record(service: &Service, id: &str, token: &Secret, login: Uuid, user: &str) -> Result<(), sqlx::Error> {
    let now = db::now();
    let mut tx = service.db.write().await?;
    sqlx::query("DELETE FROM confirmation WHERE login_id = $1 AND confirmed_at IS NULL")
        .bind(login.to_string())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO confirmation (id, token_hash, login_id, user_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(hash::of_token(token.reveal()))
    .bind(login.to_string())
    .bind(user)
    .bind(now.as_millisecond())
    .bind(now.checked_add(VALID).unwrap_or(Timestamp::MAX).as_millisecond())
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// A link that leads somewhere.
struct Confirmation {
    id: String,
    login: Login,
    user: User,
    project: Project,
    confirmed: bool,
}

async fn find(service: &Service, token: &str, now: Timestamp) -> Result<Option<Confirmation>, Refusal> {
    let pool = service.db.pool();
    let row =
        sqlx::query("SELECT id, login_id, user_id, expires_at, confirmed_at FROM confirmation WHERE token_hash = $1")
            .bind(hash::of_token(token))
            .fetch_optional(pool)
            .await?;
    let Some(row) = row.filter(|row| row.try_get("expires_at").is_ok_and(|at| time(at) > now)) else { return Ok(None) };
    let login = row.try_get::<String, _>("login_id")?.parse().map_err(|_| Refusal::UnknownDevice)?;
    let Some((login, project)) = users::login_and_project(pool, login).await? else { return Ok(None) };
    Ok(Some(Confirmation {
        id: row.try_get("id")?,
        login,
        user: users::find(pool, &row.try_get::<String, _>("user_id")?).await?,
        project: project::find(pool, &project).await?,
        confirmed: row.try_get::<Option<i64>, _>("confirmed_at")?.is_some(),
    }))
}

/// What the page says.
#[derive(Template)]
#[template(path = "confirm.html")]
struct Page {
    words: Words,
    stage: Stage,
    project: String,
    address: String,
    device: String,
    login: String,
    helpdesk: Helpdesk,
}

impl Page {
    fn say(&self, id: &str) -> String {
        let about = [("project", &self.project), ("device", &self.device), ("name", &self.helpdesk.name)];
        self.words.with(id, about.map(|(name, text)| (name, text.as_str().into())))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asking,
    Confirmed,
    /// Unknown, too old, or replaced by a newer one: which of these, nobody is told.
    Over,
}

pub async fn show(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = find(&service, &token, db::now()).await?;
    let stage =
        found.as_ref().map_or(Stage::Over, |found| if found.confirmed { Stage::Confirmed } else { Stage::Asking });
    Ok(page(found, stage, &headers))
}

pub async fn confirm(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let now = db::now();
    let Some(found) = find(&service, &token, now).await? else { return Ok(page(None, Stage::Over, &headers)) };
    let mut tx = service.db.write().await?;
    let confirmed = sqlx::query("UPDATE confirmation SET confirmed_at = $1 WHERE id = $2 AND confirmed_at IS NULL")
        .bind(now.as_millisecond())
        .bind(&found.id)
        .execute(&mut *tx)
        .await?;
    if confirmed.rows_affected() == 1 {
        assignment::for_login(&mut tx, found.login.id, &found.user.id, now).await?;
        db::ring_logins(&mut tx, &found.project.id, &[found.login.id]).await?;
        tx.commit().await?;
        tracing::info!(device = %found.login.id, "a person confirmed a login");
    }
    Ok(page(Some(found), Stage::Confirmed, &headers))
}

fn page(found: Option<Confirmation>, stage: Stage, headers: &HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let page = match found {
        Some(Confirmation { login, user, project, .. }) => Page {
            words: Words::of(&user.language),
            stage,
            project: project.name,
            address: masked(&user.old_address),
            device: login.device,
            login: login.name,
            helpdesk: project.settings.helpdesk,
        },
        None => Page {
            words: Words::accepted(accepted),
            stage,
            project: String::new(),
            address: String::new(),
            device: String::new(),
            login: String::new(),
            helpdesk: Helpdesk::default(),
        },
    };
    pages::answer(if stage == Stage::Over { StatusCode::NOT_FOUND } else { StatusCode::OK }, &page)
}
