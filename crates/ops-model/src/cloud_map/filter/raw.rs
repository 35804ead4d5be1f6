use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::shorthand::{self, Shorthand, ShorthandError};
use super::violation::Short;

/// A filter as it stands on the wire, unchecked: [`Filter::from_raw`](super::Filter::from_raw) applies the rules.
///
/// The serde form is the member `Filters` of the request has: `Name`, `Values`, and `Condition` unless it is omitted.
/// Reading it ignores members that it does not know, as a service does.
///
/// `Display` and `FromStr` are the AWS CLI's shorthand, for any texts whatever; what is printed parses to the same
/// filter.
///
/// ```
/// use ops_model::cloud_map::RawFilter;
///
/// let filter: RawFilter = "Name=STATUS,Condition=IN,Values=PENDING,SUCCESS".parse()?;
/// assert_eq!(filter, RawFilter::new("STATUS", Some("IN"), ["PENDING", "SUCCESS"]));
/// assert_eq!(filter.to_string(), "Name=STATUS,Condition=IN,Values=PENDING,SUCCESS");
/// assert_eq!(r#"{"Name":"STATUS","Values":["PENDING","SUCCESS"],"Condition":"IN"}"#.parse(), Ok(filter));
///
/// let error = "Name=STATUS,Value=PENDING".parse::<RawFilter>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "expected the key Name, Condition or Values, found `Value` at offset 12"
/// );
/// # Ok::<(), ops_model::cloud_map::ShorthandError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RawFilter {
    /// What the filter looks at.
    pub name: String,
    /// How it compares; omitted, it means `EQ`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What it compares with.
    pub values: Vec<String>,
}

impl RawFilter {
    /// A filter of these parts, whatever they are.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        condition: Option<&str>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name: name.into(),
            condition: condition.map(Into::into),
            values: values.into_iter().map(Into::into).collect(),
        }
    }

    /// Reads what the AWS CLI takes as one argument of `--filters`: a shorthand or a JSON object, which are one filter,
    /// or a JSON array of any number of filters.
    ///
    /// # Errors
    ///
    /// As `FromStr`.
    ///
    /// ```
    /// use ops_model::cloud_map::RawFilter;
    ///
    /// let json = r#"[{"Name":"STATUS","Values":["FAIL"]},{"Name":"SERVICE_ID","Values":["srv-1"]}]"#;
    /// assert_eq!(RawFilter::parse_list(json)?.len(), 2);
    /// assert_eq!(RawFilter::parse_list("Name=STATUS,Values=FAIL")?.len(), 1);
    /// # Ok::<(), ops_model::cloud_map::ShorthandError>(())
    /// ```
    pub fn parse_list(text: &str) -> Result<Vec<Self>, ShorthandError> {
        if !is_json(text) {
            return shorthand::parse(text).map(|filter| vec![filter.into()]);
        }
        if text.trim_start().starts_with('{') {
            return from_json(text).map(|Written(filter)| vec![filter]);
        }
        let filters: Vec<Written> = from_json(text)?;
        Ok(filters.into_iter().map(|Written(filter)| filter).collect())
    }
}

/// Whether a text is no shorthand but JSON: an object or an array.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['[', '{'])
}

impl From<Shorthand<'_>> for RawFilter {
    fn from(filter: Shorthand<'_>) -> Self {
        Self {
            name: filter.name.into(),
            condition: filter.condition.map(Into::into),
            values: filter.values.into_iter().map(Into::into).collect(),
        }
    }
}

/// The AWS CLI's shorthand.
///
/// The AWS CLI reads it as well, unless a value that ends in a backslash is followed by another one in quotes.
impl fmt::Display for RawFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = shorthand::write(&self.name, self.condition.as_deref(), &self.values);
        f.write_str(&text)
    }
}

impl FromStr for RawFilter {
    type Err = ShorthandError;

    /// Reads the AWS CLI's shorthand, or its JSON form: an object, or an array of just one.
    ///
    /// In either, `Name` and `Values` are required, and a key that is unknown or repeated is an error; so is whatever the
    /// AWS CLI drops as it cannot read it. Dates stay as they are; `Key@=file://..` is not read.
    fn from_str(text: &str) -> Result<Self, ShorthandError> {
        <[Self; 1]>::try_from(Self::parse_list(text)?)
            .map(|[filter]| filter)
            .map_err(|filters| {
                let found = format!("an array of {}", filters.len());
                ShorthandError::new(0, "one filter", found)
            })
    }
}

/// A filter in a person's JSON, where an unknown member is a mistake, and an array is no filter.
struct Written(RawFilter);

