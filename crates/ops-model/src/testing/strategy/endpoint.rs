use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{BaseUrl, EndpointParams, Region};

/// A region: of every partition, and what AWS may open next.
pub fn region() -> impl Strategy<Value = Region> {
    let known = select(&[
        "us-east-1",
        "eu-central-1",
        "us-gov-west-1",
        "cn-north-1",
        "eusc-de-east-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eu-isoe-west-1",
        "us-isof-south-1",
    ]);
    prop_oneof![
        3 => known.prop_map(str::to_owned),
        1 => "[a-z]{2}-[a-z]{4,9}-[1-9]",
        1 => "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
    ]
    .prop_map(|text| text.parse().expect("a host label"))
}

/// A URL of an endpoint: names and addresses, with and without port and path.
pub fn base_url() -> impl Strategy<Value = BaseUrl> {
    let host = prop_oneof![
        select(&["localhost", "127.0.0.1", "[::1]", "example.com"]).prop_map(str::to_owned),
        "[a-z][a-z0-9-]{0,20}(\\.[a-z]{2,9}){1,3}",
    ];
    let parts = (
        select(&["https", "http"]),
        host,
        option::of(1_u16..),
        "(/[A-Za-z0-9_~-]{1,9}(%2F[a-z])?){0,3}/?",
    );
    parts.prop_map(|(scheme, host, port, path)| {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{host}{port}{path}")
            .parse()
            .expect("a scheme, a host, a port and encoded segments")
    })
}

/// What decides where a service is reached; every one leads somewhere.
pub fn endpoint_params() -> impl Strategy<Value = EndpointParams> {
    let in_region =
        (region(), any::<bool>(), any::<bool>()).prop_map(|(region, fips, dual)| EndpointParams {
            use_fips: fips,
            use_dual_stack: dual,
            ..EndpointParams::in_region(region)
        });
    let at_url = (base_url(), option::of(region()))
        .prop_map(|(url, region)| EndpointParams::at_url(url, region));
    prop_oneof![in_region, at_url]
}
