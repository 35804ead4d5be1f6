//! The async and the blocking driver, on the same scripts: the same requests, waits, results and checkpoints.

mod cancelling;
mod case;
mod ends;
mod failures;
mod pages;
mod world;

use std::collections::VecDeque;
use std::fmt::Debug;
use std::num::{NonZeroU32, NonZeroU64};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use futures_executor::block_on;
use ops_client::{
    BlockingClient, BlockingCredentialsSource, BlockingItems, Client, Credentials,
    CredentialsError, CredentialsSource, Error, ErrorKind, Items, PlainHttp, RetryPolicy, Session,
    Sign, SignError, SigningContext, Timeouts,
};
use ops_fake::{FakeService, Reply, Script, VirtualClock};
use ops_model::cloud_map::{Filter, GetOperation, ListOperations, OperationStatus};
use ops_model::kafka_connect::{
    ConnectorFilter, ConnectorOperationState, DescribeConnectorOperation, ListConnectorOperations,
};
use ops_model::{
    Call, Checkpoint, EndReason, EndpointParams, Limits, LongRunning, OnCycle, Page, PageSize,
    PagedCall, Phase, Resumption,
};
use ops_transport::{
    Attempt, BlockingClock, BlockingTransport, Cancel, Clock, Now, Transport, TransportError,
    TransportErrorKind,
};
use serde_json::Value;

use case::*;
use world::*;

/// More results than any script here has, and more events: a driver that goes round and round fails instead.
const MOST_RESULTS: usize = 200;
const MOST_EVENTS: usize = 1_000;
const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/0f9a-4";
const THROTTLED: &str = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
const EXPIRED: &str = r#"{"__type":"ExpiredTokenException","message":"expired"}"#;
