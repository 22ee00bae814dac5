//! Projects: one organisation's move.

pub mod actions;
pub mod alerts;
pub mod check;
pub mod codes;
pub mod colour;
pub mod communication;
pub mod cutover;
pub mod deletion;
pub mod diagnostics;
pub mod directory;
pub mod export;
pub mod identity;
pub mod kept;
pub mod link;
pub mod permissions;
pub mod settings;
pub mod users;
pub mod waves;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use crate::code::ActivationCode;
use crate::problem::ResponseCode;
use crate::server::db::hash;
use crate::server::db::{self, Db};
use crate::server::directive::decision::Cutover;
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role, audit};
pub use crate::server::projects::check::{Fault, unread};
use crate::server::projects::cutover::When;
pub use crate::server::projects::permissions::Redirection;
pub use crate::server::projects::settings::{COMPUTERS_PER_HOUR, Settings, Smtp, SmtpSecurity};

/// In the record: a destination was changed.
const REDIRECT: &str = "project.redirect";
/// How long that is shown to everybody.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// In the place of an activation code: no letter of one.
const HIDDEN: &str = "0000000000";

/// A project as it is in the database.
#[derive(Debug, Clone)]
pub struct Project {
    pub id: String,
    pub name: String,
    pub settings: Settings,
    /// Ten letters that bind a device to the project, until they are renewed.
    pub activation_code: String,
    pub(in crate::server) cutover: Option<Cutover>,
    /// When it got the settings of its account.
    pub(in crate::server) ready_at: Timestamp,
}

/// Why a project could not be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::server) enum ReadError {
    #[error("{0}")]
    Settings(#[from] Unreadable),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

#[derive(Debug, thiserror::Error)]
#[error("the settings of the project {project:?} cannot be read by this version: {error}")]
pub(in crate::server) struct Unreadable {
    project: String,
    error: serde_json::Error,
}

/// How long agents of a project that cannot be read are asked to wait: somebody has to do something.
const UNREADABLE: std::time::Duration = std::time::Duration::from_secs(30);

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Settings(error) => {
                Self::unavailable("The settings of the project are of another version", UNREADABLE).because(error)
            }
            ReadError::Database(error) => error.into(),
        }
    }
}

pub(in crate::server) const COLUMNS: &str = "SELECT id, name, settings, activation_code, cutover_at, cutover_at_once,
    cutover_version, cutover_set_at, ready_at FROM project ";

pub(in crate::server) async fn find(pool: &AnyPool, id: &str) -> Result<Project, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = $1"));
    Ok(read(&sqlx::query(query).bind(id).fetch_optional(pool).await?.ok_or_else(Refusal::no_such_resource)?)?)
}

/// The project that this activation code belongs to.
pub(in crate::server) async fn activated_by(pool: &AnyPool, code: &ActivationCode) -> Result<Option<Project>, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE activation_code = $1"));
    sqlx::query(query).bind(code.letters()).fetch_optional(pool).await?.map(|row| Ok(read(&row)?)).transpose()
}

/// The project of this name.
pub(in crate::server) async fn named(pool: &AnyPool, name: &str) -> Result<Option<Project>, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE name = $1"));
    sqlx::query(query).bind(name).fetch_optional(pool).await?.map(|row| Ok(read(&row)?)).transpose()
}

pub(in crate::server) async fn names(pool: &AnyPool) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM project ORDER BY name").fetch_all(pool).await
}

/// Every project whose settings can be read, by name.
pub(in crate::server) async fn all(pool: &AnyPool) -> Result<Vec<Project>, Refusal> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} ORDER BY name"));
    let mut all = Vec::new();
    for row in &sqlx::query(query).fetch_all(pool).await? {
        match read(row) {
            Err(ReadError::Settings(error)) => tracing::error!(%error, "a project is left out"),
            read => all.push(read?),
        }
    }
    Ok(all)
}

pub(in crate::server) fn read(row: &AnyRow) -> Result<Project, ReadError> {
    Ok(Project {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        settings: settings(row)?,
        activation_code: row.try_get("activation_code")?,
        cutover: waves::cutover(row)?,
        ready_at: db::time(row.try_get("ready_at")?),
    })
}

impl Project {
    /// As somebody may see it: what names programs, secret addresses and the sending server, and the code with which anybody
    /// adds computers, is for those who change it.
    pub(in crate::server) fn seen_by(mut self, role: Role) -> Self {
        if role < Role::Operator {
            self.settings.directory = None;
            self.settings.smtp = None;
            HIDDEN.clone_into(&mut self.activation_code);
        }
        self
    }
}

/// A version that knows more may have written what this one cannot read. That is the trouble of this project alone.
fn settings(row: &AnyRow) -> Result<Settings, ReadError> {
    let read = serde_json::from_str(&row.try_get::<String, _>("settings")?);
    let name = row.try_get("name")?;
    read.map_err(|error: serde_json::Error| ReadError::Settings(Unreadable { project: name, error }))
}

/// A project in a list, where also those stand whose settings cannot be read.
#[derive(Debug)]
pub(in crate::server) struct Listed {
    pub id: String,
    pub name: String,
    pub cutover: Option<Timestamp>,
    /// How many people it has,
    pub users: i64,
    /// and how many of them have moved.
    pub moved: i64,
    pub is_readable: bool,
}

