//! Endpoints, held against AWS's own rules as botocore runs them.

use ops_model::{BaseUrl, EndpointError, EndpointParams, Region, Service};
use ops_tests::vectors::{ENDPOINTS, rows};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Row {
    service: String,
    region: String,
    fips: bool,
    dualstack: bool,
    endpoint_override: Option<String>,
    url: Option<String>,
}

/// Regions and overrides that botocore takes as they are, and our errors.
fn refused() -> Vec<(&'static str, EndpointError)> {
    let region = |given: &str| EndpointError::Region {
        given: given.to_owned(),
    };
    vec![
        ("", region("")),
        ("us east 1", region("us east 1")),
        (
            "not a url",
            EndpointError::Url {
                reason: "it is no URL",
            },
        ),
    ]
}

#[test]
fn endpoints_are_botocores() {
    let refused = refused();
    let mut seen: Vec<&str> = Vec::new();
    for row in rows::<Row>(ENDPOINTS, "rows") {
        let text = row.endpoint_override.as_ref().unwrap_or(&row.region);
        let expected = match (refused.iter().find(|(given, _)| given == text), &row.url) {
            (Some((given, error)), _) => {
                seen.push(given);
                Err(error.clone())
            }
            (None, Some(url)) => Ok(url.clone()),
            (None, None) if row.fips => Err(EndpointError::OverrideWithFips),
            (None, None) => Err(EndpointError::OverrideWithDualStack),
        };
        // An origin has the path `/`, written or not.
        let written = |url: BaseUrl| {
            let url = url.to_string();
            let origin = url
                .strip_suffix('/')
                .filter(|origin| origin.matches('/').count() == 2);
            origin.map_or(url.clone(), str::to_owned)
        };
        assert_eq!(row.resolve().map(written), expected, "{row:?}");
    }
    for (given, _) in refused {
        assert!(seen.contains(&given), "no row has `{given}`");
    }
}

impl Row {
    fn resolve(&self) -> Result<BaseUrl, EndpointError> {
        let service = match self.service.as_str() {
            "servicediscovery" => Service::CloudMap,
            "kafkaconnect" => Service::KafkaConnect,
            other => panic!("{other}"),
        };
        let params = EndpointParams {
            region: Some(self.region.parse::<Region>()?),
            use_fips: self.fips,
            use_dual_stack: self.dualstack,
            override_url: self
                .endpoint_override
                .as_ref()
                .map(|url| url.parse())
                .transpose()?,
        };
        params.resolve(service)
    }
}

#[test]
fn every_region_has_its_partitions_suffixes() {
    #[derive(Deserialize)]
    struct Partition {
        regions: Vec<String>,
        dns_suffix: String,
        dualstack_dns_suffix: String,
    }
    for partition in rows::<Partition>(ENDPOINTS, "partitions") {
        for region in &partition.regions {
            for (dual_stack, suffix) in [
                (false, &partition.dns_suffix),
                (true, &partition.dualstack_dns_suffix),
            ] {
                let params = EndpointParams {
                    region: Some(region.parse().unwrap()),
                    use_dual_stack: dual_stack,
                    ..EndpointParams::default()
                };
                let url = params.resolve(Service::KafkaConnect).unwrap();
                assert_eq!(url.host(), format!("kafkaconnect.{region}.{suffix}"));
            }
        }
    }
}
