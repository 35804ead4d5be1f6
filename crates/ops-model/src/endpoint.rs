use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::Scheme;

use crate::Service;

/// A region's name, checked to be a host label: `eu-central-1`.
///
/// Unknown regions are taken: AWS opens new ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region(Box<str>);

impl Region {
    /// The region's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let label = (1..=63).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if !label {
            return Err(EndpointError::Region {
                given: text.to_owned(),
            });
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where a service is reached: `http` or `https`, a host, and a path that every request's path is appended to.
///
/// The path holds only unreserved characters, `%XX` and `/`, without dot segments, so that what is signed is what is
/// sent. There is neither user information nor a query nor a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Uri);

impl BaseUrl {
    /// Whether requests go out unencrypted.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTP)
    }

    /// The host: a name, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host().expect("checked when it was parsed")
    }

    /// The port; the scheme's own unless the URL names one.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or_else(|| self.default_port())
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
    pub fn host_header(&self) -> String {
        match self.0.port_u16() {
            Some(port) if port != self.default_port() => format!("{}:{port}", self.host()),
            _ => self.host().to_owned(),
        }
    }

    /// Scheme and authority, as they were given.
    pub(crate) fn origin(&self) -> String {
        let scheme = self.0.scheme_str().expect("checked when it was parsed");
        format!(
            "{scheme}://{}",
            self.0.authority().expect("checked when it was parsed")
        )
    }

    /// The path, as it was given.
    pub(crate) fn path(&self) -> &str {
        self.0.path()
    }

    fn default_port(&self) -> u16 {
        if self.is_plain_http() { 80 } else { 443 }
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
        Ok(Self(uri))
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
        fmt::Display::fmt(&self.0, f)
    }
}

/// What decides where a service is reached, as in AWS's own rules.
///
/// ```
/// use ops_model::{EndpointParams, Service};
///
/// let params = EndpointParams {
///     use_dual_stack: true,
///     ..EndpointParams::in_region("eu-central-1".parse()?)
/// };
/// assert_eq!(
///     params.resolve(Service::CloudMap)?.to_string(),
///     "https://servicediscovery.eu-central-1.api.aws/"
/// );
/// # Ok::<(), ops_model::EndpointError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointParams {
    /// The region; needed unless the URL is overridden.
    pub region: Option<Region>,
    /// Whether a FIPS 140 endpoint is asked for.
    pub use_fips: bool,
    /// Whether an endpoint with IPv6 is asked for.
    pub use_dual_stack: bool,
    /// A URL to use instead. Goes neither with FIPS nor with dual stack.
    pub override_url: Option<BaseUrl>,
}

impl EndpointParams {
    /// AWS's own endpoints in this region.
    #[must_use]
    pub fn in_region(region: Region) -> Self {
        Self {
            region: Some(region),
            ..Self::default()
        }
    }

    /// This URL, whatever the service; requests are signed for this region.
    #[must_use]
    pub fn at_url(url: BaseUrl, region: Option<Region>) -> Self {
        Self {
            region,
            override_url: Some(url),
            ..Self::default()
        }
    }

    /// Where the service is reached.
    ///
    /// # Errors
    ///
    /// [`EndpointError`] if there is neither a region nor an override, or if an override comes with FIPS or dual stack.
    pub fn resolve(&self, service: Service) -> Result<BaseUrl, EndpointError> {
        if let Some(url) = &self.override_url {
            return match (self.use_fips, self.use_dual_stack) {
                (true, _) => Err(EndpointError::OverrideWithFips),
                (_, true) => Err(EndpointError::OverrideWithDualStack),
                _ => Ok(url.clone()),
            };
        }
        let region = self.region.as_ref().ok_or(EndpointError::NoRegion)?;
        let partition = Partition::of(region.as_str());
        // AWS's rules: MSK Connect's own hosts in GovCloud are the FIPS ones.
        let fips_is_default = service == Service::KafkaConnect && partition.id == "aws-us-gov";
        let fips = if self.use_fips && !fips_is_default {
            "-fips"
        } else {
            ""
        };
        let suffix = if self.use_dual_stack {
            partition.dual_stack_suffix
        } else {
            partition.suffix
        };
        format!("https://{}{fips}.{region}.{suffix}", service.signing_name()).parse()
    }
}

/// A group of regions with its own host names.
struct Partition {
    id: &'static str,
    suffix: &'static str,
    dual_stack_suffix: &'static str,
    /// What stands before `-word-number` in the names of its regions.
    prefixes: &'static [&'static str],
}

impl Partition {
    /// The partition of a region; unknown ones belong to `aws`.
    fn of(region: &str) -> &'static Self {
        let is_of = |partition: &&Self| {
            let global = region.strip_suffix("-global") == Some(partition.id);
            global
                || partition
                    .prefixes
                    .iter()
                    .any(|prefix| is_region(region, prefix))
        };
        PARTITIONS.iter().find(is_of).unwrap_or(&PARTITIONS[0])
    }
}

