//! Sessions: a random cookie in the browser, its hash in the database.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use sqlx::FromRow;

use crate::secret::Secret;
use crate::server::Settings;
use crate::server::db::{self, Db, hash};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::sign_in::ClientInfo;
use crate::server::operators::{Actor, Role, second_factor};

/// A session ends when it was not used for so long.
pub const IDLE: Duration = Duration::from_hours(8);
/// A session ends so long after it began, used or not.
pub const LIFE: Duration = Duration::from_hours(7 * 24);
/// Use is noted at most as often: reading a page should not write.
const NOTED: Duration = Duration::from_mins(1);
/// How long a browser is known in which somebody has signed in.
pub const KNOWN: Duration = Duration::from_hours(180 * 24);
/// Longest name of a browser that is kept, in characters.
const BROWSER_LIMIT: usize = 200;

#[derive(Debug, Clone, FromRow)]
pub struct Session {
    pub id: String,
    pub operator_id: String,
    pub browser: String,
    pub address: String,
    pub created_at: i64,
    pub used_at: i64,
    /// Wrong codes of the second step, with the right password, before this sign-in.
    pub misses: i64,
}

/// A cookie of this server.
#[derive(Debug, Clone, Copy)]
pub enum Cookie {
    Session,
    /// A browser in which somebody has signed in before.
    Browser,
}

impl Cookie {
    /// Behind TLS the name binds the cookie to this host alone (RFC 6265bis section 4.1.3.2).
    fn name(self, settings: &Settings) -> &'static str {
        match (self, settings.is_https()) {
            (Self::Session, false) => "mailshift",
            (Self::Session, true) => "__Host-mailshift",
            (Self::Browser, false) => "mailshift-browser",
            (Self::Browser, true) => "__Host-mailshift-browser",
        }
    }

    pub fn read(self, settings: &Settings, headers: &HeaderMap) -> Option<Secret> {
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name(settings)).map(|(_, value)| Secret::new(value))
    }

    /// Value of `Set-Cookie`. Links in mails must lead into a session that is open, hence Lax and not Strict.
    pub fn set(self, settings: &Settings, value: &Secret) -> HeaderValue {
        let life = match self {
            Self::Session => LIFE,
            Self::Browser => KNOWN,
        };
        self.header(settings, value.reveal(), life)
    }

    /// Value of `Cookie`, as a browser sends it over plain HTTP.
    pub fn sent(self, value: &Secret) -> HeaderValue {
        let text = format!("{}={}", self.name(&Settings::default()), value.reveal());
        let mut header = HeaderValue::try_from(text).expect("tokens are letters, digits, - and _");
        header.set_sensitive(true);
        header
    }

    pub fn clear(self, settings: &Settings) -> HeaderValue {
        self.header(settings, "", Duration::ZERO)
    }

    fn header(self, settings: &Settings, value: &str, life: Duration) -> HeaderValue {
        let secure = if settings.is_https() { "; Secure" } else { "" };
        let (name, life) = (self.name(settings), life.as_secs());
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life}{secure}");
        let mut header = HeaderValue::try_from(text).expect("tokens are letters, digits, - and _");
        header.set_sensitive(true);
        header
    }
}

/// A new session; sessions of this operator that have ended are forgotten.
pub(super) async fn create(tx: &mut Operation, operator: &str, client: &ClientInfo) -> Result<Secret, Refusal> {
    let token = hash::new_token()?;
    let now = db::now();
    let ended =
        sqlx::query("DELETE FROM operator_session WHERE operator_id = $1 AND (used_at < $2 OR created_at < $3)");
    let ended = ended.bind(operator).bind((now - IDLE).as_millisecond()).bind((now - LIFE).as_millisecond());
    ended.execute(&mut **tx).await?;
    let misses = second_factor::misses(tx, operator).await?;
    sqlx::query(
        "INSERT INTO operator_session (id, operator_id, token_hash, browser, address, created_at, used_at, misses)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
    )
    .bind(db::new_id())
    .bind(operator)
    .bind(hash::of_token(token.reveal()))
    .bind(client.browser.chars().filter(|c| !c.is_control()).take(BROWSER_LIMIT).collect::<String>())
    .bind(client.address.to_string())
    .bind(now.as_millisecond())
    .bind(misses)
    .execute(&mut **tx)
    .await?;
    let query = sqlx::query("UPDATE operator SET signed_in_at = $1 WHERE id = $2");
    query.bind(now.as_millisecond()).bind(operator).execute(&mut **tx).await?;
    Ok(token)
}

