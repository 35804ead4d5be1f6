use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use ops_model::cloud_map::{Filter, GetOperation, ListOperations, Operation, OperationSummary};
use ops_model::kafka_connect::{
    ConnectorOperation, ConnectorOperationSummary, DescribeConnectorOperation,
    ListConnectorOperations,
};
use ops_model::{
    Call, ErrorCode, Page, PageSize, PagedCall, Route, ServedCall, Service, ServiceError, Token,
    encode_error,
};
use ops_transport::BlockingClock;

use crate::builder::FakeServiceBuilder;
use crate::connectors::Connectors;
use crate::examples::Examples;
use crate::generate;
use crate::list::List;
use crate::random::{Purpose, Random};
use crate::token::Tokens;

/// Both services in memory: a request in, the response out, as AWS documents them.
///
/// * A list reads `MaxResults` operations (100 unless given) from the token's position and filters **then**: a page may
///   be empty and still carry a token. There is a token exactly as long as operations remain to be read.
/// * A token is good for the listing that gave it, whatever the page size: the same call with the same filters, or with
///   the same connector. Any other token is refused. An empty token is none.
/// * What is not a request of the four operations gets the service's error, with its code, in its protocol's form.
/// * Every response has `content-type`, `date` and `x-amzn-requestid`. The content type of a request and its signature
///   are not looked at.
///
/// It is a [`Transport`](ops_transport::Transport) and a [`BlockingTransport`](ops_transport::BlockingTransport). Clones
/// are handles to one service, which may be called from many threads at once. A page costs what a page costs, however
/// long the list.
#[derive(Clone)]
pub struct FakeService(Arc<Inner>);

struct Inner {
    operations: List<Operation>,
    connectors: Connectors,
    seed: u64,
    tokens: Tokens,
    served: AtomicU64,
    clock: Option<Box<dyn BlockingClock>>,
    recorder: Option<Recorder>,
}

struct Recorder {
    limit: NonZeroUsize,
    requests: Mutex<VecDeque<http::Request<Bytes>>>,
}

impl FakeService {
    /// A service that holds the pinned examples: the three operations of AWS's own example of Cloud Map's list, and
    /// four operations of the connector [`EXAMPLE_CONNECTOR_ARN`](crate::EXAMPLE_CONNECTOR_ARN).
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A service with other operations, another seed, another clock.
    pub const fn builder() -> FakeServiceBuilder {
        FakeServiceBuilder::new()
    }

    pub(crate) fn holding(builder: FakeServiceBuilder) -> Self {
        let mut operations = List::new();
        let mut connectors = Connectors::new();
        if builder.examples {
            let examples = Examples::pinned();
            for operation in examples.operations {
                operations.put(operation);
            }
            for operation in examples.connector_operations {
                connectors.put(operation);
            }
        }
        for operation in builder.operations {
            operations.put(operation);
        }
        for connector_arn in builder.connectors {
            connectors.add(connector_arn);
        }
        for operation in builder.connector_operations {
            connectors.put(operation);
        }
        for index in 0..builder.generated as u64 {
            operations.put(generate::operation(builder.seed, index));
            connectors.put(generate::connector_operation(builder.seed, index));
        }
        Self(Arc::new(Inner {
            operations,
            connectors,
            seed: builder.seed,
            tokens: Tokens::new(builder.seed),
            served: AtomicU64::new(0),
            clock: builder.clock,
            recorder: builder.recorded.map(|limit| Recorder {
                limit,
                requests: Mutex::default(),
            }),
        }))
    }

