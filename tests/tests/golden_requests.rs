//! Requests and signatures, held against botocore's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use ops_client::{Credentials, Sign, SigningContext};
use ops_model::cloud_map::{
    Condition, DateFault, DateUnit, Filter, FilterName, GetOperation, InvalidFilter,
    ListOperations, RawFilter, RpcV2Cbor, Violation,
};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{
    BaseUrl, Call, EncodeError, EndpointParams, InvalidRequest, PageSize, Service, Timestamp,
};
use ops_sigv4::SigV4;
use ops_tests::vectors::{CBOR, REQUESTS, base64, rows};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Row {
    id: String,
    operation: String,
    protocol: String,
    input: Value,
    region: String,
    credentials: String,
    time: String,
    client_config: ClientConfig,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default, deserialize_with = "base64")]
    body_base64: Option<Vec<u8>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ClientConfig {
    use_fips_endpoint: bool,
    use_dualstack_endpoint: bool,
    endpoint_url: Option<String>,
}

/// Where a request differs from botocore's, on purpose.
enum Difference {
    /// No such request can be built.
    Refused(InvalidRequest),
    /// The rules refuse the filter; sent unchecked, it is botocore's.
    Unchecked(Vec<Violation>),
    /// The rules refuse the dates in milliseconds; read and written in seconds, they are botocore's.
    Seconds(Vec<Violation>),
    /// The body says the same in another way.
    Body(Value),
}

use Difference::{Body, Refused, Seconds, Unchecked};

/// Every row that differs, and why. A row of rpcv2Cbor differs as its twin of awsJson1_1 does.
fn differences() -> Vec<(&'static str, &'static str, Difference)> {
    let page_size = || Refused(InvalidRequest::PageSize { given: 101 });
    let arn = |given: &str| {
        Refused(InvalidRequest::Arn {
            given: given.to_owned(),
        })
    };
    let seconds = |values: [&str; 2]| {
        let date = |(index, value): (usize, &&str)| Violation::Date {
            name: FilterName::UpdateDate,
            index,
            value: (*value).to_owned(),
            unit: DateUnit::Milliseconds,
            fault: DateFault::LooksLikeSeconds,
        };
        // 0 is the same time in every unit.
        Seconds(
            values
                .iter()
                .enumerate()
                .filter(|(_, value)| **value != "0")
                .map(date)
                .collect(),
        )
    };
    vec![
        (
            "list-max-101-not-checked-client-side",
            "AWS documents 1 to 100",
            page_size(),
        ),
        (
            "klist-max-101-not-checked-client-side",
            "AWS documents 1 to 100",
            page_size(),
        ),
        (
            "get-id-empty",
            "an id has a character",
            Refused(InvalidRequest::OperationId { chars: 0 }),
        ),
        (
            "klist-arn-dot",
            "a dot segment reaches another path",
            arn("."),
        ),
        (
            "klist-arn-dotdot",
            "a dot segment reaches another path",
            arn(".."),
        ),
        (
            "list-ns-default-condition",
            "a filter always names its condition",
            Body(
                json!({"Filters": [{"Name": "NAMESPACE_ID", "Condition": "EQ", "Values": ["ns-e4anhexample0004"]}]}),
            ),
        ),
        (
            "list-filters-empty-list",
            "no filter is no member",
            Body(json!({})),
        ),
        (
            "list-update-date-between-fraction",
            "the unit is milliseconds unless it is set",
            seconds(["1516925490.087", "1517011890.500"]),
        ),
        (
            "list-all-filters",
            "the unit is milliseconds unless it is set",
            seconds(["0", "4102444800"]),
        ),
        (
            "list-begins-with",
            "documented for no filter of operations",
            Unchecked(vec![Violation::UndocumentedCondition {
                name: "SERVICE_ID".to_owned(),
                condition: Condition::BeginsWith,
            }]),
        ),
        (
            "list-unknown-enum-values",
            "there are no such terms",
            Unchecked(vec![
                Violation::UnknownName {
                    name: "FUTURE_NAME".to_owned(),
                },
                Violation::UnknownCondition {
                    name: "FUTURE_NAME".to_owned(),
                    condition: "FUTURE_CONDITION".to_owned(),
                },
            ]),
        ),
    ]
}

