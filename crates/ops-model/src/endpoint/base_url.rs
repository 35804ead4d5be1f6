use std::fmt;
use std::str::FromStr;

use http::uri::Scheme;
use http::{HeaderValue, Uri};

use super::EndpointError;

/// Where a service is reached: `http` or `https`, a host, and a path that every request's path is appended to.
///
/// The path holds only unreserved characters, `%XX` and `/`, without dot segments, so that what is signed is what is
/// sent. There is neither user information nor a query nor a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    uri: Uri,
    /// What follows from it, for each request.
    host_header: HeaderValue,
}

impl BaseUrl {
    /// Whether requests go out unencrypted.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTP)
    }

    /// The host: a name, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.uri.host().expect("checked when it was parsed")
    }

    /// The port; the scheme's own unless the URL names one.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.uri
            .port_u16()
            .unwrap_or_else(|| default_port(&self.uri))
    }

    /// Whether the host is this machine: `localhost` or an address of the loopback range.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || address
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// The `host` header: the port only where it is not the scheme's own.
    #[must_use]
    pub const fn host_header(&self) -> &HeaderValue {
        &self.host_header
    }

    /// The URL, as it was given.
    pub(crate) const fn uri(&self) -> &Uri {
        &self.uri
    }
}

fn default_port(uri: &Uri) -> u16 {
    if uri.scheme() == Some(&Scheme::HTTP) {
        80
    } else {
        443
    }
}

impl FromStr for BaseUrl {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let invalid = |reason: &'static str| EndpointError::Url { reason };
        let uri: Uri = text.parse().map_err(|_| invalid("it is no URL"))?;
        if uri.scheme() != Some(&Scheme::HTTP) && uri.scheme() != Some(&Scheme::HTTPS) {
            return Err(invalid("it does not start with http:// or https://"));
        }
        let authority = uri.authority().ok_or_else(|| invalid("it names no host"))?;
        if authority.host().is_empty() {
            return Err(invalid("it names no host"));
        }
        if authority.as_str().contains('@') {
            return Err(invalid("it holds a user name or a password"));
        }
        // `http` takes a port that is no number, and one of no digits, as part of the authority.
        let port = &authority.as_str()[authority.host().len()..];
        if !port.is_empty() && authority.port_u16().is_none_or(|port| port == 0) {
            return Err(invalid("its port is no number from 1 to 65535"));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(invalid("it holds a query or a fragment"));
        }
        if uri.path().split('/').any(|segment| {
            let dots = segment.replace("%2E", ".").replace("%2e", ".");
            dots == "." || dots == ".."
        }) {
            return Err(invalid("its path holds a dot segment"));
        }
        if !is_encoded_path(uri.path()) {
            return Err(invalid(
                "its path holds characters that must be percent-encoded",
            ));
        }
        let host_header = match uri.port_u16() {
            Some(port) if port != default_port(&uri) => format!("{}:{port}", authority.host()),
            _ => authority.host().to_owned(),
        };
        let host_header = HeaderValue::try_from(host_header)
            .map_err(|_| invalid("its host is not visible ASCII"))?;
        Ok(Self { uri, host_header })
    }
}

/// Unreserved characters, `/` and `%XX`.
fn is_encoded_path(path: &str) -> bool {
    let mut pieces = path.split('%');
    let plain = |piece: &str| {
        piece
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte))
    };
    pieces.next().is_none_or(plain)
        && pieces.all(|piece| {
            piece
                .as_bytes()
                .get(..2)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
                && plain(&piece[2..])
        })
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.uri, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_has_a_host_and_a_clean_path() {
        let check = |text: &str, host_header: &str, path: &str| {
            let url: BaseUrl = text.parse().expect(text);
            assert_eq!(
                (url.host_header().to_str().unwrap(), url.uri().path()),
                (host_header, path),
                "{text}"
            );
            assert_eq!(url.is_plain_http(), text.starts_with("http:"), "{text}");
        };
        check("https://example.com", "example.com", "/");
        check("https://example.com:443/", "example.com", "/");
        check("http://example.com:443/", "example.com:443", "/");
        check("https://example.com:8443/a/b/", "example.com:8443", "/a/b/");
        check("http://[::1]:80/a%2Fb", "[::1]", "/a%2Fb");
        for text in [
            "",
            "not a url",
            "example.com",
            "/path",
            "ftp://example.com",
            "https://",
            "https://:80",
            "https://me:secret@example.com",
            "https://example.com:x",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:70000",
            "https://example.com/?a=b",
            "https://example.com/#a",
            "https://example.com/../a",
            "https://example.com/a/.",
            "https://example.com/%2e%2E/a",
            "https://example.com/a%2",
            "https://example.com/a%zz",
            "https://example.com/a{b",
            "https://example.com/ä",
        ] {
            let error = text.parse::<BaseUrl>().expect_err(text).to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn loopback_is_localhost_and_its_addresses() {
        for (text, loopback) in [
            ("http://localhost", true),
            ("http://LOCALHOST:80", true),
            ("http://127.1.2.3:5000", true),
            ("http://[::1]:80", true),
            ("http://localhost.example.com", false),
            ("http://10.0.0.1", false),
            ("http://0.0.0.0", false),
        ] {
            assert_eq!(
                text.parse::<BaseUrl>().unwrap().is_loopback(),
                loopback,
                "{text}"
            );
        }
    }
}
