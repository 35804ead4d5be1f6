//! Prints generated cases for `interop/differential.py`, one a line: requests as we write them for an input, and responses
//! with what we make of them. The same ones each time.
//!
//! With the argument `decode`, reads responses to calls of the JSON protocols instead, one a line, and prints what we make
//! of each.

use std::fmt::Debug;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use ops_model::cloud_map::{GetOperation, ListOperations, Operation, OperationSummary, RpcV2Cbor};
use ops_model::kafka_connect::{
    ConnectorOperation, ConnectorOperationSummary, DescribeConnectorOperation,
    ListConnectorOperations,
};
use ops_model::testing::strategy::{error_response, page};
use ops_model::{BaseUrl, PageSize, PagedCall, Protocol, ServedCall, ServiceError, Token};
use ops_tests::generated::success;
use ops_tests::outcome::Outcome;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

const CASES: usize = 500;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("decode") {
        for line in std::io::stdin().lines() {
            let (operation, body): (String, String) = serde_json::from_str(&line.unwrap()).unwrap();
            let outcome = Outcome::of(&operation, false, &Response::new(body.into()));
            println!("{}", json!(outcome));
        }
        return;
    }
    for call in generated(any::<ListOperations>()) {
        let filters = call.filters().into_iter().map(|raw| {
            set(json!({"Name": raw.name, "Condition": raw.condition, "Values": raw.values}))
        });
        let input = set(json!({
            "Filters": filters.collect::<Vec<_>>(),
            "MaxResults": call.page_size().map(PageSize::get),
            "NextToken": call.token().map(Token::as_str),
        }));
        request(&call, &input);
        request(&RpcV2Cbor(call), &input);
    }
    for call in generated(any::<GetOperation>()) {
        let input =
            json!({"OperationId": call.operation_id(), "OwnerAccount": call.owner_account()});
        let input = set(input);
        request(&call, &input);
        request(&RpcV2Cbor(call), &input);
    }
    for call in generated(any::<ListConnectorOperations>()) {
        let input = set(json!({
            "connectorArn": call.connector_arn(),
            "maxResults": call.page_size().map(PageSize::get),
            "nextToken": call.token().map(Token::as_str),
        }));
        request(&call, &input);
    }
    for call in generated(any::<DescribeConnectorOperation>()) {
        let input = json!({"connectorOperationArn": call.connector_operation_arn()});
        request(&call, &input);
    }

    let list = || page(any::<OperationSummary>());
    responses::<ListOperations>(success::<ListOperations>(list()));
    responses::<GetOperation>(success::<GetOperation>(any::<Operation>()));
    let items = page(any::<ConnectorOperationSummary>());
    responses::<ListConnectorOperations>(success::<ListConnectorOperations>(items));
    let one = any::<ConnectorOperation>();
    responses::<DescribeConnectorOperation>(success::<DescribeConnectorOperation>(one));
    let in_cbor = list().prop_map(|output| RpcV2Cbor::<ListOperations>::encode_response(&output));
    responses::<RpcV2Cbor<ListOperations>>(in_cbor);
    let one = any::<Operation>();
    let in_cbor = one.prop_map(|output| RpcV2Cbor::<GetOperation>::encode_response(&output));
    responses::<RpcV2Cbor<GetOperation>>(in_cbor);

    let errors = || error_response().prop_map(|(response, _)| response);
    responses::<GetOperation>(errors());
    responses::<DescribeConnectorOperation>(errors());
    let in_cbor = any::<ServiceError>();
    let in_cbor = in_cbor.prop_map(|error| ops_model::encode_error(Protocol::RpcV2Cbor, &error));
    responses::<RpcV2Cbor<GetOperation>>(in_cbor);
}

fn generated<T: Debug>(values: impl Strategy<Value = T>) -> impl Iterator<Item = T> {
    let mut runner = TestRunner::deterministic();
    (0..CASES).map(move |_| values.new_tree(&mut runner).unwrap().current())
}

/// The members that are set.
fn set(members: Value) -> Value {
    let Value::Object(members) = members else {
        panic!("no structure")
    };
    let is_set = |(_, value): &(String, Value)| !value.is_null() && *value != json!([]);
    Value::Object(members.into_iter().filter(is_set).collect())
}

fn request<C: ServedCall>(call: &C, input: &Value) {
    let base: BaseUrl = "http://localhost:1".parse().unwrap();
    let request: Request<Bytes> = call.encode(&base).unwrap();
    print::<C>(json!({
        "input": input,
        "method": request.method().as_str(),
        "url": request.uri().to_string(),
        "headers": headers(request.headers()),
        "body": BASE64_STANDARD.encode(request.body()),
    }));
}

fn responses<C: ServedCall>(responses: impl Strategy<Value = Response<Bytes>>) {
    for response in generated(responses) {
        print::<C>(json!({
            "status": response.status().as_u16(),
            "headers": headers(response.headers()),
            "body": BASE64_STANDARD.encode(response.body()),
            "outcome": Outcome::of(C::NAME, C::PROTOCOL == Protocol::RpcV2Cbor, &response),
        }));
    }
}

fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let text = |value: &http::HeaderValue| Value::from(value.to_str().unwrap());
    let headers = headers.iter();
    headers
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect()
}

fn print<C: ServedCall>(mut case: Value) {
    case["operation"] = C::NAME.into();
    case["service"] = C::SERVICE.signing_name().into();
    case["protocol"] = format!("{:?}", C::PROTOCOL).into();
    println!("{case}");
}