const COLUMNS: &str = "SELECT id, operator_id, browser, address, created_at, used_at, misses FROM operator_session ";

/// The open session of a cookie; that it was used is noted.
pub async fn open(db: &Db, token: &Secret) -> Result<Option<Session>, sqlx::Error> {
    let now = db::now();
    let query = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE token_hash = $1 AND used_at > $2 AND created_at > $3"
    )));
    let query = query.bind(hash::of_token(token.reveal()));
    let query = query.bind((now - IDLE).as_millisecond()).bind((now - LIFE).as_millisecond());
    let found: Option<Session> = query.fetch_optional(db.pool()).await?;
    if let Some(session) = &found
        && session.used_at < (now - NOTED).as_millisecond()
    {
        let mut tx = db.write().await?;
        let query = sqlx::query("UPDATE operator_session SET used_at = $1 WHERE id = $2");
        query.bind(now.as_millisecond()).bind(&session.id).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(found)
}

/// The open sessions of whoever acts.
pub async fn own(db: &Db, actor: &Actor) -> Result<Vec<Session>, Refusal> {
    let now = db::now();
    let query = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE operator_id = $1 AND used_at > $2 AND created_at > $3 ORDER BY used_at DESC, id"
    )));
    let query = query.bind(&actor.id).bind((now - IDLE).as_millisecond()).bind((now - LIFE).as_millisecond());
    Ok(query.fetch_all(db.pool()).await?)
}

/// Ends one of one's own sessions.
pub async fn end(db: &Db, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Viewer).await?;
    let query = sqlx::query("DELETE FROM operator_session WHERE operator_id = $1 AND id = $2");
    query.bind(&actor.id).bind(id).execute(&mut *tx).await?;
    tx.record(None, "session.end", &actor.name, "").await?;
    Ok(tx.commit().await?)
}

/// Ends every one of one's own sessions but this.
pub async fn end_others(db: &Db, actor: &Actor, kept: &str) -> Result<(), Refusal> {
    let mut tx = Operation::begin(db, actor, Role::Viewer).await?;
    delete_others(&mut tx, &actor.id, Some(kept)).await?;
    tx.record(None, "session.end", &actor.name, "all others").await?;
    Ok(tx.commit().await?)
}

pub(super) async fn delete_others(tx: &mut Operation, operator: &str, kept: Option<&str>) -> Result<(), sqlx::Error> {
    let query = sqlx::query("DELETE FROM operator_session WHERE operator_id = $1 AND id <> $2");
    query.bind(operator).bind(kept.unwrap_or_default()).execute(&mut **tx).await.map(|_| ())
}

/// Deletes the session of a cookie, whoever's it is.
pub(super) async fn delete(tx: &mut Operation, token: &Secret) -> Result<(), sqlx::Error> {
    let query = sqlx::query("DELETE FROM operator_session WHERE token_hash = $1");
    query.bind(hash::of_token(token.reveal())).execute(&mut **tx).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_tls_the_cookie_is_for_this_host_alone() {
        let settings = Settings { behind_proxy: true, ..Settings::default() };
        let cookie = Cookie::Session.set(&settings, &Secret::new("abc"));
        assert_eq!(
            cookie.to_str().ok(),
            Some("__Host-mailshift=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure")
        );
        assert!(!format!("{cookie:?}").contains("abc"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let settings = Settings::default();
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("a=b; mailshift=x-y; c=d"))]);
        assert_eq!(Cookie::Session.read(&settings, &headers), Some(Secret::new("x-y")));
        assert_eq!(Cookie::Browser.read(&settings, &headers), None);
    }
}
