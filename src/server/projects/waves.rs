//! Waves: groups of users with a cutover of their own.

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use crate::server::db::{self, time};
use crate::server::directive::decision::Cutover;
use crate::server::operation::Operation;

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

/// Makes a wave without a cutover of its own; the one of this name when it is there already.
pub async fn create(tx: &mut Operation, project: &str, name: &str) -> Result<String, sqlx::Error> {
    let made = sqlx::query(
        "INSERT INTO wave (id, project_id, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (project_id, name) DO NOTHING",
    )
    .bind(db::new_id())
    .bind(project)
    .bind(name)
    .bind(db::now().as_millisecond())
    .execute(&mut **tx)
    .await?;
    if made.rows_affected() > 0 {
        tx.record(Some(project), "wave.create", name, "").await?;
    }
    sqlx::query_scalar("SELECT id FROM wave WHERE project_id = $1 AND name = $2")
        .bind(project)
        .bind(name)
        .fetch_one(&mut **tx)
        .await
}

/// Sets a wave's cutover (`at_once` leaves lead and spread out), or takes it away, so that the project's holds again.
pub async fn set_cutover(
    tx: &mut Operation,
    project: &str,
    wave: &str,
    at: Option<Timestamp>,
    at_once: bool,
) -> Result<(), sqlx::Error> {
    let version = next_version(tx, project).await?;
    let name: String = sqlx::query_scalar(
        "UPDATE wave SET cutover_at = $1, cutover_at_once = $2, cutover_version = $3, cutover_set_at = $4
         WHERE id = $5 AND project_id = $6 RETURNING name",
    )
    .bind(at.map(Timestamp::as_millisecond))
    .bind(i64::from(at_once))
    .bind(version)
    .bind(db::now().as_millisecond())
    .bind(wave)
    .bind(project)
    .fetch_one(&mut **tx)
    .await?;
    tx.record(Some(project), "wave.cutover", &name, &told(at, at_once)).await?;
    db::ring(tx, project).await
}

/// A cutover that is set this long after it came is still meant as it was typed: fields have no seconds.
const TYPING: SignedDuration = SignedDuration::from_mins(5);

/// Whether everybody would start at once by a cutover at this time, which has to be meant.
pub fn has_passed(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > TYPING
}

/// Whom a cutover moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concerned {
    /// Active users of the wave; or of the project, as far as they are in no wave with a cutover of its own.
    pub users: i64,
    /// Those of them who have a computer.
    pub ready: i64,
}

pub async fn concerned(pool: &AnyPool, project: &str, wave: Option<&str>) -> Result<Concerned, sqlx::Error> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS users, COUNT(CASE WHEN EXISTS
          (SELECT 1 FROM login l WHERE l.user_id = u.id AND l.state = 'bound') THEN 1 END) AS ready
         FROM project_user u LEFT JOIN wave w ON w.id = u.wave_id
         WHERE u.project_id = $1 AND u.state = 'active' AND (u.wave_id = $2 OR ($2 = '' AND w.cutover_at IS NULL))",
    )
    .bind(project)
    .bind(wave.unwrap_or_default())
    .fetch_one(pool)
    .await?;
    Ok(Concerned { users: row.try_get("users")?, ready: row.try_get("ready")? })
}

/// A cutover as the record of what operators did has it.
pub fn told(at: Option<Timestamp>, at_once: bool) -> String {
    match at {
        Some(_) if at_once => "now".into(),
        Some(at) => at.to_string(),
        None => "none".into(),
    }
}

/// Puts users (by id) into a wave, or into none. How many have changed.
pub async fn put_users(
    tx: &mut Operation,
    project: &str,
    wave: Option<&str>,
    users: &[String],
) -> Result<u64, sqlx::Error> {
    let version = next_version(tx, project).await?;
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
        .execute(&mut **tx)
        .await?
        .rows_affected();
    }
    if changed > 0 {
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM wave WHERE id = $1")
            .bind(wave.unwrap_or_default())
            .fetch_optional(&mut **tx)
            .await?;
        tx.record(Some(project), "wave.put", &name.unwrap_or_default(), &changed.to_string()).await?;
    }
    db::ring(tx, project).await?;
    Ok(changed)
}

/// The next version of a cutover in the project: its own and its waves' are counted together.
pub async fn next_version(tx: &mut Operation, project: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("UPDATE project SET last_version = last_version + 1 WHERE id = $1 RETURNING last_version")
        .bind(project)
        .fetch_one(&mut **tx)
        .await
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
