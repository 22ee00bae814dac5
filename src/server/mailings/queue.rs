//! The queue: who may send which letter when, and how it ended.

use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, AnyPool};

use crate::server::db::{self, Db};
use crate::server::mailings::{COLUMNS, Kind, Mailing, State, read};
use crate::server::projects::users::User;

/// How long a try belongs to whoever began it: longer than a try can take. When the process ends in between, the
/// letter is tried again afterwards.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// What `smtp.per_minute` counts over.
const PACE: SignedDuration = SignedDuration::from_mins(1);
/// Tries of one letter: with the pauses of [`pause_after`] for four hours.
const TRIES: i64 = 10;
/// The first pause, doubled from try to try, and the longest one.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(60);

/// What there is to do for a project.
pub enum Turn {
    /// This letter, now; nobody else has it.
    Send(Box<Mailing>),
    /// Nothing before the pace allows it, or before something is due.
    Pause,
}

/// Letters of these projects are due.
pub async fn projects_due(pool: &AnyPool, now: Timestamp) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT project_id FROM mailing WHERE state = 'queued' AND due_at <= $1 ORDER BY project_id",
    )
    .bind(now.as_millisecond())
    .fetch_all(pool)
    .await
}

/// The id of a letter of this kind that the user will get anyway.
pub async fn waiting(tx: &mut AnyConnection, user: &str, kind: Kind) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT id FROM mailing WHERE user_id = $1 AND kind = $2 AND state = 'queued' ORDER BY id LIMIT 1",
    )
    .bind(user)
    .bind(kind.id())
    .fetch_optional(tx)
    .await
}

/// A letter that is to be sent.
#[derive(Debug, Clone)]
pub struct New<'a> {
    pub project: &'a str,
    /// None: to somebody who is not on the list.
    pub user: Option<&'a str>,
    pub kind: Kind,
    pub address: &'a str,
    /// What it is to prove.
    pub registration: Option<&'a str>,
    /// The computer that it tells of, as far as that may be told.
    pub computer: Option<&'a str>,
}

impl<'a> New<'a> {
    /// To a user's old address.
    pub fn to(user: &'a User, kind: Kind) -> Self {
        let (project, address) = (user.project_id.as_str(), user.old_address.as_str());
        Self { project, user: Some(&user.id), kind, address, registration: None, computer: None }
    }
}

/// A letter that is due now.
pub async fn add(tx: &mut AnyConnection, new: &New<'_>, now: Timestamp) -> Result<String, sqlx::Error> {
    let id = db::new_id();
    sqlx::query(
        "INSERT INTO mailing (id, project_id, user_id, registration_id, kind, state, address, computer, tries, created_at,
         due_at) VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, 0, $8, $8)",
    )
    .bind(&id)
    .bind(new.project)
    .bind(new.user)
    .bind(new.registration)
    .bind(new.kind.id())
    .bind(new.address)
    .bind(new.computer)
    .bind(now.as_millisecond())
    .execute(tx)
    .await?;
    Ok(id)
}

/// Takes the next letter of a project. Who registers sits and waits for theirs, and of a new password is heard soon.
pub async fn take(db: &Db, project: &str, per_minute: u32, now: Timestamp) -> Result<Turn, sqlx::Error> {
    let mut tx = db.write().await?;
    if is_spent(&mut tx, project, per_minute, now).await? {
        return Ok(Turn::Pause);
    }
    let next: Option<String> = sqlx::query_scalar(
        "SELECT id FROM mailing WHERE project_id = $1 AND state = 'queued' AND due_at <= $2
         ORDER BY CASE kind WHEN 'registration' THEN 0 WHEN 'password' THEN 1 ELSE 2 END, due_at, id LIMIT 1",
    )
    .bind(project)
    .bind(now.as_millisecond())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(id) = next else { return Ok(Turn::Pause) };
    let taken = begin(&mut tx, &id, now).await?;
    tx.commit().await?;
    Ok(taken.map_or(Turn::Pause, |mailing| Turn::Send(Box::new(mailing))))
}

