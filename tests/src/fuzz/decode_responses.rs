use std::collections::BTreeMap;
use std::fmt::Debug;

use bytes::Bytes;
use http::Response;
use ops_model::cloud_map::{GetOperation, ListOperations, RpcV2Cbor};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{
    BadItem, ErrorCode, LIST_MAX_ENTRIES, Page, PagedCall, ResponseError, ServedCall, ServiceError,
    encode_error, request_id,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{CANARY, lines, one_line};

/// Four lines: the operation's number, the status, the headers `x-amzn-errortype` and `x-amzn-requestid`; then the body
/// of a response to that operation.
///
/// What can be read is read again as the service would write it, from its serde form, and a page item by item.
pub fn decode_responses(data: &[u8]) {
    let [operation, status, error_type, id, body] = lines(data);
    let Some(status) = std::str::from_utf8(status)
        .ok()
        .and_then(|status| status.parse::<u16>().ok())
    else {
        return;
    };
    let mut response = Response::builder().status(status);
    for (name, value) in [("x-amzn-errortype", error_type), ("x-amzn-requestid", id)] {
        if !value.is_empty() {
            response = response.header(name, value);
        }
    }
    let Ok(response) = response.body(Bytes::copy_from_slice(body)) else {
        return;
    };
    match operation {
        b"0" => {
            page::<ListOperations, RpcV2Cbor<ListOperations>>(&response);
            item_by_item::<ListOperations>(&response, "Operations");
        }
        b"1" => value::<GetOperation, RpcV2Cbor<GetOperation>>(&response),
        b"2" => {
            page::<ListConnectorOperations, ListConnectorOperations>(&response);
            item_by_item::<ListConnectorOperations>(&response, "connectorOperations");
        }
        b"3" => value::<DescribeConnectorOperation, DescribeConnectorOperation>(&response),
        _ => {}
    }
}

/// A response of `C`, whose output `Other` writes as well.
pub(super) fn value<C, Other>(response: &Response<Bytes>)
where
    C: ServedCall<Output: Debug + PartialEq + Serialize + DeserializeOwned>,
    Other: ServedCall<Output = C::Output>,
{
    match C::decode(response) {
        Ok(value) => {
            assert_eq!(written_again::<C>(&value), value);
            assert_eq!(written_again::<Other>(&value), value);
            recorded(&value);
        }
        Err(error) => failure::<C>(response, &error),
    }
}

/// As [`value`], for a page.
pub(super) fn page<C, Other>(response: &Response<Bytes>)
where
    C: PagedCall<Item: Clone + Debug + PartialEq + Serialize + DeserializeOwned> + ServedCall,
    Other: ServedCall<Output = C::Output>,
{
    let page = match C::decode(response) {
        Ok(page) => page,
        Err(error) => return failure::<C>(response, &error),
    };
    assert!(page.entries().map(|(index, _)| index).eq(0..page.len()));
    assert!(
        page.next_token()
            .is_none_or(|token| !token.as_str().is_empty())
    );
    for bad in page.bad_items() {
        one_line(bad);
        assert!(!bad.reason.contains(CANARY), "{bad}");
    }
    for item in page.items() {
        recorded(item);
    }
    // The service writes no bad items.
    let good = Page::new(
        page.items().cloned().map(Ok::<_, BadItem>),
        page.next_token().cloned(),
    );
    assert_eq!(written_again::<C>(&page), good);
    assert_eq!(written_again::<Other>(&page), good);
}

/// A page as it is read with a bad item before its first: by the pass that reads each item by itself.
fn item_by_item<C>(response: &Response<Bytes>, list: &str)
where
    C: PagedCall<Item: Debug + PartialEq>,
{
    let (Ok(page), Ok(body)) = (C::decode(response), str::from_utf8(response.body())) else {
        return;
    };
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(body) else {
        return;
    };
    let Some(items) = members
        .get(list)
        .and_then(|list| list.get().strip_prefix('['))
    else {
        return;
    };
    let (before, after) = body.split_at(items.as_ptr().addr() - body.as_ptr().addr());
    let comma = if page.is_empty() { "" } else { "," };
    let longer = Bytes::from(format!("{before}null{comma}{after}"));
    let Ok(longer) = C::decode(&response.clone().map(|_| longer)) else {
        assert_eq!(page.len(), LIST_MAX_ENTRIES);
        return;
    };
    assert_eq!(longer.next_token(), page.next_token());
    assert_eq!(longer.bad_items().next().unwrap().index, 0);
    assert_eq!(longer.len(), page.len() + 1);
    for ((_, found), (index, entry)) in longer.entries().skip(1).zip(page.entries()) {
        match (found, entry) {
            (Ok(found), Ok(item)) => assert_eq!(found, item),
            (Err(found), Err(bad)) => assert_eq!(
                (found.index, &found.id, &found.reason),
                (index + 1, &bad.id, &bad.reason)
            ),
            differing => panic!("{index}: {differing:?}"),
        }
    }
}

/// A value as it is read from what a service writes; it is written the same again.
fn written_again<C: ServedCall>(output: &C::Output) -> C::Output {
    let written = C::encode_response(output);
    let read = match C::decode(&written) {
        Ok(read) => read,
        Err(error) => panic!("{error}: {:?}", written.body()),
    };
    assert_eq!(C::encode_response(&read).body(), written.body());
    read
}

/// A value and its serde form.
fn recorded<T: Debug + PartialEq + Serialize + DeserializeOwned>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    let read: T = serde_json::from_str(&json).unwrap();
    assert_eq!(read, *value, "{json}");
}

fn failure<C: ServedCall>(response: &Response<Bytes>, error: &ResponseError) {
    one_line(error);
    match error {
        ResponseError::Malformed(malformed) => {
            assert!(response.status().is_success());
            assert_eq!(malformed.request_id, request_id(response.headers()));
            assert!(!malformed.reason.contains(CANARY), "{malformed}");
        }
        ResponseError::Service(error) => {
            assert!(!response.status().is_success());
            assert_eq!(error.status, response.status());
            assert_eq!(error.request_id, request_id(response.headers()));
            served_error::<C>(error);
        }
    }
}

/// An error and the service's own form of it, which has no request id.
pub(super) fn served_error<C: ServedCall>(error: &ServiceError) {
    let code = error.code.as_ref().map_or("", ErrorCode::as_str);
    // No service's code holds anything else: a `#` or a `:` would end it, a header takes visible ASCII only.
    if code.bytes().any(|byte| !byte.is_ascii_alphanumeric()) {
        return;
    }
    let read = match C::decode(&encode_error(C::PROTOCOL, error)) {
        Err(ResponseError::Service(read)) => read,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("an error was read as a value"),
    };
    assert_eq!(
        (read.status, read.code, read.message),
        (error.status, error.code.clone(), error.message.clone())
    );
}
