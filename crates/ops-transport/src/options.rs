use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::uri::{Authority, InvalidUri, Scheme};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;

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
    authority: Authority,
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
        let invalid = |reason: &str| InvalidProxy {
            reason: reason.to_owned(),
        };
        let uri = if text.contains("://") {
            text.parse()
        } else {
            format!("http://{text}").parse()
        };
        let uri: Uri = uri.map_err(|error: InvalidUri| invalid(&error.to_string()))?;
        if uri.scheme() != Some(&Scheme::HTTP) {
            return Err(invalid("its scheme is not http"));
        }
        let authority = uri.into_parts().authority;
        let proxy = Self {
            authority: authority.ok_or_else(|| invalid("it names no host"))?,
        };
        let (_, address) = proxy.user_and_address();
        match address.strip_prefix(proxy.host()) {
            _ if proxy.host().is_empty() => Err(invalid("it names no host")),
            Some("" | ":") => Ok(proxy),
            Some(_) if proxy.authority.port().is_some() => Ok(proxy),
            _ => Err(invalid("its port is not a number up to 65535")),
        }
    }

    /// User and password as they are written, if there are any; host and port.
    fn user_and_address(&self) -> (Option<&str>, &str) {
        let authority = self.authority.as_str();
        authority
            .rsplit_once('@')
            .map_or((None, authority), |(user, address)| (Some(user), address))
    }

    /// The host, an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The port; 80 unless the URL names one.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(80)
    }

    /// The value of `Proxy-Authorization`, marked as sensitive, if the URL names a user: user and password with the
    /// percent-encoding taken off, in Basic form.
    #[must_use]
    pub fn basic_authorization(&self) -> Option<HeaderValue> {
        let user = self.user_and_address().0?;
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        if user.is_empty() {
            return None;
        }
        let mut plain: Vec<u8> = percent_decode_str(user).collect();
        plain.push(b':');
        plain.extend(percent_decode_str(password));
        let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(plain)))
            .expect("Base64 is visible ASCII");
        value.set_sensitive(true);
        Some(value)
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
        let check = |text: &str, host: &str, port: u16, user: bool| {
            let proxy = Proxy::parse(text).expect(text);
            let authorization = proxy.basic_authorization();
            assert_eq!(
                (proxy.host(), proxy.port(), authorization.is_some()),
                (host, port, user),
                "{text}"
            );
        };
        check("http://proxy", "proxy", 80, false);
        check("proxy:3128", "proxy", 3128, false);
        check("http://me:s%40crit@proxy:3128/", "proxy", 3128, true);
        check("http://[::1]:8080", "[::1]", 8080, false);
        check("[::1]", "[::1]", 80, false);
        check("me:1@[::1]", "[::1]", 80, true);
        check("HTTP://Proxy:/path", "Proxy", 80, false);
        check("http://:secret@proxy:1", "proxy", 1, false);
        for text in [
            "",
            "http://",
            "socks5://proxy",
            "https://proxy",
            "http://proxy:99999",
            "http://proxy:x",
            "http://:3128",
            "http://me@",
            "proxy:3128:1",
            "two words",
        ] {
            let error = Proxy::parse(text).expect_err(text).to_string();
            assert!(error.starts_with("not a usable proxy: "), "{error}");
        }
    }

    #[test]
    fn proxy_credentials_are_decoded_and_hidden() {
        let check = |text: &str, plain: &[u8]| {
            let proxy = Proxy::parse(text).expect(text);
            let value = proxy.basic_authorization().expect("it names a user");
            let expected = format!("Basic {}", STANDARD.encode(plain));
            assert_eq!(value.as_bytes(), expected.as_bytes());
            assert_eq!(format!("{value:?}"), "Sensitive");
        };
        check("me:secret@proxy", b"me:secret");
        check("me@proxy", b"me:");
        check("m%65:s%40crit%3A%ff@proxy", b"me:s@crit:\xff");
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
