//! Passwords of operators: long enough, otherwise as they like (NIST SP 800-63B section 3.1.1.2).

use std::sync::OnceLock;

use sqlx::AnyConnection;

use super::account::Account;
use crate::secret::Secret;
use crate::server::hash::{HashError, Hashing};
use crate::server::refusal::Refusal;

/// Characters of a password, at least and at most.
pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 256;

/// # Errors
/// [`Refusal::PasswordLength`].
pub fn check(password: &Secret) -> Result<(), Refusal> {
    let length = password.reveal().chars().count();
    if (SHORTEST..=LONGEST).contains(&length) { Ok(()) } else { Err(Refusal::PasswordLength) }
}

/// Whether it is the account's password. Takes the same time when there is no account, or none with a password.
pub async fn is_right(hashing: &Hashing, account: Option<&Account>, password: &Secret) -> Result<bool, HashError> {
    static NOBODYS: OnceLock<String> = OnceLock::new();
    if password.reveal().chars().count() > LONGEST {
        // Nobody has such a one, so nothing can be learned from how fast it is refused.
        return Ok(false);
    }
    let hash = account.and_then(|account| account.password_hash.clone());
    let nobodys = match NOBODYS.get() {
        Some(hash) => hash.clone(),
        None => {
            let hash = hashing.of_password(crate::server::hash::new_token()?).await?;
            NOBODYS.get_or_init(|| hash).clone()
        }
    };
    hashing.is_password(password.clone(), hash.unwrap_or(nobodys)).await
}

/// Keeps a new password and ends the other sessions.
pub async fn keep(
    tx: &mut AnyConnection,
    operator: &str,
    hash: &str,
    sealed: Option<&str>,
    session: Option<&str>,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query("UPDATE operator SET password_hash = $1, totp_sealed = $2 WHERE id = $3");
    query.bind(hash).bind(sealed).bind(operator).execute(&mut *tx).await?;
    if sealed.is_none() {
        sqlx::query("DELETE FROM recovery_code WHERE operator_id = $1").bind(operator).execute(&mut *tx).await?;
    }
    sqlx::query("DELETE FROM known_browser WHERE operator_id = $1").bind(operator).execute(&mut *tx).await?;
    let query = sqlx::query("DELETE FROM operator_session WHERE operator_id = $1 AND id <> $2");
    query.bind(operator).bind(session.unwrap_or_default()).execute(tx).await.map(|_| ())
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
