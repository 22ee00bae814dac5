//! The server's own certificate, read again when its files change.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(20);

/// PEM files: the certificate with its chain, and the private key.
#[derive(Debug, Clone)]
pub struct Files {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// A certificate in use.
#[derive(Debug)]
pub struct Certificate {
    files: Files,
    config: RustlsConfig,
    /// Hash of what was read last, usable or not.
    seen: Mutex<[u8; 32]>,
}

#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("{path} cannot be read: {source}; check the path and its permissions")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} and {} are no certificate with its key: {reason}", files.certificate.display(), files.key.display())]
    Unusable { files: Files, reason: std::io::Error },
}

impl Certificate {
    /// Reads the files, which must belong together.
    pub async fn read(files: Files) -> Result<Self, CertificateError> {
        let (certificate, key) = files.read().await?;
        let seen = Mutex::new(hash(&certificate, &key));
        let config = RustlsConfig::from_pem(certificate, key.to_vec()).await;
        let config = config.map_err(|reason| CertificateError::Unusable { files: files.clone(), reason })?;
        Ok(Self { files, config, seen })
    }

    /// What connections are encrypted with: always the newest.
    pub fn config(&self) -> RustlsConfig {
        self.config.clone()
    }

    /// Takes what is in the files now; false when it is what was there before. When it cannot be used, the certificate
    /// in use stays.
    async fn renew(&self) -> Result<bool, CertificateError> {
        let (certificate, key) = self.files.read().await?;
        let hash = hash(&certificate, &key);
        if std::mem::replace(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner), hash) == hash {
            return Ok(false);
        }
        let renewed = self.config.reload_from_pem(certificate, key.to_vec()).await;
        renewed.map_err(|reason| CertificateError::Unusable { files: self.files.clone(), reason })?;
        Ok(true)
    }
}

impl Files {
    async fn read(&self) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), CertificateError> {
        let read = async |path: &PathBuf| {
            tokio::fs::read(path).await.map_err(|source| CertificateError::File { path: path.clone(), source })
        };
        Ok((read(&self.certificate).await?, Zeroizing::new(read(&self.key).await?)))
    }
}

fn hash(certificate: &[u8], key: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(certificate).chain_update([0]).chain_update(key).finalize().into()
}

/// Looks at the files regularly and when the process gets `SIGHUP`, for ever. Open connections stay as they are.
pub async fn keep(certificate: Option<&Certificate>) {
    #[cfg(unix)]
    let mut asked = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
    #[cfg(not(unix))]
    let mut asked = None::<Never>;
    loop {
        let told = async {
            match &mut asked {
                Some(asked) => asked.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = told => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        let Some(certificate) = certificate else { continue };
        match certificate.renew().await {
            Ok(true) => tracing::info!("the certificate was renewed"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the certificate in use stays"),
        }
    }
}

/// Where nobody can ask.
#[cfg(not(unix))]
enum Never {}

#[cfg(not(unix))]
impl Never {
    async fn recv(&mut self) {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(files: &Files, made: &rcgen::CertifiedKey<rcgen::KeyPair>) {
        std::fs::write(&files.certificate, made.cert.pem()).expect("written");
        std::fs::write(&files.key, made.signing_key.serialize_pem()).expect("written");
    }

    fn made() -> rcgen::CertifiedKey<rcgen::KeyPair> {
        // Once per process; the second test finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        rcgen::generate_simple_self_signed(["mailshift.example".to_owned()]).expect("a certificate")
    }

    #[tokio::test]
    async fn a_new_certificate_is_taken_and_a_bad_one_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        write(&files, &made());
        let certificate = Certificate::read(files.clone()).await.expect("a certificate");
        let config = certificate.config();
        let first = config.get_inner();
        assert!(!certificate.renew().await.expect("readable"), "nothing has changed");

        let other = made();
        std::fs::write(&files.certificate, other.cert.pem()).expect("written");
        assert!(
            matches!(certificate.renew().await, Err(CertificateError::Unusable { .. })),
            "the key is another one's"
        );
        std::fs::remove_file(&files.key).expect("removed");
        assert!(matches!(certificate.renew().await, Err(CertificateError::File { .. })));
        assert!(std::sync::Arc::ptr_eq(&first, &config.get_inner()), "the old one stays");

        write(&files, &other);
        assert!(certificate.renew().await.expect("readable"));
        assert!(!std::sync::Arc::ptr_eq(&first, &config.get_inner()));
    }

    #[tokio::test]
    async fn files_that_do_not_belong_together_are_refused_at_the_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        assert!(matches!(Certificate::read(files.clone()).await, Err(CertificateError::File { .. })));
        write(&files, &made());
        std::fs::write(&files.key, made().signing_key.serialize_pem()).expect("written");
        let refused = Certificate::read(files.clone()).await.expect_err("another one's key");
        assert!(refused.to_string().contains("k.pem"), "{refused}");
        std::fs::write(&files.certificate, "").expect("written");
        assert!(Certificate::read(files).await.is_err());
    }
}
