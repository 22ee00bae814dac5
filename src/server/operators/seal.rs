//! Seals a secret with a password: who reads the database without the password learns nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::server::db::hash::{HashError, Hashing, SALT};

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("{0}")]
    Hash(#[from] HashError),
    #[error("what is stored was not sealed with this password")]
    Foreign,
}

/// The secret, sealed for this owner: salt, nonce and ciphertext (RFC 8439) in Base64.
pub async fn close(hashing: &Hashing, password: &Secret, owner: &str, secret: &[u8]) -> Result<String, SealError> {
    let (mut salt, mut nonce) = ([0; SALT], [0; NONCE_LEN]);
    getrandom::fill(&mut salt).map_err(HashError::Randomness)?;
    getrandom::fill(&mut nonce).map_err(HashError::Randomness)?;
    let key = key(hashing, password, salt).await?;
    let mut text = secret.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut text)
        .map_err(|_| SealError::Foreign)?;
    Ok(STANDARD_NO_PAD.encode([&salt[..], &nonce, &text].concat()))
}

pub async fn open(
    hashing: &Hashing,
    password: &Secret,
    owner: &str,
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| SealError::Foreign)?;
    let (salt, rest) = bytes.split_first_chunk::<SALT>().ok_or(SealError::Foreign)?;
    let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Foreign)?;
    let key = key(hashing, password, *salt).await?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = key
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(owner), &mut text)
        .map_err(|_| SealError::Foreign)?
        .len();
    text.truncate(length);
    Ok(text)
}

async fn key(hashing: &Hashing, password: &Secret, salt: [u8; SALT]) -> Result<LessSafeKey, SealError> {
    let key = hashing.key(password.clone(), salt).await?;
    Ok(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).map_err(|_| SealError::Foreign)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_of_the_owner_opens() {
        let (hashing, password) = (Hashing::default(), Secret::new("correct horse"));
        let sealed = close(&hashing, &password, "anna", b"a secret").await.expect("sealed");
        assert_eq!(open(&hashing, &password, "anna", &sealed).await.expect("open").as_slice(), b"a secret");
        assert!(open(&hashing, &Secret::new("wrong horse"), "anna", &sealed).await.is_err());
        assert!(open(&hashing, &password, "berta", &sealed).await.is_err());
        assert!(open(&hashing, &password, "anna", "AAAA").await.is_err());
        assert!(!sealed.contains(&STANDARD_NO_PAD.encode(b"a secret")));
    }
}
