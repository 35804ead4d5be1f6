//! Generated responses, for decoders to compare: what services send, in every spelling that means the same.

use bytes::Bytes;
use http::Response;
use ops_model::{ServedCall, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestRng;
use serde_json::{Map, Value};

/// A success with such an output: with members in any order, members that nobody knows, and `null` for some that may be
/// absent; with dates, texts and spaces written in any way.
pub fn success<C: ServedCall>(
    output: impl Strategy<Value = C::Output>,
) -> impl Strategy<Value = Response<Bytes>> {
    output.prop_perturb(|output, mut rng| {
        C::encode_response(&output).map(|body| {
            let document = serde_json::from_slice(&body).unwrap();
            let mut writer = Writer {
                rng: &mut rng,
                text: String::new(),
            };
            writer.value("", &document);
            writer.text.into()
        })
    })
}

/// The members that are never `null`.
const REQUIRED: [&str; 5] = [
    "Id",
    "Status",
    "Operation",
    "connectorOperationArn",
    "connectorOperationState",
];
/// The members that are maps: nothing is added to them, and nothing in them is `null`.
const MAPS: [&str; 3] = [
    "Targets",
    "originConnectorConfiguration",
    "targetConnectorConfiguration",
];
/// Members that nobody knows.
const UNKNOWN: [(&str, &str); 5] = [
    ("New", r#"{"Id": [null, {"Status": "x"}]}"#),
    ("__type", "null"),
    ("id", "1e3"),
    ("", r#""\ud83d\ude00""#),
    ("NextToken2", "[]"),
];

struct Writer<'a> {
    rng: &'a mut TestRng,
    text: String,
}

impl Writer<'_> {
    /// Whether something is done that is done once in so many times.
    fn once_in(&mut self, times: u32) -> bool {
        self.rng.random_ratio(1, times)
    }

    fn space(&mut self) {
        if self.once_in(8) {
            self.text
                .push_str([" ", "\n", "\t", "\r\n  "][self.rng.random_range(0..4)]);
        }
    }

    fn value(&mut self, name: &str, value: &Value) {
        self.space();
        match (name, value) {
            ("CreateDate" | "UpdateDate", Value::Number(seconds)) => {
                let millis = (seconds.as_f64().unwrap() * 1000.0).round() as i64;
                self.seconds(millis);
            }
            ("creationTime" | "endTime", Value::String(text)) => {
                let time = self.date_time(text.parse().unwrap());
                // The official SDK for Rust reads no escapes in a date.
                self.text.extend(["\"", &time, "\""]);
            }
            (_, Value::String(text)) => self.string(text),
            (_, Value::Array(values)) => {
                self.text.push('[');
                for (index, value) in values.iter().enumerate() {
                    self.separator(index);
                    self.value("", value);
                }
                self.text.push(']');
            }
            (_, Value::Object(members)) => self.object(MAPS.contains(&name), members),
            (_, other) => self.text.push_str(&other.to_string()),
        }
        self.space();
    }

    fn separator(&mut self, index: usize) {
        if index > 0 {
            self.text.push(',');
        }
        self.space();
    }

    fn object(&mut self, is_map: bool, members: &Map<String, Value>) {
        let mut names: Vec<Option<&String>> = members.keys().map(Some).collect();
        // A stranger among them.
        names.extend((!is_map && self.once_in(4)).then_some(None));
        for last in (1..names.len()).rev() {
            names.swap(last, self.rng.random_range(0..=last));
        }
        self.text.push('{');
        for (index, name) in names.into_iter().enumerate() {
            self.separator(index);
            let Some(name) = name else {
                let (name, value) = UNKNOWN[self.rng.random_range(0..UNKNOWN.len())];
                self.string(name);
                self.text.push(':');
                self.text.push_str(value);
                continue;
            };
            self.string(name);
            self.space();
            self.text.push(':');
            if !is_map && !REQUIRED.contains(&name.as_str()) && self.once_in(8) {
                self.text.push_str("null");
            } else {
                self.value(name, &members[name]);
            }
        }
        self.text.push('}');
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        let plain = !self.once_in(4);
        for char in text.chars() {
            let short = match char {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '/' => Some("\\/"),
                '\u{8}' => Some("\\b"),
                '\u{c}' => Some("\\f"),
                '\n' => Some("\\n"),
                '\r' => Some("\\r"),
                '\t' => Some("\\t"),
                _ => None,
            };
            let must_be_escaped = matches!(char, '"' | '\\' | '\0'..='\u{1f}');
            match short {
                Some(short) if must_be_escaped || !plain => self.text.push_str(short),
                _ if must_be_escaped || (!plain && self.once_in(2)) => {
                    for unit in char.encode_utf16(&mut [0; 2]) {
                        let lower = self.once_in(2);
                        let hex = [format!("{unit:04X}"), format!("{unit:04x}")];
                        self.text.extend(["\\u", &hex[usize::from(lower)]]);
                    }
                }
                _ => self.text.push(char),
            }
        }
        self.text.push('"');
    }

    /// Seconds since the epoch.
    fn seconds(&mut self, millis: i64) {
        let sign = if millis < 0 { "-" } else { "" };
        let (whole, fraction) = (millis.abs() / 1000, millis.abs() % 1000);
        let decimal = format!("{sign}{whole}.{fraction:03}");
        let forms = [
            format!("{decimal}000"),
            format!("{millis}e-3"),
            format!("{millis}E-03"),
            format!("{sign}{whole}.{fraction:03}e+0"),
            decimal.clone(),
            decimal
                .trim_end_matches('0')
                .trim_end_matches('.')
                .to_owned(),
        ];
        self.text
            .push_str(&forms[self.rng.random_range(0..forms.len())]);
    }

    fn date_time(&mut self, time: Timestamp) -> String {
        let minutes = [0, 0, 60, -210, 345, 14 * 60, -12 * 60][self.rng.random_range(0..7)];
        let local = Timestamp::from_millis(time.as_millis() + minutes * 60_000);
        let (local, minutes) = local.map_or((time, 0), |local| (local, minutes));
        let mut text = local.to_string();
        text.pop();
        match (text.contains('.'), self.once_in(4)) {
            (true, true) => text.push_str("000"),
            (false, true) => text.push_str(".0"),
            (_, false) => {}
        }
        if minutes == 0 {
            return text + if self.once_in(4) { "+00:00" } else { "Z" };
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.abs();
        text + &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}
