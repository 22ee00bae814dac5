//! Whom a sign-in trusts: the organisation's own certificate authority where the project names one, and everybody whom
//! the operating system trusts.
//!
//! The own authority is asked first and without the system, because a system also asks the authority for revoked
//! certificates (Windows does, `CERT_E_REVOCATION_FAILURE`), which a private one often cannot answer.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

#[derive(Debug)]
pub(super) struct Trust {
    own: Option<Arc<WebPkiServerVerifier>>,
    system: Option<Verifier>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// `authority` holds certificates in PEM. `Err` says why it cannot be used, or that the system trusts nobody and no
    /// authority is named.
    pub fn new(authority: Option<&str>, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let own = authority
            .map(|pem| own(pem, &provider))
            .transpose()
            .map_err(|why| format!("certificate authority: {why}"))?;
        let system = match Verifier::new(Arc::clone(&provider)) {
            Ok(system) => Some(system),
            Err(error) if own.is_none() => return Err(error.to_string()),
            Err(error) => {
                tracing::info!(%error, "only the organisation's own certificate authority is trusted");
                None
            }
        };
        Ok(Self { own, system, provider })
    }
}

fn own(pem: &str, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| error.to_string())
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let unknown = || Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let by_own = match &self.own {
            Some(own) => own.verify_server_cert(server, between, name, ocsp, now),
            None => Err(unknown()),
        };
        let Err(refusal) = by_own else { return by_own };
        let by_system = match &self.system {
            Some(system) => system.verify_server_cert(server, between, name, ocsp, now),
            None => Err(unknown()),
        };
        // A certificate of the own authority that expired or has another name is just "unknown" to the system.
        if refusal == unknown() { by_system } else { by_system.map_err(|_| refusal) }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Made for this test with openssl; their keys do not exist any more. Valid from 21 November 2026, for twenty and
    /// for ten years; the server's is for `mail.new.example`.
    const AUTHORITY: &str = include_str!("sample/authority.pem");
    const SERVER: &str = include_str!("sample/server.pem");
    /// 1 January 2030 and 1 January 2040.
    const VALID: u64 = 1_893_456_000;
    const EXPIRED: u64 = 2_208_988_800;

    fn verified(authority: Option<&str>, name: &'static str, seconds: u64) -> Result<(), Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let trust = Trust::new(authority, provider).expect("usable");
        let server = CertificateDer::from_pem_slice(SERVER.as_bytes()).expect("a certificate");
        let name = ServerName::try_from(name).expect("a name");
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        trust.verify_server_cert(&server, &[], &name, &[], now).map(drop)
    }

    #[test]
    fn a_server_of_the_organisations_own_authority_is_trusted_whatever_the_system_says() {
        assert_eq!(verified(Some(AUTHORITY), "mail.new.example", VALID), Ok(()));
        assert!(verified(None, "mail.new.example", VALID).is_err(), "nobody else knows this authority");
    }

    #[test]
    fn what_is_wrong_with_a_certificate_of_the_own_authority_is_told_exactly() {
        let reason = |name, seconds| match verified(Some(AUTHORITY), name, seconds) {
            Err(Error::InvalidCertificate(reason)) => reason,
            other => panic!("{other:?}"),
        };
        let expired = reason("mail.new.example", EXPIRED);
        assert!(matches!(expired, CertificateError::Expired | CertificateError::ExpiredContext { .. }), "{expired:?}");
        let other = reason("mail.old.example", VALID);
        let is_name =
            matches!(other, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. });
        assert!(is_name, "{other:?}");
    }

    #[test]
    fn an_authority_that_is_none_is_refused() {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let refused = Trust::new(Some(text), Arc::clone(&provider)).expect_err(text);
            assert!(refused.starts_with("certificate authority: "), "{refused}");
        }
    }
}
