//! A certificate, and a server that shows it.

use std::io;
use std::sync::Arc;

use ops_transport::conformance::{Step, Upgrade};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A certificate for the names of the tests, as PEM, and the step with which a server goes on in TLS and shows it.
pub(crate) fn certificate() -> (String, Step) {
    let names = ["127.0.0.1", "service.test"].map(str::to_owned);
    let signed = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der()).expect("a key");
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .expect("key and certificate match");
    let config = Arc::new(config);
    let upgrade = Upgrade::new(move |tcp| {
        let tls = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        Ok(Box::new(StreamOwned::new(tls, tcp)))
    });
    (signed.cert.pem(), Step::Upgrade(upgrade))
}
