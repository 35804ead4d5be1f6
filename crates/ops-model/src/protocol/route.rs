use bytes::Bytes;
use http::Method;

#[cfg(feature = "cbor")]
use super::rpc_v2_cbor;
use super::{aws_json, rest_json};
use crate::Service;

/// Which of the four operations a request is for: how a service tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// Cloud Map's `ListOperations`.
    ListOperations,
    /// Cloud Map's `GetOperation`.
    GetOperation,
    /// MSK Connect's `ListConnectorOperations`.
    ListConnectorOperations,
    /// MSK Connect's `DescribeConnectorOperation`.
    DescribeConnectorOperation,
    /// A request that names another operation of this service.
    UnknownOperation(Service),
    /// A request that is for neither service.
    UnknownService,
}

impl Route {
    /// Reads the method, the path, and the headers that name a protocol or an operation; nothing else.
    #[must_use]
    pub fn of(request: &http::Request<Bytes>) -> Self {
        let is_cloud_map = request.headers().contains_key(aws_json::TARGET);
        #[cfg(feature = "cbor")]
        let is_cloud_map = is_cloud_map || rpc_v2_cbor::is_named(request.headers());
        if is_cloud_map {
            return Self::of_cloud_map(request.method(), Self::cloud_map_operation(request));
        }
        let path = request.uri().path();
        let get = request.method() == Method::GET;
        if get && rest_json::label(path, "/v1/connectors/", "/operations").is_some() {
            Self::ListConnectorOperations
        } else if get && rest_json::label(path, "/v1/connectorOperations/", "").is_some() {
            Self::DescribeConnectorOperation
        } else if path.starts_with("/v1/") {
            Self::UnknownOperation(Service::KafkaConnect)
        } else {
            Self::UnknownService
        }
    }

    /// The operation of Cloud Map that a request names, whether or not it is one of the two: for a service that serves
    /// others as well.
    #[must_use]
    pub fn cloud_map_operation(request: &http::Request<Bytes>) -> Option<&str> {
        #[cfg(feature = "cbor")]
        if rpc_v2_cbor::is_named(request.headers()) {
            return rpc_v2_cbor::operation(request);
        }
        aws_json::operation(request.headers())
    }

    /// A request that names an operation of Cloud Map, if it does.
    fn of_cloud_map(method: &Method, operation: Option<&str>) -> Self {
        match operation {
            Some("ListOperations") if method == Method::POST => Self::ListOperations,
            Some("GetOperation") if method == Method::POST => Self::GetOperation,
            Some(_) => Self::UnknownOperation(Service::CloudMap),
            None => Self::UnknownService,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_for_the_operation_that_its_method_path_and_target_name() {
        let check = |method: Method, path: &str, target: Option<&str>, expected: Route| {
            let mut request = http::Request::builder().method(method).uri(path);
            if let Some(target) = target {
                request = request.header(aws_json::TARGET, target);
            }
            let request = request.body(Bytes::new()).unwrap();
            assert_eq!(Route::of(&request), expected, "{request:?}");
        };
        let list = "/v1/connectors/arn/operations";
        let describe = "/v1/connectorOperations/arn";
        let unknown = Route::UnknownOperation(Service::KafkaConnect);
        check(Method::GET, list, None, Route::ListConnectorOperations);
        check(Method::POST, list, None, unknown);
        check(Method::GET, "/v1/connectors/a/b/operations", None, unknown);
        check(
            Method::GET,
            describe,
            None,
            Route::DescribeConnectorOperation,
        );
        check(Method::DELETE, describe, None, unknown);
        check(Method::GET, "/v1/connectors", None, unknown);
        check(Method::GET, "/", None, Route::UnknownService);

        let get = "Route53AutoNaming_v20170314.GetOperation";
        check(Method::POST, "/", Some(get), Route::GetOperation);
        let unknown = Route::UnknownOperation(Service::CloudMap);
        check(Method::GET, "/", Some(get), unknown);
        let other = "Route53AutoNaming_v20170314.ListServices";
        check(Method::POST, "/", Some(other), unknown);
        check(
            Method::POST,
            "/",
            Some("Other.GetOperation"),
            Route::UnknownService,
        );
    }
}
