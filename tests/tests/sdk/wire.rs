//! The SDK's requests and ours, compared as they arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use aws_sdk_kafkaconnect as kafkaconnect;
use aws_sdk_servicediscovery as servicediscovery;
use bytes::Bytes;
use ops_client::{BlockingClient, Client, Sign, SigningContext};
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeServer, FakeService};
use ops_model::cloud_map::{self, RawFilter};
use ops_model::{Call, PageSize, Timestamp, kafka_connect};
use ops_sigv4::SigV4;
use serde_json::Value;
use servicediscovery::types::{OperationFilter, OperationFilterName};

use crate::cloud_map::{PINNED, filters};
use crate::{REGION, cloud_map_sdk, connect_sdk, credentials, ours, ours_blocking, serve};

const SESSION_TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLE+/=";

/// What differs between the SDK's requests and ours, whatever the call: the header, and why it may.
const DIFFERENCES: [(&str, Difference, &str); 4] = [
    (
        "amz-sdk-invocation-id",
        Difference::Value,
        "a random UUID for each call",
    ),
    ("authorization", Difference::Value, "compared part by part"),
    ("user-agent", Difference::Value, "names the program"),
    (
        "x-amz-user-agent",
        Difference::OnlyTheirs,
        "the SDK's user agent again, with what it measures of itself",
    ),
];

