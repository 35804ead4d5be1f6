#[cfg(test)]
mod tests;

use bytes::Bytes;

use crate::protocol::cbor::Item;
use crate::protocol::rpc_v2_cbor;
use crate::{
    BaseUrl, Call, EncodeError, PagedCall, Protocol, Record, ResponseError, ServedCall, Service,
    ServiceError, Token,
};

/// A call of Cloud Map over rpcv2Cbor, its second protocol, instead of awsJson1_1.
///
/// It is the same call: names, filters, pages and checkpoints are those of the call within, and a checkpoint that was
/// taken over one protocol resumes over the other. There is no negotiation: a service that does not speak the protocol
/// answers without the header `smithy-protocol`, and of such an answer only the status and the request id are kept.
///
/// Needs the feature `cbor`.
///
/// ```
/// use ops_model::cloud_map::{ListOperations, RpcV2Cbor};
/// use ops_model::{BaseUrl, Call, PageSize};
///
/// let call = RpcV2Cbor(ListOperations::new().with_page_size(PageSize::new(1)?));
/// let base: BaseUrl = "https://servicediscovery.eu-central-1.amazonaws.com".parse()?;
/// let request = call.encode(&base)?;
/// assert_eq!(request.uri().path(), "/service/Route53AutoNaming_v20170314/operation/ListOperations");
/// assert_eq!(&request.body()[..], b"\xa1jMaxResults\x01");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RpcV2Cbor<C>(pub C);

/// A call whose structures can be written and read as CBOR.
pub(crate) trait CborCall: ServedCall {
    /// The input on the wire, held against no rule yet.
    type Input;

    fn input_body(&self) -> Bytes;
    fn read_input(input: Item<'_>) -> Result<Self::Input, String>;
    fn from_input(input: Self::Input) -> Result<Self, ServiceError>;
    fn output_body(output: &Self::Output) -> Bytes;
    fn read_output(output: Item<'_>) -> Result<Self::Output, String>;
}

impl<C: CborCall> Call for RpcV2Cbor<C> {
    type Output = C::Output;

    const SERVICE: Service = C::SERVICE;
    const NAME: &'static str = C::NAME;

    fn encode(&self, base: &BaseUrl) -> Result<http::Request<Bytes>, EncodeError> {
        rpc_v2_cbor::request(C::NAME, base, self.0.input_body())
    }

    fn decode(response: &http::Response<Bytes>) -> Result<C::Output, ResponseError> {
        rpc_v2_cbor::decode(response, C::read_output)
    }
}

impl<C: CborCall + PagedCall> PagedCall for RpcV2Cbor<C> {
    type Item = C::Item;

    fn token(&self) -> Option<&Token> {
        self.0.token()
    }

    fn set_token(&mut self, token: Option<Token>) {
        self.0.set_token(token);
    }

    fn keeps(&self, item: &C::Item) -> bool {
        self.0.keeps(item)
    }

    fn to_record(&self) -> Record {
        self.0.to_record()
    }

    fn from_record(record: &Record) -> Result<Self, String> {
        C::from_record(record).map(Self)
    }
}

impl<C: CborCall> ServedCall for RpcV2Cbor<C> {
    const PROTOCOL: Protocol = Protocol::RpcV2Cbor;

    fn decode_request(request: &http::Request<Bytes>) -> Result<Self, ServiceError> {
        let input = rpc_v2_cbor::input(request, C::read_input)?;
        C::from_input(input).map(Self)
    }

    fn encode_response(output: &C::Output) -> http::Response<Bytes> {
        rpc_v2_cbor::response(C::output_body(output))
    }
}
