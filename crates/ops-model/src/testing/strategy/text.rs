//! The leaves. They are boxed: strategies nest by value, and what is made of dozens of them would not fit on the stack
//! of a test's thread.

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::sample::select;

use crate::Timestamp;

/// An id of 1 to 255 characters: short ones, such as the services give, the longest, and any others.
pub fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(ns|srv|op)-[1-9]",
        2 => "[a-z0-9]{8,32}-[a-z0-9]{8}",
        1 => r#"[ab ,=\[\]{}"'\\\n%/:#]{1,9}"#,
        1 => select(&["a", "é", "😀"]).prop_map(|char| char.repeat(255)),
        1 => "(?s).{1,255}",
    ]
    .boxed()
}

/// An account id: 12 digits.
pub fn account() -> impl Strategy<Value = String> {
    prop_oneof![Just("123456789012".to_owned()), "[0-9]{12}"]
}

/// The ARN of a connector or an operation: what the service gives, and whatever else is neither empty nor a dot segment.
pub fn arn() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/[1-9]",
        1 => "arn:aws(-cn|-us-gov)?:kafkaconnect:[a-z]{2}-[a-z]{4,9}-[1-9]:[0-9]{12}:connector-operation/[a-z]{1,9}/[0-9a-f-]{1,9}/[0-9a-f-]{1,9}",
        1 => r"[/.%?#& é]{3,9}",
        1 => "(?s).{3,99}",
    ]
    .boxed()
}

/// Any text: messages, names, values.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{0,3}", r#"[ab ,=\[\]{}"'\\\n\t]{0,9}"#, "(?s).{0,99}"]
}

/// Any time that there is: whole seconds, times near each other, and the ends of the range.
pub fn timestamp() -> impl Strategy<Value = Timestamp> {
    let (min, max) = (Timestamp::MIN.as_millis(), Timestamp::MAX.as_millis());
    prop_oneof![
        4 => (0..=4_102_444_800_i64).prop_map(|seconds| seconds * 1000),
        4 => 1_516_925_490_086..=1_516_925_490_088_i64,
        2 => min..=max,
        1 => select(vec![0, 1, -1, min, max]),
    ]
    .prop_map(|millis| Timestamp::from_millis(millis).expect("within the range"))
    .boxed()
}

/// A term of an open enum, most often one that this version knows.
///
/// ```
/// use ops_model::cloud_map::OperationStatus;
/// use ops_model::testing::strategy::open_enum;
/// use proptest::prelude::*;
///
/// proptest! {
///     fn a_status_survives(status in open_enum(OperationStatus::KNOWN)) {
///         prop_assert_eq!(OperationStatus::from(status.as_str()), status);
///     }
/// }
/// a_status_survives();
/// ```
pub fn open_enum<T>(known: &'static [T]) -> impl Strategy<Value = T>
where
    T: for<'a> From<&'a str> + Clone + Debug + 'static,
{
    prop_oneof![
        4 => select(known),
        1 => "[A-Z_]{1,12}|(?s).{0,12}".prop_map(|text| T::from(&text)),
    ]
    .boxed()
}
