use bytes::Bytes;

use crate::{
    BaseUrl, LongRunning, Page, Protocol, Record, ResponseError, Service, ServiceError, Token,
};

/// One of AWS's operations, as a client sees it: a request value that encodes to HTTP, and a response that decodes.
///
/// No IO happens here. Hand the request to any HTTP client and its response to [`decode`](Self::decode):
///
/// ```
/// use ops_model::cloud_map::GetOperation;
/// use ops_model::{BaseUrl, Call};
///
/// let base: BaseUrl = "https://servicediscovery.eu-central-1.amazonaws.com".parse()?;
/// let request = GetOperation::new("gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd")?.encode(&base)?;
/// assert_eq!(request.headers()["x-amz-target"], "Route53AutoNaming_v20170314.GetOperation");
///
/// let body = r#"{"Operation": {"Id": "gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd", "Status": "SUCCESS"}}"#;
/// let operation = GetOperation::decode(&http::Response::new(body.into()))?;
/// assert_eq!(operation.status.as_str(), "SUCCESS");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Call {
    /// What the service answers.
    type Output;

    /// The service that is called.
    const SERVICE: Service;

    /// AWS's name of the operation.
    const NAME: &'static str;

    /// The HTTP request, complete but for the signature: method, URI, `host`, and the protocol's headers and body.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the URI gets longer than an HTTP client takes, which a page token of MSK Connect can do.
    fn encode(&self, base: &BaseUrl) -> Result<http::Request<Bytes>, EncodeError>;

    /// Reads the service's answer, whatever its status.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Service`] for every status other than 2xx, [`ResponseError::Malformed`] for a 2xx whose body is
    /// not what the service documents.
    fn decode(response: &http::Response<Bytes>) -> Result<Self::Output, ResponseError>;
}

/// A [`Call`] whose answer is a page of a list.
pub trait PagedCall: Call<Output = Page<Self::Item>> {
    /// An item of the list.
    type Item: LongRunning;

    /// The token of the page that this request asks for; the first page has none.
    fn token(&self) -> Option<&Token>;

    /// Asks for the page of this token. A token that the service returned is always passed on as it is.
    fn set_token(&mut self, token: Option<Token>);

    /// Whether an item belongs to the listing. The service has filtered already, unless it has no filters.
    fn keeps(&self, item: &Self::Item) -> bool;

    /// The request without its token, in a form that [`from_record`](Self::from_record) reads: what a checkpoint holds.
    fn to_record(&self) -> Record;

    /// Reads what [`to_record`](Self::to_record) wrote.
    ///
    /// # Errors
    ///
    /// A text that says what is wrong.
    fn from_record(record: &Record) -> Result<Self, String>
    where
        Self: Sized;
}

/// A [`Call`] as a service sees it: what the fake is made of.
pub trait ServedCall: Call + Sized {
    /// How the call's requests, responses and errors are written.
    const PROTOCOL: Protocol;

    /// Reads a request as the service does.
    ///
    /// # Errors
    ///
    /// The service's answer to a request that breaks its rules, every broken rule named in the message.
    fn decode_request(request: &http::Request<Bytes>) -> Result<Self, ServiceError>;

    /// The HTTP response, without `date` and request id.
    fn encode_response(output: &Self::Output) -> http::Response<Bytes>;
}

/// A request could not be encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The URI is longer than HTTP clients take.
    #[error(
        "the URI has {length} bytes, and HTTP clients take 65534; the ARN or the page token is too long"
    )]
    UriTooLong {
        /// The URI's length in bytes.
        length: usize,
    },
}
