//! A login as it stands in the database, and the writing of what [`resolve()`](super::resolve()) decides.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::server::http::error::Refusal;
use crate::server::projects::identity::method::Method;
use crate::server::projects::identity::{Assignment, Claims, Resolution, login_key, resolve};
use crate::server::{Service, db};

/// A user counts only while active: whoever is not is nobody here, and is somebody again afterwards.
const LOGIN: &str = "SELECT l.name, l.device_id, l.user_id, l.identified, l.signed_out_at, d.project_id,
    signed.id AS signed_in, locked.id AS device_lock, everyone.id AS project_lock
    FROM login l JOIN device d ON d.id = l.device_id JOIN project p ON p.id = d.project_id
    LEFT JOIN project_user signed ON signed.id = l.user_id AND signed.state = 'active'
    LEFT JOIN project_user locked ON locked.id = d.locked_user_id AND locked.state = 'active'
    LEFT JOIN project_user everyone ON everyone.id = p.locked_user_id AND everyone.state = 'active'
    WHERE l.id = $1 AND l.state = 'bound'";

/// The oldest assignment for the login comes before the oldest one for whichever login asks first.
const ASSIGNMENT: &str = "SELECT a.id, a.user_id, a.login_id, a.identified FROM assignment a
    JOIN project_user u ON u.id = a.user_id AND u.state = 'active'
    WHERE a.device_id = $1 AND a.consumed_at IS NULL AND (a.login_id = $2 OR a.login_id IS NULL)
    ORDER BY CASE WHEN a.login_id IS NULL THEN 1 ELSE 0 END, a.created_at, a.id LIMIT 1";

/// Two are enough to know that it is not one.
const MATCHES: &str = "SELECT id FROM project_user WHERE project_id = $1 AND login_key = $2 AND state = 'active'
    ORDER BY id LIMIT 2";

/// A login as it was read, before anything is decided.
struct Read {
    project: String,
    stored_user: Option<String>,
    /// How that was found.
    stored_method: Method,
    claims: Claims,
}

/// Writes who the login is now, when that follows from locks, assignments and the directory match; of many logins asking
/// at once one gets an assignment. The user's id.
pub async fn settle(service: &Service, login: Uuid) -> Result<Option<String>, Refusal> {
    let read = {
        let mut connection = service.db.pool().acquire().await?;
        read(&mut connection, login).await?
    };
    let resolution = resolve(&read.claims);
    if resolution.consumed.is_none() && is_written(&read, &resolution) {
        return Ok(resolution.user);
    }
    let mut tx = service.db.write().await?;
    let read = self::read(&mut tx, login).await?;
    let resolution = resolve(&read.claims);
    write(&mut tx, login, &read, &resolution, db::now()).await?;
    tx.commit().await?;
    Ok(resolution.user)
}

/// A user who is not active stays written: nothing is forgotten, it only does not count.
fn is_written(read: &Read, resolution: &Resolution) -> bool {
    resolution.user.is_none() || resolution.user == read.stored_user
}

async fn read(connection: &mut AnyConnection, login: Uuid) -> Result<Read, Refusal> {
    let id = login.to_string();
    let row = sqlx::query(LOGIN).bind(&id).fetch_optional(&mut *connection).await?.ok_or(ResponseCode::UnknownAgent)?;
    let device: String = row.try_get("device_id")?;
    let waiting = sqlx::query(ASSIGNMENT).bind(device).bind(id).fetch_optional(&mut *connection).await?;
    let mut read = plain(&row)?;
    if let Some(waiting) = waiting {
        let by = Method::of(waiting.try_get::<Option<String>, _>("identified")?.as_deref());
        let assignment = Assignment { id: waiting.try_get("id")?, user: waiting.try_get("user_id")?, by };
        match waiting.try_get::<Option<String>, _>("login_id")? {
            Some(_) => read.claims.login_assignment = Some(assignment),
            None => read.claims.device_assignment = Some(assignment),
        }
    }
    let key = login_key(&row.try_get::<String, _>("name")?);
    let signed_out = row.try_get::<Option<i64>, _>("signed_out_at")?.is_some();
    if !signed_out && !key.is_empty() && resolve(&read.claims).user.is_none() && read.stored_user.is_none() {
        read.claims.directory_match = directory_match(connection, &read.project, &key).await?;
    }
    Ok(read)
}

