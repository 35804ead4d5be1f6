#[cfg(feature = "cbor")]
mod cbor;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::filter::{DateUnit, Filter, RawFilter, WireFilter};
use super::operation::OperationSummary;
use crate::protocol::{aws_json, fault, json, response};
use crate::{
    BaseUrl, Call, EncodeError, InvalidRequest, Page, PageSize, PagedCall, Protocol, Record,
    ResponseError, ServedCall, Service, ServiceError, Token, request,
};

/// Cloud Map's `ListOperations`: the operations that match every filter, a page at a time.
///
/// The service reads a page of operations and filters then: a page may be empty and still not be the last.
///
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_ListOperations.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOperations {
    filters: Vec<RequestFilter>,
    date_unit: DateUnit,
    page_size: Option<PageSize>,
    token: Option<Token>,
}

/// A filter of a request: checked, or sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RequestFilter {
    Checked(Filter),
    Unchecked(RawFilter),
}

impl ListOperations {
    /// Asks for every operation.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks only for operations that match this filter too.
    #[must_use]
    pub fn with_filter(mut self, filter: Filter) -> Self {
        self.filters.push(RequestFilter::Checked(filter));
        self
    }

    /// Sends this filter as it is, whatever it is: for rules of the service that this version does not know.
    #[must_use]
    pub fn with_unchecked_filter(mut self, filter: RawFilter) -> Self {
        self.filters.push(RequestFilter::Unchecked(filter));
        self
    }

    /// Writes the dates of checked filters in this unit. Milliseconds unless set: AWS documents neither.
    #[must_use]
    pub const fn with_date_unit(mut self, unit: DateUnit) -> Self {
        self.date_unit = unit;
        self
    }

    /// Asks for pages of this size; 100 unless set.
    #[must_use]
    pub const fn with_page_size(mut self, size: PageSize) -> Self {
        self.page_size = Some(size);
        self
    }

    /// Asks for the page of this token, which a caller has kept.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::TokenTooLong`] beyond 4096 characters.
    pub fn with_token(mut self, token: impl Into<String>) -> Result<Self, InvalidRequest> {
        self.token = Some(request::cloud_map_token(token.into())?);
        Ok(self)
    }

    /// The filters as they are sent.
    #[must_use]
    pub fn filters(&self) -> Vec<RawFilter> {
        self.filters
            .iter()
            .map(|filter| match filter {
                RequestFilter::Checked(filter) => filter.to_raw(self.date_unit),
                RequestFilter::Unchecked(filter) => filter.clone(),
            })
            .collect()
    }

    /// The filters that were checked: what a service matches operations against.
    pub fn checked_filters(&self) -> impl Iterator<Item = &Filter> {
        self.filters.iter().filter_map(|filter| match filter {
            RequestFilter::Checked(filter) => Some(filter),
            RequestFilter::Unchecked(_) => None,
        })
    }

    /// The size of a page, if it is set.
    #[must_use]
    pub const fn page_size(&self) -> Option<PageSize> {
        self.page_size
    }
}

/// The input on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    next_token: Option<Token>,
    max_results: Option<i64>,
    filters: Option<Vec<RawFilter>>,
}

/// [`Input`] as it is written, without copies.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InputRef<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<&'a Token>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_results: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filters: Vec<WireFilter<'a>>,
}

impl ListOperations {
    fn input(&self) -> InputRef<'_> {
        let filters = self.filters.iter().map(|filter| match filter {
            RequestFilter::Checked(filter) => filter.to_wire(self.date_unit),
            RequestFilter::Unchecked(filter) => filter.to_wire(),
        });
        InputRef {
            next_token: self.token.as_ref(),
            max_results: self.page_size.map(PageSize::get),
            filters: filters.collect(),
        }
    }

    /// Holds an input against the service's rules.
    fn from_input(input: Input) -> Result<Self, ServiceError> {
        let mut call = Self::new();
        let mut faults = Vec::new();
        match input.max_results.map(PageSize::new).transpose() {
            Ok(size) => call.page_size = size,
            Err(error) => faults.push(error.to_string()),
        }
        match input
            .next_token
            .map(|token| request::cloud_map_token(token.as_str().to_owned()))
            .transpose()
        {
            Ok(token) => call.token = token,
            Err(error) => faults.push(error.to_string()),
        }
        for filter in input.filters.into_iter().flatten() {
            match Filter::from_request(&filter) {
                Ok(filter) => call.filters.push(RequestFilter::Checked(filter)),
                Err(error) => faults.push(error.to_string()),
            }
        }
        if faults.is_empty() {
            Ok(call)
        } else {
            Err(fault::invalid_input(Service::CloudMap, &faults.join("; ")))
        }
    }
}