#[test]
fn requests_and_signatures_are_botocores() {
    let differences = differences();
    let mut seen = BTreeSet::new();
    for row in rows::<Row>(REQUESTS, "vectors") {
        let id = &row.id;
        let twin = id.strip_prefix("cbor-").unwrap_or(id);
        let difference = differences
            .iter()
            .find(|(differs, ..)| *differs == twin)
            .map(|(.., difference)| difference);
        seen.extend(difference.map(|_| twin.to_owned()));
        let base = row.base();
        let build = |reading| build(&row.protocol, &row.operation, &row.input, reading, &base);
        let strict = build(Reading::Checked(DateUnit::Milliseconds));
        let (request, meaning) = match (difference, strict) {
            (None, Ok(request)) => (request, row.meaning()),
            (Some(Body(body)), Ok(request)) => {
                assert_ne!(*body, row.meaning(), "{id} differs no more");
                (request, body.clone())
            }
            (Some(Refused(expected)), Err(refusal)) => {
                assert_eq!(refusal, Refusal::Request(expected.clone()), "{id}");
                continue;
            }
            (Some(Unchecked(expected)), Err(refusal)) => {
                assert_eq!(refusal, Refusal::Filter(expected.clone()), "{id}");
                (build(Reading::Unchecked).expect(id), row.meaning())
            }
            (Some(Seconds(expected)), Err(refusal)) => {
                assert_eq!(refusal, Refusal::Filter(expected.clone()), "{id}");
                let reading = Reading::Checked(DateUnit::Seconds);
                (build(reading).expect(id), row.meaning())
            }
            (_, strict) => panic!("{id}: {strict:?}"),
        };
        if row.protocol == CBOR && meaning == row.meaning() {
            // There is one shortest form of it, as JSON's has not.
            assert_eq!(request.body()[..], row.bytes(), "{id}");
        }
        row.check(request, &meaning);
    }
    let differing: BTreeSet<_> = differences
        .iter()
        .map(|(id, ..)| (*id).to_owned())
        .collect();
    assert_eq!(seen, differing, "every listed row is one of the file");
}

fn sorted<T: Into<String>>(ids: Vec<T>) -> Vec<String> {
    let mut ids: Vec<String> = ids.into_iter().map(Into::into).collect();
    ids.sort();
    ids
}

impl Row {
    fn base(&self) -> BaseUrl {
        let params = EndpointParams {
            region: Some(self.region.parse().unwrap()),
            use_fips: self.client_config.use_fips_endpoint,
            use_dual_stack: self.client_config.use_dualstack_endpoint,
            override_url: self
                .client_config
                .endpoint_url
                .as_ref()
                .map(|url| url.parse().unwrap()),
        };
        params.resolve(self.service()).unwrap()
    }

    fn service(&self) -> Service {
        match self.protocol.as_str() {
            "json" | CBOR => Service::CloudMap,
            "rest-json" => Service::KafkaConnect,
            other => panic!("{other}"),
        }
    }

    fn bytes(&self) -> Bytes {
        let text = || self.body.clone().unwrap_or_default().into_bytes();
        self.body_base64.clone().unwrap_or_else(text).into()
    }

    /// What the row's body says.
    fn meaning(&self) -> Value {
        self.read(&self.bytes())
    }

    /// What a body says; nothing if there is none.
    fn read(&self, body: &[u8]) -> Value {
        if body.is_empty() {
            return Value::Null;
        }
        match self.protocol.as_str() {
            CBOR => ciborium::from_reader(body).unwrap(),
            _ => serde_json::from_slice(body).unwrap(),
        }
    }

    /// Holds the request against the row, and then its signature over the row's own bytes.
    fn check(&self, mut request: Request<Bytes>, meaning: &Value) {
        const ADDED_LATER: [&str; 5] = [
            "amz-sdk-request",
            "authorization",
            "content-length",
            "x-amz-date",
            "x-amz-security-token",
        ];
        let id = &self.id;
        assert_eq!(request.method(), self.method.as_str(), "{id}");
        assert_eq!(request.uri().to_string(), self.url, "{id}");
        assert_eq!(self.read(request.body()), *meaning, "{id}");
        let mut expected = self.headers.clone();
        expected.retain(|name, _| !ADDED_LATER.contains(&name.as_str()));
        assert_eq!(headers(&request), expected, "{id}");

        *request.body_mut() = self.bytes();
        let credentials = credentials(&self.credentials);
        let context = SigningContext::new(
            &credentials,
            &self.region,
            self.service().signing_name(),
            system_time(&self.time),
        );
        SigV4.sign(&mut request, &context).unwrap();
        let mut expected = self.headers.clone();
        expected.retain(|name, _| name != "amz-sdk-request" && name != "content-length");
        assert_eq!(headers(&request), expected, "{id}");
    }
}

