use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A request without its page token, in a form that outlives the process: part of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(serde_json::Value);

impl Record {
    /// What `value` serialises to.
    ///
    /// # Errors
    ///
    /// A text that says why it does not serialise to JSON.
    pub fn write(value: &impl Serialize) -> Result<Self, String> {
        serde_json::to_value(value)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Reads what [`write`](Self::write) was given.
    ///
    /// # Errors
    ///
    /// A text that says what is missing or wrong.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        T::deserialize(&self.0).map_err(|error| error.to_string())
    }
}

/// One line of JSON.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
