use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
#[cfg(feature = "verify-signatures")]
use ops_model::Protocol;
use ops_model::cloud_map::{Operation, OperationStatus};
use ops_model::kafka_connect::{ConnectorOperation, ConnectorOperationState};
use ops_model::{ErrorCode, Route, ServedCall, Service, ServiceError, Timestamp, encode_error};

use crate::Life;
use crate::blueprint::Blueprint;
use crate::builder::FakeServiceBuilder;
use crate::holdings::Holdings;
use crate::life::{Failure, Held};
use crate::random::{Purpose, Random};
use crate::recorder::Recorder;
#[cfg(feature = "verify-signatures")]
use crate::signature::Verifier;
use crate::time::ServiceTime;

/// Both services in memory: a request in, the response out, as AWS documents them.
///
/// * A list reads `MaxResults` operations (100 unless given) from the token's position and filters **then**: a page may
///   be empty and still carry a token. There is a token exactly as long as operations remain to be read.
/// * A token is good for the listing that gave it, whatever the page size: the same call with the same filters, or with
///   the same connector. Any other token is refused. An empty token is none.
/// * What is not a request of the four operations gets the service's error, with its code, in its protocol's form.
/// * Every response has `content-type`, `date` and `x-amzn-requestid`. The content type of a request is not looked at,
///   nor is its signature, unless the builder was told to verify signatures.
///
/// It is a [`Transport`](ops_transport::Transport) and a [`BlockingTransport`](ops_transport::BlockingTransport),
/// and with the feature `http` `FakeServer` puts it on a socket. Clones are handles to one service, which may be called
/// from many threads at once. A page costs what a page costs, however long the list.
#[derive(Clone)]
pub struct FakeService(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) blueprint: Blueprint,
    pub(crate) holdings: RwLock<Holdings>,
    pub(crate) served: AtomicU64,
    pub(crate) time: ServiceTime,
    pub(crate) recorder: Option<Recorder>,
    #[cfg(feature = "verify-signatures")]
    pub(crate) verifier: Option<Verifier>,
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

    pub(crate) fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The response to a request, whatever the request.
    ///
    /// The operation is told by the `x-amz-target` header or else by the path; the host is not looked at.
    #[must_use]
    pub fn respond(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let mut response = self.0.answer(&request);
        self.0.stamp(response.headers_mut());
        if let Some(recorder) = &self.0.recorder {
            recorder.keep(request);
        }
        response
    }

    /// What time it is for the service.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.time.timestamp()
    }

    /// Sets the service's time forward: whatever should have happened by then has happened.
    pub fn advance(&self, by: Duration) {
        self.0.time.advance(by);
    }

    /// Adds an operation at the end of Cloud Map's list. Its life begins with its creation date, which is now unless it
    /// has one.
    ///
    /// # Errors
    ///
    /// The operation, if there is one with its id.
    #[expect(clippy::result_large_err, reason = "what is not taken is given back")]
    pub fn add_cloud_map_operation(
        &self,
        operation: Operation,
        life: Life<OperationStatus>,
    ) -> Result<(), Operation> {
        let held = Held::new(operation, life, self.now());
        self.0.holdings_mut().operations.add(held)
    }

    /// Adds an operation at the end of its connector's list: the example's, unless it names another. Its life begins
    /// with its creation date, which is now unless it has one.
    ///
    /// # Errors
    ///
    /// The operation, if there is one with its ARN, or if there is no such connector.
    #[expect(clippy::result_large_err, reason = "what is not taken is given back")]
    pub fn add_connector_operation(
        &self,
        operation: ConnectorOperation,
        life: Life<ConnectorOperationState>,
    ) -> Result<(), ConnectorOperation> {
        let held = Held::new(operation, life, self.now());
        self.0.holdings_mut().connectors.add(held)
    }

    /// Ends an operation of Cloud Map's now: it fails, and stays so. Whether there is one with this id.
    pub fn fail_cloud_map_operation(&self, id: &str, code: &str, message: &str) -> bool {
        let now = self.now();
        let failure = Failure::new(code, message);
        let fail = |held: &mut Held<Operation>| held.end(OperationStatus::Fail, failure, now);
        self.0.holdings_mut().operations.change(id, fail)
    }

    /// Ends an operation of a connector now: it is in this state, with this error, and stays so. Whether there is one
    /// with this ARN.
    pub fn fail_connector_operation(
        &self,
        arn: &str,
        state: ConnectorOperationState,
        code: &str,
        message: &str,
    ) -> bool {
        let now = self.now();
        let failure = Failure::new(code, message);
        let fail = |held: &mut Held<ConnectorOperation>| held.end(state, failure, now);
        self.0.holdings_mut().connectors.change(arn, fail)
    }

    /// Begins anew: the service holds what it was built with, and its time is the clock's again. Page tokens that it has
    /// given stay good.
    pub fn reset(&self) {
        self.0.time.reset();
        let holdings = self.0.blueprint.holdings(self.now());
        *self.0.holdings_mut() = holdings;
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
        let held = self.0.holdings();
        f.debug_struct("FakeService")
            .field("operations", &held.operations.len())
            .field("connectors", &held.connectors.arns().len())
            .field("seed", &self.0.blueprint.seed)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// A panic elsewhere leaves holdings that are as good as before it: nothing is changed in two steps.
    fn holdings(&self) -> RwLockReadGuard<'_, Holdings> {
        self.holdings.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn holdings_mut(&self) -> RwLockWriteGuard<'_, Holdings> {
        self.holdings
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        let now = self.time.timestamp();
        #[cfg(feature = "verify-signatures")]
        if let Some(verifier) = &self.verifier
            && let Err(error) = verifier.verify(request, now)
        {
            return encode_error(Protocol::of(request), &error);
        }
        let held = self.holdings();
        match Route::of(request) {
            Route::ListOperations => serve(request, |call| held.list_operations(&call, now)),
            Route::GetOperation => serve(request, |call| held.get_operation(&call, now)),
            Route::ListConnectorOperations => {
                serve(request, |call| held.list_connector_operations(&call, now))
            }
            Route::DescribeConnectorOperation => serve(request, |call| {
                held.describe_connector_operation(&call, now)
            }),
            Route::UnknownOperation(service) => unknown_operation(service),
            Route::UnknownService => unknown_service(),
        }
    }

    /// What every response of AWS's has.
    fn stamp(&self, headers: &mut HeaderMap) {
        let number = self.served.fetch_add(1, Ordering::Relaxed);
        let id = Random::new(self.blueprint.seed, Purpose::RequestId, number).uuid();
        headers.insert(
            "x-amzn-requestid",
            HeaderValue::try_from(id).expect("a UUID is visible ASCII"),
        );
        let date = httpdate::fmt_http_date(self.time.now());
        headers.insert(
            header::DATE,
            HeaderValue::try_from(date).expect("a date is visible ASCII"),
        );
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
