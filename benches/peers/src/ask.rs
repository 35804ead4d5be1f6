//! What every client without ops sends: method, URI and headers of the request for a page. The body is its own.

use http::Request;
use http::request::Builder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{List, Task};

/// The request for the page of this token, without a body.
pub(crate) fn request(task: &Task, token: Option<&str>) -> Builder {
    let url = &task.url;
    match &task.list {
        List::CloudMap => Request::post(format!("{url}/"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations"),
        List::KafkaConnect(arn) => {
            let arn = utf8_percent_encode(arn, NON_ALPHANUMERIC);
            let mut uri = format!("{url}/v1/connectors/{arn}/operations");
            if let Some(token) = token {
                uri.push_str("?nextToken=");
                uri.extend(utf8_percent_encode(token, NON_ALPHANUMERIC));
            }
            Request::get(uri)
        }
    }
}