    /// The response to a request, whatever the request.
    ///
    /// The operation is told by the `x-amz-target` header or else by the path; the host is not looked at.
    #[must_use]
    pub fn respond(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let inner = &*self.0;
        let mut response = match Route::of(&request) {
            Route::ListOperations => serve(&request, |call| inner.list_operations(&call)),
            Route::GetOperation => serve(&request, |call| inner.get_operation(&call)),
            Route::ListConnectorOperations => {
                serve(&request, |call| inner.list_connector_operations(&call))
            }
            Route::DescribeConnectorOperation => {
                serve(&request, |call| inner.describe_connector_operation(&call))
            }
            Route::UnknownOperation(service) => unknown_operation(service),
            Route::UnknownService => unknown_service(),
        };
        inner.stamp(response.headers_mut());
        if let Some(recorder) = &inner.recorder {
            recorder.keep(request);
        }
        response
    }

    /// The latest requests, the earliest of them first: as many as
    /// [`FakeServiceBuilder::record`] asked for, which is none unless set.
    ///
    /// They stand as they came, their credentials included. Over HTTP header names are in lower case, and the URI is
    /// what the request line has.
    #[must_use]
    pub fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.0
            .recorder
            .as_ref()
            .map(Recorder::requests)
            .unwrap_or_default()
    }
}

impl Default for FakeService {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FakeService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeService")
            .field("operations", &self.0.operations.items().len())
            .field("connectors", &self.0.connectors.arns().len())
            .field("seed", &self.0.seed)
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn list_operations(
        &self,
        call: &ListOperations,
    ) -> Result<Page<OperationSummary>, ServiceError> {
        let filters: Vec<&Filter> = call.checked_filters().collect();
        // Filters are ANDed, so their order is no part of the listing.
        let mut texts: Vec<String> = filters.iter().map(ToString::to_string).collect();
        texts.sort();
        let (operations, token) = self.page(
            self.operations.items(),
            call,
            &texts.join("\n"),
            call.page_size(),
        )?;
        let kept = operations
            .iter()
            .filter(|operation| filters.iter().all(|filter| filter.matches(operation)));
        Ok(Page::new(
            kept.map(|operation| Ok(operation.summary())),
            token,
        ))
    }

    fn get_operation(&self, call: &GetOperation) -> Result<Operation, ServiceError> {
        let id = call.operation_id();
        let owned = |operation: &&Operation| match (&operation.owner_account, call.owner_account())
        {
            (Some(owner), Some(asked)) => owner == asked,
            _ => true,
        };
        self.operations
            .find(id)
            .filter(owned)
            .cloned()
            .ok_or_else(|| {
                let message = format!("there is no operation `{}`", id.escape_debug());
                ServiceError::new(StatusCode::NOT_FOUND, ErrorCode::OperationNotFound, message)
            })
    }

    fn list_connector_operations(
        &self,
        call: &ListConnectorOperations,
    ) -> Result<Page<ConnectorOperationSummary>, ServiceError> {
        let arn = call.connector_arn();
        let places = self
            .connectors
            .places(arn)
            .ok_or_else(|| self.not_found("connector", arn))?;
        let (places, token) = self.page(places, call, arn, call.page_size())?;
        Ok(Page::new(
            places
                .iter()
                .map(|place| Ok(self.connectors.at(*place).summary())),
            token,
        ))
    }

    fn describe_connector_operation(
        &self,
        call: &DescribeConnectorOperation,
    ) -> Result<ConnectorOperation, ServiceError> {
        let arn = call.connector_operation_arn();
        self.connectors
            .find(arn)
            .cloned()
            .ok_or_else(|| self.not_found("connector operation", arn))
    }

