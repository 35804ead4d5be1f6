use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Record, Token};
use crate::PagedCall;
use crate::one_line::OneLine;
use crate::protocol::json::{self, Object};

/// The version of the form below.
const VERSION: u32 = 1;

/// Where a listing runs: part of what makes it this listing and no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

impl Origin {
    /// The endpoint's URL and the signing region.
    #[must_use]
    pub fn new(endpoint: impl Into<String>, region: Option<&str>) -> Self {
        Self {
            endpoint: endpoint.into(),
            region: region.map(str::to_owned),
        }
    }

    /// The endpoint's URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The signing region.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

/// A place in a listing, to go on from later: in another process, on another day.
///
/// Readable and versioned: [`to_json`](Self::to_json) writes one line of JSON, and parsing reads it. It holds what the
/// listing is (operation, endpoint, region, and the request with its resolved filters) and where it stands (the page's
/// token, the index within the page, and the id of the item delivered last).
///
/// The page token is in it: keep it as you would keep the list. `Debug` leaves the token out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub(super) operation: String,
    pub(super) origin: Origin,
    pub(super) request: Record,
    pub(super) token: Option<Token>,
    pub(super) index: usize,
    pub(super) last_id: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    operation: String,
    endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    request: Record,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
    #[serde(default)]
    index: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_id: Option<String>,
}

impl Checkpoint {
    /// One line of JSON. It holds the page token.
    #[must_use]
    pub fn to_json(&self) -> String {
        let form = Form {
            version: VERSION,
            operation: self.operation.clone(),
            endpoint: self.origin.endpoint.clone(),
            region: self.origin.region.clone(),
            request: self.request.clone(),
            token: self.token.clone(),
            index: self.index,
            last_id: self.last_id.clone(),
        };
        serde_json::to_string(&form).expect("strings, numbers and a JSON value")
    }

    /// AWS's name of the operation that was listed: `ListOperations` or `ListConnectorOperations`.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Where the listing ran.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The index, in the page as the service sent it, of the entry to go on with.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The id of the item that was delivered last.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// The request that was listed, its filters resolved, without a page token.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Different`] if the checkpoint is of another operation, [`CheckpointError::Request`] if what
    /// it holds is no valid request.
    pub fn request<C: PagedCall>(&self) -> Result<C, CheckpointError> {
        same("operation", &self.operation, C::NAME)?;
        C::from_record(&self.request).map_err(|reason| CheckpointError::Request { reason })
    }

    /// Refuses any other listing than this checkpoint's.
    pub(super) fn check<C: PagedCall>(
        &self,
        call: &C,
        origin: &Origin,
    ) -> Result<(), CheckpointError> {
        let region = |origin: &Origin| origin.region.clone().unwrap_or_else(|| "none".to_owned());
        same("operation", &self.operation, C::NAME)?;
        same("endpoint", &self.origin.endpoint, &origin.endpoint)?;
        same("region", &region(&self.origin), &region(origin))?;
        same(
            "request",
            &self.request.to_string(),
            &call.to_record().to_string(),
        )
    }
}

fn same(what: &'static str, checkpoint: &str, listing: &str) -> Result<(), CheckpointError> {
    if checkpoint == listing {
        return Ok(());
    }
    Err(CheckpointError::Different {
        what,
        checkpoint: checkpoint.to_owned(),
        listing: listing.to_owned(),
    })
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let Object::<Form>(form) =
            serde_json::from_str(text).map_err(|error| CheckpointError::Syntax {
                reason: json::reason(&error),
            })?;
        if form.version != VERSION {
            return Err(CheckpointError::Version {
                found: form.version,
            });
        }
        Ok(Self {
            operation: form.operation,
            origin: Origin {
                endpoint: form.endpoint,
                region: form.region,
            },
            request: form.request,
            // As on the wire, an empty token is none.
            token: form.token.filter(|token| !token.as_str().is_empty()),
            index: form.index,
            last_id: form.last_id,
        })
    }
}