/// The headers that the SDK signs and we do not, and why.
const SIGNED_BY_THE_SDK: [(&str, &str); 2] = [
    (
        "content-length",
        "a transport's own; the body's digest is signed in any case",
    ),
    ("x-amz-user-agent", "we send none"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    /// Both send it, with different values.
    Value,
    OnlyTheirs,
    OnlyOurs,
}

/// A request as it arrived. Header names are in lower case, and their order is not looked at.
struct Arrived {
    line: String,
    headers: BTreeMap<String, String>,
    body: Bytes,
}

impl Arrived {
    fn of(request: &http::Request<Bytes>) -> Self {
        let mut headers = BTreeMap::new();
        for (name, value) in request.headers() {
            let before = headers.insert(name.to_string(), value.to_str().unwrap().to_owned());
            assert_eq!(before, None, "{name} twice");
        }
        Self {
            line: format!(
                "{} {} {:?}",
                request.method(),
                request.uri(),
                request.version()
            ),
            headers,
            body: request.body().clone(),
        }
    }

    fn json(&self) -> Option<Value> {
        (!self.body.is_empty()).then(|| serde_json::from_slice(&self.body).unwrap())
    }

    fn signature(&self) -> Signature<'_> {
        let mut parts = self.headers["authorization"]
            .split([' ', ',', '=', '/'])
            .filter(|part| !part.is_empty());
        let mut next = || parts.next().unwrap();
        let algorithm = next();
        assert_eq!(next(), "Credential");
        let signature = Signature {
            algorithm,
            access_key_id: next(),
            date: next(),
            scope: [next(), next(), next()],
            signed: match (next(), next()) {
                ("SignedHeaders", names) => names.split(';').collect(),
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(next(), "Signature");
        assert_eq!(next().len(), 64);
        assert_eq!(parts.next(), None);
        signature
    }
}

#[derive(Debug)]
struct Signature<'a> {
    algorithm: &'a str,
    access_key_id: &'a str,
    date: &'a str,
    scope: [&'a str; 3],
    signed: BTreeSet<&'a str>,
}

/// The SDK and our clients, all on one service that keeps the latest request.
struct Wire {
    service: FakeService,
    _server: FakeServer,
    cloud_map: servicediscovery::Client,
    connect: kafkaconnect::Client,
    ours: Client,
    ours_blocking: BlockingClient,
    session_token: Option<&'static str>,
}

impl Wire {
    fn new(path: &str, session_token: Option<&'static str>) -> Self {
        let service = FakeService::builder().record(1).build();
        let server = serve(service.clone());
        let url = format!("{}{path}", server.url());
        Self {
            cloud_map: cloud_map_sdk(&url, session_token),
            connect: connect_sdk(&url, session_token),
            ours: ours(&url, session_token),
            ours_blocking: ours_blocking(&url, session_token),
            _server: server,
            service,
            session_token,
        }
    }

    fn latest(&self) -> http::Request<Bytes> {
        self.service.requests().remove(0)
    }

    /// The SDK's request and ours are the same, but for what is listed above. Whether the service likes them does not
    /// matter.
    async fn check<C: Call + Clone>(&self, sdk: impl Future, call: C) {
        sdk.await;
        let theirs = self.latest();
        let _ = self.ours.send(call.clone()).await;
        let by_hyper = self.latest();
        let _ = self.ours_blocking.send(call);
        let by_ureq = self.latest();
        for (transport, ours) in [("hyper", by_hyper), ("ureq", by_ureq)] {
            same(
                &format!("{} {} by {transport}", C::NAME, theirs.uri()),
                &theirs,
                &ours,
            );
        }
        if theirs.method() == http::Method::GET {
            self.signs_as_the_sdk(&theirs);
        }
    }

    /// Our signature of the SDK's own request is the SDK's: nothing that we leave unsigned is among its headers.
    fn signs_as_the_sdk(&self, theirs: &http::Request<Bytes>) {
        let mut request = theirs.clone();
        let host = request.headers()["host"].to_str().unwrap();
        *request.uri_mut() = format!("http://{host}{}", request.uri()).parse().unwrap();
        for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
            request.headers_mut().remove(name);
        }
        let credentials = credentials(self.session_token);
        let time = time(theirs.headers()["x-amz-date"].to_str().unwrap());
        SigV4
            .sign(
                &mut request,
                &SigningContext::new(&credentials, REGION, "kafkaconnect", time),
            )
            .unwrap();
        assert_eq!(
            request.headers()["authorization"],
            theirs.headers()["authorization"]
        );
    }
}

fn same(case: &str, theirs: &http::Request<Bytes>, ours: &http::Request<Bytes>) {
    let (theirs, ours) = (Arrived::of(theirs), Arrived::of(ours));
    assert_eq!(ours.line, theirs.line, "{case}");
    assert_eq!(ours.json(), theirs.json(), "{case}");

    let mut differences = Vec::new();
    for name in theirs
        .headers
        .keys()
        .chain(ours.headers.keys())
        .collect::<BTreeSet<_>>()
    {
        match (theirs.headers.get(name), ours.headers.get(name)) {
            (Some(theirs), Some(ours)) if theirs == ours => {}
            // The same moment, give or take the time between the two.
            (Some(theirs), Some(ours)) if name == "x-amz-date" => {
                let apart = time(ours).duration_since(time(theirs));
                let apart = apart.unwrap_or_else(|earlier| earlier.duration());
                assert!(apart < Duration::from_secs(60), "{case}: {apart:?}");
            }
            (Some(_), Some(_)) => differences.push((name.as_str(), Difference::Value)),
            (Some(_), None) => differences.push((name.as_str(), Difference::OnlyTheirs)),
            (None, _) => differences.push((name.as_str(), Difference::OnlyOurs)),
        }
    }
    let allowed = DIFFERENCES.map(|(name, difference, _)| (name, difference));
    assert_eq!(differences, allowed, "{case}");
    for each in [&theirs, &ours] {
        let id = each.headers["amz-sdk-invocation-id"].as_bytes();
        assert!(
            id.len() == 36 && id[8] == b'-' && id[14] == b'4' && b"89ab".contains(&id[19]),
            "{case}"
        );
    }

    let (signed_by_them, signed_by_us) = (theirs.signature(), ours.signature());
    assert_eq!(signed_by_us.algorithm, signed_by_them.algorithm, "{case}");
    assert_eq!(
        signed_by_us.access_key_id, signed_by_them.access_key_id,
        "{case}"
    );
    assert_eq!(signed_by_us.scope, signed_by_them.scope, "{case}");
    for (signature, arrived) in [(&signed_by_them, &theirs), (&signed_by_us, &ours)] {
        assert!(
            arrived.headers["x-amz-date"].starts_with(signature.date),
            "{case}"
        );
    }
    let mut expected = signed_by_them.signed.clone();
    expected.retain(|name| {
        !SIGNED_BY_THE_SDK
            .iter()
            .any(|(only_theirs, _)| name == only_theirs)
    });
    assert_eq!(signed_by_us.signed, expected, "{case}");
    assert!(signed_by_them.signed.contains("x-amz-user-agent"), "{case}");
    assert_eq!(
        signed_by_them.signed.contains("content-length"),
        !theirs.body.is_empty(),
        "{case}"
    );
}

/// The moment of an `x-amz-date`: `20260830T123600Z`.
fn time(text: &str) -> SystemTime {
    let part = |range: std::ops::Range<usize>| &text[range];
    let rfc_3339 = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(9..11),
        part(11..13),
        part(13..15)
    );
    let millis = rfc_3339.parse::<Timestamp>().unwrap().as_millis();
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis as u64)
}

