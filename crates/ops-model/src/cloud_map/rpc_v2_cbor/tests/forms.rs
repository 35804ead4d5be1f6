//! The forms in which one value can stand, from a writer of their own.

use proptest::prelude::*;

use super::*;
use crate::cloud_map::{DateUnit, RawFilter};
use crate::testing::strategy::{list_operations, operation, operation_summary, page};
use crate::{Timestamp, Token};

/// How a value is written.
#[derive(Clone, Copy, Debug)]
struct Form {
    /// The bytes of a length or an integer, if they hold it; 0 is within the initial byte.
    width: u8,
    /// Whether lists and maps have a length.
    definite: bool,
    /// Whether texts are in one piece.
    whole: bool,
    /// Whether every value has a tag that says nothing.
    tagged: bool,
    /// Whether maps have an entry that is null, and structures a member that nobody knows.
    more: bool,
}

/// A value that the writer takes.
enum Value {
    Text(String),
    Integer(u64),
    Date(Timestamp),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    Structure(Vec<(String, Self)>),
}

const NULL: &[u8] = b"dNull\xf6";
const UNKNOWN: &[u8] = b"gUnknown\xbf\x00\x82\xf5\x5f\x41x\xff\xff";

impl Form {
    fn all() -> impl Iterator<Item = Self> {
        (0..5 << 4).map(|number| Self {
            width: [0, 1, 2, 4, 8][number >> 4],
            definite: number & 1 == 0,
            whole: number & 2 == 0,
            tagged: number & 4 == 0,
            more: number & 8 == 0,
        })
    }

    fn head(self, major: u8, argument: u64, body: &mut Vec<u8>) {
        let bytes = argument.to_be_bytes();
        let needed = match argument {
            0..24 => 0,
            24..0x100 => 1,
            0x100..0x1_0000 => 2,
            0x1_0000..0x1_0000_0000 => 4,
            _ => 8,
        };
        match self.width.max(needed) {
            0 => body.push(major << 5 | bytes[7]),
            width => {
                body.push(major << 5 | (24 + width.ilog2() as u8));
                body.extend(&bytes[8 - usize::from(width)..]);
            }
        }
    }

    fn write(self, value: &Value, body: &mut Vec<u8>) {
        if self.tagged {
            self.head(6, 55_799, body);
        }
        match value {
            Value::Text(text) if self.whole => {
                self.head(3, text.len() as u64, body);
                body.extend(text.bytes());
            }
            Value::Text(text) => {
                body.push(0x7f);
                for char in text.chars() {
                    self.head(3, char.len_utf8() as u64, body);
                    body.extend(char.to_string().bytes());
                }
                body.push(0xff);
            }
            Value::Integer(integer) => self.head(0, *integer, body),
            Value::Date(date) => {
                self.head(6, 1, body);
                let seconds = date.as_millis() as f64 / 1000.0;
                match seconds {
                    _ if seconds.fract() != 0.0 => {
                        body.push(0xfb);
                        body.extend(seconds.to_be_bytes());
                    }
                    0.0.. => self.head(0, seconds as u64, body),
                    _ => self.head(1, (-1.0 - seconds) as u64, body),
                }
            }
            Value::List(items) => self.sequence(4, items.len(), body, |body| {
                items.iter().for_each(|item| self.write(item, body));
            }),
            Value::Map(entries) => self.map(entries, &[NULL], body),
            Value::Structure(members) => self.map(members, &[NULL, UNKNOWN], body),
        }
    }

    fn map(self, entries: &[(String, Value)], more: &[&[u8]], body: &mut Vec<u8>) {
        let more = if self.more { more } else { &[] };
        self.sequence(5, more.len() + entries.len(), body, |body| {
            more.iter().for_each(|entry| body.extend(*entry));
            for (key, value) in entries {
                self.write(&Value::Text(key.clone()), body);
                self.write(value, body);
            }
        });
    }

    fn sequence(
        self,
        major: u8,
        length: usize,
        body: &mut Vec<u8>,
        content: impl FnOnce(&mut Vec<u8>),
    ) {
        if self.definite {
            self.head(major, length as u64, body);
            content(body);
        } else {
            body.push(major << 5 | 31);
            content(body);
            body.push(0xff);
        }
    }

