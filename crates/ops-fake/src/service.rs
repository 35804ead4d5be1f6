use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use ops_model::cloud_map::RpcV2Cbor;
use ops_model::{ErrorCode, Protocol, Route, ServedCall, Service, ServiceError, encode_error};

use crate::account::account;
use crate::blueprint::Blueprint;
use crate::builder::FakeServiceBuilder;
use crate::create::Creation;
use crate::fault::{Fault, Faults};
use crate::holdings::{Asked, Holdings};
use crate::random::{Purpose, Random};
use crate::recorder::Recorder;
use crate::scenario::Scenario;
#[cfg(feature = "verify-signatures")]
use crate::signature::Verifier;
use crate::time::{ServiceTime, timestamp, writable};
use crate::token::Lead;
use crate::{ScenarioError, VirtualClock};

/// Both services in memory: a request in, the response out, as AWS documents them.
///
/// * A list reads `MaxResults` operations (100 unless given) from the token's position and filters **then**: a page may
///   be empty and still carry a token. There is a token exactly as long as operations remain to be read.
/// * A token is good for the listing that gave it, whatever the page size: the same call of the same account with the
///   same filters, or with the same connector, for [24 hours](FakeServiceBuilder::token_lifetime) from the listing's
///   first page. Any other token is refused. An empty token is none.
/// * Each of the [calls that create operations](crate#creating-operations) adds one at the end of its list.
/// * What is not a request of any of these gets the service's error, with its code, in its protocol's form.
/// * Cloud Map is served over both of its protocols, awsJson1_1 and rpcv2Cbor: each request is answered in its own.
/// * Every response has `content-type`, `date` and `x-amzn-requestid`. The content type of a request is looked at
///   for rpcv2Cbor alone, and its signature if the builder was told to verify signatures.
///
/// It is a [`Transport`](ops_transport::Transport) and a [`BlockingTransport`](ops_transport::BlockingTransport),
/// and with the feature `http` `FakeServer` puts it on a socket. What is sent over any of them may meet a [`Fault`].
/// Clones are handles to one service, which may be called from many threads at once. A page costs what a page costs,
/// [however long the list](crate#what-a-long-list-costs).
#[derive(Clone)]
pub struct FakeService(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) blueprint: Blueprint,
    pub(crate) holdings: RwLock<Holdings>,
    pub(crate) served: AtomicU64,
    pub(crate) time: ServiceTime,
    /// The clock, if it is one that can be advanced.
    pub(crate) virtual_clock: Option<VirtualClock>,
    pub(crate) faults: Faults,
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

    /// A service as a scenario has it: a JSON document, all of whose members may be absent.
    ///
    /// | member | what it is | without it |
    /// |---|---|---|
    /// | `examples` | whether the pinned examples are held | `true` |
    /// | `seed` | as [`seed`](FakeServiceBuilder::seed) | 0 |
    /// | `generated` | how many [generated operations](FakeServiceBuilder::operations) each service has | 0 |
    /// | `clock` | the service's time, `"2026-01-01T00:00:00Z"`: it stands still until it is [set forward](Self::advance) | the machine's time, which goes on |
    /// | `tokenLifetime` | as [`token_lifetime`](FakeServiceBuilder::token_lifetime), in seconds | 86400 |
    /// | `cloudMap.operations` | operations in the shape of `GetOperation`'s `Operation` | none |
    /// | `kafkaConnect.connectors` | ARNs of connectors that may have no operation yet | none |
    /// | `kafkaConnect.operations` | operations in the shape of `DescribeConnectorOperation`'s response | none |
    /// | `faults` | as [`faults`](FakeServiceBuilder::faults): a list of [faults](Fault) and `null`s | none |
    ///
    /// Beside AWS's members an operation may have a [`life`](crate::Life): a list of `{"after": SECONDS, "state": STATE}`, each
    /// with an `"error": {"code": …, "message": …}` if need be. A member that AWS does not have is an error, and so is
    /// one with a wrong value.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use ops_fake::{FakeService, VirtualClock};
    /// use ops_model::cloud_map::GetOperation;
    ///
    /// let scenario = r#"{
    ///     "examples": false,
    ///     "generated": 1000,
    ///     "cloudMap": {"operations": [{
    ///         "Id": "op-1", "Status": "SUBMITTED", "Type": "CREATE_NAMESPACE", "Targets": {"NAMESPACE": "ns-1"},
    ///         "life": [
    ///             {"after": 0.5, "state": "PENDING"},
    ///             {"after": 30, "state": "FAIL", "error": {"code": "ACCESS_DENIED", "message": "not your zone"}}
    ///         ]
    ///     }]}
    /// }"#;
    /// let clock = VirtualClock::new();
    /// let service = FakeService::scenario(scenario)?.clock(clock.clone()).build();
    /// clock.advance(Duration::from_secs(30));
    /// # let request = http::Request::post("/").header("x-amz-target", "Route53AutoNaming_v20170314.GetOperation");
    /// # let response = service.respond(request.body(r#"{"OperationId": "op-1"}"#.into())?);
    /// # assert!(std::str::from_utf8(response.body())?.contains("ACCESS_DENIED"));
    ///
    /// let error = FakeService::scenario(r#"{"cloudMap": {"operations": [{"Id": "op-1"}]}}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "cloudMap.operations[0]: missing field `Status` at line 1 column 44");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ScenarioError`], which tells the place and the reason.
    pub fn scenario(json: &str) -> Result<FakeServiceBuilder, ScenarioError> {
        Scenario::parse(json).map(FakeServiceBuilder::of)
    }

    pub(crate) fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The response to a request, whatever the request.
    ///
    /// The operation is told by the path if `smithy-protocol` names rpcv2Cbor, else by the `x-amz-target` header, and
    /// else by the path; the host is not looked at. No request meets a fault here, and none is used up: faults are of
    /// what is sent over a transport or a socket.
    #[must_use]
    pub fn respond(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        self.0.respond(request, None)
    }

    /// Has the next request that is sent meet this fault; or the one after it, if another fault was injected before.
    ///
    /// The [schedule](FakeServiceBuilder::faults) waits meanwhile: its next entry is for the next request that meets no
    /// injected fault.
    pub fn inject(&self, fault: Fault) {
        self.0.faults.inject(fault);
    }

    /// The response to a request that was sent, as it leaves the service, and the fault that it met.
    pub(crate) fn meet(
        &self,
        request: http::Request<Bytes>,
    ) -> (http::Response<Bytes>, Option<Fault>) {
        let fault = self.0.faults.next();
        let response = match fault {
            Some(Fault::Refuse) => http::Response::default(),
            _ => self.0.respond(request, fault.as_ref()),
        };
        (response, fault)
    }

    /// Lets time pass that nobody waits for.
    pub(crate) fn pass(&self, time: Duration) {
        if let Some(clock) = &self.0.virtual_clock {
            clock.advance(time);
        }
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
    pub(crate) fn holdings(&self) -> RwLockReadGuard<'_, Holdings> {
        self.holdings.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn holdings_mut(&self) -> RwLockWriteGuard<'_, Holdings> {
        self.holdings
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn respond(
        &self,
        request: http::Request<Bytes>,
        fault: Option<&Fault>,
    ) -> http::Response<Bytes> {
        let number = self.served.fetch_add(1, Ordering::Relaxed);
        let route = Route::of(&request);
        let service = service_of(route);
        let time = self.time.now();
        let now = fault.map_or(time, |fault| fault.time(time));
        let asked = Asked {
            account: account(request.headers()),
            now: timestamp(time),
            lead: fault.map_or(Lead::On, |fault| fault.lead(number)),
        };
        let mut response = fault
            .and_then(|fault| fault.refusal(&request, now))
            .or_else(|| self.unverified(&request, now))
            .unwrap_or_else(|| match Creation::of(&request) {
                Some(creation) => self.create(creation, &request),
                None => self.answer(route, &request, asked),
            });
        self.stamp(response.headers_mut(), number, now);
        if let Some(fault) = fault {
            fault.spoil(service, &mut response);
        }
        if let Some(recorder) = &self.recorder {
            recorder.keep(request);
        }
        response
    }

    fn answer(
        &self,
        route: Route,
        request: &http::Request<Bytes>,
        asked: Asked,
    ) -> http::Response<Bytes> {
        let held = self.holdings();
        match route {
            Route::ListOperations => {
                serve_cloud_map(request, |call| held.list_operations(&call, asked))
            }
            Route::GetOperation => {
                serve_cloud_map(request, |call| held.get_operation(&call, asked.now))
            }
            Route::ListConnectorOperations => {
                serve(request, |call| held.list_connector_operations(&call, asked))
            }
            Route::DescribeConnectorOperation => serve(request, |call| {
                held.describe_connector_operation(&call, asked.now)
            }),
            Route::UnknownOperation(service) => unknown_operation(service, Protocol::of(request)),
            Route::UnknownService => unknown_service(Protocol::of(request)),
        }
    }

    /// The refusal of a request whose signature is asked for and not right.
    #[cfg(feature = "verify-signatures")]
    fn unverified(
        &self,
        request: &http::Request<Bytes>,
        now: SystemTime,
    ) -> Option<http::Response<Bytes>> {
        let verifier = self.verifier.as_ref()?;
        let refusal = verifier.verify(request, timestamp(now)).err()?;
        Some(encode_error(Protocol::of(request), &refusal))
    }

    #[cfg(not(feature = "verify-signatures"))]
    const fn unverified(
        &self,
        _: &http::Request<Bytes>,
        _: SystemTime,
    ) -> Option<http::Response<Bytes>> {
        None
    }

    fn create(&self, creation: Creation, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        let mut held = self.holdings_mut();
        // Operations are listed in the order in which they were created.
        let now = self.time.timestamp();
        creation.serve(request, &mut held, &self.blueprint, now)
    }

    /// What every response of AWS's has.
    fn stamp(&self, headers: &mut HeaderMap, number: u64, now: SystemTime) {
        let id = Random::new(self.blueprint.seed, Purpose::RequestId, number).uuid();
        headers.insert(
            "x-amzn-requestid",
            HeaderValue::try_from(id).expect("a UUID is visible ASCII"),
        );
        let date = httpdate::fmt_http_date(writable(now));
        headers.insert(
            header::DATE,
            HeaderValue::try_from(date).expect("a date is visible ASCII"),
        );
    }
}

