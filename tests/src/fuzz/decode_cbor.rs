use bytes::Bytes;
use http::{Request, Response};
use ops_model::Route;
use ops_model::cloud_map::{GetOperation, ListOperations, RpcV2Cbor};

use super::decode_requests::request_of;
use super::decode_responses::{page, value};
use super::lines;

/// A line, the number of a decoder of rpcv2Cbor; then the body that it reads.
///
/// What can be read is read again as it would be written.
pub fn decode_cbor(data: &[u8]) {
    let [number, body] = lines(data);
    let body = Bytes::copy_from_slice(body);
    let response = |status: u16| {
        let response = Response::builder().status(status);
        let response = response.header("smithy-protocol", "rpc-v2-cbor");
        response.body(body.clone()).expect("a response")
    };
    let request = || {
        let request = Request::builder().header("content-type", "application/cbor");
        request.body(body.clone()).expect("a request")
    };
    match number {
        b"0" => page::<RpcV2Cbor<ListOperations>, ListOperations>(&response(200)),
        b"1" => value::<RpcV2Cbor<GetOperation>, GetOperation>(&response(200)),
        b"2" => value::<RpcV2Cbor<GetOperation>, GetOperation>(&response(400)),
        b"3" => request_of::<RpcV2Cbor<ListOperations>>(&request(), Route::ListOperations),
        b"4" => request_of::<RpcV2Cbor<GetOperation>>(&request(), Route::GetOperation),
        _ => {}
    }
}
