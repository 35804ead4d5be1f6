//! What came back, held against what a row expects.

use aws_sdk_servicediscovery::primitives::{DateTime, DateTimeFormat};
use http::HeaderMap;
use serde_json::Value;

use crate::list::{Error, Expect, Page, Protocol, Status};

/// What came back of a step, as a client sees it.
pub(crate) struct Seen {
    pub(crate) protocol: Protocol,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The output, or the error's code and message.
    pub(crate) answer: Result<Value, (String, String)>,
    /// The body as it was written, from whoever sees it.
    pub(crate) body: Option<Value>,
}

/// A value with what stands for something else replaced by that.
pub(crate) fn filled(value: &Value, earlier: &[Option<Seen>]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| filled(item, earlier)).collect(),
        Value::Object(members) => {
            if let Some(from) = members.get("$from") {
                let output = seen_in(earlier, &from[0]).answer.as_ref().unwrap();
                let text = output[from[1].as_str().unwrap()].as_str().unwrap();
                let behind = members
                    .get("append")
                    .map_or("", |text| text.as_str().unwrap());
                return format!("{text}{behind}").into();
            }
            if let Some(repeat) = members.get("$repeat") {
                let times = usize::try_from(repeat[1].as_u64().unwrap()).unwrap();
                return repeat[0].as_str().unwrap().repeat(times).into();
            }
            let filled = |(name, member): (&String, _)| (name.clone(), filled(member, earlier));
            members.iter().map(filled).collect()
        }
        other => other.clone(),
    }
}

fn seen_in<'a>(earlier: &'a [Option<Seen>], step: &Value) -> &'a Seen {
    let step = usize::try_from(step.as_u64().unwrap()).unwrap();
    earlier[step].as_ref().unwrap()
}

/// What is not as expected, if anything.
pub(crate) fn judge(expect: &Expect, seen: &Seen, earlier: &[Option<Seen>]) -> Result<(), String> {
    match (&expect.error, &seen.answer) {
        (None, Ok(output)) => {
            if let Some(expected) = &expect.output {
                same(&filled(expected, earlier), output)?;
            }
            if let Some(page) = &expect.page {
                judge_page(page, output)?;
            }
        }
        (Some(error), Err((code, message))) => judge_error(error, seen, code, message)?,
        (_, answer) => return Err(format!("{answer:?}")),
    }
    let wire = expect.wire.get(&seen.protocol);
    let of_protocol = wire.into_iter().flat_map(|wire| &wire.headers);
    for (name, form) in expect.headers.iter().chain(of_protocol) {
        judge_header(name, form, seen, earlier)?;
    }
    match (wire.and_then(|wire| wire.body.as_ref()), &seen.body) {
        (Some(expected), Some(body)) => same(expected, body),
        _ => Ok(()),
    }
}

fn judge_error(error: &Error, seen: &Seen, code: &str, message: &str) -> Result<(), String> {
    let status = match &error.status {
        Status::Any(status) => *status,
        Status::Of(statuses) => statuses[&seen.protocol],
    };
    if (seen.status, code) != (status, &error.code) {
        return Err(format!("{code} ({}): {message}", seen.status));
    }
    match error
        .says
        .iter()
        .find(|text| !message.contains(text.as_str()))
    {
        Some(text) => Err(format!("`{message}` has no `{text}`")),
        None => Ok(()),
    }
}

fn judge_page(page: &Page, output: &Value) -> Result<(), String> {
    let (items, id, token) = match output.get("Operations") {
        Some(items) => (items, "Id", "NextToken"),
        None => (
            &output["connectorOperations"],
            "connectorOperationArn",
            "nextToken",
        ),
    };
    let ids: Vec<&str> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[id].as_str().unwrap())
        .collect();
    let is_it = page.ids.as_ref().is_none_or(|expected| *expected == ids)
        && page.count.is_none_or(|count| count == ids.len())
        && page.more == output.get(token).is_some();
    if is_it {
        Ok(())
    } else {
        Err(output.to_string())
    }
}

fn judge_header(
    name: &str,
    form: &Value,
    seen: &Seen,
    earlier: &[Option<Seen>],
) -> Result<(), String> {
    let of = |seen: &Seen| {
        seen.headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let seconds =
        |text: &str| DateTime::from_str(text, DateTimeFormat::HttpDate).map(|date| date.secs());
    let value = of(seen);
    let holds = match (form, &value) {
        (Value::Null, value) => value.is_none(),
        (_, None) => false,
        (Value::String(form), Some(value)) if form == "$newId" => !earlier
            .iter()
            .flatten()
            .any(|seen| of(seen).as_ref() == Some(value)),
        (Value::String(form), Some(value)) if form == "$date" => seconds(value).is_ok(),
        (Value::String(form), Some(value)) => form == value,
        (form, Some(value)) => {
            let after = &form["$after"];
            let before = of(seen_in(earlier, &after[0])).unwrap();
            let passed = seconds(value).unwrap() - seconds(&before).unwrap();
            let least = after[1].as_i64().unwrap();
            (least..least + 60).contains(&passed)
        }
    };
    if holds {
        Ok(())
    } else {
        Err(format!("{name}: {value:?}"))
    }
}

/// Whether a value is as expected, where `{"$any": true}` is whatever is there.
fn same(expected: &Value, actual: &Value) -> Result<(), String> {
    fn is_same(expected: &Value, actual: &Value) -> bool {
        match (expected, actual) {
            (Value::Object(expected), actual) if expected.contains_key("$any") => !actual.is_null(),
            (Value::Object(expected), Value::Object(actual)) => {
                let in_actual = |(name, member): (&String, _)| {
                    actual
                        .get(name)
                        .is_some_and(|actual| is_same(member, actual))
                };
                expected.len() == actual.len() && expected.iter().all(in_actual)
            }
            (Value::Array(expected), Value::Array(actual)) => {
                expected.len() == actual.len()
                    && expected
                        .iter()
                        .zip(actual)
                        .all(|(expected, actual)| is_same(expected, actual))
            }
            _ => expected == actual,
        }
    }
    if is_same(expected, actual) {
        Ok(())
    } else {
        Err(format!("{actual}\nis not {expected}"))
    }
}