#[tokio::test]
async fn our_requests_are_the_sdks_but_for_what_is_listed() {
    for (path, session_token) in [("", None), ("", Some(SESSION_TOKEN)), ("/prefix/", None)] {
        let wire = Wire::new(path, session_token);
        cloud_map_requests(&wire).await;
        msk_connect_requests(&wire).await;
    }
    msk_connect_requests(&Wire::new("/prefix", None)).await;
}

/// An endpoint override is used as it is, and as botocore uses it; the Rust SDK adds a slash.
#[tokio::test]
async fn the_path_of_an_override_stays_as_it_is() {
    let wire = Wire::new("/prefix", None);
    let _ = wire.cloud_map.list_operations().send().await;
    assert_eq!(wire.latest().uri(), "/prefix/");
    let _ = wire.ours.send(cloud_map::ListOperations::new()).await;
    assert_eq!(wire.latest().uri(), "/prefix");
    let _ = wire.ours_blocking.send(cloud_map::ListOperations::new());
    assert_eq!(wire.latest().uri(), "/prefix");
}

async fn cloud_map_requests(wire: &Wire) {
    use cloud_map::{GetOperation, ListOperations};
    let list = || wire.cloud_map.list_operations();
    wire.check(list().send(), ListOperations::new()).await;
    for size in [1, 100] {
        let call = ListOperations::new().with_page_size(PageSize::new(size).unwrap());
        wire.check(list().max_results(size).send(), call).await;
    }
    for token in [
        "",
        "AAAA+/==",
        "a \"\\/\n\u{7f} é 世 \u{1f600} \u{2028} <&>",
    ] {
        let call = ListOperations::new().with_token(token).unwrap();
        wire.check(list().next_token(token).send(), call).await;
    }
    let mut all = (list().max_results(7).next_token("t"), ListOperations::new());
    for (theirs, ours, _) in filters() {
        let call = ListOperations::new().with_filter(ours.clone());
        wire.check(list().filters(theirs.clone()).send(), call)
            .await;
        all = (all.0.filters(theirs), all.1.with_filter(ours));
    }
    let call = all
        .1
        .with_page_size(PageSize::new(7).unwrap())
        .with_token("t")
        .unwrap();
    wire.check(all.0.send(), call).await;
    // A filter without a condition, which we send only unchecked.
    let bare = OperationFilter::builder()
        .name(OperationFilterName::Status)
        .values("FAIL")
        .build()
        .unwrap();
    let call =
        ListOperations::new().with_unchecked_filter(RawFilter::new("STATUS", None, ["FAIL"]));
    wire.check(list().filters(bare).send(), call).await;

    let get = |id: &str| wire.cloud_map.get_operation().operation_id(id);
    for id in [PINNED[0].0, "x", "é \"\\ \u{1f600}"] {
        wire.check(get(id).send(), GetOperation::new(id).unwrap())
            .await;
    }
    let call = GetOperation::new("x")
        .unwrap()
        .with_owner_account("123456789012")
        .unwrap();
    wire.check(get("x").owner_account("123456789012").send(), call)
        .await;
}

async fn msk_connect_requests(wire: &Wire) {
    use kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
    let list = |arn: &str| wire.connect.list_connector_operations().connector_arn(arn);
    let arns = [
        EXAMPLE_CONNECTOR_ARN,
        "x",
        "a/b:c d",
        "é世\u{1f600}",
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "%2F",
    ];
    for arn in arns {
        wire.check(list(arn).send(), ListConnectorOperations::new(arn).unwrap())
            .await;
        let describe = wire
            .connect
            .describe_connector_operation()
            .connector_operation_arn(arn);
        wire.check(
            describe.send(),
            DescribeConnectorOperation::new(arn).unwrap(),
        )
        .await;
    }
    for size in [1, 100] {
        let call = ListConnectorOperations::new(EXAMPLE_CONNECTOR_ARN).unwrap();
        let call = call.with_page_size(PageSize::new(size).unwrap());
        wire.check(list(EXAMPLE_CONNECTOR_ARN).max_results(size).send(), call)
            .await;
    }
    for token in ["", "AAAA+/==", "a b&c=d?e#f%20;~", "é世\u{1f600}\n"] {
        let call = ListConnectorOperations::new("x").unwrap().with_token(token);
        wire.check(list("x").next_token(token).send(), call.clone())
            .await;
        let call = call.with_page_size(PageSize::new(7).unwrap());
        wire.check(list("x").next_token(token).max_results(7).send(), call)
            .await;
    }
}
