use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ConnectorFilter;
use super::operation::{ConnectorOperationSummary, ConnectorOperationSummaryShape};
use crate::protocol::json::{self, Object};
use crate::protocol::{fault, response, rest_json};
use crate::timestamp::DateTimeText;
use crate::{
    BaseUrl, Call, EncodeError, InvalidRequest, Page, PageSize, PagedCall, Protocol, Record,
    ResponseError, ServedCall, Service, ServiceError, Token, request,
};

/// MSK Connect's `ListConnectorOperations`: the operations of one connector, a page at a time.
///
/// The service has no filters; a [`ConnectorFilter`] is applied to each page by the client.
///
/// <https://docs.aws.amazon.com/msk/latest/mskc/v1-connectors-connectorarn-operations.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListConnectorOperations {
    connector_arn: String,
    filter: ConnectorFilter,
    page_size: Option<PageSize>,
    token: Option<Token>,
}

const PATH: (&str, &str) = ("/v1/connectors/", "/operations");

impl ListConnectorOperations {
    /// Asks for every operation of the connector of this ARN.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::Arn`] if it is empty, `.` or `..`, which would reach another path.
    pub fn new(connector_arn: impl Into<String>) -> Result<Self, InvalidRequest> {
        Ok(Self {
            connector_arn: request::arn(connector_arn.into())?,
            filter: ConnectorFilter::new(),
            page_size: None,
            token: None,
        })
    }

    /// Keeps only operations that match this filter. It is not sent.
    #[must_use]
    pub fn with_filter(mut self, filter: ConnectorFilter) -> Self {
        self.filter = filter;
        self
    }

    /// Asks for pages of this size; 100 unless set.
    #[must_use]
    pub const fn with_page_size(mut self, size: PageSize) -> Self {
        self.page_size = Some(size);
        self
    }

    /// Asks for the page of this token, which a caller has kept. MSK Connect sets no limit to its length.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<Arc<str>>) -> Self {
        self.token = Some(Token::new(token));
        self
    }

    /// The connector's ARN.
    #[must_use]
    pub fn connector_arn(&self) -> &str {
        &self.connector_arn
    }

    /// The size of a page, if it is set.
    #[must_use]
    pub const fn page_size(&self) -> Option<PageSize> {
        self.page_size
    }
}

impl Call for ListConnectorOperations {
    type Output = Page<ConnectorOperationSummary>;

    const SERVICE: Service = Service::KafkaConnect;
    const NAME: &'static str = "ListConnectorOperations";

    fn encode(&self, base: &BaseUrl) -> Result<http::Request<Bytes>, EncodeError> {
        let size = self.page_size.map(|size| size.get().to_string());
        let query = [
            ("maxResults", size.as_deref()),
            ("nextToken", self.token.as_ref().map(Token::as_str)),
        ];
        rest_json::request(base, PATH.0, &self.connector_arn, PATH.1, &query)
    }

    fn decode(
        response: &http::Response<Bytes>,
    ) -> Result<Page<ConnectorOperationSummary>, ResponseError> {
        response::decode(response, |body| {
            read_at_once(body).map_or_else(|| read_item_by_item(body), Ok)
        })
    }
}

/// The output on the wire, its list read as an `L`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output<L> {
    connector_operations: Option<L>,
    next_token: Option<Token>,
}

type Shape<'a> = ConnectorOperationSummaryShape<'a, DateTimeText>;

/// Reads a page in one pass, if all of its items can be read.
fn read_at_once(body: &[u8]) -> Option<Page<ConnectorOperationSummary>> {
    let output: Output<json::Items<Shape<'_>>> = json::at_once(body)?;
    let entries = json::Items::into_entries(output.connector_operations);
    Some(Page::of_entries(entries, output.next_token))
}

/// Reads a page whose items may be bad, each by itself.
fn read_item_by_item(body: &[u8]) -> Result<Page<ConnectorOperationSummary>, String> {
    let output: Output<json::RawItems<'_>> = json::structure(body)?;
    let items = json::items::<Shape<'_>>(output.connector_operations, "connectorOperationArn");
    Ok(Page::new(items, output.next_token))
}

impl PagedCall for ListConnectorOperations {
    type Item = ConnectorOperationSummary;

    fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    fn set_token(&mut self, token: Option<Token>) {
        self.token = token;
    }

    fn keeps(&self, item: &ConnectorOperationSummary) -> bool {
        self.filter.matches(item)
    }

    fn to_record(&self) -> Record {
        let recorded = Recorded {
            connector_arn: self.connector_arn.clone(),
            filter: Object(self.filter.clone()),
            max_results: self.page_size.map(PageSize::get),
        };
        Record::write(&recorded).expect("strings and numbers")
    }

    fn from_record(record: &Record) -> Result<Self, String> {
        let Object::<Recorded>(recorded) = record.read()?;
        let call = Self::new(recorded.connector_arn).map_err(|error| error.to_string())?;
        Ok(Self {
            filter: recorded.filter.0,
            page_size: recorded
                .max_results
                .map(PageSize::new)
                .transpose()
                .map_err(|error| error.to_string())?,
            ..call
        })
    }
}

/// The request in a checkpoint.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Recorded {
    connector_arn: String,
    #[serde(default)]
    filter: Object<ConnectorFilter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_results: Option<u32>,
}

impl ServedCall for ListConnectorOperations {
    const PROTOCOL: Protocol = Protocol::RestJson1;

    fn decode_request(request: &http::Request<Bytes>) -> Result<Self, ServiceError> {
        let invalid =
            |error: InvalidRequest| fault::invalid_input(Service::KafkaConnect, &error.to_string());
        let query = |name| rest_json::query_member(request.uri().query(), name);
        let unreadable = |what: &str| fault::serialization_error(Service::KafkaConnect, what);

        let mut call = Self::new(rest_json::arn(request, PATH.0, PATH.1)?).map_err(invalid)?;
        if let Some(size) = query("maxResults") {
            let size: i64 = rest_json::decoded(size)
                .and_then(|size| size.parse().ok())
                .ok_or_else(|| unreadable("maxResults is no integer"))?;
            call.page_size = Some(PageSize::new(size).map_err(invalid)?);
        }
        if let Some(token) = query("nextToken") {
            let token =
                rest_json::decoded(token).ok_or_else(|| unreadable("nextToken is no UTF-8"))?;
            call.token = Some(Token::new(token));
        }
        Ok(call)
    }

