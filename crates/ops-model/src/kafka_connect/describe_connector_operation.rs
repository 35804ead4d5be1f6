use bytes::Bytes;

use super::operation::{ConnectorOperation, ConnectorOperationShape};
use crate::protocol::{fault, json, response, rest_json};
use crate::timestamp::DateTimeText;
use crate::{
    BaseUrl, Call, EncodeError, InvalidRequest, Protocol, ResponseError, ServedCall, Service,
    ServiceError, request,
};

/// MSK Connect's `DescribeConnectorOperation`: everything about one operation.
///
/// <https://docs.aws.amazon.com/msk/latest/mskc/v1-connectoroperations-connectoroperationarn.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribeConnectorOperation {
    connector_operation_arn: String,
}

const PATH: &str = "/v1/connectorOperations/";

impl DescribeConnectorOperation {
    /// Asks for the operation of this ARN.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::Arn`] if it is empty, `.` or `..`, which would reach another path.
    pub fn new(connector_operation_arn: impl Into<String>) -> Result<Self, InvalidRequest> {
        Ok(Self {
            connector_operation_arn: request::arn(connector_operation_arn.into())?,
        })
    }

    /// The operation's ARN.
    #[must_use]
    pub fn connector_operation_arn(&self) -> &str {
        &self.connector_operation_arn
    }
}

impl Call for DescribeConnectorOperation {
    type Output = ConnectorOperation;

    const SERVICE: Service = Service::KafkaConnect;
    const NAME: &'static str = "DescribeConnectorOperation";

    fn encode(&self, base: &BaseUrl) -> Result<http::Request<Bytes>, EncodeError> {
        rest_json::request(base, PATH, &self.connector_operation_arn, "", &[])
    }

    fn decode(response: &http::Response<Bytes>) -> Result<ConnectorOperation, ResponseError> {
        response::decode(response, |body| {
            json::structure::<ConnectorOperationShape<DateTimeText>>(body).map(Into::into)
        })
    }
}

impl ServedCall for DescribeConnectorOperation {
    const PROTOCOL: Protocol = Protocol::RestJson1;

    fn decode_request(request: &http::Request<Bytes>) -> Result<Self, ServiceError> {
        Self::new(rest_json::arn(request, PATH, "")?)
            .map_err(|error| fault::invalid_input(Service::KafkaConnect, &error.to_string()))
    }

