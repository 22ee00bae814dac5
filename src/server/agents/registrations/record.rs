//! Registrations in the database: who says to be whom, until a mail to the address is answered.

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};
use uuid::Uuid;

use crate::code::AuthenticationCode;
use crate::problem::ResponseCode;
use crate::protocol::Proof;
use crate::server::Service;
use crate::server::db::{self, Db, hash, time};
use crate::server::http::error::Refusal;
use crate::server::projects::users::{self, User};
use crate::server::projects::{codes, identity};

/// How long a mail can be answered.
const VALID: SignedDuration = SignedDuration::from_hours(48);
/// Wrong digits until a link has ended.
pub const TRIES: i64 = 3;

/// Somebody has said who they are.
pub struct New<'a> {
    pub project: &'a str,
    pub login: Uuid,
    /// None: nobody on the list has the address.
    pub user: Option<&'a str>,
    pub proof: Proof,
    /// Where the mail goes.
    pub address: &'a str,
    pub name: &'a str,
    /// BCP 47.
    pub language: &'a str,
    /// What the page behind a link asks for.
    pub digits: Option<&'a str>,
}

/// A registration whose mail may be answered, or was.
#[derive(Debug)]
pub struct Registration {
    pub id: String,
    pub project_id: String,
    pub login: Uuid,
    pub user_id: Option<String>,
    pub proof: Proof,
    pub address: String,
    pub name: String,
    pub language: String,
    pub tries_left: i64,
    pub answered: bool,
    digits: Option<String>,
    expires_at: Timestamp,
}

const COLUMNS: &str = "SELECT id, project_id, login_id, user_id, proof, address, name, language, digits, tries_left,
    expires_at, answered_at FROM registration ";

fn id(proof: Proof) -> &'static str {
    match proof {
        Proof::Link => "link",
        Proof::Code => "code",
    }
}

fn read(row: &AnyRow) -> Result<Registration, Refusal> {
    let proof = if row.try_get::<String, _>("proof")? == id(Proof::Link) { Proof::Link } else { Proof::Code };
    Ok(Registration {
        id: row.try_get("id")?,
        project_id: row.try_get("project_id")?,
        login: row.try_get::<String, _>("login_id")?.parse().map_err(|_| ResponseCode::UnknownAgent)?,
        user_id: row.try_get("user_id")?,
        proof,
        address: row.try_get("address")?,
        name: row.try_get("name")?,
        language: row.try_get("language")?,
        tries_left: row.try_get("tries_left")?,
        answered: row.try_get::<Option<i64>, _>("answered_at")?.is_some(),
        digits: row.try_get("digits")?,
        expires_at: time(row.try_get("expires_at")?),
    })
}

/// Records it; its id. A newer one of the same login and kind takes the place of earlier ones. None when the database took
/// the record and did not keep it.
pub async fn add(tx: &mut AnyConnection, new: &New<'_>, now: Timestamp) -> Result<Option<String>, sqlx::Error> {
    sqlx::query(
        "DELETE FROM registration WHERE (login_id = $1 AND proof = $2 AND answered_at IS NULL) OR expires_at <= $3",
    )
    .bind(new.login.to_string())
    .bind(id(new.proof))
    .bind(now.as_millisecond())
    .execute(&mut *tx)
    .await?;
    sqlx::query_scalar(
        "INSERT INTO registration (id, project_id, login_id, user_id, proof, address, address_key, name, language, digits,
         tries_left, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id",
    )
    .bind(db::new_id())
    .bind(new.project)
    .bind(new.login.to_string())
    .bind(new.user)
    .bind(id(new.proof))
    .bind(new.address)
    .bind(users::key(new.address))
    .bind(new.name)
    .bind(new.language)
    .bind(new.digits)
    .bind(if new.proof == Proof::Link { TRIES } else { codes::TRIES })
    .bind(now.as_millisecond())
    .bind(now.checked_add(VALID).unwrap_or(Timestamp::MAX).as_millisecond())
    .fetch_optional(tx)
    .await
}

pub async fn remove(db: &Db, id: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.write().await?;
    sqlx::query("DELETE FROM registration WHERE id = $1").bind(id).execute(&mut *tx).await?;
    tx.commit().await
}

