//! The SDK's codecs and ours on generated values: the same requests, and the same made of the same responses.
//!
//! What they do differently on purpose is in `differences`.

mod differences;
mod peer;

use std::cell::RefCell;
use std::fmt::Debug;

use bytes::Bytes;
use http::Response;
use ops_model::cloud_map::{GetOperation, ListOperations, Operation, OperationSummary};
use ops_model::kafka_connect::{
    ConnectorOperation, ConnectorOperationSummary, DescribeConnectorOperation,
    ListConnectorOperations,
};
use ops_model::testing::strategy::{error_response, page};
use ops_model::{BaseUrl, ServedCall};
use ops_tests::generated::success;
use ops_tests::outcome::{Outcome, normal};
use peer::{Peer, Sdk};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// Whatever the call is: an endpoint that nobody asks.
const URL: &str = "http://localhost:1";

#[test]
fn requests_mean_the_same() {
    requests::<ListOperations>();
    requests::<GetOperation>();
    requests::<ListConnectorOperations>();
    requests::<DescribeConnectorOperation>();
}

#[test]
fn successes_mean_the_same() {
    let get = any::<Operation>();
    responses::<ListOperations>(success::<ListOperations>(page(any::<OperationSummary>())));
    responses::<GetOperation>(success::<GetOperation>(get));
    let items = page(any::<ConnectorOperationSummary>());
    responses::<ListConnectorOperations>(success::<ListConnectorOperations>(items));
    let describe = any::<ConnectorOperation>();
    responses::<DescribeConnectorOperation>(success::<DescribeConnectorOperation>(describe));
}

#[test]
fn errors_mean_the_same() {
    let errors = || error_response().prop_map(|(response, _)| response);
    responses::<ListOperations>(errors());
    responses::<GetOperation>(errors());
    responses::<ListConnectorOperations>(errors());
    responses::<DescribeConnectorOperation>(errors());
}

fn requests<C: Peer + ServedCall + Arbitrary>() {
    let base: BaseUrl = URL.parse().unwrap();
    check(any::<C>(), |sdk, call| {
        sdk.make(&call, Response::default());
        let (theirs, ours) = (sdk.sent(), call.encode(&base).unwrap());
        prop_assert_eq!(theirs.method(), ours.method());
        prop_assert_eq!(theirs.uri(), ours.uri());
        for name in ["content-type", "x-amz-target"] {
            prop_assert_eq!(theirs.headers().get(name), ours.headers().get(name));
        }
        let value = |body: &Bytes| serde_json::from_slice::<Value>(body).ok();
        prop_assert_eq!(value(theirs.body()), value(ours.body()));
        Ok(())
    });
}

fn responses<C: Peer>(responses: impl Strategy<Value = Response<Bytes>>) {
    check(responses, |sdk, response| {
        let ours = Outcome::of(C::NAME, false, &response);
        let body = response.body().clone();
        let theirs = sdk.make(&C::any(), response);
        prop_assert_eq!(
            without_nothings(theirs),
            without_nothings(ours),
            "{:?}",
            body
        );
        Ok(())
    });
}

/// Without what the SDK cannot tell from nothing: zero, `false`, and the message of an error without a code.
fn without_nothings(outcome: Outcome) -> Outcome {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.values_mut().for_each(strip);
                members.retain(|_, value| *value != json!(0) && *value != json!(false));
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    match outcome {
        Outcome::Value(mut value) => {
            strip(&mut value);
            Outcome::Value(normal(value))
        }
        Outcome::Error {
            reply,
            code,
            message,
        } => Outcome::Error {
            reply,
            message: code.is_some().then_some(message).flatten(),
            code,
        },
        other => other,
    }
}

/// Runs a test on generated values, the same ones each time.
fn check<T: Debug>(
    values: impl Strategy<Value = T>,
    test: impl Fn(&mut Sdk, T) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let sdk = RefCell::new(Sdk::new());
    let run = runner.run(&values, |value| test(&mut sdk.borrow_mut(), value));
    run.unwrap_or_else(|error| panic!("{error}"));
}
