use bytes::Bytes;
use ops_fake::EXAMPLE_CONNECTOR_ARN;
use ops_model::cloud_map::{ListOperations, OperationStatus, OperationSummary};
use ops_model::kafka_connect::{ConnectorOperationSummary, ListConnectorOperations};
use ops_model::{Page, PagedCall, ServedCall, Timestamp, Token};

/// How many operations a page holds: as many as either service gives.
pub const OPERATIONS: u32 = 100;

/// How many pages differ; the list goes round them, under tokens that never repeat.
const VARIETY: u32 = 16;

/// What stands before the number of its page in a token, and nowhere else.
const MARK: &str = "QUFBQnBhZ2U6";

/// The digits of that number.
const DIGITS: usize = 8;

/// The length of a token: what the services' own have, more or less.
const TOKEN: usize = 216;

/// A call whose list can be made up.
pub trait Listed: PagedCall + ServedCall + Clone + Send + 'static {
    /// The call for the whole list, as a user makes it.
    fn whole() -> Self;

    /// An operation with every member that a list has of it.
    fn operation(random: &mut fastrand::Rng) -> Self::Item;
}

impl Listed for ListOperations {
    fn whole() -> Self {
        Self::new()
    }

    /// An id of 32 and 8 characters, mostly a success.
    fn operation(random: &mut fastrand::Rng) -> OperationSummary {
        let mut text = |length| -> String { (0..length).map(|_| random.digit(36)).collect() };
        let id = format!("{}-{}", text(32), text(8));
        let status = match random.u8(..10) {
            0 => OperationStatus::Submitted,
            1 => OperationStatus::Pending,
            2 => OperationStatus::Fail,
            _ => OperationStatus::Success,
        };
        OperationSummary::new(id, status)
    }
}

impl Listed for ListConnectorOperations {
    fn whole() -> Self {
        Self::new(EXAMPLE_CONNECTOR_ARN).expect("an ARN")
    }

    /// An ARN with the connector's name and three UUIDs, and both dates.
    fn operation(random: &mut fastrand::Rng) -> ConnectorOperationSummary {
        let mut text = |length| -> String { (0..length).map(|_| random.digit(16)).collect() };
        let uuid = [8, 4, 4, 4, 12].map(&mut text).join("-");
        let arn = EXAMPLE_CONNECTOR_ARN.replacen(":connector/", ":connector-operation/", 1);
        let mut operation =
            ConnectorOperationSummary::new(format!("{arn}/{uuid}"), "UPDATE_COMPLETE".into());
        operation.connector_operation_type = Some("UPDATE_WORKER_SETTING".into());
        let created = random.i64(1_738_368_000_000..1_769_904_000_000);
        operation.creation_time = Timestamp::from_millis(created).ok();
        operation.end_time = Timestamp::from_millis(created + random.i64(30_000..300_000)).ok();
        operation
    }
}

/// The pages of a list of any length.
#[derive(Clone, Debug)]
pub struct List {
    kinds: Vec<Kind>,
}

#[derive(Clone, Debug)]
struct Kind {
    /// With a token, whose number stands at `number`.
    followed: Vec<u8>,
    number: usize,
    last: Bytes,
}

impl List {
    /// The list of one service, with so many operations on each page.
    #[must_use]
    pub fn new<C: Listed>(operations: u32) -> Self {
        let mut random = fastrand::Rng::with_seed(7);
        let kinds = (0..VARIETY).map(|_| {
            let items: Vec<C::Item> = (0..operations).map(|_| C::operation(&mut random)).collect();
            Kind::new::<C>(items, &mut random)
        });
        Self {
            kinds: kinds.collect(),
        }
    }

    /// The body of a page: of this number, from 0, in a list of so many.
    ///
    /// # Panics
    ///
    /// If the number has more than eight digits.
    #[must_use]
    pub fn page(&self, number: u32, pages: u32) -> Bytes {
        let kind = &self.kinds[number as usize % self.kinds.len()];
        let next = number + 1;
        if next >= pages {
            return kind.last.clone();
        }
        let mut body = kind.followed.clone();
        body[kind.number..][..DIGITS].copy_from_slice(format!("{next:0DIGITS$}").as_bytes());
        body.into()
    }
}

impl Kind {
    fn new<C: Listed>(items: Vec<C::Item>, random: &mut fastrand::Rng) -> Self {
        // Base64, whose last characters have to be escaped in a query.
        let filler = TOKEN - MARK.len() - DIGITS - 4;
        let filler: String = (0..filler).map(|_| random.alphanumeric()).collect();
        let token = format!("{MARK}{}{filler}+/==", "0".repeat(DIGITS));
        let page = Page::new(items.into_iter().map(Ok), Some(Token::new(token)));
        let followed = C::encode_response(&page).into_body().to_vec();
        let items = page.into_entries().map(|(_, entry)| entry);
        let last = C::encode_response(&Page::new(items, None)).into_body();
        let number = after_mark(&followed).expect("the page has a token");
        Self {
            followed,
            number,
            last,
        }
    }
}

/// The number of the page that a request asks for, given its URI's query or its body: what its token holds; 0 without
/// one, and `None` if the token is not of a [`List`].
#[must_use]
pub fn asked_for(text: &[u8]) -> Option<u32> {
    let Some(number) = after_mark(text) else {
        let other = text.windows(4).any(|four| four == b"oken");
        return (!other).then_some(0);
    };
    let digits = text.get(number..)?.get(..DIGITS)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn after_mark(text: &[u8]) -> Option<usize> {
    let mark = text
        .windows(MARK.len())
        .position(|window| window == MARK.as_bytes())?;
    Some(mark + MARK.len())
}

#[cfg(test)]
mod tests {
    use ops_model::LongRunning;

    use super::*;

    fn check<C: Listed>() {
        let list = List::new::<C>(OPERATIONS);
        let mut call = C::whole();
        let base = "https://localhost".parse().unwrap();
        let mut ids = std::collections::BTreeSet::new();
        for number in 0..4 {
            let request = call.encode(&base).unwrap();
            let query = request.uri().query().unwrap_or_default();
            let text = [query.as_bytes(), request.body()].concat();
            assert_eq!(asked_for(&text), Some(number));

            let page = C::decode(&http::Response::new(list.page(number, 4))).unwrap();
            assert_eq!(page.bad_items().count(), 0);
            ids.extend(page.items().map(|item| item.id().to_owned()));
            let token = page.next_token();
            assert_eq!(token.is_some(), number < 3);
            assert!(token.is_none_or(|token| token.as_str().len() == TOKEN));
            call.set_token(token.cloned());
        }
        assert_eq!(ids.len(), 400);
    }

    #[test]
    fn a_list_has_its_pages_and_tokens_that_lead_through_them() {
        check::<ListOperations>();
        check::<ListConnectorOperations>();
    }

    #[test]
    fn a_token_of_another_list_is_no_page() {
        assert_eq!(asked_for(br#"{"NextToken":"x"}"#), None);
        assert_eq!(asked_for(b"nextToken=x"), None);
        assert_eq!(asked_for(b"{}"), Some(0));
    }
}