/// `prefix-word-number`
fn is_region(region: &str, prefix: &str) -> bool {
    region
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(word, number)| {
            !word.is_empty()
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// From AWS's `partitions.json`, as botocore 1.44.5 has it.
static PARTITIONS: [Partition; 8] = [
    Partition {
        id: "aws",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        prefixes: &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
    },
    Partition {
        id: "aws-cn",
        suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        prefixes: &["cn"],
    },
    Partition {
        id: "aws-eusc",
        suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        prefixes: &["eusc-de"],
    },
    Partition {
        id: "aws-iso",
        suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        prefixes: &["us-iso"],
    },
    Partition {
        id: "aws-iso-b",
        suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        prefixes: &["us-isob"],
    },
    Partition {
        id: "aws-iso-e",
        suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        prefixes: &["eu-isoe"],
    },
    Partition {
        id: "aws-iso-f",
        suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        prefixes: &["us-isof"],
    },
    Partition {
        id: "aws-us-gov",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        prefixes: &["us-gov"],
    },
];

/// There is no endpoint to send to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Neither a region nor an override.
    #[error("no region is set; set one, for example eu-central-1")]
    NoRegion,
    /// A region that cannot stand in a host name.
    #[error("`{}` is no region; a region is made of letters, digits and hyphens, for example eu-central-1", given.escape_debug())]
    Region {
        /// What was given.
        given: String,
    },
    /// A URL that cannot be used as an endpoint. It is not repeated, as it may hold a password.
    #[error("the endpoint URL cannot be used: {reason}; write http(s)://host[:port][/path]")]
    Url {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An override and FIPS.
    #[error("an endpoint URL and a FIPS endpoint exclude each other; leave one out")]
    OverrideWithFips,
    /// An override and dual stack.
    #[error("an endpoint URL and a dual-stack endpoint exclude each other; leave one out")]
    OverrideWithDualStack,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(region: &str, use_fips: bool, use_dual_stack: bool) -> EndpointParams {
        EndpointParams {
            region: Some(region.parse().unwrap()),
            use_fips,
            use_dual_stack,
            override_url: None,
        }
    }

    #[test]
    fn hosts_follow_partition_fips_and_dual_stack() {
        let check = |service, region: &str, fips, dual, host: &str| {
            let url = params(region, fips, dual).resolve(service).unwrap();
            assert_eq!((url.host(), url.port(), url.path()), (host, 443, "/"));
        };
        use Service::{CloudMap, KafkaConnect};
        check(
            CloudMap,
            "us-east-1",
            false,
            false,
            "servicediscovery.us-east-1.amazonaws.com",
        );
        check(
            CloudMap,
            "us-east-1",
            true,
            true,
            "servicediscovery-fips.us-east-1.api.aws",
        );
        check(
            CloudMap,
            "cn-north-1",
            false,
            false,
            "servicediscovery.cn-north-1.amazonaws.com.cn",
        );
        check(
            CloudMap,
            "us-iso-east-1",
            false,
            false,
            "servicediscovery.us-iso-east-1.c2s.ic.gov",
        );
        check(
            CloudMap,
            "us-isob-east-1",
            false,
            true,
            "servicediscovery.us-isob-east-1.api.aws.scloud",
        );
        check(
            CloudMap,
            "aws-cn-global",
            false,
            false,
            "servicediscovery.aws-cn-global.amazonaws.com.cn",
        );
        check(
            CloudMap,
            "mars",
            false,
            false,
            "servicediscovery.mars.amazonaws.com",
        );
        check(
            CloudMap,
            "cn-north",
            false,
            false,
            "servicediscovery.cn-north.amazonaws.com",
        );
        check(
            CloudMap,
            "us-gov-west-1",
            true,
            false,
            "servicediscovery-fips.us-gov-west-1.amazonaws.com",
        );
        check(
            KafkaConnect,
            "us-gov-west-1",
            true,
            false,
            "kafkaconnect.us-gov-west-1.amazonaws.com",
        );
        check(
            KafkaConnect,
            "us-west-2",
            true,
            false,
            "kafkaconnect-fips.us-west-2.amazonaws.com",
        );
    }

    #[test]
    fn a_region_is_a_host_label() {
        for region in [
            "",
            "us east 1",
            "a.b",
            "-a",
            "a-",
            "us_east_1",
            "eu-central-1/",
            "é",
            &"a".repeat(64),
        ] {
            assert_eq!(
                region.parse::<Region>(),
                Err(EndpointError::Region {
                    given: region.to_owned()
                })
            );
        }
        assert!("US-EAST-1".parse::<Region>().is_ok());
    }

    #[test]
    fn an_override_is_used_as_it_is_and_alone() {
        let mut with = params("us-east-1", false, false);
        with.override_url = Some("http://localhost:4566".parse().unwrap());
        assert_eq!(
            with.resolve(Service::CloudMap).unwrap().to_string(),
            "http://localhost:4566/"
        );
        with.use_dual_stack = true;
        assert_eq!(
            with.resolve(Service::CloudMap),
            Err(EndpointError::OverrideWithDualStack)
        );
        with.use_fips = true;
        assert_eq!(
            with.resolve(Service::CloudMap),
            Err(EndpointError::OverrideWithFips)
        );
        assert_eq!(
            EndpointParams::default().resolve(Service::CloudMap),
            Err(EndpointError::NoRegion)
        );
    }

    #[test]
    fn a_base_url_has_a_host_and_a_clean_path() {
        let check = |text: &str, host_header: &str, path: &str| {
            let url: BaseUrl = text.parse().expect(text);
            assert_eq!(
                (url.host_header().as_str(), url.path()),
                (host_header, path),
                "{text}"
            );
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
