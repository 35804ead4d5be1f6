//! What the generators give: everything that they are to give, and nothing that cannot be built.

use std::collections::BTreeSet;
use std::fmt::Debug;

use arbitrary::{Arbitrary, Unstructured};
use ops_model::cloud_map::{
    DateUnit, Filter, FilterName, GetOperation, ListOperations, Operation, OperationStatus,
    OperationSummary, RawFilter,
};
use ops_model::kafka_connect::{
    ConnectorFilter, ConnectorOperation, ConnectorOperationSummary, DescribeConnectorOperation,
    ListConnectorOperations,
};
use ops_model::testing::strategy::{
    broken_filter, multiply_broken_filter, open_enum, operation, response,
};
use ops_model::testing::{Breach, BrokenFilter, BrokenRequest, Listing};
use ops_model::{
    Call, Checkpoint, EndpointParams, Page, ResponseError, Service, ServiceError, Token,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Serialize;

/// So many values, always the same.
fn sample<S: Strategy>(strategy: S, count: usize) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// The breaches that some filter can have, their values' indices aside.
fn kinds(breaches: impl IntoIterator<Item = Breach>) -> BTreeSet<String> {
    breaches
        .into_iter()
        .map(|breach| {
            let first = match breach {
                Breach::EmptyValue(_) => Breach::EmptyValue(0),
                Breach::LongValue(_, char) => Breach::LongValue(0, char),
                Breach::UnknownStatus(_, text) => Breach::UnknownStatus(0, text),
                Breach::UnknownType(_, text) => Breach::UnknownType(0, text),
                Breach::BadDate(_, text) => Breach::BadDate(0, text),
                other => other,
            };
            format!("{first:?}")
        })
        .collect()
}

fn every_kind() -> BTreeSet<String> {
    let filters = [
        "Name=NAMESPACE_ID,Values=ns-1",
        "Name=SERVICE_ID,Values=srv-1",
        "Name=STATUS,Values=FAIL",
        "Name=STATUS,Condition=IN,Values=FAIL",
        "Name=TYPE,Values=UPDATE_SERVICE",
        "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490087",
    ];
    let units = [DateUnit::Milliseconds, DateUnit::Seconds];
    kinds(filters.into_iter().flat_map(|shorthand| {
        let filter: Filter = shorthand.parse().unwrap();
        units
            .into_iter()
            .flat_map(move |unit| Breach::of(&filter, unit))
    }))
}

#[test]
fn every_breach_is_generated_by_either_feature() {
    let every = every_kind();
    assert_eq!(every.len(), 81, "as many as the tables have");
    let by_proptest = sample(broken_filter(), 6_000).flat_map(|broken| broken.breaches);
    assert_eq!(kinds(by_proptest), every);
    let at_once = sample(multiply_broken_filter(), 2_000).flat_map(|broken| broken.breaches);
    assert_eq!(kinds(at_once), every);
    let by_arbitrary = by_arbitrary::<BrokenFilter>(2_000).flat_map(|broken| broken.breaches);
    assert_eq!(kinds(by_arbitrary), every);
}

#[test]
fn filters_of_every_kind_come_by_either_feature() {
    let kinds = |filters: Vec<Filter>| -> BTreeSet<String> {
        let kinds = filters.iter().map(|filter| {
            let raw = filter.to_raw(DateUnit::Milliseconds);
            format!("{} {}", raw.name, raw.condition.unwrap_or_default())
        });
        kinds.collect()
    };
    let every = [
        "NAMESPACE_ID EQ",
        "SERVICE_ID EQ",
        "STATUS EQ",
        "STATUS IN",
        "TYPE EQ",
        "TYPE IN",
        "UPDATE_DATE BETWEEN",
    ];
    let every: BTreeSet<String> = every.map(str::to_owned).into();
    assert_eq!(kinds(sample(any::<Filter>(), 500).collect()), every);
    assert_eq!(kinds(by_arbitrary(500).collect()), every);
}

#[test]
fn requests_have_something_to_ask_for_by_either_feature() {
    let is_plain = |call: &ListOperations| *call == ListOperations::new();
    assert!(!sample(any::<ListOperations>(), 50).all(|call| is_plain(&call)));
    assert!(!by_arbitrary(200).all(|call| is_plain(&call)));
    let keeps_all = |filter: &ConnectorFilter| *filter == ConnectorFilter::new();
    assert!(!sample(any::<ConnectorFilter>(), 50).all(|filter| keeps_all(&filter)));
    assert!(!by_arbitrary(200).all(|filter| keeps_all(&filter)));
}

#[test]
fn raw_filters_are_good_nearly_good_and_noise() {
    let raw: Vec<RawFilter> = by_arbitrary(500).collect();
    let is_good = |raw: &RawFilter| Filter::from_raw(raw, DateUnit::Milliseconds).is_ok();
    let has_a_name = |raw: &RawFilter| raw.name.parse::<FilterName>().is_ok();
    assert!(raw.iter().any(is_good));
    // A date may be good in the other unit.
    let is_of_status = |raw: &RawFilter| raw.name.parse() == Ok(FilterName::Status);
    assert!(raw.iter().any(|raw| is_of_status(raw) && !is_good(raw)));
    assert!(raw.iter().any(|raw| !has_a_name(raw)));
}

#[test]
fn several_breaches_give_several_violations() {
    let most = sample(multiply_broken_filter(), 1_000)
        .map(|broken| broken.violations.len())
        .max();
    assert!(most >= Some(4), "{most:?}");
}

#[test]
fn open_enums_are_known_and_unknown() {
    let values: Vec<OperationStatus> = sample(open_enum(OperationStatus::KNOWN), 1_000).collect();
    for known in OperationStatus::KNOWN {
        assert!(values.contains(known), "{known}");
    }
    let unknown = values.iter().filter(|status| !status.is_known()).count();
    assert!((100..400).contains(&unknown), "{unknown}");
}

#[test]
fn responses_are_values_errors_and_neither() {
    let decoded: Vec<_> = sample(response::<GetOperation>(operation()), 200)
        .map(|response| GetOperation::decode(&response))
        .collect();
    let count = |is: fn(&Result<Operation, ResponseError>) -> bool| {
        decoded.iter().filter(|read| is(read)).count()
    };
    assert!(count(Result::is_ok) > 50);
    assert!(count(|read| matches!(read, Err(ResponseError::Service(_)))) > 20);
    assert!(count(|read| matches!(read, Err(ResponseError::Malformed(_)))) > 20);
}

#[test]
fn pages_are_empty_bad_last_and_first() {
    let listings: Vec<Listing<OperationSummary>> =
        sample(any::<Listing<OperationSummary>>(), 200).collect();
    let pages = || listings.iter().flat_map(Listing::pages);
    assert!(pages().any(|page| page.is_empty() && page.next_token().is_some()));
    assert!(pages().any(|page| page.bad_items().count() > 0));
    assert!(listings.iter().any(|listing| listing.pages().len() == 5));
    let bad: usize = pages().map(|page| page.bad_items().count()).sum();
    let all: usize = pages().map(Page::len).sum();
    assert!((all / 20..all / 5).contains(&bad), "{bad} of {all}");
}

/// The members of some values: those that any of them has, and those that all of them have.
fn members<T: Serialize>(values: impl IntoIterator<Item = T>) -> [BTreeSet<String>; 2] {
    let of_each = values.into_iter().map(|value| {
        let serde_json::Value::Object(members) = serde_json::to_value(value).unwrap() else {
            panic!("a structure is an object");
        };
        members.into_iter().map(|(name, _)| name).collect()
    });
    let of_each: Vec<BTreeSet<String>> = of_each.collect();
    let any = of_each.iter().flatten().cloned().collect();
    let all = of_each.into_iter().reduce(|all, one| &all & &one);
    [any, all.unwrap()]
}

/// An optional member is there and is not, a required one always is.
#[test]
fn every_member_comes_and_goes_by_either_feature() {
    fn check<T>(optional: &[&str], required: &[&str])
    where
        T: proptest::arbitrary::Arbitrary + for<'a> Arbitrary<'a> + Serialize,
    {
        let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let required: BTreeSet<String> = set(required);
        let expected = [&required | &set(optional), required];
        assert_eq!(members(sample(any::<T>(), 200)), expected);
        assert_eq!(members(by_arbitrary::<T>(500)), expected);
    }
    check::<OperationSummary>(&[], &["Id", "Status"]);
    check::<Operation>(
        &[
            "CreateDate",
            "ErrorCode",
            "ErrorMessage",
            "OwnerAccount",
            "Targets",
            "Type",
            "UpdateDate",
        ],
        &["Id", "Status"],
    );
    check::<ConnectorOperationSummary>(
        &["connectorOperationType", "creationTime", "endTime"],
        &["connectorOperationArn", "connectorOperationState"],
    );
    check::<ConnectorOperation>(
        &[
            "connectorArn",
            "connectorOperationType",
            "creationTime",
            "endTime",
            "errorInfo",
            "operationSteps",
            "originConnectorConfiguration",
            "originWorkerSetting",
            "targetConnectorConfiguration",
            "targetWorkerSetting",
        ],
        &["connectorOperationArn", "connectorOperationState"],
    );
}

#[test]
fn endpoints_have_every_option_by_either_feature() {
    fn check(generated: impl Iterator<Item = EndpointParams>) {
        let generated: Vec<_> = generated.collect();
        for (fips, dual_stack, url) in [
            (false, false, false),
            (false, true, false),
            (true, false, false),
            (true, true, false),
            (false, false, true),
        ] {
            let found = generated.iter().any(|params| {
                (params.use_fips, params.use_dual_stack) == (fips, dual_stack)
                    && params.override_url.is_some() == url
            });
            assert!(found, "FIPS {fips}, dual-stack {dual_stack}, URL {url}");
        }
    }
    check(sample(any::<EndpointParams>(), 200));
    check(by_arbitrary(200));
}

/// Bytes that mean nothing, always the same.
fn noise(count: usize) -> impl Iterator<Item = Vec<u8>> {
    sample(prop::collection::vec(any::<u8>(), 0..500), count)
}

/// The values that so many of them give, if they are enough for one.
fn by_arbitrary<T: for<'a> Arbitrary<'a>>(count: usize) -> impl Iterator<Item = T> {
    noise(count).filter_map(|bytes| T::arbitrary(&mut Unstructured::new(&bytes)).ok())
}

/// Any bytes give a value or too few bytes; no value breaks the rules of its type.
#[test]
fn any_bytes_are_a_value_or_too_few() {
    fn check<T: for<'a> Arbitrary<'a> + Clone + Debug + PartialEq>(
        noise: &[Vec<u8>],
        keeps_its_rules: fn(T) -> bool,
    ) {
        let mut values = 0;
        for bytes in noise {
            if let Ok(value) = T::arbitrary(&mut Unstructured::new(bytes)) {
                values += 1;
                assert!(keeps_its_rules(value.clone()), "{value:?}");
            }
        }
        assert!(values > 150, "{values}");
    }
    let noise: Vec<_> = noise(200).chain([Vec::new()]).collect();
    check::<Filter>(&noise, |filter| filter.to_string().parse() == Ok(filter));
    check::<RawFilter>(&noise, |raw| raw.to_string().parse() == Ok(raw));
    check::<BrokenFilter>(&noise, |broken| {
        let error = Filter::from_raw(&broken.raw, broken.unit);
        error.is_err_and(|error| error.violations() == broken.violations)
    });
    check::<BrokenRequest>(&noise, |broken| broken.member.build() == Err(broken.error));
    check::<ListOperations>(&noise, |call| {
        call.encode(&"https://example.com".parse().unwrap()).is_ok()
    });
    check::<ListConnectorOperations>(&noise, |call| {
        call.encode(&"https://example.com".parse().unwrap()).is_ok()
    });
    check::<DescribeConnectorOperation>(&noise, |call| {
        DescribeConnectorOperation::new(call.connector_operation_arn()).is_ok()
    });
    check::<ConnectorFilter>(&noise, |filter| {
        serde_json::from_value(serde_json::to_value(&filter).unwrap()).ok() == Some(filter)
    });
    check::<Operation>(&noise, |operation| {
        serde_json::from_value(serde_json::to_value(&operation).unwrap()).ok() == Some(operation)
    });
    check::<ConnectorOperation>(&noise, |operation| {
        serde_json::from_value(serde_json::to_value(&operation).unwrap()).ok() == Some(operation)
    });
    check::<Page<ConnectorOperationSummary>>(&noise, |page| {
        page.entries().map(|(index, _)| index).eq(0..page.len())
    });
    check::<Listing<OperationSummary>>(&noise, |listing| {
        listing
            .pages()
            .last()
            .is_some_and(|page| page.next_token().is_none())
    });
    check::<Checkpoint>(&noise, |checkpoint| {
        checkpoint.to_json().parse() == Ok(checkpoint)
    });
    check::<EndpointParams>(&noise, |params| params.resolve(Service::CloudMap).is_ok());
    check::<ServiceError>(&noise, |error| !error.status.is_success());
    check::<Token>(&noise, |token| !token.as_str().is_empty());
}
