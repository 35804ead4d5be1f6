use std::sync::Arc;

use ops_transport::{TransportError, TransportErrorKind, TrustRoots};
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The TLS settings of a transport.
///
/// ureq opens the platform's store with the first `https` connection: a program that only speaks `http` neither waits
/// for it nor needs one.
pub(crate) fn config(trust: &TrustRoots) -> Result<TlsConfig, TransportError> {
    let roots = match trust {
        TrustRoots::Platform => RootCerts::PlatformVerifier,
        TrustRoots::Pem(pem) => read_bundle(pem)?,
    };
    Ok(TlsConfig::builder()
        .root_certs(roots)
        // Named here, so that neither another crate's feature nor the process-wide default decides it.
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build())
}

/// Takes every certificate that can be an authority. Bundles of a system hold some that cannot; a bundle without any
/// that can is an error.
fn read_bundle(pem: &[u8]) -> Result<RootCerts, TransportError> {
    // The parser's error would repeat a line of the file, which may be a key that was given by mistake.
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| setup_error("the CA bundle is not a PEM file"))?;
    if certificates.is_empty() {
        return Err(setup_error("the CA bundle holds no PEM certificate"));
    }
    // ureq passes over what it cannot use and says nothing.
    let usable = |certificate: &CertificateDer<'_>| {
        RootCertStore::empty()
            .add(certificate.clone().into_owned())
            .is_ok()
    };
    if !certificates.iter().any(usable) {
        return Err(setup_error(
            "the CA bundle holds no certificate that can be an authority",
        ));
    }
    Ok(certificates
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .into())
}

fn setup_error(reason: &str) -> TransportError {
    TransportError::new(TransportErrorKind::Request).with_source(reason)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_bundle_without_a_usable_certificate_is_a_clear_error() {
        let rows: [(&str, &str); 5] = [
            ("", "the CA bundle holds no PEM certificate"),
            ("garbage", "the CA bundle holds no PEM certificate"),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "the CA bundle holds no PEM certificate",
            ),
            (
                "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
                "the CA bundle is not a PEM file",
            ),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "the CA bundle holds no certificate that can be an authority",
            ),
        ];
        for (pem, reason) in rows {
            let error = config(&TrustRoots::Pem(pem.into())).expect_err(pem);
            assert_eq!(error.kind(), TransportErrorKind::Request);
            assert_eq!(error.source().expect("a reason").to_string(), reason);
        }
    }

    #[test]
    fn one_usable_certificate_makes_a_bundle() {
        let good = rcgen::generate_simple_self_signed(["localhost".to_owned()])
            .expect("a certificate")
            .cert
            .pem();
        let odd = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let config = config(&TrustRoots::Pem(format!("{odd}{good}").into())).expect("taken");
        assert!(
            matches!(config.root_certs(), RootCerts::Specific(certificates) if certificates.len() == 2)
        );
    }
}