fn headers(request: &Request<Bytes>) -> BTreeMap<String, String> {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    request.headers().iter().map(header).collect()
}

fn credentials(name: &str) -> Credentials {
    #[derive(Deserialize)]
    struct Keys {
        access_key_id: String,
        secret_access_key: String,
        session_token: Option<String>,
    }
    let file: Value = serde_json::from_str(REQUESTS).unwrap();
    let keys = Keys::deserialize(&file["credentials"][name]).unwrap();
    let credentials = Credentials::new(keys.access_key_id, keys.secret_access_key);
    match keys.session_token {
        Some(token) => credentials.with_session_token(token),
        None => credentials,
    }
}

fn system_time(text: &str) -> SystemTime {
    let millis = text.parse::<Timestamp>().unwrap().as_millis();
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis.try_into().unwrap())
}

/// How filters become part of a request.
#[derive(Clone, Copy)]
enum Reading {
    Checked(DateUnit),
    Unchecked,
}

/// Why there is no request.
#[derive(Clone, Debug, PartialEq)]
enum Refusal {
    /// The types have no way to say it.
    Shape,
    Request(InvalidRequest),
    Filter(Vec<Violation>),
}

impl From<InvalidRequest> for Refusal {
    fn from(error: InvalidRequest) -> Self {
        Self::Request(error)
    }
}

impl From<InvalidFilter> for Refusal {
    fn from(error: InvalidFilter) -> Self {
        Self::Filter(error.violations().to_vec())
    }
}

/// The input members of all four operations.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Input {
    #[serde(rename = "MaxResults", alias = "maxResults")]
    max_results: Option<i64>,
    #[serde(rename = "NextToken", alias = "nextToken")]
    next_token: Option<String>,
    #[serde(rename = "Filters")]
    filters: Vec<RawFilter>,
    #[serde(rename = "OperationId")]
    operation_id: Option<String>,
    #[serde(rename = "OwnerAccount")]
    owner_account: Option<String>,
    #[serde(rename = "connectorArn")]
    connector_arn: Option<String>,
    #[serde(rename = "connectorOperationArn")]
    connector_operation_arn: Option<String>,
}

/// Builds a request through the public types.
fn build(
    protocol: &str,
    operation: &str,
    input: &Value,
    reading: Reading,
    base: &BaseUrl,
) -> Result<Request<Bytes>, Refusal> {
    let input = Input::deserialize(input).map_err(|_| Refusal::Shape)?;
    let page_size = input.max_results.map(PageSize::new).transpose()?;
    let encoded = match operation {
        ListOperations::NAME => {
            let mut call = ListOperations::new();
            if let Some(size) = page_size {
                call = call.with_page_size(size);
            }
            if let Some(token) = input.next_token {
                call = call.with_token(token)?;
            }
            for filter in input.filters {
                call = match reading {
                    Reading::Checked(unit) => {
                        let checked = Filter::from_raw(&filter, unit)?;
                        assert_eq!(typed(&filter).as_ref(), Ok(&checked));
                        call.with_date_unit(unit).with_filter(checked)
                    }
                    Reading::Unchecked => call.with_unchecked_filter(filter),
                };
            }
            encode(call, protocol, base)
        }
        GetOperation::NAME => {
            let mut call = GetOperation::new(input.operation_id.ok_or(Refusal::Shape)?)?;
            if let Some(account) = input.owner_account {
                call = call.with_owner_account(account)?;
            }
            encode(call, protocol, base)
        }
        ListConnectorOperations::NAME => {
            let mut call =
                ListConnectorOperations::new(input.connector_arn.ok_or(Refusal::Shape)?)?;
            if let Some(size) = page_size {
                call = call.with_page_size(size);
            }
            if let Some(token) = input.next_token {
                call = call.with_token(token);
            }
            call.encode(base)
        }
        DescribeConnectorOperation::NAME => {
            let arn = input.connector_operation_arn.ok_or(Refusal::Shape)?;
            DescribeConnectorOperation::new(arn)?.encode(base)
        }
        other => panic!("{other}"),
    };
    Ok(encoded.expect("no row has an over-long URI"))
}

