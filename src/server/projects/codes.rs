//! Authentication codes as records: making them, and trying them without giving anyone a try too many.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use crate::code::AuthenticationCode;
use crate::problem::ResponseCode;
use crate::server::Service;
use crate::server::db::hash::{self, HashError};
use crate::server::db::{self, Db, time};
use crate::server::http::attempts::Guess;
pub use crate::server::http::attempts::TRIES;
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::users::User;

/// How long a no takes at least: longer than comparing.
const NO: Duration = Duration::from_millis(200);
/// How often another public part is drawn when one is taken already. There are a million of them.
const DRAWS: usize = 20;

/// How a code reaches the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SentBy {
    Mail,
    /// Told by the operator, on the phone for instance.
    Operator,
}

impl SentBy {
    fn id(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Operator => "operator",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Hash(#[from] HashError),
    #[error("no free code was found; delete projects that are over")]
    Full,
}

impl From<IssueError> for Refusal {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Database(error) => error.into(),
            IssueError::Hash(error) => error.into(),
            IssueError::Full => Self::unhandled(error),
        }
    }
}

/// A code that was just made. Earlier codes of the user still work until [`replace_earlier`].
#[derive(Debug)]
pub struct Issued {
    pub id: String,
    pub code: AuthenticationCode,
    pub expires_at: Timestamp,
}

/// Makes a new code for a user, to be mailed, valid for `valid`.
pub async fn issue(db: &Db, user: &str, valid: SignedDuration) -> Result<Issued, IssueError> {
    for _ in 0..DRAWS {
        let (code, hash) = hash::new_code()?;
        let mut tx = db.write().await?;
        if let Some(issued) = put(&mut tx, user, code, hash, SentBy::Mail, valid).await? {
            tx.commit().await?;
            return Ok(issued);
        }
    }
    Err(IssueError::Full)
}

/// Makes a new code that an operator tells a user, on the phone for instance. From now on only this one works.
///
/// # Errors
/// When the actor may not, [`ResponseCode::NoAccountSettings`] while the agent could not use it, and when none can be made.
pub async fn tell(db: &Db, actor: &Actor, project: &Project, user: &User) -> Result<Issued, Refusal> {
    let valid = project.settings.code_validity();
    for _ in 0..DRAWS {
        let (code, hash) = hash::new_code()?;
        let mut tx = Operation::begin(db, actor, Role::Operator).await?;
        if project.settings.account.is_none() {
            return Err(ResponseCode::NoAccountSettings.into());
        }
        if let Some(issued) = put(&mut tx, &user.id, code, hash, SentBy::Operator, valid).await? {
            replace(&mut tx, &user.id, &issued.id).await?;
            tx.record(Some(&user.project_id), "user.code", &user.old_address, "").await?;
            tx.commit().await?;
            return Ok(issued);
        }
    }
    Err(IssueError::Full.into())
}

/// None when its public part is taken.
async fn put(
    tx: &mut AnyConnection,
    user: &str,
    code: AuthenticationCode,
    hash: String,
    sent_by: SentBy,
    valid: SignedDuration,
) -> Result<Option<Issued>, sqlx::Error> {
    let now = db::now();
    let expires_at = now.checked_add(valid).unwrap_or(Timestamp::MAX);
    let id = db::new_id();
    let made = sqlx::query(
        "INSERT INTO code (id, user_id, public_id, secret_hash, tries_left, created_at, expires_at, sent_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (public_id) DO NOTHING",
    )
    .bind(id.clone())
    .bind(user)
    .bind(code.public().to_owned())
    .bind(hash)
    .bind(TRIES)
    .bind(now.as_millisecond())
    .bind(expires_at.as_millisecond())
    .bind(sent_by.id())
    .execute(tx)
    .await?;
    Ok((made.rows_affected() == 1).then_some(Issued { id, code, expires_at }))
}

/// From now on only this code of the user works.
pub async fn replace_earlier(db: &Db, user: &str, newest: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    replace(&mut tx, user, newest).await?;
    tx.commit().await
}

async fn replace(tx: &mut AnyConnection, user: &str, newest: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE code SET replaced_at = $1 WHERE user_id = $2 AND id <> $3 AND replaced_at IS NULL")
        .bind(db::now().as_millisecond())
        .bind(user)
        .bind(newest)
        .execute(tx)
        .await
        .map(|_| ())
}

/// Takes back a code that did not reach anybody.
pub async fn withdraw(db: &Db, id: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    sqlx::query("DELETE FROM code WHERE id = $1").bind(id).execute(&mut *tx).await?;
    tx.commit().await
}

/// A record whose secret is about to be compared: one try has been taken for it, unless it is locked.
pub struct Tried {
    pub id: String,
    pub user_id: String,
    secret_hash: String,
    tries_left: u32,
    expires_at: Timestamp,
    replaced: bool,
    used: bool,
}

