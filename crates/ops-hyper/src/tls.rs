use std::sync::{Arc, OnceLock};

use hyper_rustls::ConfigBuilderExt as _;
use ops_transport::{TransportError, TransportErrorKind, TrustRoots};
use rustls::client::WantsClientCert;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

/// The TLS settings of a transport; clones share one.
///
/// The platform's store is opened by the first `https` connection: a program that only speaks `http` neither waits for
/// it nor needs one.
#[derive(Clone)]
pub(crate) struct Tls(Arc<OnceLock<Arc<ClientConfig>>>);

impl Tls {
    /// Reads the PEM bundle, if it is one that is to be trusted.
    pub(crate) fn new(trust: &TrustRoots) -> Result<Self, TransportError> {
        let config = match trust {
            TrustRoots::Platform => OnceLock::new(),
            TrustRoots::Pem(pem) => {
                let roots = read_bundle(pem)?;
                let config = versions()
                    .map(|versions| finish(versions.with_root_certificates(roots)))
                    .map_err(|error| setup_error(error.to_string()))?;
                OnceLock::from(config)
            }
        };
        Ok(Self(Arc::new(config)))
    }

    /// The settings. A failure to open the platform's store is not remembered.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = self.0.get() {
            return Ok(Arc::clone(config));
        }
        let config = finish(versions()?.try_with_platform_verifier()?);
        Ok(Arc::clone(self.0.get_or_init(|| config)))
    }
}

/// The provider is named here, so that neither another crate's feature nor the process-wide default decides it.
fn versions() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
}

fn finish(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> Arc<ClientConfig> {
    Arc::new(builder.with_no_client_auth())
}

/// Takes every certificate that can be an authority. Bundles of a system hold some that cannot; a bundle without any
/// that can is an error.
fn read_bundle(pem: &[u8]) -> Result<RootCertStore, TransportError> {
    // The parser's error would repeat a line of the file, which may be a key that was given by mistake.
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| setup_error("the CA bundle is not a PEM file"))?;
    if certificates.is_empty() {
        return Err(setup_error("the CA bundle holds no PEM certificate"));
    }
    let mut roots = RootCertStore::empty();
    match roots.add_parsable_certificates(certificates) {
        (0, _) => Err(setup_error(
            "the CA bundle holds no certificate that can be an authority",
        )),
        _ => Ok(roots),
    }
}

fn setup_error(reason: impl Into<String>) -> TransportError {
    TransportError::new(TransportErrorKind::Request).with_source(reason.into())
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
            let Err(error) = Tls::new(&TrustRoots::Pem(pem.into())) else {
                panic!("{pem:?} is taken");
            };
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
        let tls = Tls::new(&TrustRoots::Pem(format!("{odd}{good}").into())).expect("taken");
        let first = tls.config().expect("ready");
        assert!(Arc::ptr_eq(
            &first,
            &tls.clone().config().expect("the same")
        ));
    }
}
