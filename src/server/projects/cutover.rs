//! When the mail moves: of a whole project, or of one wave.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use crate::problem::ResponseCode;
use crate::server::db::{self, Db, time};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::waves::Wave;

/// A cutover that is set this long after it came is still meant as it was typed: fields have no seconds.
const TYPING: SignedDuration = SignedDuration::from_mins(5);
/// A cutover is at most so far from now, either way: ten years. What is further away is a slip.
const FARTHEST: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);

/// When the mail is to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Everybody at once, without lead and spread.
    Now,
    /// `at_once` leaves lead and spread out, and means a time that has passed.
    At { at: Timestamp, at_once: bool },
    /// Computers that have not begun wait; a wave follows its project's cutover.
    Never,
}

/// Sets the cutover of a project, or of one of its waves.
///
/// # Errors
/// [`ResponseCode::NoAccountSettings`] when everybody would start at once and nobody could; [`ResponseCode::FieldFaults`]
/// for a time that is too far away, or has passed without being meant.
pub async fn set(db: &Db, actor: &Actor, project: &Project, wave: Option<&Wave>, when: When) -> Result<(), Refusal> {
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let ready = project.settings.account.is_some();
    write(&mut op, &project.id, wave.map(|wave| wave.id.as_str()), when, ready).await?;
    Ok(op.commit().await?)
}

/// The same as a part of another operation; `ready` says whether the project has its account settings.
pub async fn write(
    op: &mut Operation,
    project: &str,
    wave: Option<&str>,
    when: When,
    ready: bool,
) -> Result<(), Refusal> {
    let now = db::now();
    let (at, at_once) = when.checked(now)?;
    if at_once && !ready {
        return Err(ResponseCode::NoAccountSettings.into());
    }
    let version = next_version(op, project).await?;
    let (set, action) = match wave {
        None => (sqlx::query_scalar(PROJECT).bind(project), "project.cutover"),
        Some(wave) => (sqlx::query_scalar(WAVE).bind(project).bind(wave), "wave.cutover"),
    };
    let values = (at.map(Timestamp::as_millisecond), i64::from(at_once));
    let set = set.bind(values.0).bind(values.1).bind(version).bind(now.as_millisecond());
    let name: Option<String> = set.fetch_optional(&mut **op).await?;
    let name = name.ok_or_else(Refusal::no_such_resource)?;
    op.record(Some(project), action, &name, &detail(at, at_once)).await?;
    Ok(op.wake(project).await?)
}

const PROJECT: &str =
    "UPDATE project SET cutover_at = $2, cutover_at_once = $3, cutover_version = $4, cutover_set_at = $5
    WHERE id = $1 RETURNING name";
const WAVE: &str = "UPDATE wave SET cutover_at = $3, cutover_at_once = $4, cutover_version = $5, cutover_set_at = $6
    WHERE project_id = $1 AND id = $2 RETURNING name";

impl When {
    /// The moment, as exact as the database keeps it, and whether everybody starts at once.
    fn checked(self, now: Timestamp) -> Result<(Option<Timestamp>, bool), Refusal> {
        match self {
            Self::Now => Ok((Some(now), true)),
            Self::Never => Ok((None, false)),
            Self::At { at, at_once: false } if has_passed(at, now) => {
                Err(Refusal::fault("at", "this time has passed; give a later one, or add \"at_once\": true"))
            }
            Self::At { at, at_once } => near("at", at).map(|at| (Some(at), at_once)),
        }
    }
}

/// A time within ten years of now, as exact as the database keeps it.
///
/// # Errors
/// [`ResponseCode::FieldFaults`].
fn near(field: &str, at: Timestamp) -> Result<Timestamp, Refusal> {
    if at.duration_since(db::now()).abs() > FARTHEST {
        return Err(Refusal::fault(field, "give a time within ten years"));
    }
    Ok(time(at.as_millisecond()))
}

/// The same that is still to come.
///
/// # Errors
/// [`ResponseCode::FieldFaults`].
pub fn to_come(field: &str, at: Timestamp) -> Result<Timestamp, Refusal> {
    if at <= db::now() {
        return Err(Refusal::fault(field, "give a time that is still to come"));
    }
    near(field, at)
}

/// Whether everybody would start at once by a cutover at this time, which has to be meant.
pub fn has_passed(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > TYPING
}

/// As the record of what operators did has it.
fn detail(at: Option<Timestamp>, at_once: bool) -> String {
    match at {
        Some(_) if at_once => "now".into(),
        Some(at) => at.to_string(),
        None => "none".into(),
    }
}

/// The next version of a cutover in the project: its own and its waves' are counted together.
pub async fn next_version(op: &mut Operation, project: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("UPDATE project SET last_version = last_version + 1 WHERE id = $1 RETURNING last_version")
        .bind(project)
        .fetch_one(&mut **op)
        .await
}

/// Whom a cutover moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concerned {
    /// Active users of the wave; or of the project, as far as they are in no wave with a cutover of its own.
    pub users: i64,
    /// Those of them who have a computer.
    pub ready: i64,
}

/// Whom a cutover of the project, or of the wave, moves; for whoever may set it.
///
/// # Errors
/// When the actor may not, and when the database fails.
pub async fn concerned(db: &Db, actor: &Actor, project: &Project, wave: Option<&Wave>) -> Result<Concerned, Refusal> {
    actor.may(Role::Operator)?;
    let row = sqlx::query(
        "SELECT COUNT(*) AS users, COUNT(CASE WHEN EXISTS
          (SELECT 1 FROM login l WHERE l.user_id = u.id AND l.state = 'bound') THEN 1 END) AS ready
         FROM project_user u LEFT JOIN wave w ON w.id = u.wave_id
         WHERE u.project_id = $1 AND u.state = 'active' AND (u.wave_id = $2 OR ($2 = '' AND w.cutover_at IS NULL))",
    )
    .bind(&project.id)
    .bind(wave.map_or("", |wave| &wave.id))
    .fetch_one(db.pool())
    .await?;
    Ok(Concerned { users: row.try_get("users")?, ready: row.try_get("ready")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_is_not_too_far_away_and_is_meant_is_taken() {
        let now = db::now();
        let checked = |at, at_once| When::At { at, at_once }.checked(now);
        assert!(When::Now.checked(now).is_ok_and(|(_, at_once)| at_once));
        assert!(When::Never.checked(now).is_ok_and(|(at, _)| at.is_none()));
        assert!(checked(now, false).is_ok_and(|(_, at_once)| !at_once));
        for year in ["9000", "0001"] {
            let far = format!("{year}-01-01T00:00:00Z").parse().expect("a time");
            assert!(checked(far, true).is_err_and(|refusal| refusal.code() == ResponseCode::FieldFaults), "{year}");
        }
        let past = now - SignedDuration::from_hours(1);
        assert!(checked(past, false).is_err(), "a slip of the pen starts nobody");
        assert!(checked(past, true).is_ok_and(|(_, at_once)| at_once));
    }
}
