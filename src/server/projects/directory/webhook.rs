//! The connector that posts to an address, with a signed body.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::{Certificate, Url, redirect};
use serde_json::json;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::server::db::hash::hex;
use crate::server::projects::directory::{Change, DirectoryError, Webhook};

/// How long the whole exchange may take.
const LIMIT: Duration = Duration::from_secs(15);
const SIGNATURE: &str = "Mailshift-Signature";

impl Webhook {
    pub(super) async fn post(&self, change: &Change<'_>) -> Result<(), DirectoryError> {
        if !is_safe(&self.url) {
            return Err(DirectoryError::Address);
        }
        let key = self.key.read()?;
        let body = Zeroizing::new(
            json!({
                "address": change.user.new_address,
                "old_address": change.user.old_address,
                "login": change.user.login,
                "new_password": change.new_password.reveal(),
            })
            .to_string(),
        );
        let time = Timestamp::now().as_second();
        let answer = self
            .client()?
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header(SIGNATURE, format!("t={time},v1={}", signature(&key, time, body.as_bytes())))
            .body(body.as_bytes().to_vec())
            .send()
            .await
            .map_err(|error| if error.is_timeout() { DirectoryError::TimeLimit } else { unreachable(error) })?;
        if answer.status().is_success() { Ok(()) } else { Err(DirectoryError::Answer(answer.status().as_u16())) }
    }

    fn client(&self) -> Result<reqwest::Client, DirectoryError> {
        let mut builder = reqwest::Client::builder().timeout(LIMIT).redirect(redirect::Policy::none());
        if let Some(path) = &self.certificate_authority {
            let refused = |reason: String| DirectoryError::CertificateAuthority { path: path.clone(), reason };
            let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
            let bundle = Certificate::from_pem_bundle(&pem).map_err(|error| refused(error.to_string()))?;
            builder = builder.tls_certs_merge(bundle);
        }
        builder.build().map_err(unreachable)
    }
}

/// The address may hold a token of the operator's.
fn unreachable(error: reqwest::Error) -> DirectoryError {
    DirectoryError::Unreachable(error.without_url())
}

/// HTTPS, or HTTP to this computer itself.
pub fn is_safe(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => crate::protocol::is_loopback(host),
        _ => false,
    }
}

fn signature(key: &Secret, time: i64, body: &[u8]) -> String {
    // HMAC takes keys of every length (RFC 2104 section 2).
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes()) else { return String::new() };
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_computer_are_safe() {
        assert!(is_safe("https://hr.example/hook"));
        assert!(is_safe("http://127.0.0.1:8080/hook"));
        assert!(is_safe("http://[::1]/hook"));
        assert!(is_safe("http://localhost/hook"));
        assert!(!is_safe("http://hr.example/hook"));
        assert!(!is_safe("http://127.0.0.1.example/hook"));
        assert!(!is_safe("ftp://127.0.0.1/"));
    }

    #[test]
    fn the_signature_is_the_documented_one() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac key
        let expected = "9d713ed4";
        let made = signature(&Secret::new("key"), 1_700_000_000, b"{}");
        assert_eq!(made.len(), 64);
        assert_eq!(&made[..8], expected);
    }
}
