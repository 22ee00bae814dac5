//! Waves: groups of users with a cutover of their own.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use crate::problem::ResponseCode;
use crate::server::db::{self, Db, time};
use crate::server::directive::decision::Cutover;
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::cutover::next_version;
use crate::server::projects::{Project, users};

/// A named group of a project's users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    pub id: String,
    pub name: String,
    /// None: the project's own holds.
    pub cutover: Option<Cutover>,
    /// How many users are in it.
    pub users: i64,
}

/// When a user changed waves: from then on, what the new wave says counts as newly set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moved {
    version: i64,
    at: Timestamp,
}

pub async fn list(pool: &AnyPool, project: &str) -> Result<Vec<Wave>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT w.id, w.name, w.cutover_at, w.cutover_at_once, w.cutover_version, w.cutover_set_at,
         (SELECT COUNT(*) FROM project_user u WHERE u.wave_id = w.id) AS users
         FROM wave w WHERE w.project_id = $1 ORDER BY w.name",
    )
    .bind(project)
    .fetch_all(pool)
    .await?;
    let wave = |row: &AnyRow| {
        Ok(Wave {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            cutover: cutover(row)?,
            users: row.try_get("users")?,
        })
    };
    rows.iter().map(wave).collect()
}

/// The cutover in the columns `cutover_at`, `cutover_at_once`, `cutover_version` and `cutover_set_at`.
pub fn cutover(row: &AnyRow) -> Result<Option<Cutover>, sqlx::Error> {
    let Some(at) = row.try_get::<Option<i64>, _>("cutover_at")? else { return Ok(None) };
    Ok(Some(Cutover {
        at: time(at),
        at_once: row.try_get::<i64, _>("cutover_at_once")? != 0,
        version: row.try_get("cutover_version")?,
        set_at: time(row.try_get("cutover_set_at")?),
    }))
}

/// The wave with this id.
///
/// # Errors
/// When the project has none.
pub async fn find(pool: &AnyPool, project: &str, id: &str) -> Result<Wave, Refusal> {
    let known = list(pool, project).await?;
    known.into_iter().find(|wave| wave.id == id).ok_or_else(Refusal::no_such_resource)
}

/// Makes a wave, which follows the project's cutover until it has one of its own.
///
/// # Errors
/// [`ResponseCode::NameTaken`].
pub async fn create(db: &Db, actor: &Actor, project: &Project, name: &Name) -> Result<Wave, Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let made = insert(&mut op, &project.id, name).await?.ok_or(ResponseCode::NameTaken)?;
    op.commit().await?;
    find(db.pool(), &project.id, &made).await
}

/// Puts users of the project into a wave, or into none. How many were not there before.
///
/// # Errors
/// [`ResponseCode::FieldFaults`] for a user who is not in the project.
pub async fn put(
    db: &Db,
    actor: &Actor,
    project: &Project,
    wave: Option<&Wave>,
    users: &[String],
) -> Result<u64, Refusal> {
    let known = users::of_project(db.pool(), &project.id).await?;
    let known: std::collections::HashSet<&str> = known.iter().map(|user| user.id.as_str()).collect();
    if let Some(place) = users.iter().position(|user| !known.contains(user.as_str())) {
        return Err(Refusal::fault(format!("users[{place}]"), "name a user of this project"));
    }
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let changed = write(&mut op, &project.id, wave.map(|wave| wave.id.as_str()), users).await?;
    op.commit().await?;
    Ok(changed)
}

/// The wave of this name, made when it is not there yet, as a part of another operation; its id.
pub async fn ensure(op: &mut Operation, project: &str, name: &str) -> Result<String, sqlx::Error> {
    if let Some(made) = insert(op, project, name).await? {
        return Ok(made);
    }
    let query = sqlx::query_scalar("SELECT id FROM wave WHERE project_id = $1 AND name = $2");
    query.bind(project).bind(name).fetch_one(&mut **op).await
}

/// None when the name is taken.
async fn insert(op: &mut Operation, project: &str, name: &str) -> Result<Option<String>, sqlx::Error> {
    let id = db::new_id();
    let made = sqlx::query(
        "INSERT INTO wave (id, project_id, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (project_id, name) DO NOTHING",
    )
    .bind(&id)
    .bind(project)
    .bind(name)
    .bind(db::now().as_millisecond())
    .execute(&mut **op)
    .await?;
    if made.rows_affected() == 0 {
        return Ok(None);
    }
    op.record(Some(project), "wave.create", name, "").await?;
    Ok(Some(id))
}

/// [`put`] as a part of another operation.
pub async fn write(
    op: &mut Operation,
    project: &str,
    wave: Option<&str>,
    users: &[String],
) -> Result<u64, sqlx::Error> {
    let version = next_version(op, project).await?;
    let now = db::now().as_millisecond();
    let mut changed = 0;
    for user in users {
        changed += sqlx::query(
            "UPDATE project_user SET wave_id = $1, moved_version = $2, moved_at = $3
             WHERE id = $4 AND project_id = $5 AND COALESCE(wave_id, '') <> $6",
        )
        .bind(wave)
        .bind(version)
        .bind(now)
        .bind(user)
        .bind(project)
        .bind(wave.unwrap_or_default())
        .execute(&mut **op)
        .await?
        .rows_affected();
    }
    if changed > 0 {
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM wave WHERE id = $1")
            .bind(wave.unwrap_or_default())
            .fetch_optional(&mut **op)
            .await?;
        op.record(Some(project), "wave.put", &name.unwrap_or_default(), &changed.to_string()).await?;
    }
    op.wake(project).await?;
    Ok(changed)
}

/// The cutover that holds for a user of a project with this cutover; the row has the cutover of the user's wave, and the
/// user's `moved_version` and `moved_at`.
pub fn of_user(row: &AnyRow, project: Option<Cutover>) -> Result<Option<Cutover>, sqlx::Error> {
    let moved = Moved { version: row.try_get("moved_version")?, at: time(row.try_get("moved_at")?) };
    Ok(effective(project, cutover(row)?, moved))
}

/// A wave's own cutover stands above the project's.
fn effective(project: Option<Cutover>, wave: Option<Cutover>, moved: Moved) -> Option<Cutover> {
    wave.or(project).map(|cutover| Cutover {
        version: cutover.version.max(moved.version),
        set_at: cutover.set_at.max(moved.at),
        ..cutover
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        time(hour * 3_600_000)
    }

    fn cutover(version: i64, hour: i64) -> Cutover {
        Cutover { at: at(hour), at_once: false, version, set_at: at(version) }
    }

    #[test]
    fn a_waves_own_cutover_stands_above_the_projects() {
        let never = Moved { version: 0, at: at(0) };
        let (project, wave) = (Some(cutover(1, 100)), Some(cutover(2, 50)));
        assert_eq!(effective(project, wave, never), wave);
        assert_eq!(effective(project, None, never), project);
        assert_eq!(effective(None, wave, never), wave);
        assert_eq!(effective(None, None, never), None);
    }

    #[test]
    fn a_change_of_waves_is_as_new_as_a_new_cutover() {
        let moved = Moved { version: 5, at: at(9) };
        let now = effective(Some(cutover(1, 100)), None, moved).expect("a cutover");
        assert_eq!((now.version, now.set_at, now.at), (5, at(9), at(100)));
        let set_later = effective(Some(cutover(6, 100)), None, Moved { version: 5, at: at(2) }).expect("a cutover");
        assert_eq!((set_later.version, set_later.set_at), (6, at(6)));
    }
}