/// Adds a letter that the caller sends itself.
pub async fn take_new(
    tx: &mut AnyConnection,
    user: &User,
    kind: Kind,
    per_minute: u32,
    now: Timestamp,
) -> Result<Turn, sqlx::Error> {
    if is_spent(tx, &user.project_id, per_minute, now).await? {
        return Ok(Turn::Pause);
    }
    let id = add(tx, &New::to(user, kind), now).await?;
    let taken = begin(tx, &id, now).await?;
    Ok(taken.map_or(Turn::Pause, |mailing| Turn::Send(Box::new(mailing))))
}

/// Counts a try and keeps others away. None when somebody else was faster.
async fn begin(tx: &mut AnyConnection, id: &str, now: Timestamp) -> Result<Option<Mailing>, sqlx::Error> {
    let begun = sqlx::query(
        "UPDATE mailing SET tries = tries + 1, tried_at = $1, due_at = $2
         WHERE id = $3 AND state = 'queued' AND due_at <= $1",
    )
    .bind(now.as_millisecond())
    .bind(later(now, LEASE).as_millisecond())
    .bind(id)
    .execute(&mut *tx)
    .await?;
    if begun.rows_affected() == 0 {
        return Ok(None);
    }
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE m.id = $1"));
    read(&sqlx::query(query).bind(id).fetch_one(tx).await?).map(Some)
}

async fn is_spent(tx: &mut AnyConnection, project: &str, per_minute: u32, now: Timestamp) -> Result<bool, sqlx::Error> {
    let since = now.checked_sub(PACE).unwrap_or(Timestamp::MIN);
    let tried: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM mailing WHERE project_id = $1 AND tried_at > $2")
        .bind(project)
        .bind(since.as_millisecond())
        .fetch_one(tx)
        .await?;
    Ok(tried >= i64::from(per_minute))
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With the id of the invitation's code in it.
    Sent {
        code: Option<String>,
    },
    /// To be tried again, when there are tries left.
    Troubled(String),
    Failed(String),
}

/// Records how a try ended. A letter whose bounce was faster stays bounced.
pub async fn end(db: &Db, mailing: &Mailing, end: End, now: Timestamp) -> Result<State, sqlx::Error> {
    let next = match &end {
        End::Troubled(_) => pause_after(mailing.tries).map(|pause| later(now, pause)),
        End::Sent { .. } | End::Failed(_) => None,
    };
    let (state, code, trouble) = match end {
        End::Sent { code } => (State::Sent, code, None),
        End::Troubled(trouble) if next.is_some() => (State::Queued, None, Some(trouble)),
        End::Troubled(trouble) | End::Failed(trouble) => (State::Failed, None, Some(trouble)),
    };
    let sent_at = (state == State::Sent).then(|| now.as_millisecond());
    let mut tx = db.write().await?;
    sqlx::query(
        "UPDATE mailing SET state = $1, code_id = $2, trouble = $3, sent_at = $4, due_at = $5
         WHERE id = $6 AND state = 'queued'",
    )
    .bind(state.id())
    .bind(code)
    .bind(trouble)
    .bind(sent_at)
    .bind(next.unwrap_or(now).as_millisecond())
    .bind(&mailing.id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(state)
}

/// How it stands with a letter, and what the mail server has said. None: it was not needed any more.
pub async fn state(pool: &AnyPool, id: &str) -> Result<Option<(State, Option<String>)>, sqlx::Error> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE m.id = $1"));
    let row = sqlx::query(query).bind(id).fetch_optional(pool).await?;
    row.map(|row| read(&row).map(|mailing| (mailing.state, mailing.trouble))).transpose()
}

/// Takes a letter back that is not needed any more.
pub async fn remove(pool: &AnyPool, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM mailing WHERE id = $1").bind(id).execute(pool).await.map(|_| ())
}

/// The pause after so many tries; none when they are used up.
fn pause_after(tries: i64) -> Option<SignedDuration> {
    let doubled = u32::try_from(tries.max(1) - 1).ok().and_then(|times| 2_i32.checked_pow(times));
    let pause = doubled.and_then(|factor| FIRST_PAUSE.checked_mul(factor)).unwrap_or(LONGEST_PAUSE);
    (tries < TRIES).then(|| pause.min(LONGEST_PAUSE))
}

fn later(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_end() {
        let minutes: Vec<i64> = (1..=TRIES).filter_map(pause_after).map(|pause| pause.as_mins()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pause_after(i64::MAX), None);
        assert_eq!(pause_after(0), Some(FIRST_PAUSE));
    }
}
