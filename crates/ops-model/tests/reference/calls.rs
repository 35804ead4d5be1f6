//! Every request and response, from value to bytes and back; what is broken, refused.

use std::fmt::Debug;

use bytes::Bytes;
use http::Response;
use ops_model::cloud_map::{DateUnit, GetOperation, ListOperations, RawFilter, RpcV2Cbor};
use ops_model::kafka_connect::{
    ConnectorFilter, DescribeConnectorOperation, ListConnectorOperations,
};
use ops_model::testing::BrokenRequest;
use ops_model::testing::strategy::{
    self, connector_filter, connector_operation, connector_operation_summary,
    describe_connector_operation, get_operation, list_connector_operations, list_operations,
    operation, operation_summary, page, raw_filter,
};
use ops_model::{
    BaseUrl, Call, PagedCall, Region, ResponseError, Route, ServedCall, Service, ServiceError,
    encode_error,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request, as the service reads what a client writes.
fn request<C: ServedCall + Debug + PartialEq>(call: C, route: Route) -> Result<(), TestCaseError> {
    let written = call.encode(&base()).expect("short enough");
    prop_assert_eq!(&written.headers()["host"], "example.com");
    prop_assert_eq!(Route::of(&written), route);
    prop_assert_eq!(C::decode_request(&written), Ok(call));
    Ok(())
}

fn base() -> BaseUrl {
    "https://example.com".parse().unwrap()
}

/// A response's value, as the client reads what the service writes.
fn value<C: ServedCall<Output: Debug + PartialEq>>(output: C::Output) -> Result<(), TestCaseError> {
    prop_assert_eq!(C::decode(&C::encode_response(&output)), Ok(output));
    Ok(())
}

fn record<C: PagedCall + Clone + Debug + PartialEq>(mut call: C) -> Result<(), TestCaseError> {
    let record = call.to_record();
    call.set_token(None);
    prop_assert_eq!(C::from_record(&record), Ok(call));
    Ok(())
}

fn json<T: Debug + PartialEq + Serialize + DeserializeOwned>(
    value: T,
) -> Result<(), TestCaseError> {
    let json = serde_json::to_string(&value).unwrap();
    prop_assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
    Ok(())
}

fn failure<C: ServedCall<Output: Debug + PartialEq>>(
    response: &Response<Bytes>,
    error: &ServiceError,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(
        C::decode(response),
        Err(ResponseError::Service(error.clone()))
    );
    Ok(())
}

fn written_failure<C: ServedCall<Output: Debug + PartialEq>>(
    error: &ServiceError,
) -> Result<(), TestCaseError> {
    failure::<C>(&encode_error(C::PROTOCOL, error), error)
}

/// A response that holds no value must not be read as one.
fn no_value<C: ServedCall<Output: Debug>>(response: &Response<Bytes>) -> Result<(), TestCaseError> {
    let read = C::decode(response);
    prop_assert!(
        matches!(read, Err(ResponseError::Malformed(_))),
        "{:?}",
        read
    );
    Ok(())
}

proptest! {
    #[test]
    fn a_request_is_read_as_it_was_written(
        list in list_operations(),
        get in get_operation(),
        connectors in list_connector_operations(),
        describe in describe_connector_operation(),
    ) {
        // Seconds are for a service that takes them; what is sent has no filter for connectors.
        let list = list.with_date_unit(DateUnit::Milliseconds);
        let connectors = connectors.with_filter(ConnectorFilter::new());
        request(list.clone(), Route::ListOperations)?;
        request(get.clone(), Route::GetOperation)?;
        request(RpcV2Cbor(list), Route::ListOperations)?;
        request(RpcV2Cbor(get), Route::GetOperation)?;
        request(connectors, Route::ListConnectorOperations)?;
        request(describe, Route::DescribeConnectorOperation)?;
    }

    #[test]
    fn a_request_goes_to_the_host_and_below_the_path_of_its_endpoint(
        call in describe_connector_operation(),
        url in strategy::base_url(),
    ) {
        let path = call.encode(&base()).unwrap().uri().path().to_owned();
        let request = call.encode(&url).unwrap();
        let host = url.host_header();
        prop_assert_eq!(&request.headers()["host"], host);
        let expected = format!("{}{path}", url.to_string().trim_end_matches('/'));
        prop_assert_eq!(request.uri().to_string(), expected);
    }

    #[test]
    fn a_request_is_recorded_without_its_token(
        list in list_operations(),
        raw in prop::option::of(raw_filter()),
        connectors in list_connector_operations(),
    ) {
        record(raw.into_iter().fold(list, ListOperations::with_unchecked_filter))?;
        record(connectors)?;
    }

    #[test]
    fn an_unchecked_filter_is_sent_as_it_is(raw in raw_filter()) {
        let call = ListOperations::new().with_unchecked_filter(raw.clone());
        let body: serde_json::Value = serde_json::from_slice(call.encode(&base()).unwrap().body()).unwrap();
        let sent: Vec<RawFilter> = serde_json::from_value(body["Filters"].clone()).unwrap();
        prop_assert_eq!(sent, [raw]);
    }

    #[test]
    fn a_value_is_read_as_it_was_written(
        operation in operation(),
        summaries in page(operation_summary()),
        connector_operation in connector_operation(),
        connector_summaries in page(connector_operation_summary()),
    ) {
        value::<GetOperation>(operation.clone())?;
        value::<RpcV2Cbor<GetOperation>>(operation)?;
        value::<DescribeConnectorOperation>(connector_operation)?;
        value::<ListOperations>(summaries.clone())?;
        value::<RpcV2Cbor<ListOperations>>(summaries)?;
        value::<ListConnectorOperations>(connector_summaries)?;
    }

    #[test]
    fn a_value_is_recorded_in_json(
        operation in operation(),
        connector_operation in connector_operation(),
        filter in connector_filter(),
    ) {
        json(operation.summary())?;
        json(operation)?;
        json(connector_operation.summary())?;
        json(connector_operation)?;
        json(filter)?;
    }

    #[test]
    fn an_error_is_read_wherever_its_code_stands((response, error) in strategy::error_response()) {
        failure::<ListOperations>(&response, &error)?;
        failure::<GetOperation>(&response, &error)?;
        failure::<ListConnectorOperations>(&response, &error)?;
        failure::<DescribeConnectorOperation>(&response, &error)?;
    }

    #[test]
    fn an_error_is_read_as_it_was_written(mut error in strategy::service_error()) {
        error.request_id = None;
        written_failure::<GetOperation>(&error)?;
        written_failure::<DescribeConnectorOperation>(&error)?;
        written_failure::<RpcV2Cbor<GetOperation>>(&error)?;
    }

    #[test]
    fn a_response_of_something_else_or_cut_off_is_no_value(
        list in strategy::malformed_response::<ListOperations>(page(operation_summary())),
        get in strategy::malformed_response::<GetOperation>(operation()),
        connectors in strategy::malformed_response::<ListConnectorOperations>(page(connector_operation_summary())),
        describe in strategy::malformed_response::<DescribeConnectorOperation>(connector_operation()),
    ) {
        no_value::<ListOperations>(&list)?;
        no_value::<GetOperation>(&get)?;
        no_value::<ListConnectorOperations>(&connectors)?;
        no_value::<DescribeConnectorOperation>(&describe)?;
    }

    #[test]
    fn a_response_is_a_value_or_an_error(
        response in strategy::response::<GetOperation>(operation()),
    ) {
        match GetOperation::decode(&response) {
            Ok(operation) => {
                let written = GetOperation::encode_response(&operation);
                prop_assert_eq!(written.body(), response.body());
            }
            Err(ResponseError::Service(error)) => prop_assert_eq!(error.status, response.status()),
            Err(ResponseError::Malformed(malformed)) => prop_assert!(malformed.status.is_success()),
        }
    }

    #[test]
    fn a_region_and_a_url_read_back(region in strategy::region(), url in strategy::base_url()) {
        prop_assert_eq!(region.to_string().parse::<Region>(), Ok(region));
        prop_assert_eq!(url.to_string().parse::<BaseUrl>(), Ok(url));
    }

    #[test]
    fn endpoint_parameters_lead_to_both_services(params in strategy::endpoint_params()) {
        for service in [Service::CloudMap, Service::KafkaConnect] {
            let url = params.resolve(service);
            prop_assert!(url.is_ok(), "{:?}", url);
        }
    }
}

#[test]
fn a_broken_member_is_refused_and_its_neighbour_is_not() {
    for broken in BrokenRequest::all() {
        assert_eq!(
            broken.member.clone().build(),
            Err(broken.error),
            "{:?}",
            broken.member
        );
        assert_eq!(
            broken.nearest_valid.clone().build(),
            Ok(()),
            "{:?}",
            broken.nearest_valid
        );
    }
}