    fn encode_response(output: &Page<ConnectorOperationSummary>) -> http::Response<Bytes> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Output<'a> {
            connector_operations: Vec<&'a ConnectorOperationSummary>,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_token: Option<&'a Token>,
        }
        let output = Output {
            connector_operations: output.items().collect(),
            next_token: output.next_token(),
        };
        json::response(rest_json::CONTENT_TYPE, &output)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::testing::strategy::{connector_operation_summary, damaged_body, page, response};

    const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/0f9a-4";

    fn decode(body: &str) -> Result<Page<ConnectorOperationSummary>, ResponseError> {
        ListConnectorOperations::decode(&http::Response::new(Bytes::copy_from_slice(
            body.as_bytes(),
        )))
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let base = "https://kafkaconnect.us-east-1.amazonaws.com"
            .parse()
            .unwrap();
        let call = ListConnectorOperations::new(ARN).unwrap();
        assert_eq!((call.connector_arn(), call.page_size()), (ARN, None));
        for call in [
            call.clone(),
            call.clone().with_page_size(PageSize::MAX),
            call.clone().with_token("a+/= é"),
            call.clone().with_token(""),
            call.with_page_size(PageSize::MAX)
                .with_token("t".repeat(10_000)),
        ] {
            let request = call.encode(&base).unwrap();
            assert_eq!(ListConnectorOperations::decode_request(&request), Ok(call));
        }
    }

    #[test]
    fn a_query_is_read_however_much_of_it_is_encoded() {
        let request = http::Request::get("/v1/connectors/c/operations?%6DaxResults=%31%30");
        let call = ListConnectorOperations::decode_request(&request.body(Bytes::new()).unwrap());
        assert_eq!(call.unwrap().page_size().map(PageSize::get), Some(10));
    }

    #[test]
    fn a_bad_query_is_a_bad_request() {
        for query in [
            "maxResults=0",
            "maxResults=101",
            "maxResults=x",
            "maxResults=",
            "nextToken=%FF",
        ] {
            let request = http::Request::get(format!("/v1/connectors/c/operations?{query}"));
            let error =
                ListConnectorOperations::decode_request(&request.body(Bytes::new()).unwrap())
                    .unwrap_err();
            assert_eq!(
                error.code,
                Some(crate::ErrorCode::BadRequestException),
                "{query}"
            );
        }
    }

    #[test]
    fn a_bad_item_stands_in_its_place_and_loses_nothing_else() {
        let good = r#"{"connectorOperationArn": "a", "connectorOperationState": "PENDING"}"#;
        let bad =
            r#"{"connectorOperationArn": "b", "connectorOperationState": "PENDING", "endTime": 5}"#;
        let page = decode(&format!(
            r#"{{"connectorOperations": [{good}, {bad}, null, {good}], "nextToken": "n+/="}}"#
        ))
        .unwrap();
        assert_eq!(page.items().count(), 2);
        let bad: Vec<_> = page.bad_items().map(ToString::to_string).collect();
        assert_eq!(
            bad,
            [
                "item 1 of its page (b) cannot be read: expected an RFC 3339 date and time",
                "item 2 of its page cannot be read: expected a JSON object",
            ]
        );
        assert_eq!(page.next_token(), Some(&Token::new("n+/=")));
    }

    #[test]
    fn a_record_holds_the_request_without_its_token() {
        let filter = ConnectorFilter::new().with_states(["UPDATE_FAILED".into()]);
        let call = ListConnectorOperations::new(ARN)
            .unwrap()
            .with_filter(filter)
            .with_page_size(PageSize::MAX);
        let record = call.clone().with_token("t").to_record();
        assert_eq!(ListConnectorOperations::from_record(&record), Ok(call));
        for wrong in [
            json!({"connectorArn": ""}),
            json!([ARN]),
            json!({"connectorArn": ARN, "filter": [["UPDATE_FAILED"]]}),
            json!({"connectorArn": ARN, "filter": {"more": 1}}),
        ] {
            let record = Record::write(&wrong).unwrap();
            assert!(
                ListConnectorOperations::from_record(&record).is_err(),
                "{wrong}"
            );
        }
    }

    /// Whether a body is read at once; it is then read the same item by item.
    fn is_read_at_once(body: &[u8]) -> bool {
        let page = read_at_once(body);
        if let Some(page) = &page {
            assert_eq!(read_item_by_item(body).as_ref(), Ok(page));
        }
        page.is_some()
    }

    #[test]
    fn a_page_without_a_flaw_is_read_at_once() {
        let check = |body: &str, expected: bool| {
            assert_eq!(is_read_at_once(body.as_bytes()), expected, "{body}");
        };
        let with = |members: &str| {
            let item = r#""connectorOperationArn": "a", "connectorOperationState": "?""#;
            format!(r#"{{"connectorOperations": [{{{item}{members}}}]}}"#)
        };
        check(r#"{"connectorOperations": [], "nextToken": "t"}"#, true);
        check("{}", true);
        check(&with(""), true);
        check(
            &with(r#", "creationTime": null, "connectorOperationType": null"#),
            true,
        );
        check(
            &with(r#", "endTime": "2025-01-15T10:20:30.5+05:30", "new": []"#),
            true,
        );
        // As the careful pass reads them.
        check("", false);
        check(r#"[[], "t"]"#, false);
        for member in [
            r#", "endTime": 5"#,
            r#", "endTime": "2025-01-15""#,
            r#", "connectorOperationType": 1"#,
            r#", "connectorOperationState": "PENDING""#,
            r#"}, null, {"#,
            r#"}, ["a", null, "PENDING", null, null], {"#,
        ] {
            check(&with(member), false);
        }
    }

    proptest! {
        #[test]
        fn what_is_read_at_once_is_read_the_same_item_by_item(
            body in damaged_body(response::<ListConnectorOperations>(page(connector_operation_summary()))),
        ) {
            is_read_at_once(&body);
        }

        #[test]
        fn what_a_service_writes_is_read_at_once(page in page(connector_operation_summary())) {
            let response = ListConnectorOperations::encode_response(&page);
            prop_assert!(is_read_at_once(response.body()));
        }
    }
}