    fn body(self, value: &Value) -> Vec<u8> {
        let mut body = Vec::new();
        self.write(value, &mut body);
        body
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn structure<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter();
    Value::Structure(
        members
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
    )
}

fn page_value(page: &Page<OperationSummary>) -> Value {
    let summary = |item: &OperationSummary| {
        structure([
            ("Status", Some(text(item.status.as_str()))),
            ("Id", Some(text(&item.id))),
        ])
    };
    structure([
        (
            "Operations",
            Some(Value::List(page.items().map(summary).collect())),
        ),
        (
            "NextToken",
            page.next_token().map(|token| text(token.as_str())),
        ),
    ])
}

fn operation_value(operation: &Operation) -> Value {
    let optional = |member: &Option<String>| member.as_deref().map(text);
    let targets = operation.targets.iter();
    let targets = targets.map(|(key, id)| (key.as_str().to_owned(), text(id)));
    let operation = structure([
        ("Id", Some(text(&operation.id))),
        ("OwnerAccount", optional(&operation.owner_account)),
        (
            "Type",
            operation
                .operation_type
                .as_ref()
                .map(|term| text(term.as_str())),
        ),
        ("Status", Some(text(operation.status.as_str()))),
        ("ErrorMessage", optional(&operation.error_message)),
        (
            "ErrorCode",
            operation
                .error_code
                .as_ref()
                .map(|term| text(term.as_str())),
        ),
        ("CreateDate", operation.create_date.map(Value::Date)),
        ("UpdateDate", operation.update_date.map(Value::Date)),
        ("Targets", Some(Value::Map(targets.collect()))),
    ]);
    structure([("Operation", Some(operation))])
}

fn input_value(call: &ListOperations) -> Value {
    let filter = |filter: &RawFilter| {
        let values = filter.values.iter().map(|value| text(value)).collect();
        structure([
            ("Name", Some(text(&filter.name))),
            ("Condition", filter.condition.as_deref().map(text)),
            ("Values", Some(Value::List(values))),
        ])
    };
    structure([
        (
            "Filters",
            Some(Value::List(call.filters().iter().map(filter).collect())),
        ),
        (
            "MaxResults",
            call.page_size()
                .map(|size| Value::Integer(size.get().into())),
        ),
        ("NextToken", call.token().map(|token| text(token.as_str()))),
    ])
}

fn form() -> impl Strategy<Value = Form> {
    (0..Form::all().count()).prop_map(|number| Form::all().nth(number).unwrap())
}

#[test]
fn every_form_is_read() {
    let summary = |id: &str, status: &str| Ok(OperationSummary::new(id, status.into()));
    let items = [
        summary("é".repeat(300).as_str(), "FAIL"),
        summary("", "NEW"),
    ];
    let page = Page::new(items, Some(Token::new("t")));
    let mut operation = Operation::new("op", OperationStatus::Fail);
    operation.owner_account = Some("123456789012".to_owned());
    operation.create_date = Some(Timestamp::UNIX_EPOCH);
    operation.update_date = Some(Timestamp::from_millis(1_516_925_490_087).unwrap());
    operation.targets = [("NAMESPACE".into(), "ns-1".to_owned())].into();
    for form in Form::all() {
        assert_eq!(
            list(&form.body(&page_value(&page))).as_ref(),
            Ok(&page),
            "{form:?}"
        );
        let body = form.body(&operation_value(&operation));
        assert_eq!(get(&body).as_ref(), Ok(&operation), "{form:?}");
    }
}

proptest! {
    #[test]
    fn a_page_is_read_in_any_form(page in page(operation_summary()), form in form()) {
        prop_assert_eq!(list(&form.body(&page_value(&page))), Ok(page));
    }

    #[test]
    fn an_operation_is_read_in_any_form(operation in operation(), form in form()) {
        prop_assert_eq!(get(&form.body(&operation_value(&operation))), Ok(operation));
    }

    #[test]
    fn a_call_for_a_list_is_read_in_any_form(call in list_operations(), form in form()) {
        let call = call.with_date_unit(DateUnit::Milliseconds);
        let headers = [("content-type", "application/cbor")];
        let sent = request(&headers, &form.body(&input_value(&call)));
        prop_assert_eq!(RpcV2Cbor::decode_request(&sent), Ok(RpcV2Cbor(call)));
    }

    #[test]
    fn no_bytes_are_too_odd_to_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for status in [200, 400] {
            let response = response(status, &bytes);
            let _ = RpcV2Cbor::<ListOperations>::decode(&response);
            let _ = RpcV2Cbor::<GetOperation>::decode(&response);
        }
    }
}
