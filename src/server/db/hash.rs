//! Codes, passwords and tokens are kept as hashes only: codes and passwords are short and get Argon2id, tokens are 256 random bits and get
//! SHA-256.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::code::{self, AuthenticationCode};
use crate::secret::Secret;
use crate::server::http::error::Refusal;

/// Bytes of a token.
const TOKEN: usize = 32;
/// Bytes of an Argon2 salt.
pub const SALT: usize = 16;
/// Bytes of a key made of a password.
pub const KEY: usize = 32;
/// How long a question waits for its turn: each computation takes 19 MiB and a processor for some 20 ms.
const TURN_LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum HashError {
    #[error("too many codes are being checked at once")]
    Busy,
    #[error("the system has no randomness: {0}")]
    Randomness(getrandom::Error),
    #[error("hashing failed: {0}")]
    Hash(argon2::password_hash::Error),
    #[error("the hashing task ended early: {0}")]
    Task(tokio::task::JoinError),
}

/// How long whoever came while all turns were taken is asked to wait.
const BUSY: std::time::Duration = std::time::Duration::from_secs(5);

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::busy(BUSY),
            HashError::Randomness(_) | HashError::Hash(_) | HashError::Task(_) => Self::unhandled(error),
        }
    }
}

/// Computes Argon2 hashes, as many at once as there are processors. People's codes and operators' passwords have turns of
/// their own, so that a crowd at one door does not close the other.
#[derive(Debug)]
pub struct Hashing {
    codes: Arc<Semaphore>,
    passwords: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = || Arc::new(Semaphore::new(processors));
        Self { codes: turns(), passwords: turns() }
    }
}

impl Hashing {
    /// Whether the code's secret part is the hashed one.
    pub async fn is_right(&self, code: AuthenticationCode, hash: String) -> Result<bool, HashError> {
        in_turn(&self.codes, move || verify(secret_part(&code), &hash)).await
    }

    /// Whether the password is the hashed one.
    pub async fn is_password(&self, password: Secret, hash: String) -> Result<bool, HashError> {
        in_turn(&self.passwords, move || verify(password.reveal().as_bytes(), &hash)).await
    }

    /// The hash of a password, with a salt of its own.
    pub async fn of_password(&self, password: Secret) -> Result<String, HashError> {
        in_turn(&self.passwords, move || argon2id(password.reveal().as_bytes())).await
    }

    /// A key made of a password, to seal with what only its owner may read.
    pub async fn key(&self, password: Secret, salt: [u8; SALT]) -> Result<Zeroizing<[u8; KEY]>, HashError> {
        in_turn(&self.passwords, move || {
            let mut key = Zeroizing::new([0; KEY]);
            let made = Argon2::default().hash_password_into(password.reveal().as_bytes(), &salt, key.as_mut());
            made.map_err(|error| HashError::Hash(error.into())).map(|()| key)
        })
        .await
    }
}

async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
) -> Result<T, HashError> {
    let turn = tokio::time::timeout(TURN_LIMIT, Arc::clone(turns).acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(HashError::Busy) };
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await
    .map_err(HashError::Task)?
}

fn verify(secret: &[u8], hash: &str) -> Result<bool, HashError> {
    let hash = PasswordHash::new(hash).map_err(HashError::Hash)?;
    match Argon2::default().verify_password(secret, &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(HashError::Hash(error)),
    }
}

fn argon2id(secret: &[u8]) -> Result<String, HashError> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(HashError::Randomness)?;
    let salt = SaltString::encode_b64(&salt).map_err(HashError::Hash)?;
    Ok(Argon2::default().hash_password(secret, &salt).map_err(HashError::Hash)?.to_string())
}

/// A new random code and the hash of its secret part. Takes some 20 ms of a processor.
pub fn new_code() -> Result<(AuthenticationCode, String), HashError> {
    let mut random = [0; code::PUBLIC + code::SECRET];
    getrandom::fill(&mut random).map_err(HashError::Randomness)?;
    let code = AuthenticationCode::from_random(random);
    let hash = argon2id(secret_part(&code))?;
    Ok((code, hash))
}

/// Three random digits, each as likely as any other.
pub fn new_digits() -> Result<String, HashError> {
    loop {
        let mut random = [0; 2];
        getrandom::fill(&mut random).map_err(HashError::Randomness)?;
        let number = u16::from_le_bytes(random);
        // The rest above would make the low numbers likelier.
        if number < 65_000 {
            return Ok(format!("{:03}", number % 1000));
        }
    }
}

/// A new random activation code: 45 bits.
pub fn new_activation_code() -> Result<String, HashError> {
    let letters = code::ACTIVATION_ALPHABET;
    let mut code = String::with_capacity(code::ACTIVATION_LETTERS);
    while code.len() < code::ACTIVATION_LETTERS {
        let mut random = [0; 1];
        getrandom::fill(&mut random).map_err(HashError::Randomness)?;
        // The remainder of 256 would favour the first letters.
        let place = usize::from(random[0]);
        if place < 256 / letters.len() * letters.len() {
            code.push(char::from(letters[place % letters.len()]));
        }
    }
    Ok(code)
}

/// A new random token.
pub fn new_token() -> Result<Secret, HashError> {
    let mut random = Zeroizing::new([0; TOKEN]);
    getrandom::fill(random.as_mut()).map_err(HashError::Randomness)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random.as_ref())))
}

/// What is kept of a token.
pub fn of_token(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}

fn secret_part(code: &AuthenticationCode) -> &[u8] {
    &code.reveal().as_bytes()[code::PUBLIC..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_secret_matches_its_hash() {
        let hashing = Hashing::default();
        let (code, hash) = new_code().expect("a code");
        let (other, _) = new_code().expect("a code");
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(!hash.contains(&code.reveal()[code::PUBLIC..]));
        assert!(hashing.is_right(code, hash.clone()).await.expect("checked"));
        assert!(!hashing.is_right(other, hash).await.expect("checked"));
    }

    #[test]
    fn tokens_are_long_and_different() {
        let (a, b) = (new_token().expect("a token"), new_token().expect("a token"));
        assert_eq!(a.reveal().len(), 43);
        assert_ne!(a, b);
        assert_eq!(of_token("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
