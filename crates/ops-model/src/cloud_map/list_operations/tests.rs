use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::ErrorCode;
use crate::cloud_map::OperationStatus;
use crate::testing::strategy::{damaged_body, operation_summary, page, response};

fn decode(body: &str) -> Result<Page<OperationSummary>, ResponseError> {
    ListOperations::decode(&http::Response::new(Bytes::copy_from_slice(
        body.as_bytes(),
    )))
}

fn served(body: &str) -> Result<ListOperations, ServiceError> {
    ListOperations::decode_request(&http::Request::new(Bytes::copy_from_slice(body.as_bytes())))
}

#[test]
fn a_request_is_read_as_it_was_written() {
    let base = "https://servicediscovery.us-east-1.amazonaws.com"
        .parse()
        .unwrap();
    let filter = Filter::status_in([OperationStatus::Pending, OperationStatus::Success]).unwrap();
    for call in [
        ListOperations::new(),
        ListOperations::new()
            .with_filter(filter)
            .with_page_size(PageSize::MAX),
        ListOperations::new()
            .with_token("h\u{e9}llo \u{4e16}\u{1f600} \u{2028}")
            .unwrap(),
    ] {
        let request = call.encode(&base).unwrap();
        assert_eq!(ListOperations::decode_request(&request), Ok(call));
    }
    let empty = ListOperations::new().encode(&base).unwrap();
    assert_eq!(&empty.body()[..], b"{}");
}

#[test]
fn a_token_that_the_service_returned_is_passed_on_whatever_its_length() {
    let token = "t".repeat(5000);
    assert!(ListOperations::new().with_token(token.clone()).is_err());
    let mut call = ListOperations::new();
    call.set_token(Some(Token::new(token.clone())));
    let base = "https://example.com".parse().unwrap();
    let body: Value = serde_json::from_slice(call.encode(&base).unwrap().body()).unwrap();
    assert_eq!(body["NextToken"], token);
}

#[test]
fn a_record_in_another_form_is_refused() {
    let read = |value: &Value| ListOperations::from_record(&Record::write(value).unwrap());
    let filter = json!({"Name": "X", "Values": ["x"], "Unchecked": true});
    assert!(read(&json!({"Filters": [filter], "MaxResults": 7})).is_ok());
    let mut more = filter.clone();
    more["More"] = json!(1.5);
    for (wrong, reason) in [
        (json!({"Filters": [more]}), "unknown field `More`"),
        (json!({"More": 1.5}), "unknown field `More`"),
        (
            json!({"Filters": [["X", "EQ", ["x"], true]]}),
            "expected a JSON object",
        ),
        (json!([[filter], false, 7]), "expected a JSON object"),
        (json!({"MaxResults": 0}), "MaxResults"),
    ] {
        let error = read(&wrong).unwrap_err();
        assert!(error.contains(reason), "{wrong}: {error}");
    }
}

#[test]
fn an_unchecked_filter_is_sent_as_it_is() {
    let raw = RawFilter::new(
        "FUTURE_NAME",
        Some("FUTURE_CONDITION"),
        Vec::<String>::new(),
    );
    let call = ListOperations::new().with_unchecked_filter(raw);
    let request = call
        .encode(&"https://example.com".parse().unwrap())
        .unwrap();
    assert_eq!(
        &request.body()[..],
        br#"{"Filters":[{"Name":"FUTURE_NAME","Condition":"FUTURE_CONDITION","Values":[]}]}"#
    );
}

#[test]
fn a_page_ends_the_list_without_a_token_or_with_an_empty_one() {
    for body in [
        "",
        "{}",
        " \n\t{ } ",
        r#"{"Operations": null, "NextToken": null}"#,
        r#"{"Operations": [], "NextToken": ""}"#,
        r#"{"operations": [{"Id": "a", "Status": "FAIL"}], "nextToken": "t"}"#,
    ] {
        let page = decode(body).unwrap();
        assert!(page.is_empty() && page.next_token().is_none(), "{body}");
    }
    let page = decode(r#"{"Operations": [], "NextToken": "t"}"#).unwrap();
    assert!(page.is_empty() && page.next_token().is_some());
}

#[test]
fn a_bad_item_stands_in_its_place_and_loses_nothing_else() {
    let page = decode(
        r#"{"Operations": [{"Id": "a", "Status": "CANCELLED", "New": {"deep": [null]}}, null, {"Id": 7, "Status": "FAIL"},
            {"Id": "d"}, {"Status": "FAIL"}, ["a", "FAIL"], {"Id": "g", "Status": "FAIL"}], "NextToken": "t"}"#,
    )
    .unwrap();
    let bad: Vec<_> = page
        .bad_items()
        .map(|bad| (bad.index, bad.id.as_deref()))
        .collect();
    assert_eq!(
        bad,
        [(1, None), (2, None), (3, Some("d")), (4, None), (5, None)]
    );
    let ids: Vec<_> = page.items().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["a", "g"]);
    assert_eq!(page.items().next().unwrap().status.as_str(), "CANCELLED");
}