/// The registration of this id, when its mail may still be answered.
pub async fn open(pool: &AnyPool, id: &str, now: Timestamp) -> Result<Option<Registration>, Refusal> {
    let query = AssertSqlSafe(format!("{COLUMNS} WHERE id = $1 AND answered_at IS NULL AND expires_at > $2"));
    let row = sqlx::query(query).bind(id).bind(now.as_millisecond()).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// The registration whose link has this token.
pub async fn linked(pool: &AnyPool, token: &str, now: Timestamp) -> Result<Option<Registration>, Refusal> {
    let query = AssertSqlSafe(format!("{COLUMNS} WHERE token_hash = $1 AND expires_at > $2"));
    let row = sqlx::query(query).bind(hash::of_token(token)).bind(now.as_millisecond()).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// The registration whose mail held this code, as far as that can be told by its public part: of this address, or of one of
/// these users.
pub async fn coded(
    pool: &AnyPool,
    project: &str,
    (address, known): (&str, &[User]),
    code: &AuthenticationCode,
) -> Result<Option<Registration>, Refusal> {
    let query = AssertSqlSafe(format!("{COLUMNS} WHERE project_id = $1 AND public_id = $2 ORDER BY created_at DESC"));
    let rows = sqlx::query(query).bind(project).bind(code.public().to_owned()).fetch_all(pool).await?;
    for row in &rows {
        let found = read(row)?;
        let theirs = |user: &User| found.user_id.as_deref() == Some(user.id.as_str());
        if users::key(&found.address) == users::key(address) || known.iter().any(theirs) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The token of its link, of which only the hash is kept; earlier ones end.
pub async fn new_token(db: &Db, id: &str) -> Result<crate::secret::Secret, codes::IssueError> {
    let token = hash::new_token()?;
    let mut tx = db.write().await?;
    sqlx::query("UPDATE registration SET token_hash = $1 WHERE id = $2")
        .bind(hash::of_token(token.reveal()))
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(token)
}

/// The same for a code.
pub async fn new_code(db: &Db, id: &str) -> Result<AuthenticationCode, codes::IssueError> {
    let (code, secret_hash) = hash::new_code()?;
    let mut tx = db.write().await?;
    sqlx::query("UPDATE registration SET public_id = $1, secret_hash = $2 WHERE id = $3")
        .bind(code.public().to_owned())
        .bind(secret_hash)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(code)
}

impl Registration {
    /// Compares a code with its record. One try is taken before, and given back unless the secret is wrong.
    pub async fn compare(&self, service: &Service, code: AuthenticationCode, now: Timestamp) -> Result<(), Refusal> {
        let mut tx = service.db.write().await?;
        let taken: Option<(Option<String>, i64)> = sqlx::query_as(
            "UPDATE registration SET tries_left = tries_left - 1 WHERE id = $1 AND tries_left > 0
             RETURNING secret_hash, tries_left",
        )
        .bind(&self.id)
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        let (hash, tries_left) = taken.ok_or_else(Refusal::locked)?;
        let compared = service.hashing.is_right(code, hash.unwrap_or_default()).await;
        if compared.as_ref().is_ok_and(|right| !right) {
            return Err(Refusal::wrong_code(u32::try_from(tries_left).unwrap_or(0)));
        }
        let mut tx = service.db.write().await?;
        sqlx::query("UPDATE registration SET tries_left = tries_left + 1 WHERE id = $1 AND tries_left < $2")
            .bind(&self.id)
            .bind(codes::TRIES)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        compared?;
        if self.answered {
            return Err(ResponseCode::CodeUsed.into());
        }
        if self.expires_at <= now { Err(ResponseCode::CodeExpired.into()) } else { Ok(()) }
    }

    /// Whether these are the digits that the computer shows. One try is taken for it; how many are left then.
    pub async fn is_shown(&self, tx: &mut AnyConnection, digits: &str) -> Result<(bool, i64), sqlx::Error> {
        let left: Option<i64> = sqlx::query_scalar(
            "UPDATE registration SET tries_left = tries_left - 1 WHERE id = $1 AND tries_left > 0 AND answered_at IS NULL
             RETURNING tries_left",
        )
        .bind(&self.id)
        .fetch_optional(tx)
        .await?;
        Ok((left.is_some() && self.digits.as_deref() == Some(digits), left.unwrap_or(0)))
    }

    /// Whose the proved address is. Who was not on the list is recorded now: before, somebody only said so.
    pub async fn person(&self, tx: &mut AnyConnection, now: Timestamp) -> Result<Vec<User>, Refusal> {
        if let Some(user) = &self.user_id {
            return Ok(vec![users::find(&mut *tx, user).await?]);
        }
        // The list may have been read in meanwhile.
        let found = users::all_addressed(&mut *tx, &self.project_id, &self.address).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        let name = if self.name.is_empty() { &self.address } else { &self.name };
        let new = users::New { name, address: &self.address, language: &self.language };
        Ok(users::register(tx, &self.project_id, &new, now).await?.into_iter().collect())
    }

    /// The mail was answered: it counts once. False when somebody was faster.
    pub async fn answer(&self, tx: &mut AnyConnection, user: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
        let answered =
            sqlx::query("UPDATE registration SET answered_at = $1, user_id = $2 WHERE id = $3 AND answered_at IS NULL")
                .bind(now.as_millisecond())
                .bind(user)
                .bind(&self.id)
                .execute(&mut *tx)
                .await?;
        // From now on it is known whose the mail was.
        sqlx::query("UPDATE mailing SET user_id = $1 WHERE registration_id = $2 AND user_id IS NULL")
            .bind(user)
            .bind(&self.id)
            .execute(tx)
            .await?;
        Ok(answered.rows_affected() == 1)
    }
}

/// The one active user among those who have an address.
pub fn only_active(found: Vec<User>) -> Option<User> {
    let is_active = |user: &User| identity::State::of(&user.state) == Some(identity::State::Active);
    <[User; 1]>::try_from(found).ok().map(|[user]| user).filter(is_active)
}
