use std::fmt;

use url::Url;

/// How a transport reaches the network: directly or through a proxy, and whom it trusts.
///
/// The default is no proxy and the platform's trust store. Nothing is read from the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// The proxy for `https` requests, which are tunnelled with `CONNECT`; `http` requests always go directly.
    pub proxy: Option<Proxy>,
    /// The certificate authorities to trust.
    pub trust: TrustRoots,
}

impl ConnectOptions {
    /// No proxy, the platform's trust store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends `https` requests through this proxy.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Trusts the authorities of this PEM bundle, and only those.
    #[must_use]
    pub fn with_ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust = TrustRoots::Pem(pem.into());
        self
    }
}

/// The certificate authorities that a transport trusts.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum TrustRoots {
    /// The platform's trust store.
    #[default]
    Platform,
    /// The certificates of a PEM file, and only those: what `AWS_CA_BUNDLE` names.
    Pem(Vec<u8>),
}

impl fmt::Debug for TrustRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("Platform"),
            Self::Pem(pem) => write!(f, "Pem({} bytes)", pem.len()),
        }
    }
}

/// An HTTP proxy: `http://[user:password@]host[:port]`.
///
/// `Debug` leaves the user and the password out.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
}

/// A text that names no usable proxy.
///
/// The text itself is not repeated: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable proxy: {reason}; write http://[user:password@]host[:port]")]
pub struct InvalidProxy {
    reason: String,
}

impl Proxy {
    /// Parses a proxy URL. A text without a scheme (`proxy:3128`) is taken as `http`.
    ///
    /// # Errors
    ///
    /// [`InvalidProxy`] if the text is no URL, names no host, or has a scheme other than `http`.
    pub fn parse(text: &str) -> Result<Self, InvalidProxy> {
        let invalid = |reason: String| InvalidProxy { reason };
        let url = if text.contains("://") {
            Url::parse(text)
        } else {
            Url::parse(&format!("http://{text}"))
        }
        .map_err(|error| invalid(error.to_string()))?;
        if url.scheme() != "http" {
            return Err(invalid(format!("its scheme is {}", url.scheme())));
        }
        Ok(Self { url })
    }

    /// The host, an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().expect("an http URL has a host")
    }

    /// The port; 80 unless the URL names one.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url
            .port_or_known_default()
            .expect("http has a default port")
    }

    /// User and password, still percent-encoded, if the URL names a user.
    #[must_use]
    pub fn credentials(&self) -> Option<(&str, &str)> {
        let user = self.url.username();
        (!user.is_empty()).then(|| (user, self.url.password().unwrap_or_default()))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy(http://{}:{})", self.host(), self.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_http_url_with_an_optional_user() {
        let check = |text: &str, host: &str, port: u16, credentials| {
            let proxy = Proxy::parse(text).expect(text);
            assert_eq!(
                (proxy.host(), proxy.port(), proxy.credentials()),
                (host, port, credentials),
                "{text}"
            );
        };
        check("http://proxy", "proxy", 80, None);
        check("proxy:3128", "proxy", 3128, None);
        check(
            "http://me:s%40crit@proxy:3128/",
            "proxy",
            3128,
            Some(("me", "s%40crit")),
        );
        check("http://[::1]:8080", "[::1]", 8080, None);
        for text in [
            "",
            "http://",
            "socks5://proxy",
            "https://proxy",
            "http://proxy:99999",
        ] {
            let error = Proxy::parse(text).expect_err(text).to_string();
            assert!(error.starts_with("not a usable proxy: "), "{error}");
        }
    }

    #[test]
    fn debug_shows_no_password() {
        let options = ConnectOptions::new()
            .with_proxy(Proxy::parse("http://me:secret@proxy:3128").expect("valid"))
            .with_ca_bundle("-----BEGIN");
        assert_eq!(
            format!("{options:?}"),
            "ConnectOptions { proxy: Some(Proxy(http://proxy:3128)), trust: Pem(10 bytes) }"
        );
    }
}
