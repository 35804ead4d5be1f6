use std::fmt::Debug;

use bytes::Bytes;
use http::Request;
use ops_fake::FakeService;
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{Call, EncodeError, InvalidRequest, ResponseError, Route, ServedCall};
use ops_transport::check_request;

use super::one_line;

/// The longest URI of the `http` crate, in bytes.
const URI_MAX_LENGTH: usize = 65534;

/// Two texts between bytes 0xFF: an ARN, and a page token.
///
/// Whatever the ARN, the request stays on its path, holds nothing there but what needs no escape, and is read as it was
/// written. Only what would reach another path is refused, by the client and by the service.
pub fn arn(data: &[u8]) {
    let mut texts = data
        .splitn(2, |byte| *byte == 0xff)
        .map(std::str::from_utf8);
    let (Some(Ok(arn)), Ok(token)) = (texts.next(), texts.next().transpose()) else {
        return;
    };
    let list = ListConnectorOperations::new(arn);
    let describe = DescribeConnectorOperation::new(arn);
    if ["", ".", ".."].contains(&arn) {
        let refusal = InvalidRequest::Arn { given: arn.into() };
        one_line(&refusal);
        assert_eq!(list, Err(refusal.clone()));
        assert_eq!(describe, Err(refusal));
        for escape in ESCAPES {
            let label = escape(arn);
            refused::<ListConnectorOperations>(&format!("/v1/connectors/{label}/operations"));
            refused::<DescribeConnectorOperation>(&format!("/v1/connectorOperations/{label}"));
        }
        return;
    }
    let (list, describe) = (list.unwrap(), describe.unwrap());
    let (list, query) = match token {
        Some(token) => (
            list.with_token(token),
            format!("?nextToken={}", escaped(token)),
        ),
        None => (list, String::new()),
    };
    on_its_path(
        &describe,
        Route::DescribeConnectorOperation,
        ("/v1/connectorOperations/", arn, ""),
    );
    let after = format!("/operations{query}");
    let path = ("/v1/connectors/", arn, after.as_str());
    on_its_path(&list, Route::ListConnectorOperations, path);
    served(arn);
}

fn on_its_path<C: ServedCall + Debug + PartialEq>(
    call: &C,
    route: Route,
    (before, arn, after): (&str, &str, &str),
) {
    for base in ["https://example.com", "https://example.com:8443/a/b/"] {
        let written = format!(
            "{}{before}{}{after}",
            base.trim_end_matches('/'),
            escaped(arn)
        );
        let request = match call.encode(&base.parse().unwrap()) {
            Ok(request) => request,
            Err(error) => {
                let length = written.len();
                assert!(length > URI_MAX_LENGTH);
                assert_eq!(error, EncodeError::UriTooLong { length });
                return one_line(&error);
            }
        };
        assert_eq!(request.uri().to_string(), written);
        assert_eq!(request.method(), "GET");
        check_request(&request).unwrap();
        let path = request.uri().path();
        assert!(
            path.bytes()
                .all(|byte| is_unreserved(byte) || b"/%".contains(&byte))
        );
        assert!(
            !path
                .split('/')
                .any(|segment| [".", ".."].contains(&segment))
        );
    }
    // A service reads the label however it is escaped.
    for escape in ESCAPES {
        let uri = format!("{before}{}{after}", escape(arn));
        let Ok(request) = Request::get(uri).body(Bytes::new()) else {
            continue;
        };
        assert_eq!(Route::of(&request), route);
        assert_eq!(C::decode_request(&request).as_ref(), Ok(call));
    }
}

fn refused<C: ServedCall + Debug>(path: &str) {
    let request = Request::get(path).body(Bytes::new()).unwrap();
    let error = C::decode_request(&request).unwrap_err();
    assert_eq!(error.status, 400, "{path}");
    one_line(&error);
}

/// A connector of any ARN can be asked for its operations, and is named where another one is.
fn served(arn: &str) {
    let service = FakeService::builder()
        .without_examples()
        .connector(arn)
        .build();
    let respond = |path: String| {
        let request = Request::get(path).body(Bytes::new()).ok()?;
        Some(service.respond(request))
    };
    if let Some(response) = respond(format!("/v1/connectors/{}/operations", escaped(arn))) {
        let page = ListConnectorOperations::decode(&response).unwrap();
        assert!(page.is_empty() && page.next_token().is_none());
    }
    if let Some(response) = respond(format!("/v1/connectorOperations/{}", escaped(arn))) {
        assert_eq!(response.status(), 404);
        match DescribeConnectorOperation::decode(&response) {
            Err(ResponseError::Service(error)) => one_line(&error),
            other => panic!("{other:?}"),
        }
    }
}

/// As little escaped as may be, and as much as can be.
const ESCAPES: [fn(&str) -> String; 2] = [escaped, |text| {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}];

/// What RFC 3986 does not reserve stands for itself.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            _ if is_unreserved(byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}