    fn encode_response(output: &ConnectorOperation) -> http::Response<Bytes> {
        json::response(rest_json::CONTENT_TYPE, output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(body: &str) -> Result<ConnectorOperation, ResponseError> {
        DescribeConnectorOperation::decode(&http::Response::new(Bytes::copy_from_slice(
            body.as_bytes(),
        )))
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let base = "https://kafkaconnect.us-east-1.amazonaws.com"
            .parse()
            .unwrap();
        for arn in [
            "arn:aws:kafkaconnect:us-east-1:1:connector-operation/c/0/7",
            "//a//",
            "a/../b",
            "é😀",
        ] {
            let call = DescribeConnectorOperation::new(arn).unwrap();
            assert_eq!(call.connector_operation_arn(), arn);
            assert_eq!(
                DescribeConnectorOperation::decode_request(&call.encode(&base).unwrap()),
                Ok(call)
            );
        }
        for given in ["", ".", ".."] {
            let given = given.to_owned();
            assert_eq!(
                DescribeConnectorOperation::new(given.clone()),
                Err(InvalidRequest::Arn { given })
            );
        }
    }

    #[test]
    fn every_member_is_read_and_written_again() {
        let body = r#"{"connectorArn": "c", "connectorOperationArn": "o",
            "connectorOperationState": "ROLLBACK_COMPLETE", "connectorOperationType": "UPDATE_WORKER_SETTING",
            "operationSteps": [{"stepType": "INITIALIZE_UPDATE", "stepState": "COMPLETED"}, {}],
            "originWorkerSetting": {"capacity": {"autoScaling": {"maxWorkerCount": 4, "minWorkerCount": 1,
                "mcuCount": 2, "maxAutoscalingTaskCount": 9, "scaleInPolicy": {"cpuUtilizationPercentage": 20},
                "scaleOutPolicy": {"cpuUtilizationPercentage": 80}}}},
            "originConnectorConfiguration": {"a": null, "b": "x"},
            "targetWorkerSetting": {"capacity": {"provisionedCapacity": {"mcuCount": 1, "workerCount": 2}},
                "plugins": [{"customPlugin": {"customPluginArn": "p", "revision": 9007199254740993}}],
                "workerConfiguration": {"revision": 1, "workerConfigurationArn": "w"},
                "useDefaultWorkerConfiguration": false},
            "targetConnectorConfiguration": {},
            "errorInfo": {"code": "X", "message": "why"},
            "creationTime": "2025-01-15T10:20:30.123Z", "endTime": "2025-01-15t10:25:30+01:00"}"#;
        let operation = decode(body).unwrap();
        let mut expected: serde_json::Value = serde_json::from_str(body).unwrap();
        expected["originConnectorConfiguration"] = serde_json::json!({"b": "x"});
        expected["endTime"] = "2025-01-15T09:25:30Z".into();
        assert_eq!(serde_json::to_value(&operation).unwrap(), expected);
        let encoded = DescribeConnectorOperation::encode_response(&operation);
        assert_eq!(DescribeConnectorOperation::decode(&encoded), Ok(operation));
    }

    #[test]
    fn identity_and_state_are_required_and_scalars_are_strict() {
        let with = |member: &str| {
            decode(&format!(
                r#"{{"connectorOperationArn": "o", "connectorOperationState": "PENDING", {member}}}"#
            ))
        };
        assert!(with(r#""creationTime": null"#).is_ok());
        for member in [
            r#""creationTime": 1736936430.123"#,
            r#""creationTime": "2025-01-15""#,
            r#""originWorkerSetting": {"useDefaultWorkerConfiguration": "true"}"#,
            r#""originWorkerSetting": {"capacity": {"provisionedCapacity": {"mcuCount": "2"}}}"#,
            r#""originWorkerSetting": {"capacity": {"provisionedCapacity": {"mcuCount": 3.0}}}"#,
            r#""operationSteps": {}"#,
            // serde would take an array for a structure: the members in order.
            r#""operationSteps": [["INITIALIZE_UPDATE", "COMPLETED"]]"#,
            r#""errorInfo": ["X", "why"]"#,
            r#""originWorkerSetting": [null, null, null, true]"#,
            r#""originWorkerSetting": {"capacity": [null, null]}"#,
            r#""originWorkerSetting": {"capacity": {"autoScaling": [4, 1, 2, null, null, null]}}"#,
            r#""originWorkerSetting": {"capacity": {"autoScaling": {"scaleInPolicy": [20]}}}"#,
            r#""originWorkerSetting": {"capacity": {"autoScaling": {"scaleOutPolicy": [80]}}}"#,
            r#""originWorkerSetting": {"capacity": {"provisionedCapacity": [1, 2]}}"#,
            r#""originWorkerSetting": {"plugins": [[null]]}"#,
            r#""originWorkerSetting": {"plugins": [{"customPlugin": ["arn", 1]}]}"#,
            r#""targetWorkerSetting": {"workerConfiguration": [1, "arn"]}"#,
        ] {
            assert!(
                matches!(with(member), Err(ResponseError::Malformed(_))),
                "{member}"
            );
        }
        for body in [
            "",
            "{}",
            r#"{"connectorOperationArn": "o"}"#,
            r#"{"connectorOperationState": "PENDING"}"#,
        ] {
            assert!(
                matches!(decode(body), Err(ResponseError::Malformed(_))),
                "{body}"
            );
        }
    }
}