/// The service whose protocol answers.
const fn service_of(route: Route) -> Service {
    match route {
        Route::ListOperations | Route::GetOperation => Service::CloudMap,
        Route::ListConnectorOperations
        | Route::DescribeConnectorOperation
        | Route::UnknownService => Service::KafkaConnect,
        Route::UnknownOperation(service) => service,
    }
}

/// Reads the call, answers it, writes the answer.
fn serve<C: ServedCall>(
    request: &http::Request<Bytes>,
    answer: impl FnOnce(C) -> Result<C::Output, ServiceError>,
) -> http::Response<Bytes> {
    match C::decode_request(request).and_then(answer) {
        Ok(output) => C::encode_response(&output),
        Err(error) => encode_error(C::PROTOCOL, &error),
    }
}

/// The same for a call that has two protocols.
fn serve_cloud_map<C: ServedCall>(
    request: &http::Request<Bytes>,
    answer: impl FnOnce(C) -> Result<C::Output, ServiceError>,
) -> http::Response<Bytes>
where
    RpcV2Cbor<C>: ServedCall<Output = C::Output>,
{
    match Protocol::of(request) {
        Protocol::RpcV2Cbor => serve(request, |RpcV2Cbor(call)| answer(call)),
        _ => serve(request, answer),
    }
}

