//! The second factor: one-time codes of an app (TOTP, RFC 6238), and recovery codes for when the app is lost.
//!
//! The key is sealed with the operator's password, so it can be read only while its owner signs in. A password that is
//! reset without the old one therefore ends the second factor.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::problem::Fault;
use crate::secret::Secret;
use crate::server::Service;
use crate::server::db::Db;
use crate::server::db::hash::{self, HashError, Hashing};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::account::Account;
use crate::server::operators::seal::{self, SealError};
use crate::server::operators::sign_in::{self, ClientInfo, Proof};
use crate::server::operators::{Actor, Role};

/// Bytes of a key (RFC 4226 section 4 recommends 20).
const KEY: usize = 20;
/// Recovery codes made at once.
const RECOVERY_CODES: usize = 10;
/// Wrong codes with the right password until codes are not looked at any more, and for how long.
const MISSES: i64 = 20;
const LOCKED: SignedDuration = SignedDuration::from_hours(24);
/// Time steps that a clock may go wrong without consequences: ten minutes.
const AHEAD: i64 = 20;
/// Letters of a recovery code: 80 random bits, so a fast hash is enough.
const RECOVERY_LETTERS: usize = 16;
/// RFC 4648 section 6, in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    #[error("{0}")]
    Seal(#[from] SealError),
    #[error("the key of the one-time codes is not usable: {0}")]
    Totp(#[from] totp_rs::TotpError),
    #[error("the key is too long for a QR code: {0}")]
    Picture(#[from] qrcode::types::QrError),
    #[error("{0}")]
    Hash(#[from] HashError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl From<SecondFactorError> for Refusal {
    fn from(error: SecondFactorError) -> Self {
        Self::unhandled(error)
    }
}

/// A key as an app gets it.
pub struct Key {
    totp: Totp,
}

impl Key {
    pub fn new(account: &str) -> Result<Self, SecondFactorError> {
        let mut bytes = Zeroizing::new([0; KEY]);
        getrandom::fill(bytes.as_mut()).map_err(HashError::Randomness)?;
        Self::of_bytes(account, bytes.as_ref())
    }

    /// The key as it was typed or sent back by the form; None when it is not one of ours.
    pub fn typed(account: &str, text: &Secret) -> Option<Self> {
        let secret = totp_rs::Secret::try_from_base32(text.reveal()).ok()?;
        (secret.as_bytes().len() == KEY).then(|| Self::of_bytes(account, secret.as_bytes()).ok())?
    }

    fn of_bytes(account: &str, bytes: &[u8]) -> Result<Self, SecondFactorError> {
        // The name of an account in the link must not have colons.
        let name = account.replace(':', " ");
        let builder = Builder::new().with_secret(bytes.to_vec()).with_account_name(name);
        Ok(Self { totp: builder.with_issuer(Some("Mailshift")).build()? })
    }

    /// To be typed, in Base32.
    pub fn text(&self) -> Secret {
        Secret::new(self.totp.secret().to_base32())
    }

    /// To be scanned: the address of a picture.
    pub fn picture(&self) -> Result<Secret, SecondFactorError> {
        let code = QrCode::new(self.totp.to_url()?)?;
        let svg = Zeroizing::new(code.render::<svg::Color>().min_dimensions(220, 220).build());
        Ok(Secret::new(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg.as_bytes()))))
    }

    /// The time step for which this code is right; neighbours count too, clocks are never exact.
    fn step(&self, code: &str, now: Timestamp) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        self.totp.check(&digits, u64::try_from(now.as_second()).ok()?).and_then(|step| i64::try_from(step).ok())
    }

    async fn seal(&self, hashing: &Hashing, password: &Secret, owner: &str) -> Result<String, SecondFactorError> {
        Ok(seal::close(hashing, password, owner, self.totp.secret().as_bytes()).await?)
    }

    async fn unseal(
        hashing: &Hashing,
        password: &Secret,
        account: &Account,
        sealed: &str,
    ) -> Result<Self, SecondFactorError> {
        let bytes = seal::open(hashing, password, &account.id, sealed).await?;
        Self::of_bytes(&account.name, &bytes)
    }
}

