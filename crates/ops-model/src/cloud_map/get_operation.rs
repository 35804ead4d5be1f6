#[cfg(feature = "cbor")]
mod cbor;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::operation::{Operation, OperationShape};
use crate::protocol::{aws_json, fault, json, response};
use crate::request::{ACCOUNT_ID_DIGITS, OPERATION_ID_MAX_CHARS};
use crate::timestamp::EpochSeconds;
use crate::{
    BaseUrl, Call, EncodeError, InvalidRequest, Protocol, ResponseError, ServedCall, Service,
    ServiceError,
};

/// Cloud Map's `GetOperation`: everything about one operation.
///
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_GetOperation.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetOperation {
    operation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_account: Option<String>,
}

impl GetOperation {
    /// Asks for the operation of this id.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::OperationId`] unless the id has 1 to 255 characters.
    pub fn new(operation_id: impl Into<String>) -> Result<Self, InvalidRequest> {
        let operation_id = operation_id.into();
        let chars = operation_id.chars().count();
        if !(1..=OPERATION_ID_MAX_CHARS).contains(&chars) {
            return Err(InvalidRequest::OperationId { chars });
        }
        Ok(Self {
            operation_id,
            owner_account: None,
        })
    }

    /// Names the account that owns the namespace: needed if the namespace is shared with the caller's account.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::OwnerAccount`] unless it is 12 digits.
    pub fn with_owner_account(
        mut self,
        account: impl Into<String>,
    ) -> Result<Self, InvalidRequest> {
        let given = account.into();
        if given.len() != ACCOUNT_ID_DIGITS || !given.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidRequest::OwnerAccount { given });
        }
        self.owner_account = Some(given);
        Ok(self)
    }

    /// The id of the operation.
    #[must_use]
    pub fn operation_id(&self) -> &str {
        &self.operation_id
    }

    /// The account that owns the namespace, if it is named.
    #[must_use]
    pub fn owner_account(&self) -> Option<&str> {
        self.owner_account.as_deref()
    }
}

/// The input as the service reads it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    operation_id: Option<String>,
    owner_account: Option<String>,
}

impl GetOperation {
    /// Holds an input against the service's rules.
    fn from_input(input: Input) -> Result<Self, ServiceError> {
        let invalid =
            |error: InvalidRequest| fault::invalid_input(Service::CloudMap, &error.to_string());
        let call = Self::new(input.operation_id.unwrap_or_default()).map_err(invalid)?;
        match input.owner_account {
            None => Ok(call),
            Some(account) => call.with_owner_account(account).map_err(invalid),
        }
    }
}

impl Call for GetOperation {
    type Output = Operation;

    const SERVICE: Service = Service::CloudMap;
    const NAME: &'static str = "GetOperation";

    fn encode(&self, base: &BaseUrl) -> Result<http::Request<Bytes>, EncodeError> {
        aws_json::request(Self::NAME, base, self)
    }

    fn decode(response: &http::Response<Bytes>) -> Result<Operation, ResponseError> {
        response::decode(response, |body| {
            #[derive(Deserialize)]
            #[serde(rename_all = "PascalCase")]
            struct Output {
                #[serde(default, deserialize_with = "json::member")]
                operation: Option<OperationShape<EpochSeconds>>,
            }
            let output: Output = json::structure(body)?;
            output
                .operation
                .map(Operation::from)
                .ok_or_else(|| "missing field `Operation`".to_owned())
        })
    }
}

impl ServedCall for GetOperation {
    const PROTOCOL: Protocol = Protocol::AwsJson1_1;

    fn decode_request(request: &http::Request<Bytes>) -> Result<Self, ServiceError> {
        Self::from_input(aws_json::input(request)?)
    }

