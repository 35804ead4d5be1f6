use bytes::Bytes;

use super::aws_json;
#[cfg(feature = "cbor")]
use super::rpc_v2_cbor;

/// How requests, responses and errors are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// awsJson1_1, Cloud Map's own.
    AwsJson1_1,
    /// restJson1, MSK Connect's.
    RestJson1,
    /// rpcv2Cbor, Cloud Map's second. Needs the feature `cbor`.
    #[cfg(feature = "cbor")]
    RpcV2Cbor,
}

impl Protocol {
    /// The protocol of a request, told by its headers alone: the form in which a service answers, errors included.
    ///
    /// A request that names no protocol counts as restJson1, whose requests have no header of their own.
    #[must_use]
    pub fn of(request: &http::Request<Bytes>) -> Self {
        #[cfg(feature = "cbor")]
        if rpc_v2_cbor::is_named(request.headers()) {
            return Self::RpcV2Cbor;
        }
        if aws_json::operation(request.headers()).is_some() {
            Self::AwsJson1_1
        } else {
            Self::RestJson1
        }
    }
}
