//! What the machines tell `tracing`, if the feature of that name is on; nothing otherwise.
//!
//! One span per call, `call`, with the names of OpenTelemetry's conventions for AWS SDKs: `otel.name`, `otel.kind`,
//! `rpc.system`, `rpc.service`, `rpc.method`, `cloud.region`; in a listing `page`, from 1; and, once it is over,
//! `attempt`, `aws.request_id`, `http.response.status_code` and, after a failure, `error.type`. Within it one event for
//! each attempt that is sent, answered, and to be tried again. No field has anything of a request's or response's
//! content.
//!
//! <https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/>

#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod on;

#[cfg(not(feature = "tracing"))]
pub(crate) use off::CallSpan;
#[cfg(feature = "tracing")]
pub(crate) use on::CallSpan;
