use bytes::Bytes;
use http::Method;

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
    /// Reads the target header or the path, nothing else.
    #[must_use]
    pub fn of(request: &http::Request<Bytes>) -> Self {
        let path = request.uri().path();
        if let Some(target) = request.headers().get(aws_json::TARGET) {
            let name = target
                .to_str()
                .ok()
                .and_then(|target| target.strip_prefix(aws_json::TARGET_PREFIX));
            return match name {
                Some("ListOperations") if request.method() == Method::POST => Self::ListOperations,
                Some("GetOperation") if request.method() == Method::POST => Self::GetOperation,
                Some(_) => Self::UnknownOperation(Service::CloudMap),
                None => Self::UnknownService,
            };
        }
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
}