/// A checkpoint that cannot be resumed from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The text is no checkpoint.
    #[error("this is no checkpoint: {reason}; give the line that ops printed, whole")]
    Syntax {
        /// What is wrong, without the content.
        reason: String,
    },
    /// The checkpoint was written by another version.
    #[error("the checkpoint has version {found}, and this program reads version {VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// The checkpoint is of another listing.
    #[error(
        "the checkpoint is of another listing: its {what} is {}, and this one's is {}",
        OneLine(checkpoint),
        OneLine(listing)
    )]
    Different {
        /// What differs: operation, endpoint, region or request.
        what: &'static str,
        /// The checkpoint's.
        checkpoint: String,
        /// The listing's.
        listing: String,
    },
    /// The request in the checkpoint is not valid.
    #[error("the request in the checkpoint is not valid: {}", OneLine(reason))]
    Request {
        /// What is wrong.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pager;
    use crate::cloud_map::{Filter, ListOperations, OperationStatus};
    use crate::kafka_connect::ListConnectorOperations;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            operation: "ListOperations".to_owned(),
            origin: Origin::new("https://example.com/", Some("us-east-1")),
            request: ListOperations::new().to_record(),
            token: Some(Token::new("canary")),
            index: 3,
            last_id: Some("id".to_owned()),
        }
    }

    #[test]
    fn a_checkpoint_is_one_readable_line_and_parses_to_itself() {
        let line = checkpoint().to_json();
        assert_eq!(
            line,
            r#"{"version":1,"operation":"ListOperations","endpoint":"https://example.com/","region":"us-east-1","request":{},"token":"canary","index":3,"last_id":"id"}"#
        );
        let read: Checkpoint = line.parse().unwrap();
        assert_eq!(read, checkpoint());
        assert_eq!(read.operation(), "ListOperations");
        assert_eq!(read.origin().endpoint(), "https://example.com/");
        assert_eq!(read.origin().region(), Some("us-east-1"));
        assert_eq!((read.index(), read.last_id()), (3, Some("id")));
        let mut first_page = checkpoint();
        first_page.token = None;
        assert_eq!(line.replace("canary", "").parse(), Ok(first_page));
        assert!(!format!("{:?}", checkpoint()).contains("canary"));
    }

    #[test]
    fn a_text_that_is_no_checkpoint_is_refused_without_showing_it() {
        let line = checkpoint().to_json();
        for text in [
            "",
            "{}",
            "[]",
            r#"[1, "ListOperations", "https://a", null, {}, null, 0, null]"#,
            "canary",
            &line[..80],
            &line.replace("\"canary\"", "7"),
        ] {
            let error = text.parse::<Checkpoint>().expect_err(text);
            assert!(matches!(error, CheckpointError::Syntax { .. }), "{text}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        let newer = line
            .replace("\"version\":1", "\"version\":2")
            .parse::<Checkpoint>();
        assert_eq!(newer, Err(CheckpointError::Version { found: 2 }));
    }

    #[test]
    fn another_listing_is_refused_and_the_difference_named() {
        let check = |call: ListOperations, origin: Origin, expected: Option<&str>| {
            let resumed = Pager::new(call).resume_from(&checkpoint(), &origin);
            let what = resumed.err().map(|error| match error {
                CheckpointError::Different { what, .. } => what,
                other => panic!("{other}"),
            });
            assert_eq!(what, expected);
        };
        let here = checkpoint().origin;
        let filtered =
            ListOperations::new().with_filter(Filter::status(OperationStatus::Fail).unwrap());
        check(ListOperations::new(), here.clone(), None);
        check(filtered, here, Some("request"));
        check(
            ListOperations::new(),
            Origin::new("https://other/", Some("us-east-1")),
            Some("endpoint"),
        );
        check(
            ListOperations::new(),
            Origin::new("https://example.com/", None),
            Some("region"),
        );
        let other = checkpoint().request::<ListConnectorOperations>();
        assert!(matches!(
            other,
            Err(CheckpointError::Different {
                what: "operation",
                ..
            })
        ));
    }

    #[test]
    fn the_request_is_read_back_with_its_filters() {
        let start = 1_516_925_490_087;
        let dates = [start, start + 1].map(|millis| crate::Timestamp::from_millis(millis).unwrap());
        let call = ListOperations::new()
            .with_filter(Filter::updated_between(dates[0], dates[1]).unwrap())
            .with_unchecked_filter(crate::cloud_map::RawFilter::new("NEW", None::<&str>, ["x"]))
            .with_date_unit(crate::cloud_map::DateUnit::Seconds)
            .with_page_size(crate::PageSize::MAX);
        let mut checkpoint = checkpoint();
        checkpoint.request = call.to_record();
        let checkpoint: Checkpoint = checkpoint.to_json().parse().unwrap();
        assert_eq!(checkpoint.request(), Ok(call));
    }
}