/// The request of a call that has two protocols.
fn encode<C: Call>(call: C, protocol: &str, base: &BaseUrl) -> Result<Request<Bytes>, EncodeError>
where
    RpcV2Cbor<C>: Call,
{
    match protocol {
        CBOR => RpcV2Cbor(call).encode(base),
        _ => call.encode(base),
    }
}

/// The filter that the typed constructors make; dates are seconds.
fn typed(raw: &RawFilter) -> Result<Filter, InvalidFilter> {
    let date = |seconds: &String| {
        let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "000"));
        Timestamp::from_millis(format!("{whole}{fraction}").parse().unwrap()).unwrap()
    };
    match (raw.name.as_str(), raw.condition.as_deref(), &raw.values[..]) {
        ("NAMESPACE_ID", _, [id]) => Filter::namespace_id(id),
        ("SERVICE_ID", _, [id]) => Filter::service_id(id),
        ("STATUS", Some("IN"), statuses) => {
            Filter::status_in(statuses.iter().map(|status| status.as_str().into()))
        }
        ("STATUS", _, [status]) => Filter::status(status.as_str().into()),
        ("TYPE", _, [operation_type]) => Filter::operation_type(operation_type.as_str().into()),
        ("UPDATE_DATE", _, [start, end]) => Filter::updated_between(date(start), date(end)),
        _ => panic!("{raw}"),
    }
}

/// Every row of botocore's validation: our refusal, and the reason where botocore accepts.
fn validation() -> Vec<(&'static str, Refusal, Option<&'static str>)> {
    use Refusal::{Filter, Request, Shape};
    let page_size = |given| Request(InvalidRequest::PageSize { given });
    let account = |given: &str| {
        Request(InvalidRequest::OwnerAccount {
            given: given.to_owned(),
        })
    };
    let status = || "STATUS".to_owned();
    vec![
        ("reject-max-0", page_size(0), None),
        ("reject-max-negative", page_size(-1), None),
        (
            "reject-max-bool",
            Shape,
            Some("to Python a boolean is a number"),
        ),
        ("reject-max-string", Shape, None),
        ("reject-filter-no-values", Shape, None),
        ("reject-filter-no-name", Shape, None),
        (
            "reject-filter-empty-value",
            Filter(vec![Violation::EmptyValue {
                name: status(),
                index: 0,
            }]),
            None,
        ),
        (
            "accept-filter-empty-values",
            Filter(vec![Violation::NoValues { name: status() }]),
            Some("AWS documents one value, or one or more"),
        ),
        (
            "accept-token-4097",
            Request(InvalidRequest::TokenTooLong { chars: 4097 }),
            Some("AWS documents 4096 characters; botocore checks no upper limits"),
        ),
        ("reject-get-missing-id", Shape, None),
        ("reject-owner-short", account("1"), None),
        (
            "accept-owner-13",
            account("1234567890123"),
            Some("AWS documents 12 digits; botocore checks no upper limits"),
        ),
        ("reject-unknown-member", Shape, None),
        ("reject-klist-missing-arn", Shape, None),
        ("reject-klist-max-0", page_size(0), None),
        (
            "reject-kdesc-empty-arn",
            Request(InvalidRequest::Arn {
                given: String::new(),
            }),
            Some("an empty ARN reaches another path; botocore sends it"),
        ),
    ]
}

#[test]
fn what_botocore_refuses_is_refused() {
    #[derive(Deserialize)]
    struct ValidationRow {
        id: String,
        operation: String,
        input: Value,
        accepted: bool,
    }
    let base: BaseUrl = "https://example.com".parse().unwrap();
    let rows: Vec<ValidationRow> = rows(REQUESTS, "client_validation");
    let expected = validation();
    let ids = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(
        sorted::<&str>(ids),
        sorted(expected.iter().map(|(id, ..)| *id).collect())
    );
    for row in rows {
        let (_, refusal, reason) = expected.iter().find(|(id, ..)| *id == row.id).unwrap();
        let built = build(
            "json",
            &row.operation,
            &row.input,
            Reading::Checked(DateUnit::Milliseconds),
            &base,
        );
        assert_eq!(built.unwrap_err(), *refusal, "{}", row.id);
        assert_eq!(reason.is_some(), row.accepted, "{}", row.id);
    }
}