pub(in crate::server) async fn list(pool: &AnyPool) -> Result<Vec<Listed>, sqlx::Error> {
    let listed = |row: &AnyRow| {
        Ok(Listed {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            cutover: waves::cutover(row)?.map(|cutover| cutover.at),
            users: row.try_get("users")?,
            moved: row.try_get("moved")?,
            is_readable: settings(row).is_ok(),
        })
    };
    let query = sqlx::query(
        "SELECT p.id, p.name, p.settings, p.cutover_at, p.cutover_at_once, p.cutover_version, p.cutover_set_at,
         (SELECT COUNT(*) FROM project_user u WHERE u.project_id = p.id) AS users,
         (SELECT COUNT(DISTINCT l.user_id) FROM login l JOIN project_user u ON u.id = l.user_id
             JOIN event e ON e.login_id = l.id
             WHERE u.project_id = p.id AND e.kind IN ('completed', 'finished_by_hand')) AS moved
         FROM project p ORDER BY p.name",
    );
    query.fetch_all(pool).await?.iter().map(listed).collect()
}

/// Makes a project, with its cutover when that is known already; its id.
///
/// # Errors
/// [`ResponseCode::NameTaken`]; [`ResponseCode::FieldFaults`] for settings that cannot work or are not the actor's to choose.
pub(in crate::server) async fn create(
    db: &Db,
    actor: &Actor,
    name: &Name,
    settings: &Settings,
    cutover: Option<When>,
) -> Result<String, Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    settings.check(&Settings::default(), actor)?;
    let id = db::new_id();
    let made = sqlx::query(
        "INSERT INTO project (id, name, settings, activation_code, created_at, ready_at) VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(&id)
    .bind(&**name)
    .bind(serde_json::to_string(settings)?)
    .bind(hash::new_activation_code()?)
    .bind(db::now().as_millisecond())
    .execute(&mut *op)
    .await?;
    if made.rows_affected() == 0 {
        return Err(ResponseCode::NameTaken.into());
    }
    op.record(Some(&id), "project.create", name, "").await?;
    record_redirections(&mut op, &id, name, settings.redirections(&Settings::default())?).await?;
    if let Some(when) = cutover {
        cutover::write(&mut op, &id, None, when, settings.account.is_some()).await?;
    }
    op.commit().await?;
    Ok(id)
}

/// Puts other settings in the place of a project's, and sets another cutover when there is one.
///
/// # Errors
/// [`ResponseCode::FieldFaults`] for settings that cannot work or are not the actor's to change.
pub(in crate::server) async fn set(
    db: &Db,
    actor: &Actor,
    before: &Project,
    settings: &Settings,
    cutover: Option<When>,
) -> Result<(), Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    settings.check(&before.settings, actor)?;
    let query = sqlx::query_scalar("SELECT settings FROM project WHERE id = $1").bind(&before.id);
    let stored: Option<String> = query.fetch_optional(&mut *op).await?;
    let stored = stored.ok_or_else(Refusal::no_such_resource)?;
    let becomes_ready = before.settings.account.is_none() && settings.account.is_some();
    let ready_at = if becomes_ready { db::now() } else { before.ready_at };
    sqlx::query("UPDATE project SET settings = $1, ready_at = $2 WHERE id = $3")
        .bind(kept::with(&stored, settings)?.to_string())
        .bind(ready_at.as_millisecond())
        .bind(&before.id)
        .execute(&mut *op)
        .await?;
    let changed = changed(&serde_json::to_value(&before.settings)?, &serde_json::to_value(settings)?).join(", ");
    op.record(Some(&before.id), "project.set", &before.name, &changed).await?;
    record_redirections(&mut op, &before.id, &before.name, settings.redirections(&before.settings)?).await?;
    op.wake(&before.id).await?;
    if let Some(when) = cutover {
        cutover::write(&mut op, &before.id, None, when, settings.account.is_some()).await?;
    }
    Ok(op.commit().await?)
}

async fn record_redirections(
    tx: &mut Operation,
    id: &str,
    name: &str,
    redirections: Vec<Redirection>,
) -> Result<(), sqlx::Error> {
    for redirection in redirections {
        tx.record(Some(id), REDIRECT, name, &redirection.to_string()).await?;
    }
    Ok(())
}

/// Where passwords go or what is installed was changed while people already had their letters.
pub(in crate::server) async fn redirected_lately(
    pool: &AnyPool,
    id: &str,
    now: Timestamp,
) -> Result<Vec<audit::Entry>, sqlx::Error> {
    let query = sqlx::query_as(
        "SELECT at, actor_name, project_name AS project, action, subject, detail FROM audit
         WHERE project_id = $1 AND action = $2 AND at > $3
         AND EXISTS (SELECT 1 FROM mailing m WHERE m.project_id = $1 AND m.sent_at < audit.at)
         ORDER BY at DESC, id DESC LIMIT 20",
    );
    query.bind(id).bind(REDIRECT).bind((now - LATELY).as_millisecond()).fetch_all(pool).await
}

/// Gives the project another activation code: the one before opens nothing any more. Computers that are activated stay.
///
/// # Errors
/// When the actor may not, and when the database fails.
pub(in crate::server) async fn renew_code(db: &Db, actor: &Actor, project: &Project) -> Result<String, Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let code = hash::new_activation_code()?;
    let query = sqlx::query("UPDATE project SET activation_code = $1 WHERE id = $2").bind(&code).bind(&project.id);
    query.execute(&mut *op).await?;
    op.record(Some(&project.id), "project.renew-code", &project.name, "").await?;
    op.commit().await?;
    Ok(code)
}

/// Names of the settings that differ, for the record; no values, for some are nobody's business.
fn changed(before: &Value, after: &Value) -> Vec<String> {
    let names = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default();
    let mut all: Vec<String> = names(before);
    all.extend(names(after));
    all.sort();
    all.dedup();
    all.retain(|name| before.get(name) != after.get(name));
    all
}
