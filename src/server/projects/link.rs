//! The links to personal pages. A link's token is 256 random bits; its hash finds the record, and the token itself is
//! the key that the code is encrypted with. So neither the link nor the code can be read from the database.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sqlx::{AnyPool, Row};

use crate::code::AuthenticationCode;
use crate::secret::Secret;
use crate::server::db::hash::{self, HashError};
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::projects::codes::Issued;

/// Longest token that is looked up, in characters; ours have 43.
const LONGEST: usize = 64;

#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Hash(#[from] HashError),
    #[error("the code could not be encrypted")]
    Sealing,
}

impl From<LinkError> for Refusal {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Database(error) => error.into(),
            LinkError::Hash(error) => error.into(),
            LinkError::Sealing => Self::unhandled(error),
        }
    }
}

/// What a link stands for, as long as it works.
#[derive(Debug)]
pub struct Link {
    pub user_id: String,
    pub code: CodeState,
    pub expires_at: Timestamp,
}

/// What can be said about the code of a link.
#[derive(Debug, PartialEq, Eq)]
pub enum CodeState {
    Ready(AuthenticationCode),
    /// A computer has it.
    Used,
    /// A newer code was given to the person in another way, or there were too many wrong tries.
    Over,
}

/// The address of a personal page below the project's public address.
pub fn address(public_url: &str, token: &Secret) -> Secret {
    Secret::new(format!("{}/p/{}", public_url.trim_end_matches('/'), token.reveal()))
}

/// Makes a link for a code. It works as long as the code is valid, and until [`replace_earlier`] for a newer one.
pub async fn make(db: &Db, user: &str, issued: &Issued) -> Result<Secret, LinkError> {
    let token = hash::new_token()?;
    let sealed = seal(&token, &issued.id, &issued.code).ok_or(LinkError::Sealing)?;
    sqlx::query(
        "INSERT INTO personal_link (token_hash, user_id, code_id, sealed_code, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(hash::of_token(token.reveal()))
    .bind(user)
    .bind(&issued.id)
    .bind(sealed)
    .bind(db::now().as_millisecond())
    .bind(issued.expires_at.as_millisecond())
    .execute(db.pool())
    .await?;
    Ok(token)
}

/// From now on only the link with this code works for the user.
pub async fn replace_earlier(db: &Db, user: &str, code: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM personal_link WHERE user_id = $1 AND code_id <> $2")
        .bind(user)
        .bind(code)
        .execute(db.pool())
        .await
        .map(|_| ())
}

/// None for a link that never was, that has expired, or whose person needs it no more: nobody can tell which.
pub async fn find(pool: &AnyPool, token: &str, now: Timestamp) -> Result<Option<Link>, sqlx::Error> {
    if token.len() > LONGEST {
        return Ok(None);
    }
    let row = sqlx::query(
        "SELECT p.user_id, p.code_id, p.sealed_code, p.expires_at, c.tries_left, c.replaced_at, c.used_at
         FROM personal_link p JOIN code c ON c.id = p.code_id JOIN project_user u ON u.id = p.user_id
         WHERE p.token_hash = $1 AND p.expires_at > $2 AND u.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM event e JOIN login l ON l.id = e.login_id
            WHERE l.user_id = p.user_id AND e.kind IN ('completed', 'finished_by_hand') AND e.received_at > p.created_at)",
    )
    .bind(hash::of_token(token))
    .bind(now.as_millisecond())
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (code, sealed): (String, String) = (row.try_get("code_id")?, row.try_get("sealed_code")?);
    let is_set = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.is_some());
    let code = if is_set("used_at")? {
        CodeState::Used
    } else if is_set("replaced_at")? || row.try_get::<i64, _>("tries_left")? == 0 {
        CodeState::Over
    } else {
        open(token, &code, &sealed).map_or(CodeState::Over, CodeState::Ready)
    };
    Ok(Some(Link { user_id: row.try_get("user_id")?, code, expires_at: db::time(row.try_get("expires_at")?) }))
}

fn seal(token: &Secret, code_id: &str, code: &AuthenticationCode) -> Option<String> {
    let (key, nonce) = key(token.reveal())?;
    let mut text = zeroize::Zeroizing::new(code.reveal().as_bytes().to_vec());
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(code_id), &mut text).ok()?;
    Some(hash::hex(&text) + &hash::hex(tag.as_ref()))
}

fn open(token: &str, code_id: &str, sealed: &str) -> Option<AuthenticationCode> {
    let (key, nonce) = key(token)?;
    let digits = sealed.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let mut bytes = zeroize::Zeroizing::new(digits.collect::<Option<Vec<u8>>>()?);
    let text = key.open_in_place(nonce, Aad::from(code_id), &mut bytes).ok()?;
    AuthenticationCode::parse(std::str::from_utf8(text).ok()?).ok()
}

/// A token is the key of one message only, so the nonce need not differ (RFC 8439 section 2.8 asks for a new one for
/// each message under the same key).
fn key(token: &str) -> Option<(LessSafeKey, Nonce)> {
    let bytes = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(token).ok()?);
    let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).ok()?;
    Some((LessSafeKey::new(key), Nonce::assume_unique_for_key([0; NONCE_LEN])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> AuthenticationCode {
        AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22])
    }

    #[test]
    fn only_the_token_opens_what_it_sealed() {
        let (token, other) = (hash::new_token().expect("a token"), hash::new_token().expect("a token"));
        let sealed = seal(&token, "c", &sample()).expect("sealed");
        assert_eq!(open(token.reveal(), "c", &sealed), Some(sample()));
        assert_eq!(open(other.reveal(), "c", &sealed), None, "another link");
        assert_eq!(open(token.reveal(), "d", &sealed), None, "another code's place");
        assert_eq!(open("not base64!", "c", &sealed), None);
    }
}
