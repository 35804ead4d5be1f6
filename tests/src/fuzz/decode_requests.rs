use std::fmt::Debug;

use bytes::Bytes;
use http::Request;
use ops_model::cloud_map::{GetOperation, ListOperations};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{Route, ServedCall};

use super::decode_responses::served_error;
use super::{base, lines, one_line};

/// Two lines, the operation's number and the URI; then the body of a request.
///
/// What a service reads is what a client writes.
pub fn decode_requests(data: &[u8]) {
    let [operation, uri, body] = lines(data);
    let Ok(request) = Request::builder()
        .uri(uri)
        .body(Bytes::copy_from_slice(body))
    else {
        return;
    };
    let _any = Route::of(&request);
    match operation {
        b"0" => request_of::<ListOperations>(&request, Route::ListOperations),
        b"1" => request_of::<GetOperation>(&request, Route::GetOperation),
        b"2" => request_of::<ListConnectorOperations>(&request, Route::ListConnectorOperations),
        b"3" => {
            request_of::<DescribeConnectorOperation>(&request, Route::DescribeConnectorOperation);
        }
        _ => {}
    }
}

pub(super) fn request_of<C: ServedCall + Debug + PartialEq>(
    request: &Request<Bytes>,
    route: Route,
) {
    match C::decode_request(request) {
        Ok(call) => {
            let Ok(written) = call.encode(&base()) else {
                return;
            };
            assert_eq!(Route::of(&written), route);
            let read = C::decode_request(&written).unwrap();
            assert_eq!(read, call);
            let again = read.encode(&base()).unwrap();
            assert_eq!((again.uri(), again.body()), (written.uri(), written.body()));
        }
        Err(error) => {
            one_line(&error);
            assert!(error.status.is_client_error());
            assert!(error.code.is_some() && error.message.is_some());
            served_error::<C>(&error);
        }
    }
}
