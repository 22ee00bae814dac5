//! Passwords of operators: long enough, otherwise as they like (NIST SP 800-63B section 3.1.1.2).

use std::sync::OnceLock;

use crate::problem::ResponseCode;
use crate::secret::Secret;
use crate::server::db::hash::{HashError, Hashing};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::account::Account;
use crate::server::operators::{second_factor, session};

/// Characters of a password, at least and at most.
pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 256;

/// # Errors
/// [`ResponseCode::PasswordLength`].
pub fn check(password: &Secret) -> Result<(), Refusal> {
    let length = password.reveal().chars().count();
    if (SHORTEST..=LONGEST).contains(&length) { Ok(()) } else { Err(ResponseCode::PasswordLength.into()) }
}

/// Whether it is the account's password. Takes the same time when there is no account, or none with a password.
pub async fn is_right(hashing: &Hashing, account: Option<&Account>, password: &Secret) -> Result<bool, HashError> {
    static NOBODYS: OnceLock<String> = OnceLock::new();
    if password.reveal().chars().count() > LONGEST {
        // Nobody has such a one, so nothing can be learned from how fast it is refused.
        return Ok(false);
    }
    let own = account.and_then(|account| account.password_hash.clone());
    let hash = if let Some(hash) = own.as_ref().or(NOBODYS.get()) {
        hash.clone()
    } else {
        let hash = hashing.of_password(crate::server::db::hash::new_token()?).await?;
        NOBODYS.get_or_init(|| hash).clone()
    };
    Ok(hashing.is_password(password.clone(), hash).await? && own.is_some())
}

/// Keeps a new password, with the key of the second factor sealed anew, and ends all sessions but this one, and all tokens:
/// somebody else may have made them.
pub async fn keep(
    tx: &mut Operation,
    operator: &str,
    hash: &str,
    sealed: Option<&str>,
    session: Option<&str>,
) -> Result<(), sqlx::Error> {
    if sealed.is_none() {
        second_factor::remove(tx, operator).await?;
    }
    let query = sqlx::query("UPDATE operator SET password_hash = $1, totp_sealed = $2 WHERE id = $3");
    query.bind(hash).bind(sealed).bind(operator).execute(&mut **tx).await?;
    for statement in [
        "DELETE FROM known_browser WHERE operator_id = $1",
        "DELETE FROM api_token WHERE operator_id = $1",
        "UPDATE operator_session SET misses = 0 WHERE operator_id = $1",
    ] {
        sqlx::query(statement).bind(operator).execute(&mut **tx).await?;
    }
    session::end_others(tx, operator, session).await
}

/// Forgets password and second factor and ends all sessions and tokens: somebody else may have made them.
pub async fn forget(tx: &mut Operation, operator: &str) -> Result<(), sqlx::Error> {
    second_factor::remove(tx, operator).await?;
    let query = sqlx::query("UPDATE operator SET password_hash = NULL WHERE id = $1").bind(operator);
    query.execute(&mut **tx).await?;
    sqlx::query("DELETE FROM known_browser WHERE operator_id = $1").bind(operator).execute(&mut **tx).await?;
    sqlx::query("DELETE FROM api_token WHERE operator_id = $1").bind(operator).execute(&mut **tx).await?;
    session::end_others(tx, operator, None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_length_counts() {
        assert!(check(&Secret::new("eleven char")).is_err());
        assert!(check(&Secret::new("twelve chars")).is_ok());
        assert!(check(&Secret::new("ä".repeat(LONGEST))).is_ok());
        assert!(check(&Secret::new("a".repeat(LONGEST + 1))).is_err());
    }
}
