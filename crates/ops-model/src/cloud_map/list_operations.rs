#[cfg(feature = "cbor")]
mod cbor;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::filter::{DateUnit, Filter, RawFilter, WireFilter};
use super::operation::{OperationSummary, OperationSummaryShape};
use crate::protocol::json::{self, Object};
use crate::protocol::{aws_json, fault, response};
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
    #[serde(default, deserialize_with = "json::list_member")]
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
    let output: Output<json::Items<OperationSummaryShape<'_>>> = json::at_once(body)?;
    let entries = json::Items::into_entries(output.operations);
    Some(Page::of_entries(entries, output.next_token))
}

/// Reads a page whose items may be bad, each by itself.
fn read_item_by_item(body: &[u8]) -> Result<Page<OperationSummary>, String> {
    let output: Output<json::RawItems<'_>> = json::structure(body)?;
    let items = json::items::<OperationSummaryShape<'_>>(output.operations, "Id");
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
                    RequestFilter::Checked(filter) => {
                        RecordedFilter::new(filter.to_raw(DateUnit::Milliseconds), false)
                    }
                    RequestFilter::Unchecked(filter) => RecordedFilter::new(filter.clone(), true),
                })
                .collect(),
            dates_in_seconds: self.date_unit == DateUnit::Seconds,
            max_results: self.page_size.map(PageSize::get),
        };
        Record::write(&recorded).expect("strings, numbers and booleans")
    }

    fn from_record(record: &Record) -> Result<Self, String> {
        let Object::<Recorded>(recorded) = record.read()?;
        let filters = recorded.filters.into_iter().map(|Object(recorded)| {
            let raw = RawFilter {
                name: recorded.name,
                condition: recorded.condition,
                values: recorded.values,
            };
            if recorded.unchecked {
                return Ok(RequestFilter::Unchecked(raw));
            }
            Filter::from_raw(&raw, DateUnit::Milliseconds)
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
    filters: Vec<Object<RecordedFilter>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dates_in_seconds: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_results: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RecordedFilter {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    values: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unchecked: bool,
}

impl RecordedFilter {
    fn new(raw: RawFilter, unchecked: bool) -> Object<Self> {
        Object(Self {
            name: raw.name,
            condition: raw.condition,
            values: raw.values,
            unchecked,
        })
    }
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
mod tests;