    /// The part of a list that a call asks for, and the token of what is left.
    ///
    /// `selection` is what the call selects by, beside its name.
    fn page<'a, T, C: PagedCall>(
        &self,
        list: &'a [T],
        call: &C,
        selection: &str,
        size: Option<PageSize>,
    ) -> Result<(&'a [T], Option<Token>), ServiceError> {
        let listing = format!("{}\n{selection}", C::NAME);
        let start = match call.token().filter(|token| !token.as_str().is_empty()) {
            None => 0,
            // A token is given only while operations remain.
            Some(token) => self
                .tokens
                .read(&listing, token)
                .filter(|start| *start < list.len())
                .ok_or_else(|| foreign_token::<C>())?,
        };
        let rest = &list[start..];
        let size = size.unwrap_or(PageSize::MAX).get() as usize;
        let page = &rest[..size.min(rest.len())];
        let token =
            (page.len() < rest.len()).then(|| self.tokens.write(&listing, start + page.len()));
        Ok((page, token))
    }

    fn not_found(&self, what: &str, arn: &str) -> ServiceError {
        const NAMED: usize = 3;
        let arns = self.connectors.arns();
        let more = if arns.len() > NAMED { ", …" } else { "" };
        let arns: Vec<&str> = arns.take(NAMED).collect();
        let held = match arns[..] {
            [] => "this fake holds no connector".to_owned(),
            [only] => format!("the only connector here is {only}"),
            _ => format!("the connectors here are {}{more}", arns.join(", ")),
        };
        let message = format!("there is no {what} `{}`; {held}", arn.escape_debug());
        ServiceError::new(StatusCode::NOT_FOUND, ErrorCode::NotFoundException, message)
    }

    /// What every response of AWS's has.
    fn stamp(&self, headers: &mut http::HeaderMap) {
        let number = self.served.fetch_add(1, Ordering::Relaxed);
        let id = Random::new(self.seed, Purpose::RequestId, number).uuid();
        headers.insert(
            "x-amzn-requestid",
            HeaderValue::try_from(id).expect("a UUID is visible ASCII"),
        );
        let now = self
            .clock
            .as_ref()
            .map_or_else(SystemTime::now, |clock| clock.now().wall);
        // The years that the header can write.
        let now = now.clamp(
            SystemTime::UNIX_EPOCH,
            SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799),
        );
        let date = httpdate::fmt_http_date(now);
        headers.insert(
            header::DATE,
            HeaderValue::try_from(date).expect("a date is visible ASCII"),
        );
    }
}

impl Recorder {
    fn keep(&self, request: http::Request<Bytes>) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == self.limit.get() {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}

/// Reads the call, answers it, writes the answer.
fn serve<C: ServedCall>(
    request: &http::Request<Bytes>,
    answer: impl FnOnce(C) -> Result<C::Output, ServiceError>,
) -> http::Response<Bytes> {
    match C::decode_request(request).and_then(answer) {
        Ok(output) => C::encode_response(&output),
        Err(error) => encode_error(C::SERVICE, &error),
    }
}

fn foreign_token<C: Call>() -> ServiceError {
    let (code, member, selection) = match C::SERVICE {
        Service::CloudMap => (ErrorCode::InvalidInput, "NextToken", "filters"),
        Service::KafkaConnect => (ErrorCode::BadRequestException, "nextToken", "connector"),
    };
    let message = format!(
        "the {member} is none that {} gave for this request; pass the latest page's {member} on unchanged, with the same \
         {selection}",
        C::NAME
    );
    ServiceError::new(StatusCode::BAD_REQUEST, code, message)
}

fn unknown_operation(service: Service) -> http::Response<Bytes> {
    let (status, served) = match service {
        Service::CloudMap => (
            StatusCode::BAD_REQUEST,
            "POST of ListOperations and GetOperation",
        ),
        Service::KafkaConnect => (
            StatusCode::NOT_FOUND,
            "GET of /v1/connectors/{connectorArn}/operations and /v1/connectorOperations/{connectorOperationArn}",
        ),
    };
    let message = format!("the fake of {service} serves {served}, nothing else");
    encode_error(
        service,
        &ServiceError::new(status, ErrorCode::UnknownOperationException, message),
    )
}

fn unknown_service() -> http::Response<Bytes> {
    let message = "the request is neither for Cloud Map (x-amz-target: Route53AutoNaming_v20170314.…) nor for MSK \
                   Connect (a path that starts with /v1/)";
    let error = ServiceError::new(
        StatusCode::NOT_FOUND,
        ErrorCode::UnknownOperationException,
        message,
    );
    encode_error(Service::KafkaConnect, &error)
}