/// The columns of [`Tried`].
const TRIED: &str = "id, user_id, secret_hash, tries_left, expires_at, replaced_at, used_at";

/// Takes one try before anything is compared, in one statement: any number of questions at once get [`TRIES`] together.
async fn take_try(db: &Db, public_id: &str) -> Result<Option<Tried>, Refusal> {
    let mut tx = db.write().await?;
    let taken = sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE code SET tries_left = tries_left - 1 WHERE public_id = $1 AND tries_left > 0 RETURNING {TRIED}"
    )))
    .bind(public_id)
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(taken.as_ref().map(tried).transpose()?)
}

/// Compares a code with its record. Only a wrong secret costs the try. Whether there is such a code, and whether it is
/// locked, shows neither in the words nor, as long as there is time to compare at once, in the time that a no takes.
pub async fn compare(service: &Service, guess: &Guess<'_>, code: AuthenticationCode) -> Result<Tried, Refusal> {
    let asked = tokio::time::Instant::now();
    let compared = compared(service, guess, code).await;
    if compared.as_ref().is_err_and(|refusal| refusal.tries().is_some()) {
        tokio::time::sleep_until(asked + NO).await;
    }
    compared
}

async fn compared(service: &Service, guess: &Guess<'_>, code: AuthenticationCode) -> Result<Tried, Refusal> {
    let public = code.public().to_owned();
    // Most guesses end here, and keep no writer waiting.
    let found = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {TRIED} FROM code WHERE public_id = $1")));
    let Some(found) = found.bind(&public).fetch_optional(service.db.pool()).await? else {
        return Err(guess.is_of_nothing(&public));
    };
    let known = tried(&found)?;
    let is_locked = known.tries_left == 0;
    if is_locked && !guess.is_spared(&public) {
        return Err(Refusal::locked());
    }
    let unspared = || {
        if is_locked {
            guess.was_rightly_spared(&public);
        }
    };
    let comparison = guess.compares().inspect_err(|_| unspared())?;
    let taken = if is_locked { Some(known) } else { take_try(&service.db, &public).await? };
    let Some(tried) = taken else {
        comparison.costs_nothing();
        return Err(Refusal::locked());
    };
    let right = service.hashing.is_right(code, tried.secret_hash.clone()).await;
    if let Ok(false) = right {
        comparison.was_wrong(&public);
        return Err(if is_locked { Refusal::locked() } else { Refusal::wrong_code(tried.tries_left) });
    }
    comparison.costs_nothing();
    unspared();
    if !is_locked {
        give_back(&service.db, &tried.id).await?;
    }
    right?;
    Ok(tried)
}

fn tried(row: &AnyRow) -> Result<Tried, sqlx::Error> {
    Ok(Tried {
        id: row.try_get("id")?,
        user_id: row.try_get("user_id")?,
        secret_hash: row.try_get("secret_hash")?,
        tries_left: u32::try_from(row.try_get::<i64, _>("tries_left")?).unwrap_or(0),
        expires_at: time(row.try_get("expires_at")?),
        replaced: row.try_get::<Option<i64>, _>("replaced_at")?.is_some(),
        used: row.try_get::<Option<i64>, _>("used_at")?.is_some(),
    })
}

/// Gives a try back: the secret was right, or nothing was compared.
async fn give_back(db: &Db, id: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    sqlx::query("UPDATE code SET tries_left = tries_left + 1 WHERE id = $1 AND tries_left < $2")
        .bind(id)
        .bind(TRIES)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

impl Tried {
    /// Whether a code whose secret was right may still be used.
    pub fn usable(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.used {
            return Err(ResponseCode::CodeUsed.into());
        }
        if self.replaced || self.expires_at <= now {
            return Err(ResponseCode::CodeExpired.into());
        }
        Ok(())
    }
}

/// Spends a code for a device: only the first device gets it.
pub async fn spend(tx: &mut AnyConnection, code: &str, device: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
    let spent = sqlx::query(
        "UPDATE code SET used_at = $1, used_by = $2 WHERE id = $3 AND used_by IS NULL
         AND replaced_at IS NULL",
    )
    .bind(now.as_millisecond())
    .bind(device)
    .bind(code)
    .execute(&mut *tx)
    .await?;
    if spent.rows_affected() == 0 {
        return Ok(false);
    }
    // Of the codes that a user has, one is used.
    sqlx::query(
        "UPDATE registration SET expires_at = $1 WHERE user_id = (SELECT user_id FROM code WHERE id = $2)
         AND proof = 'code' AND answered_at IS NULL AND expires_at > $1",
    )
    .bind(now.as_millisecond())
    .bind(code)
    .execute(tx)
    .await?;
    Ok(true)
}

/// None of the user's codes works any more: they have used one that a registration has sent.
pub async fn end(tx: &mut AnyConnection, user: &str) -> Result<(), sqlx::Error> {
    replace(tx, user, "").await
}
