//! Passwords of operators: long enough, otherwise as they like (NIST SP 800-63B section 3.1.1.2).

use std::sync::OnceLock;

use crate::problem::{Fault, ResponseCode};
use crate::secret::Secret;
use crate::server::Service;
use crate::server::db::hash::{HashError, Hashing};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::account::Account;
use crate::server::operators::sign_in::{self, ClientInfo};
use crate::server::operators::{Actor, Role, account, second_factor, session};

/// Characters of a password, at least and at most.
pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 256;

/// A password that somebody has chosen, and typed twice.
pub struct NewPassword(Secret);

impl NewPassword {
    /// # Errors
    /// [`ResponseCode::PasswordLength`], and [`ResponseCode::FieldFaults`] when the two differ.
    pub fn parse(password: Secret, again: &Secret) -> Result<Self, Refusal> {
        if !(SHORTEST..=LONGEST).contains(&password.reveal().chars().count()) {
            return Err(ResponseCode::PasswordLength.into());
        }
        if password == *again {
            return Ok(Self(password));
        }
        let remedy = "write the same password twice".into();
        Err(Refusal::faults(vec![Fault { field: "again".into(), line: None, remedy }]))
    }

    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// Whether it is the account's password. Takes the same time when there is no account, or none with a password.
pub(super) async fn is_right(
    hashing: &Hashing,
    account: Option<&Account>,
    password: &Secret,
) -> Result<bool, HashError> {
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

/// Changes one's own password. All other sessions end, and all tokens.
///
/// # Errors
/// [`ResponseCode::WrongCredentials`] when the current one is another, [`ResponseCode::TooManySignIns`].
pub async fn change(
    service: &Service,
    client: &ClientInfo,
    actor: &Actor,
    session: &str,
    current: &Secret,
    new: &NewPassword,
) -> Result<(), Refusal> {
    let account = account::own(&service.db, actor).await?;
    sign_in::confirm_password(service, client, &account, current).await?;
    let hash = service.hashing.of_password(new.0.clone()).await?;
    let sealed = match &account.totp_sealed {
        None => None,
        Some(sealed) => Some(second_factor::reseal(&service.hashing, &account, sealed, current, &new.0).await?),
    };
    let mut tx = Operation::begin(&service.db, actor, Role::Viewer).await?;
    keep(&mut tx, &account.id, &hash, sealed.as_deref(), Some(session)).await?;
    tx.record(None, "operator.password", &account.name, "").await?;
    Ok(tx.commit().await?)
}

/// Keeps a new password, with the key of the second factor sealed anew, and ends all sessions but this one, and all tokens:
/// somebody else may have made them.
pub(super) async fn keep(
    tx: &mut Operation,
    operator: &str,
    hash: &str,
    sealed: Option<&str>,
    session: Option<&str>,
) -> Result<(), sqlx::Error> {
    if sealed.is_none() {
        second_factor::clear(tx, operator).await?;
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
    session::delete_others(tx, operator, session).await
}

/// Forgets password and second factor and ends all sessions and tokens: somebody else may have made them.
pub(super) async fn forget(tx: &mut Operation, operator: &str) -> Result<(), sqlx::Error> {
    second_factor::clear(tx, operator).await?;
    let query = sqlx::query("UPDATE operator SET password_hash = NULL WHERE id = $1").bind(operator);
    query.execute(&mut **tx).await?;
    sqlx::query("DELETE FROM known_browser WHERE operator_id = $1").bind(operator).execute(&mut **tx).await?;
    sqlx::query("DELETE FROM api_token WHERE operator_id = $1").bind(operator).execute(&mut **tx).await?;
    session::delete_others(tx, operator, None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str, again: &str) -> Option<ResponseCode> {
        NewPassword::parse(Secret::new(password), &Secret::new(again)).err().map(|refusal| refusal.code())
    }

    #[test]
    fn only_the_length_counts() {
        for (password, refused) in [
            ("eleven char", Some(ResponseCode::PasswordLength)),
            ("twelve chars", None),
            (&"ä".repeat(LONGEST), None),
            (&"a".repeat(LONGEST + 1), Some(ResponseCode::PasswordLength)),
        ] {
            assert_eq!(code(password, password), refused);
        }
    }

    #[test]
    fn it_is_typed_the_same_twice() {
        assert_eq!(code("twelve chars", "twelve chaos"), Some(ResponseCode::FieldFaults));
    }
}
