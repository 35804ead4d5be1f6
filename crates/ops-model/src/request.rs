//! Limits of request members, the same for a client's constructors and for the fake.

use crate::Token;
use crate::one_line::OneLine;

/// The largest page, in operations, of both services; also what an omitted page size means.
///
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_ListOperations.html>
pub const PAGE_SIZE_MAX: u32 = 100;
/// The most entries of a response's list that are read: a hundred times what the services send. A longer list is
/// malformed, as what is decoded from millions would take many times the memory of the body.
pub const LIST_MAX_ENTRIES: usize = 10_000;
/// The longest page token, in characters, that Cloud Map takes. MSK Connect sets no limit.
pub const TOKEN_MAX_CHARS: usize = 4096;
/// The longest operation id of Cloud Map, in characters.
pub const OPERATION_ID_MAX_CHARS: usize = 255;
/// The length of an account id, in digits.
pub const ACCOUNT_ID_DIGITS: usize = 12;

/// A member of a request that the service would refuse, or that would reach another resource than was meant.
///
/// Nothing has been sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// A page size outside of 1 to 100.
    #[error("the page size (MaxResults) is {given}; it takes 1 to {PAGE_SIZE_MAX}")]
    PageSize {
        /// What was given.
        given: i64,
    },
    /// A page token that Cloud Map does not take.
    #[error(
        "the page token (NextToken) has {chars} characters; Cloud Map takes at most {TOKEN_MAX_CHARS}"
    )]
    TokenTooLong {
        /// Its length in characters.
        chars: usize,
    },
    /// An operation id without a character, or with too many.
    #[error("the operation id has {chars} characters; it takes 1 to {OPERATION_ID_MAX_CHARS}")]
    OperationId {
        /// Its length in characters.
        chars: usize,
    },
    /// An owner account that is no account id.
    #[error(
        "the owner account is `{}`; an account id has {ACCOUNT_ID_DIGITS} digits",
        OneLine(given)
    )]
    OwnerAccount {
        /// What was given.
        given: String,
    },
    /// An ARN that would turn the request's path into another one.
    #[error(
        "the ARN is `{given}`, which would reach another path of the service; give the whole ARN, arn:aws:kafkaconnect:…"
    )]
    Arn {
        /// What was given: nothing, `.` or `..`.
        given: String,
    },
    /// A range whose end lies before its start.
    #[error("the range ends ({before}) before it starts ({after}); give the earlier time first")]
    Range {
        /// The start.
        after: crate::Timestamp,
        /// The end.
        before: crate::Timestamp,
    },
}

/// How many operations the service reads for one page: 1 to 100.
///
/// Cloud Map filters after reading, so a page of a filtered list may hold fewer, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageSize(u32);

impl PageSize {
    /// 100: what the services take where a request names none.
    pub const MAX: Self = Self(PAGE_SIZE_MAX);

    /// A page size.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::PageSize`] outside of 1 to 100.
    pub fn new(size: impl Into<i64>) -> Result<Self, InvalidRequest> {
        let given = size.into();
        u32::try_from(given)
            .ok()
            .filter(|size| (1..=PAGE_SIZE_MAX).contains(size))
            .map(Self)
            .ok_or(InvalidRequest::PageSize { given })
    }

    /// The number of operations.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A Cloud Map token from a caller.
pub(crate) fn cloud_map_token(text: String) -> Result<Token, InvalidRequest> {
    let chars = text.chars().count();
    if chars > TOKEN_MAX_CHARS {
        return Err(InvalidRequest::TokenTooLong { chars });
    }
    Ok(Token::new(text))
}

/// An ARN that keeps the request on its path.
pub(crate) fn arn(given: String) -> Result<String, InvalidRequest> {
    if matches!(given.as_str(), "" | "." | "..") {
        return Err(InvalidRequest::Arn { given });
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_size_is_1_to_100() {
        for size in [1, 2, 100] {
            assert_eq!(PageSize::new(size).map(PageSize::get), Ok(size as u32));
        }
        for given in [0, -1, 101, i64::MIN, i64::MAX, 1 << 32 | 1] {
            assert_eq!(
                PageSize::new(given),
                Err(InvalidRequest::PageSize { given })
            );
        }
        assert_eq!(
            PageSize::new(0).unwrap_err().to_string(),
            "the page size (MaxResults) is 0; it takes 1 to 100"
        );
    }

    #[test]
    fn token_lengths_count_characters() {
        assert!(cloud_map_token("é".repeat(4096)).is_ok());
        assert_eq!(
            cloud_map_token("é".repeat(4097)),
            Err(InvalidRequest::TokenTooLong { chars: 4097 })
        );
    }
}