impl Call for ListOperations {
    type Output = Page<OperationSummary>;

    const SERVICE: Service = Service::CloudMap;
    const NAME: &'static str = "ListOperations";

    fn encode(&self, base: &BaseUrl) -> Result<http::Request<Bytes>, EncodeError> {
        aws_json::request(Self::NAME, base, &self.input())
    }

    fn decode(response: &http::Response<Bytes>) -> Result<Page<OperationSummary>, ResponseError> {
        response::decode(response, |body| {
            read_at_once(body).map_or_else(|| read_item_by_item(body), Ok)
        })
    }
}

/// The output on the wire, its list read as an `L`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output<L> {
    operations: Option<L>,
    next_token: Option<Token>,
}

/// Reads a page in one pass, if all of its items can be read.
fn read_at_once(body: &[u8]) -> Option<Page<OperationSummary>> {
    let output: Output<json::Items<OperationSummary, _>> = json::at_once(body)?;
    let entries = json::Items::into_entries(output.operations);
    Some(Page::of_entries(entries, output.next_token))
}

/// Reads a page whose items may be bad, each by itself.
fn read_item_by_item(body: &[u8]) -> Result<Page<OperationSummary>, String> {
    let output: Output<json::RawItems<'_>> = json::structure(body)?;
    let items = json::items::<OperationSummary, _>(output.operations, "Id");
    Ok(Page::new(items, output.next_token))
}

impl PagedCall for ListOperations {
    type Item = OperationSummary;

    fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    fn set_token(&mut self, token: Option<Token>) {
        self.token = token;
    }

    fn keeps(&self, _: &OperationSummary) -> bool {
        true
    }

    fn to_record(&self) -> Record {
        let recorded = Recorded {
            filters: self
                .filters
                .iter()
                .map(|filter| match filter {
                    RequestFilter::Checked(filter) => RecordedFilter {
                        filter: filter.to_raw(DateUnit::Milliseconds),
                        unchecked: false,
                    },
                    RequestFilter::Unchecked(filter) => RecordedFilter {
                        filter: filter.clone(),
                        unchecked: true,
                    },
                })
                .collect(),
            dates_in_seconds: self.date_unit == DateUnit::Seconds,
            max_results: self.page_size.map(PageSize::get),
        };
        Record::write(&recorded).expect("strings, numbers and booleans")
    }

    fn from_record(record: &Record) -> Result<Self, String> {
        let recorded: Recorded = record.read()?;
        let filters = recorded.filters.into_iter().map(|recorded| {
            if recorded.unchecked {
                return Ok(RequestFilter::Unchecked(recorded.filter));
            }
            Filter::from_raw(&recorded.filter, DateUnit::Milliseconds)
                .map(RequestFilter::Checked)
                .map_err(|error| error.to_string())
        });
        Ok(Self {
            filters: filters.collect::<Result<_, _>>()?,
            date_unit: if recorded.dates_in_seconds {
                DateUnit::Seconds
            } else {
                DateUnit::Milliseconds
            },
            page_size: recorded
                .max_results
                .map(PageSize::new)
                .transpose()
                .map_err(|error| error.to_string())?,
            token: None,
        })
    }
}

/// The request in a checkpoint. Dates are milliseconds here, whatever the unit on the wire.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Recorded {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    filters: Vec<RecordedFilter>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dates_in_seconds: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_results: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecordedFilter {
    #[serde(flatten)]
    filter: RawFilter,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unchecked: bool,
}