fn unknown_operation(service: Service, protocol: Protocol) -> http::Response<Bytes> {
    let served = match service {
        Service::CloudMap => {
            "POST of ListOperations and GetOperation, and of the calls that create operations: CreateHttpNamespace, \
             CreatePrivateDnsNamespace, CreatePublicDnsNamespace, DeleteNamespace, CreateService, UpdateService, \
             RegisterInstance and DeregisterInstance"
        }
        Service::KafkaConnect => {
            "GET of /v1/connectors/{connectorArn}/operations and /v1/connectorOperations/{connectorOperationArn}, and PUT \
             of /v1/connectors/{connectorArn}"
        }
    };
    let message = format!("the fake of {service} serves {served}, nothing else");
    let status = match protocol {
        Protocol::AwsJson1_1 => StatusCode::BAD_REQUEST,
        _ => StatusCode::NOT_FOUND,
    };
    unknown(status, message, protocol)
}

fn unknown_service(protocol: Protocol) -> http::Response<Bytes> {
    let message = "the request is neither for Cloud Map (x-amz-target: Route53AutoNaming_v20170314.…, or \
                   smithy-protocol: rpc-v2-cbor and a path that ends in \
                   /service/Route53AutoNaming_v20170314/operation/…, but not both) nor for MSK Connect (a path that \
                   starts with /v1/)";
    unknown(StatusCode::NOT_FOUND, message, protocol)
}

fn unknown(
    status: StatusCode,
    message: impl Into<String>,
    protocol: Protocol,
) -> http::Response<Bytes> {
    let error = ServiceError::new(status, ErrorCode::UnknownOperationException, message);
    encode_error(protocol, &error)
}