/// Whether the code proves the second factor. A code that was right cannot be used again. Whoever comes here has the right
/// password: after [`MISSES`] wrong codes only recovery codes, which nobody guesses, are looked at for [`LOCKED`].
pub(super) async fn is_right(
    db: &Db,
    hashing: &Hashing,
    account: &Account,
    sealed: &str,
    password: &Secret,
    code: &Secret,
) -> Result<bool, SecondFactorError> {
    let key = Key::unseal(hashing, password, account, sealed).await?;
    let now = Timestamp::now();
    let locked = account.has_locked_factor();
    let mut tx = db.write().await?;
    let used = if let Some(step) = key.step(code.reveal(), now).filter(|_| !locked) {
        // A step that lies far ahead was used while the clock was wrong: it must not keep the operator out until then.
        let query = sqlx::query(
            "UPDATE operator SET totp_step = $1 WHERE id = $2 AND (totp_step < $1 OR totp_step > $1 + $3)
             AND totp_locked_until <= $4",
        );
        let query = query.bind(step).bind(&account.id).bind(AHEAD).bind(now.as_millisecond());
        query.execute(&mut *tx).await?
    } else {
        let query = sqlx::query("DELETE FROM recovery_code WHERE code_hash = $1 AND operator_id = $2");
        query.bind(hash_of_recovery(code)).bind(&account.id).execute(&mut *tx).await?
    };
    let right = used.rows_affected() == 1;
    if !right && !locked && !code.reveal().trim().is_empty() {
        let query = sqlx::query(
            "UPDATE operator SET totp_misses = totp_misses + 1,
             totp_locked_until = CASE WHEN (totp_misses + 1) % $1 = 0 THEN $2 ELSE totp_locked_until END WHERE id = $3",
        );
        let until = (now + LOCKED).as_millisecond();
        query.bind(MISSES).bind(until).bind(&account.id).execute(&mut *tx).await?;
        tracing::warn!(operator = account.id, "a wrong code of the second step came with the right password");
    }
    tx.commit().await?;
    Ok(right)
}

/// How many wrong codes came with the right password since the last sign-in; counting begins anew.
pub(super) async fn misses(tx: &mut Operation, operator: &str) -> Result<i64, sqlx::Error> {
    let query = sqlx::query_scalar("SELECT totp_misses FROM operator WHERE id = $1").bind(operator);
    let misses = query.fetch_one(&mut **tx).await?;
    let query = sqlx::query("UPDATE operator SET totp_misses = 0 WHERE id = $1").bind(operator);
    query.execute(&mut **tx).await?;
    Ok(misses)
}

/// Turns the second factor on for whoever acts, with a code of the new key; the recovery codes, to be shown once.
///
/// # Errors
/// [`FieldFaults`](crate::problem::ResponseCode::FieldFaults) for a code that is not the new key's, and what
/// [`sign_in::confirm`] refuses.
pub async fn enrol(
    service: &Service,
    client: &ClientInfo,
    actor: &Actor,
    key: &Key,
    code: &Secret,
    proof: &Proof,
) -> Result<Vec<Secret>, Refusal> {
    let Some(step) = key.step(code.reveal(), Timestamp::now()) else {
        let remedy = "write the code that the app shows now".into();
        return Err(Refusal::faults(vec![Fault { field: "code".into(), line: None, remedy }]));
    };
    let account = sign_in::confirm(service, client, actor, proof).await?;
    let sealed = key.seal(&service.hashing, &proof.password, &account.id).await?;
    let mut tx = Operation::begin(&service.db, actor, Role::Viewer).await?;
    let codes = keep(&mut tx, &account.id, &sealed, step).await?;
    tx.record(None, "operator.second-factor", &account.name, "on").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Turns it off for whoever acts.
///
/// # Errors
/// What [`sign_in::confirm`] refuses.
pub async fn remove(service: &Service, client: &ClientInfo, actor: &Actor, proof: &Proof) -> Result<(), Refusal> {
    let account = sign_in::confirm(service, client, actor, proof).await?;
    let mut tx = Operation::begin(&service.db, actor, Role::Viewer).await?;
    clear(&mut tx, &account.id).await?;
    tx.record(None, "operator.second-factor", &account.name, "off").await?;
    Ok(tx.commit().await?)
}

/// Keeps a sealed key; the recovery codes.
async fn keep(tx: &mut Operation, operator: &str, sealed: &str, step: i64) -> Result<Vec<Secret>, SecondFactorError> {
    let query = sqlx::query(
        "UPDATE operator SET totp_sealed = $1, totp_step = $2, totp_misses = 0, totp_locked_until = 0 WHERE id = $3",
    );
    query.bind(sealed).bind(step).bind(operator).execute(&mut **tx).await?;
    sqlx::query("DELETE FROM recovery_code WHERE operator_id = $1").bind(operator).execute(&mut **tx).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = recovery_code()?;
        let query = sqlx::query("INSERT INTO recovery_code (code_hash, operator_id) VALUES ($1, $2)");
        query.bind(hash_of_recovery(&code)).bind(operator).execute(&mut **tx).await?;
        codes.push(code);
    }
    Ok(codes)
}

