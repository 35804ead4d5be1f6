use crate::cloud_map::{GetOperation, ListOperations};
use crate::kafka_connect::{ConnectorFilter, DescribeConnectorOperation, ListConnectorOperations};
use crate::{InvalidRequest, PageSize, Timestamp};

/// A member of a request, as a caller gives it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestMember {
    /// For [`PageSize::new`].
    PageSize(i64),
    /// For [`ListOperations::with_token`].
    Token(String),
    /// For [`GetOperation::new`].
    OperationId(String),
    /// For [`GetOperation::with_owner_account`].
    OwnerAccount(String),
    /// For [`ListConnectorOperations::new`].
    ConnectorArn(String),
    /// For [`DescribeConnectorOperation::new`].
    ConnectorOperationArn(String),
    /// For [`ConnectorFilter::with_created`].
    Created(Timestamp, Timestamp),
}

impl RequestMember {
    /// Gives the member to its constructor.
    ///
    /// # Errors
    ///
    /// The constructor's.
    pub fn build(self) -> Result<(), InvalidRequest> {
        match self {
            Self::PageSize(size) => PageSize::new(size).map(drop),
            Self::Token(text) => ListOperations::new().with_token(text).map(drop),
            Self::OperationId(id) => GetOperation::new(id).map(drop),
            Self::OwnerAccount(account) => GetOperation::new("op-1")?
                .with_owner_account(account)
                .map(drop),
            Self::ConnectorArn(arn) => ListConnectorOperations::new(arn).map(drop),
            Self::ConnectorOperationArn(arn) => DescribeConnectorOperation::new(arn).map(drop),
            Self::Created(after, before) => ConnectorFilter::new()
                .with_created(Some(after), Some(before))
                .map(drop),
        }
    }
}

/// A member of a request that breaks a rule, and the nearest one that does not.
///
/// ```
/// use ops_model::testing::BrokenRequest;
///
/// for broken in BrokenRequest::all() {
///     assert_eq!(broken.member.build(), Err(broken.error));
///     assert_eq!(broken.nearest_valid.build(), Ok(()));
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenRequest {
    /// What breaks the rule.
    pub member: RequestMember,
    /// What must be said of it.
    pub error: InvalidRequest,
    /// What keeps the rule, and only just.
    pub nearest_valid: RequestMember,
}

impl BrokenRequest {
    /// Every rule of a request's members, broken at each of its boundaries.
    #[must_use]
    pub fn all() -> Vec<Self> {
        use RequestMember::{
            ConnectorArn, ConnectorOperationArn, Created, OperationId, OwnerAccount, Token,
        };
        let mut all = Vec::new();
        let mut row = |member, error, nearest_valid| {
            all.push(Self {
                member,
                error,
                nearest_valid,
            });
        };
        for (given, nearest) in [
            (0, 1),
            (-1, 1),
            (101, 100),
            (i64::MIN, 1),
            (i64::MAX, 100),
            // Its low 32 bits are 1.
            (4_294_967_297, 100),
        ] {
            let error = InvalidRequest::PageSize { given };
            let [member, nearest] = [given, nearest].map(RequestMember::PageSize);
            row(member, error, nearest);
        }
        for char in ["a", "é", "😀"] {
            let error = InvalidRequest::TokenTooLong { chars: 4097 };
            row(Token(char.repeat(4097)), error, Token(char.repeat(4096)));
            let error = InvalidRequest::OperationId { chars: 256 };
            row(
                OperationId(char.repeat(256)),
                error,
                OperationId(char.repeat(255)),
            );
        }
        row(
            OperationId(String::new()),
            InvalidRequest::OperationId { chars: 0 },
            OperationId("a".to_owned()),
        );
        for given in [
            "",
            "12345678901",
            "1234567890123",
            "12345678901a",
            "-12345678901",
            "123456789012 ",
            // Six digits of two bytes each.
            "١٢٣٤٥٦",
        ] {
            let given = given.to_owned();
            row(
                OwnerAccount(given.clone()),
                InvalidRequest::OwnerAccount { given },
                OwnerAccount("123456789012".to_owned()),
            );
        }
        for (given, nearest) in [("", "a"), (".", ".a"), ("..", "...")] {
            for member in [ConnectorArn, ConnectorOperationArn] {
                let given = given.to_owned();
                row(
                    member(given.clone()),
                    InvalidRequest::Arn { given },
                    member(nearest.to_owned()),
                );
            }
        }
        let [before, after] = [0, 1].map(|millis| {
            Timestamp::from_millis(millis).expect("the first milliseconds of the epoch")
        });
        row(
            Created(after, before),
            InvalidRequest::Range { after, before },
            Created(after, after),
        );
        all
    }
}
