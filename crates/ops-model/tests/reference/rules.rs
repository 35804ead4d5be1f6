//! The rules for filters once more, from AWS's documentation, on texts alone: no table, no type and no parser of ours.

/// How a reader takes dates.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dates {
    /// Milliseconds; what looks like seconds is refused.
    Milliseconds,
    /// Seconds; what could not be told from seconds once it is in milliseconds is refused.
    Seconds,
    /// Milliseconds, as the service itself takes them.
    AsTheService,
}

pub(crate) fn is_valid(
    name: &str,
    condition: Option<&str>,
    values: &[String],
    dates: Dates,
) -> bool {
    let condition = condition.unwrap_or("EQ");
    let each = |is_one: fn(&str) -> bool| values.iter().all(|value| is_one(value));
    let short = values
        .iter()
        .all(|value| !value.is_empty() && value.chars().nth(255).is_none());
    short
        && match (name, condition) {
            ("NAMESPACE_ID" | "SERVICE_ID", "EQ") => values.len() == 1,
            ("STATUS", "EQ") => values.len() == 1 && each(is_status),
            ("STATUS", "IN") => !values.is_empty() && each(is_status),
            ("TYPE", "EQ") => values.len() == 1 && each(is_type),
            ("TYPE", "IN") => !values.is_empty() && each(is_type),
            ("UPDATE_DATE", "BETWEEN") => match values {
                [start, end] => match (millis(start, dates), millis(end, dates)) {
                    (Some(start), Some(end)) => start <= end,
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
}

fn is_status(text: &str) -> bool {
    matches!(
        text,
        "SUBMITTED" | "PENDING" | "SUCCESS" | "SUCCEED" | "FAIL"
    )
}

fn is_type(text: &str) -> bool {
    matches!(
        text,
        "CREATE_NAMESPACE"
            | "DELETE_NAMESPACE"
            | "UPDATE_NAMESPACE"
            | "UPDATE_SERVICE"
            | "REGISTER_INSTANCE"
            | "DEREGISTER_INSTANCE"
    )
}

/// The milliseconds that a date of a filter means, if it may stand there.
fn millis(text: &str, dates: Dates) -> Option<u128> {
    // 255 digits are more than a u128 holds.
    let number = |digits: &str| -> Option<u128> {
        let counts = digits.trim_start_matches('0');
        let all_digits = !digits.is_empty() && digits.chars().all(|c| "0123456789".contains(c));
        (all_digits && counts.len() < 30).then(|| format!("0{counts}").parse().unwrap())
    };
    let millis = match (dates, text.split_once('.')) {
        (Dates::Seconds, None) => number(text)? * 1000,
        (Dates::Seconds, Some((whole, decimals))) => {
            let scale = [0, 100, 10, 1].get(decimals.len())?;
            number(whole)? * 1000 + number(decimals)? * scale
        }
        (_, _) => number(text)?,
    };
    let year_10000 = 253_402_300_800_000;
    let clear = millis == 0 || millis >= 100_000_000_000 || matches!(dates, Dates::AsTheService);
    (clear && millis < year_10000).then_some(millis)
}

/// The values of a filter that is valid as they are sent, dates in milliseconds.
pub(crate) fn meant(name: &str, values: &[String], dates: Dates) -> Vec<String> {
    let meant = |value: &String| match (name, value.as_str()) {
        ("STATUS", "SUCCEED") => "SUCCESS".to_owned(),
        ("UPDATE_DATE", date) => millis(date, dates).expect("a date").to_string(),
        (_, value) => value.to_owned(),
    };
    values.iter().map(meant).collect()
}

/// Whether the service lists this operation, as its JSON stands, for a filter as it is sent.
pub(crate) fn matches(name: &str, values: &[String], operation: &serde_json::Value) -> bool {
    let is_one_of = |member: &serde_json::Value| values.iter().any(|value| *member == **value);
    match name {
        "NAMESPACE_ID" => is_one_of(&operation["Targets"]["NAMESPACE"]),
        "SERVICE_ID" => is_one_of(&operation["Targets"]["SERVICE"]),
        "STATUS" => is_one_of(&operation["Status"]),
        "TYPE" => is_one_of(&operation["Type"]),
        "UPDATE_DATE" => operation["UpdateDate"].as_f64().is_some_and(|seconds| {
            // A whole number of milliseconds lies within half of one.
            let [start, end] = [0, 1].map(|edge| values[edge].parse::<f64>().expect("a date"));
            start - 0.4 < seconds * 1000.0 && seconds * 1000.0 < end + 0.4
        }),
        other => panic!("{other}"),
    }
}

/// The AWS CLI's shorthand, every text in quotes.
pub(crate) fn in_quotes(name: &str, condition: Option<&str>, values: &[String]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let condition = condition.map(|text| format!(",Condition={}", quoted(text)));
    let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
    let condition = condition.unwrap_or_default();
    format!(
        "Values=[{}]{condition},Name={}",
        values.join(","),
        quoted(name)
    )
}
