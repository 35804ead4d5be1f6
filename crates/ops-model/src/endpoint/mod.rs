mod base_url;
mod partition;

use std::fmt;
use std::str::FromStr;

use crate::Service;
use crate::one_line::OneLine;
use partition::Partition;

pub use base_url::BaseUrl;

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

/// There is no endpoint to send to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Neither a region nor an override.
    #[error("no region is set; set one, for example eu-central-1")]
    NoRegion,
    /// A region that cannot stand in a host name.
    #[error(
        "`{}` is no region; a region is made of letters, digits and hyphens, for example eu-central-1",
        OneLine(given)
    )]
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
            use_fips,
            use_dual_stack,
            ..EndpointParams::in_region(region.parse().unwrap())
        }
    }

    #[test]
    fn hosts_follow_partition_fips_and_dual_stack() {
        let check = |service, region: &str, fips, dual, host: &str| {
            let url = params(region, fips, dual).resolve(service).unwrap();
            assert_eq!((url.host(), url.port(), url.uri().path()), (host, 443, "/"));
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
        let region: Region = "us-east-1".parse().unwrap();
        let url = "http://localhost:4566".parse().unwrap();
        let mut with = EndpointParams::at_url(url, Some(region.clone()));
        assert_eq!(with.region, Some(region));
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
}