#[test]
fn anything_but_the_documented_structure_is_malformed() {
    for body in [
        "[]",
        "null",
        "\u{feff}{}",
        r#"{"Operations":[{"Id":"x""#,
        "<html></html>",
        r#"{"NextToken":"\ud800x"}"#,
        r#"{"NextToken": 5}"#,
        r#"{"Operations": {}}"#,
        "{} {}",
    ] {
        assert!(
            matches!(decode(body), Err(ResponseError::Malformed(_))),
            "{body}"
        );
    }
}

#[test]
fn the_service_names_every_broken_rule_at_once() {
    let error = served(
        r#"{"MaxResults": 101, "Filters": [{"Name": "STATUS", "Values": []}, {"Name": "X", "Values": ["x"]}]}"#,
    )
    .unwrap_err();
    assert_eq!(error.code, Some(ErrorCode::InvalidInput));
    let message = error.message.unwrap();
    for part in ["MaxResults", "STATUS", "`X`"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    for body in [
        "[]",
        r#"{"MaxResults": "10"}"#,
        r#"{"Filters": [{"Name": "STATUS"}]}"#,
        r#"{"Filters": [["STATUS", "EQ", ["FAIL"]]]}"#,
        "{",
    ] {
        let error = served(body).unwrap_err();
        assert_eq!(
            error.code,
            Some(ErrorCode::SerializationException),
            "{body}"
        );
    }
}

#[test]
fn the_service_takes_dates_as_they_come() {
    let call = served(
        r#"{"Filters": [{"Name": "UPDATE_DATE", "Condition": "BETWEEN", "Values": ["5", "1516925490"]}]}"#,
    );
    assert_eq!(call.unwrap().checked_filters().count(), 1);
}

/// Whether a body is read at once; it is then read the same item by item.
fn is_read_at_once(body: &[u8]) -> bool {
    let page = read_at_once(body);
    if let Some(page) = &page {
        assert_eq!(read_item_by_item(body).as_ref(), Ok(page));
    }
    page.is_some()
}

#[test]
fn a_page_without_a_flaw_is_read_at_once() {
    let check = |body: &str, expected: bool| {
        assert_eq!(is_read_at_once(body.as_bytes()), expected, "{body}");
    };
    let with = |members: &str| {
        let comma = if members.is_empty() { "" } else { "," };
        format!(r#"{{"NextToken": "t"{comma} {members}}}"#)
    };
    check(r#"{"Operations": [], "NextToken": "t"}"#, true);
    check(r#" {"Operations": null, "NextToken": null} "#, true);
    check("{}", true);
    check(&with(""), true);
    check(&with(r#""New": [{"Id": 7}, null], "id": 1e999"#), true);
    let deep = "[".repeat(1000) + &"]".repeat(1000);
    check(&with(&format!(r#""New": {deep}"#)), true);
    check(
        &with(r#""Operations": [{"\u0049d": "\ud83d\ude00", "Status": "?"}]"#),
        true,
    );
    // As the careful pass reads them.
    check("", false);
    check("[[], null]", false);
    check("{} {}", false);
    check(&with(r#""NextToken": "u""#), false);
    for item in [
        "null",
        r#"["a", "FAIL"]"#,
        r#"{"Id": "a"}"#,
        r#"{"Id": null, "Status": "FAIL"}"#,
        r#"{"Id": "a", "Status": "FAIL", "Id": "a"}"#,
        r#"{"Id": "\ud800", "Status": "FAIL"}"#,
    ] {
        check(&with(&format!(r#""Operations": [{item}]"#)), false);
    }
}

proptest! {
    #[test]
    fn what_is_read_at_once_is_read_the_same_item_by_item(
        body in damaged_body(response::<ListOperations>(page(operation_summary()))),
    ) {
        is_read_at_once(&body);
    }

    #[test]
    fn what_a_service_writes_is_read_at_once(page in page(operation_summary())) {
        let response = ListOperations::encode_response(&page);
        prop_assert!(is_read_at_once(response.body()));
    }
}