fn plain(row: &AnyRow) -> Result<Read, sqlx::Error> {
    Ok(Read {
        project: row.try_get("project_id")?,
        stored_user: row.try_get("user_id")?,
        stored_method: Method::of(row.try_get::<Option<String>, _>("identified")?.as_deref()),
        claims: Claims {
            project_lock: row.try_get("project_lock")?,
            device_lock: row.try_get("device_lock")?,
            signed_in: row.try_get("signed_in")?,
            ..Claims::default()
        },
    })
}

/// The user whose directory login it is, when the project wants it and there is exactly one.
async fn directory_match(connection: &mut AnyConnection, project: &str, key: &str) -> Result<Option<String>, Refusal> {
    let settings: String = sqlx::query_scalar("SELECT settings FROM project WHERE id = $1")
        .bind(project)
        .fetch_one(&mut *connection)
        .await?;
    if !serde_json::from_str::<crate::server::projects::Settings>(&settings)?.directory_match {
        return Ok(None);
    }
    let matches: Vec<String> = sqlx::query_scalar(MATCHES).bind(project).bind(key).fetch_all(connection).await?;
    Ok(<[String; 1]>::try_from(matches).ok().map(|[user]| user))
}

async fn write(
    tx: &mut AnyConnection,
    login: Uuid,
    read: &Read,
    resolution: &Resolution,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let id = login.to_string();
    if let Some(assignment) = &resolution.consumed {
        sqlx::query("UPDATE assignment SET consumed_at = $1, consumed_by = $2 WHERE id = $3 AND consumed_at IS NULL")
            .bind(now.as_millisecond())
            .bind(&id)
            .bind(assignment)
            .execute(&mut *tx)
            .await?;
        tracing::info!(device = %login, "an assignment was collected");
    }
    let (Some(user), Some(by)) = (&resolution.user, resolution.by) else { return Ok(()) };
    if Some(user) != read.stored_user.as_ref() {
        return sign_in(tx, login, user, by, now).await;
    }
    // Found once more: what proves it is not forgotten for what does not.
    if by.may_set_password() && !read.stored_method.may_set_password() {
        return identify(tx, login, by).await;
    }
    Ok(())
}

async fn identify(tx: &mut AnyConnection, login: Uuid, by: Method) -> Result<(), sqlx::Error> {
    let query = sqlx::query("UPDATE login SET identified = $1 WHERE id = $2").bind(by.id()).bind(login.to_string());
    query.execute(tx).await.map(|_| ())
}

/// From now on the login is this user's.
pub async fn sign_in(
    tx: &mut AnyConnection,
    login: Uuid,
    user: &str,
    by: Method,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE login SET user_id = $1, identified = $2, signed_in_at = $3, signed_out_at = NULL WHERE id = $4",
    )
    .bind(user)
    .bind(by.id())
    .bind(now.as_millisecond())
    .bind(login.to_string())
    .execute(tx)
    .await?;
    tracing::info!(device = %login, by = by.id(), "a login has a user");
    Ok(())
}

/// From now on the login is nobody's, until somebody signs in or it is locked or assigned to a user.
pub async fn sign_out(tx: &mut AnyConnection, login: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE login SET user_id = NULL, identified = NULL, signed_out_at = $1 WHERE id = $2")
        .bind(now.as_millisecond())
        .bind(login.to_string())
        .execute(tx)
        .await?;
    tracing::info!(device = %login, "signed out");
    Ok(())
}
