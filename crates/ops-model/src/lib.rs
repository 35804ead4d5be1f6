//! The long-running operations of AWS Cloud Map and Amazon MSK Connect as values: domain types, filter rules, the
//! paging machine, endpoints and wire codecs, without IO.
//!
//! # In scope
//!
//! * [`cloud_map`]: `ListOperations` and `GetOperation`, with the filter rules as data and the AWS CLI's shorthand.
//! * [`kafka_connect`]: `ListConnectorOperations` and `DescribeConnectorOperation`, with a filter for the client's side.
//! * [`Pager`] and [`Checkpoint`]: from page to page without losing or repeating one, and on again later.
//! * [`Call`], [`PagedCall`], [`ServedCall`]: every request and response to and from [`http`] types, for clients and for
//!   services. Cloud Map's are awsJson1_1, and with the feature `cbor` rpcv2Cbor too, for which a call is wrapped in
//!   `cloud_map::RpcV2Cbor`; MSK Connect's are restJson1.
//! * [`EndpointParams`]: where the services are reached.
//! * [`Phase`] and [`LongRunning`]: one vocabulary for both services.
//! * `testing`: values for property tests and fuzz targets, behind the features `proptest` and `arbitrary`.
//!
//! # Out of scope
//!
//! Sending, signing, retrying, waiting, the clock, the environment, randomness: nothing here does any of it.
//! `ops-client` drives this crate over a transport.
//!
//! # Example
//!
//! ```
//! use ops_model::cloud_map::{Filter, ListOperations, OperationStatus};
//! use ops_model::{BaseUrl, Call};
//!
//! let call = ListOperations::new().with_filter(Filter::status(OperationStatus::Fail)?);
//! let base: BaseUrl = "https://servicediscovery.eu-central-1.amazonaws.com".parse()?;
//! let request = call.encode(&base)?;
//! assert_eq!(&request.body()[..], br#"{"Filters":[{"Name":"STATUS","Condition":"EQ","Values":["FAIL"]}]}"#);
//!
//! let body = r#"{"Operations": [{"Id": "gv4g5meo7ndmeh4f", "Status": "FAIL"}], "NextToken": "t"}"#;
//! let page = ListOperations::decode(&http::Response::new(body.into()))?;
//! assert_eq!(page.items().count(), 1);
//! assert!(page.next_token().is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod call;
pub mod cloud_map;
mod endpoint;
mod error;
pub mod kafka_connect;
mod one_line;
mod open_enum;
mod operation_id;
mod paging;
mod phase;
mod protocol;
mod request;
mod service;
#[cfg(any(test, feature = "proptest", feature = "arbitrary"))]
pub mod testing;
mod timestamp;

pub use call::{Call, EncodeError, PagedCall, ServedCall};
pub use endpoint::{BaseUrl, EndpointError, EndpointParams, Region};
pub use error::{ErrorCode, MalformedResponse, ResponseError, ServiceError};
pub use open_enum::UnknownValue;
pub use operation_id::OperationId;
pub use paging::{
    BadItem, Checkpoint, CheckpointError, EndReason, Limits, OnCycle, Origin, Page, Pager,
    PagerStep, Record, Resumption, Token, TokenCycle,
};
pub use phase::{LongRunning, Phase};
pub use protocol::{Protocol, Route, encode_error, request_id};
pub use request::{
    ACCOUNT_ID_DIGITS, InvalidRequest, LIST_MAX_ENTRIES, OPERATION_ID_MAX_CHARS, PAGE_SIZE_MAX,
    PageSize, TOKEN_MAX_CHARS,
};
pub use service::Service;
pub use timestamp::{InvalidTimestamp, Timestamp};