impl ServedCall for ListOperations {
    const PROTOCOL: Protocol = Protocol::AwsJson1_1;

    fn decode_request(request: &http::Request<Bytes>) -> Result<Self, ServiceError> {
        Self::from_input(aws_json::input(request)?)
    }

    fn encode_response(output: &Page<OperationSummary>) -> http::Response<Bytes> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output<'a> {
            operations: Vec<&'a OperationSummary>,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_token: Option<&'a Token>,
        }
        let output = Output {
            operations: output.items().collect(),
            next_token: output.next_token(),
        };
        json::response(aws_json::CONTENT_TYPE, &output)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorCode;
    use crate::cloud_map::OperationStatus;
    use crate::testing::strategy::{damaged_body, operation_summary, page, response};

    fn decode(body: &str) -> Result<Page<OperationSummary>, ResponseError> {
        ListOperations::decode(&http::Response::new(Bytes::copy_from_slice(
            body.as_bytes(),
        )))
    }

    fn served(body: &str) -> Result<ListOperations, ServiceError> {
        ListOperations::decode_request(&http::Request::new(Bytes::copy_from_slice(body.as_bytes())))
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let base = "https://servicediscovery.us-east-1.amazonaws.com"
            .parse()
            .unwrap();
        let filter =
            Filter::status_in([OperationStatus::Pending, OperationStatus::Success]).unwrap();
        for call in [
            ListOperations::new(),
            ListOperations::new()
                .with_filter(filter)
                .with_page_size(PageSize::MAX),
            ListOperations::new()
                .with_token("h\u{e9}llo \u{4e16}\u{1f600} \u{2028}")
                .unwrap(),
        ] {
            let request = call.encode(&base).unwrap();
            assert_eq!(ListOperations::decode_request(&request), Ok(call));
        }
        let empty = ListOperations::new().encode(&base).unwrap();
        assert_eq!(&empty.body()[..], b"{}");
    }

    #[test]
    fn a_token_that_the_service_returned_is_passed_on_whatever_its_length() {
        let token = "t".repeat(5000);
        assert!(ListOperations::new().with_token(token.clone()).is_err());
        let mut call = ListOperations::new();
        call.set_token(Some(Token::new(token.clone())));
        let base = "https://example.com".parse().unwrap();
        let body: serde_json::Value =
            serde_json::from_slice(call.encode(&base).unwrap().body()).unwrap();
        assert_eq!(body["NextToken"], token);
    }

    #[test]
    fn an_unchecked_filter_is_sent_as_it_is() {
        let raw = RawFilter::new(
            "FUTURE_NAME",
            Some("FUTURE_CONDITION"),
            Vec::<String>::new(),
        );
        let call = ListOperations::new().with_unchecked_filter(raw);
        let request = call
            .encode(&"https://example.com".parse().unwrap())
            .unwrap();
        assert_eq!(
            &request.body()[..],
            br#"{"Filters":[{"Name":"FUTURE_NAME","Condition":"FUTURE_CONDITION","Values":[]}]}"#
        );
    }

    #[test]
    fn a_page_ends_the_list_without_a_token_or_with_an_empty_one() {
        for body in [
            "",
            "{}",
            " \n\t{ } ",
            r#"{"Operations": null, "NextToken": null}"#,
            r#"{"Operations": [], "NextToken": ""}"#,
            r#"{"operations": [{"Id": "a", "Status": "FAIL"}], "nextToken": "t"}"#,
        ] {
            let page = decode(body).unwrap();
            assert!(page.is_empty() && page.next_token().is_none(), "{body}");
        }
        let page = decode(r#"{"Operations": [], "NextToken": "t"}"#).unwrap();
        assert!(page.is_empty() && page.next_token().is_some());
    }

    #[test]
    fn a_bad_item_stands_in_its_place_and_loses_nothing_else() {
        let page = decode(
            r#"{"Operations": [{"Id": "a", "Status": "CANCELLED", "New": {"deep": [null]}}, null, {"Id": 7, "Status": "FAIL"},
                {"Id": "d"}, {"Status": "FAIL"}, ["a", "FAIL"], {"Id": "g", "Status": "FAIL"}], "NextToken": "t"}"#,
        )
        .unwrap();
        let bad: Vec<_> = page
            .bad_items()
            .map(|bad| (bad.index, bad.id.as_deref()))
            .collect();
        assert_eq!(
            bad,
            [(1, None), (2, None), (3, Some("d")), (4, None), (5, None)]
        );
        let ids: Vec<_> = page.items().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, ["a", "g"]);
        assert_eq!(page.items().next().unwrap().status.as_str(), "CANCELLED");
    }

    #[test]
    fn anything_but_the_documented_structure_is_malformed() {
        for body in [
            "[]",
            "null",
            "\u{feff}{}",
            r#"{"Operations":[{"Id":"x""#,
            "<html></html>",
            r#"{"NextToken":"\ud800x"}"#,
            r#"{"NextToken": 5}"#,
            r#"{"Operations": {}}"#,
            "{} {}",
        ] {
            assert!(
                matches!(decode(body), Err(ResponseError::Malformed(_))),
                "{body}"
            );
        }
    }

    #[test]
    fn the_service_names_every_broken_rule_at_once() {
        let error = served(
            r#"{"MaxResults": 101, "Filters": [{"Name": "STATUS", "Values": []}, {"Name": "X", "Values": ["x"]}]}"#,
        )
        .unwrap_err();
        assert_eq!(error.code, Some(ErrorCode::InvalidInput));
        let message = error.message.unwrap();
        for part in ["MaxResults", "STATUS", "`X`"] {
            assert!(message.contains(part), "{part}: {message}");
        }
        for body in [
            "[]",
            r#"{"MaxResults": "10"}"#,
            r#"{"Filters": [{"Name": "STATUS"}]}"#,
            "{",
        ] {
            let error = served(body).unwrap_err();
            assert_eq!(
                error.code,
                Some(ErrorCode::SerializationException),
                "{body}"
            );
        }
    }

    #[test]
    fn the_service_takes_dates_as_they_come() {
        let call = served(
            r#"{"Filters": [{"Name": "UPDATE_DATE", "Condition": "BETWEEN", "Values": ["5", "1516925490"]}]}"#,
        );
        assert_eq!(call.unwrap().checked_filters().count(), 1);
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
            let comma = if members.is_empty() { "" } else { "," };
            format!(r#"{{"NextToken": "t"{comma} {members}}}"#)
        };
        check(r#"{"Operations": [], "NextToken": "t"}"#, true);
        check(r#" {"Operations": null, "NextToken": null} "#, true);
        check("{}", true);
        check(&with(""), true);
        check(&with(r#""New": [{"Id": 7}, null], "id": 1e999"#), true);
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        check(&with(&format!(r#""New": {deep}"#)), true);
        check(
            &with(r#""Operations": [{"\u0049d": "\ud83d\ude00", "Status": "?"}]"#),
            true,
        );
        // As the careful pass reads them.
        check("", false);
        check("[[], null]", false);
        check("{} {}", false);
        check(&with(r#""NextToken": "u""#), false);
        for item in [
            "null",
            r#"["a", "FAIL"]"#,
            r#"{"Id": "a"}"#,
            r#"{"Id": null, "Status": "FAIL"}"#,
            r#"{"Id": "a", "Status": "FAIL", "Id": "a"}"#,
            r#"{"Id": "\ud800", "Status": "FAIL"}"#,
        ] {
            check(&with(&format!(r#""Operations": [{item}]"#)), false);
        }
    }

    proptest! {
        #[test]
        fn what_is_read_at_once_is_read_the_same_item_by_item(
            body in damaged_body(response::<ListOperations>(page(operation_summary()))),
        ) {
            is_read_at_once(&body);
        }

        #[test]
        fn what_a_service_writes_is_read_at_once(page in page(operation_summary())) {
            let response = ListOperations::encode_response(&page);
            prop_assert!(is_read_at_once(response.body()));
        }
    }
}