    fn encode_response(output: &Operation) -> http::Response<Bytes> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output<'a> {
            operation: &'a Operation,
        }
        json::response(aws_json::CONTENT_TYPE, &Output { operation: output })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud_map::{
        OperationErrorCode, OperationStatus, OperationTargetType, OperationType,
    };

    const ID: &str = "gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd";

    fn decode(body: &str) -> Result<Operation, ResponseError> {
        GetOperation::decode(&http::Response::new(Bytes::copy_from_slice(
            body.as_bytes(),
        )))
    }

    #[test]
    fn ids_and_accounts_are_checked_before_anything_is_sent() {
        assert!(GetOperation::new("é".repeat(255)).is_ok());
        assert_eq!(
            GetOperation::new(""),
            Err(InvalidRequest::OperationId { chars: 0 })
        );
        assert_eq!(
            GetOperation::new("é".repeat(256)),
            Err(InvalidRequest::OperationId { chars: 256 })
        );
        for account in ["", "1", "1234567890123", "12345678901a", "١٢٣٤٥٦"] {
            let refused = GetOperation::new(ID).unwrap().with_owner_account(account);
            assert_eq!(
                refused,
                Err(InvalidRequest::OwnerAccount {
                    given: account.to_owned()
                })
            );
        }
        let call = GetOperation::new(ID).unwrap();
        assert_eq!((call.operation_id(), call.owner_account()), (ID, None));
        let call = call.with_owner_account("012345678901").unwrap();
        assert_eq!(call.owner_account(), Some("012345678901"));
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let base = "https://servicediscovery.us-east-1.amazonaws.com"
            .parse()
            .unwrap();
        let call = GetOperation::new("opération-✓").unwrap();
        for call in [
            call.clone(),
            call.with_owner_account("123456789012").unwrap(),
        ] {
            let request = call.encode(&base).unwrap();
            assert_eq!(
                request.uri(),
                "https://servicediscovery.us-east-1.amazonaws.com/"
            );
            assert_eq!(GetOperation::decode_request(&request), Ok(call));
        }
    }

    #[test]
    fn every_member_is_read_and_milliseconds_are_kept() {
        let body = r#"{"Operation": {"Id": "op", "OwnerAccount": "123456789012", "Type": "CREATE_NAMESPACE",
            "Status": "FAIL", "ErrorMessage": "no zone", "ErrorCode": "CANNOT_CREATE_HOSTED_ZONE",
            "CreateDate": 1516925490.087, "UpdateDate": -1.5, "New": [1],
            "Targets": {"NAMESPACE": "ns-1", "VPC": "vpc-1", "SERVICE": null}}}"#;
        let operation = decode(body).unwrap();
        assert_eq!(operation.owner_account.as_deref(), Some("123456789012"));
        assert_eq!(
            operation.operation_type,
            Some(OperationType::CreateNamespace)
        );
        assert_eq!(operation.status, OperationStatus::Fail);
        assert_eq!(operation.error_message.as_deref(), Some("no zone"));
        assert_eq!(
            operation.error_code,
            Some(OperationErrorCode::CannotCreateHostedZone)
        );
        assert_eq!(
            operation.create_date.unwrap().to_string(),
            "2018-01-26T00:11:30.087Z"
        );
        assert_eq!(operation.update_date.unwrap().as_millis(), -1500);
        let targets = [
            (OperationTargetType::Namespace, "ns-1"),
            ("VPC".into(), "vpc-1"),
        ];
        assert_eq!(
            operation.targets,
            targets.map(|(key, id)| (key, id.to_owned())).into()
        );

        let encoded = GetOperation::encode_response(&operation);
        assert_eq!(GetOperation::decode(&encoded), Ok(operation.clone()));
        let json = serde_json::to_value(&operation).unwrap();
        assert_eq!(json["CreateDate"], 1_516_925_490.087);
        assert_eq!(
            serde_json::from_value::<Operation>(json).unwrap(),
            operation
        );
    }

    #[test]
    fn recorded_output_with_iso_dates_reads_but_the_wire_is_strict() {
        let json = r#"{"Id": "op", "Status": "SUCCESS", "CreateDate": "2018-01-26T01:11:30.087000+01:00"}"#;
        let recorded: Operation = serde_json::from_str(json).unwrap();
        assert_eq!(recorded.create_date.unwrap().as_millis(), 1_516_925_490_087);
        assert!(decode(&format!(r#"{{"Operation": {json}}}"#)).is_err());
    }

    #[test]
    fn an_answer_without_an_operation_is_malformed() {
        for body in [
            "",
            "{}",
            r#"{"Operation": null}"#,
            r#"{"Operation": {}}"#,
            r#"{"Operation": {"Id": "op"}}"#,
            r#"{"Operation": {"Status": "FAIL"}}"#,
            r#"{"Operation": {"Id": 1, "Status": "FAIL"}}"#,
            r#"{"Operation": {"Id": "op", "Status": "FAIL", "CreateDate": true}}"#,
            r#"{"Operation": {"Id": "op", "Status": "FAIL", "CreateDate": "1516925490"}}"#,
            r#"{"Operation": ["op"]}"#,
            r#"{"Operation": ["op", null, "FAIL", null, null, null, null, null, null]}"#,
            "<html></html>",
        ] {
            assert!(
                matches!(decode(body), Err(ResponseError::Malformed(_))),
                "{body}"
            );
        }
    }
}