/// The sealed key, sealed with the new password.
pub(super) async fn reseal(
    hashing: &Hashing,
    account: &Account,
    sealed: &str,
    old: &Secret,
    new: &Secret,
) -> Result<String, SecondFactorError> {
    Key::unseal(hashing, old, account, sealed).await?.seal(hashing, new, &account.id).await
}

pub(super) async fn clear(tx: &mut Operation, operator: &str) -> Result<(), sqlx::Error> {
    let query =
        sqlx::query("UPDATE operator SET totp_sealed = NULL, totp_misses = 0, totp_locked_until = 0 WHERE id = $1")
            .bind(operator);
    query.execute(&mut **tx).await?;
    let query = sqlx::query("DELETE FROM recovery_code WHERE operator_id = $1").bind(operator);
    query.execute(&mut **tx).await.map(|_| ())
}

/// How many recovery codes are left to whoever acts.
pub async fn recovery_codes(db: &Db, actor: &Actor) -> Result<i64, Refusal> {
    let query = sqlx::query_scalar("SELECT COUNT(*) FROM recovery_code WHERE operator_id = $1").bind(&actor.id);
    Ok(query.fetch_one(db.pool()).await?)
}

/// Four groups of four letters and digits.
fn recovery_code() -> Result<Secret, HashError> {
    let mut random = Zeroizing::new([0; RECOVERY_LETTERS]);
    getrandom::fill(random.as_mut()).map_err(HashError::Randomness)?;
    // 256 is a multiple of 32: no letter is favoured.
    let letters: Vec<u8> = random.iter().map(|byte| BASE32[usize::from(*byte) % BASE32.len()]).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(Secret::new(groups.join("-")))
}

fn hash_of_recovery(code: &Secret) -> String {
    let letters = code.reveal().chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    hash::of_token(&letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, the last six digits.
        let key = Key::of_bytes("anna", b"12345678901234567890").expect("a key");
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = Timestamp::from_second(second).expect("a time");
            assert_eq!(key.step(code, now), Some(second / 30));
            assert_eq!(key.step(&format!("{} {}", &code[..3], &code[3..]), now), Some(second / 30));
            assert_eq!(key.step("000000", now), None);
        }
    }

    #[test]
    fn a_key_is_typed_or_scanned() {
        let key = Key::new("anna: example").expect("a key");
        let typed = Key::typed("anna", &key.text()).expect("the same");
        assert_eq!(typed.text(), key.text());
        assert!(key.picture().expect("a picture").reveal().starts_with("data:image/svg+xml;base64,"));
        assert!(Key::typed("anna", &Secret::new("MZXW6")).is_none());
    }

    #[test]
    fn a_recovery_code_is_read_as_people_write_it() {
        let code = recovery_code().expect("a code");
        assert_eq!(code.reveal().len(), 19);
        let shouted = Secret::new(format!(" {} ", code.reveal().to_uppercase().replace('-', " ")));
        assert_eq!(hash_of_recovery(&shouted), hash_of_recovery(&code));
    }
}