#[derive(serde::Deserialize)]
#[serde(remote = "RawFilter", rename_all = "PascalCase", deny_unknown_fields)]
struct WrittenShape {
    name: String,
    condition: Option<String>,
    values: Vec<String>,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with Name, Values and perhaps Condition")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                WrittenShape::deserialize(MapAccessDeserializer::new(map)).map(Written)
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ShorthandError> {
    serde_json::from_str(text).map_err(|error| {
        let lines = text.split_inclusive('\n');
        let before: usize = lines
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum();
        // The column of the end is that of the last character.
        let position = match error.classify() {
            serde_json::error::Category::Eof => text.len(),
            _ => text.floor_char_boundary(before + error.column().saturating_sub(1)),
        };
        let message = error.to_string();
        let problem = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(problem, _)| problem);
        let found = Short(problem, 120).to_string();
        ShorthandError::new(position, "a filter as JSON", found)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::strategy::wild_raw_filter;

    #[test]
    fn the_wire_form_has_the_names_of_the_service_and_ignores_other_members() {
        let check = |filter: RawFilter, json: &str| {
            assert_eq!(serde_json::to_string(&filter).unwrap(), json);
            assert_eq!(serde_json::from_str::<RawFilter>(json).unwrap(), filter);
        };
        check(
            RawFilter::new("STATUS", Some("IN"), ["FAIL", "PENDING"]),
            r#"{"Name":"STATUS","Condition":"IN","Values":["FAIL","PENDING"]}"#,
        );
        check(
            RawFilter::new("", None, [""; 0]),
            r#"{"Name":"","Values":[]}"#,
        );
        let json = r#"{"Values":["FAIL"],"Colour":"red","Name":"STATUS","Condition":null}"#;
        let filter = RawFilter::new("STATUS", None, ["FAIL"]);
        assert_eq!(serde_json::from_str::<RawFilter>(json).unwrap(), filter);
        for json in [r#"{"Name":"STATUS"}"#, r#"{"Values":[]}"#] {
            assert!(serde_json::from_str::<RawFilter>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_list_is_a_json_array_or_one_filter() {
        let check = |text: &str, expected: &[&str]| {
            let filters = RawFilter::parse_list(text).expect(text);
            let printed: Vec<String> = filters.iter().map(ToString::to_string).collect();
            assert_eq!(printed, expected, "{text}");
        };
        check("[]", &[]);
        check(
            r#" [{"Name":"A","Values":["x"]}, {"Values":[],"Condition":"C","Name":"B"}] "#,
            &["Name=A,Values=x", "Name=B,Condition=C,Values=[]"],
        );
        check(
            "\n{\"Name\":\"A\",\n\"Values\":[\"x,y\"]}\n",
            &["Name=A,Values=\"x,y\""],
        );
        check("Name=A,Values=x", &["Name=A,Values=x"]);
    }

    #[test]
    fn one_filter_is_an_array_of_one_at_most() {
        let filter = RawFilter::new("A", None, ["x"]);
        assert_eq!(r#"[{"Name":"A","Values":["x"]}]"#.parse(), Ok(filter));
        let check = |text: &str, expected: &str| {
            let error = text.parse::<RawFilter>().unwrap_err();
            assert_eq!(error.to_string(), expected, "{text}");
        };
        check("[]", "expected one filter, found an array of 0 at offset 0");
        check(
            r#"[{"Name":"A","Values":[]},{"Name":"B","Values":[]}]"#,
            "expected one filter, found an array of 2 at offset 0",
        );
    }

    #[test]
    fn a_mistake_in_json_is_found_where_it_is() {
        let check = |text: &str, position: usize, expected: &str| {
            let error = RawFilter::parse_list(text).unwrap_err();
            let expected =
                format!("expected a filter as JSON, found {expected} at offset {position}");
            assert_eq!(error.to_string(), expected, "{text}");
            assert_eq!(error.position(), position, "{text}");
        };
        check("{", 1, "EOF while parsing an object");
        check(
            r#"{"Name":"A","Value":["x"]}"#,
            18,
            "unknown field `Value`, expected one of `Name`, `Condition`, `Values`",
        );
        check(
            "{\"Name\":\"A\",\n \"Name\":\"B\",\"Values\":[]}",
            19,
            "duplicate field `Name`",
        );
        check(r#"{"Name":"A"}"#, 11, "missing field `Values`");
        check(r#"{"Values":[]}"#, 12, "missing field `Name`");
        check(
            r#"{"Name":"A","Values":"x"}"#,
            23,
            "invalid type: string \"x\", expected a sequence",
        );
        check(
            r#"[["A",null,["x"]]]"#,
            0,
            "invalid type: sequence, expected an object with Name, Values and perhaps Condition",
        );
        check(r#"{"Name":"A","Values":[]} é"#, 25, "trailing characters");
        check(
            r#"{"\u001b[2J":1}"#,
            11,
            r"unknown field `\u{1b}[2J`, expected one of `Name`, `Condition`, `Values`",
        );
    }

    proptest! {
        #[test]
        fn any_texts_print_and_parse_to_themselves(filter in wild_raw_filter()) {
            prop_assert_eq!(filter.to_string().parse(), Ok(filter.clone()));
            let json = serde_json::to_string(&filter).unwrap();
            prop_assert_eq!(json.parse(), Ok(filter));
        }

        #[test]
        fn a_list_in_json_reads_back(filters in prop::collection::vec(wild_raw_filter(), 0..3)) {
            let json = serde_json::to_string_pretty(&filters).unwrap();
            prop_assert_eq!(RawFilter::parse_list(&json), Ok(filters));
        }

        #[test]
        fn any_text_is_read_or_refused_within_it(
            text in prop_oneof![
                "(?s).*",
                r#"[{\[]?((Name|Condition|Values)?["'=,:\\ \[\]{}aé\n]{0,3}){0,8}"#,
            ]
        ) {
            match RawFilter::parse_list(&text) {
                Ok(filters) => for filter in filters {
                    prop_assert_eq!(filter.to_string().parse(), Ok(filter));
                }
                Err(error) => {
                    prop_assert!(text.is_char_boundary(error.position()));
                    prop_assert!(!error.to_string().chars().any(char::is_control));
                }
            }
        }
    }
}
