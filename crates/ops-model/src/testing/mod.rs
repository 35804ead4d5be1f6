//! Values for the tests of code that uses this crate: valid ones, nearly valid ones with what must be said of them, and
//! whole listings. Behind the features `proptest` and `arbitrary`.
//!
//! # What there is
//!
//! | | what it gives |
//! |---|---|
//! | [`Breach`], [`BrokenFilter`] | a filter on the wire that breaks one rule or several, as little as possible, and the violations that must be reported |
//! | [`spellings`] | every way to write a filter on the wire |
//! | [`operations_near`] | operations on both sides of a filter's edges |
//! | [`BrokenRequest`] | members of requests that break a rule, each beside the nearest that does not |
//! | [`Listing`] | a whole list as a service serves it: empty pages, bad items, fresh tokens, an end |
//! | [`error_response`], [`MALFORMED_BODIES`] | responses that carry an error in every way, and such as no call can read |
//! | `strategy`, `any::<T>()` | proptest's strategies: requests, responses and their bytes, filters and near misses, listings, checkpoints, endpoints; feature `proptest` |
//! | `arbitrary::Arbitrary` | the same types from the bytes of a fuzzer; feature `arbitrary` |
//!
//! All but the last two are plain functions: they can be run through without any randomness, and both features only
//! choose their inputs. No value breaks a rule that its constructor keeps.
#![cfg_attr(
    feature = "arbitrary",
    doc = r#"
# Fuzzing

```toml
[dependencies]
arbitrary = "1"
libfuzzer-sys = "0.4"
ops-model = { version = "0.1", features = ["arbitrary"] }
```

```
use arbitrary::{Arbitrary, Unstructured};
use ops_model::cloud_map::{Filter, Operation};

/// The body of `fuzz_target!(|data: &[u8]| …)`; as an input type, `|input: (Filter, Operation)|` does the same.
fn target(data: &[u8]) {
    let Ok((filter, operation)) = <(Filter, Operation)>::arbitrary(&mut Unstructured::new(data)) else {
        return;
    };
    let parsed: Filter = filter.to_string().parse().expect("what is printed parses");
    assert_eq!(parsed.matches(&operation), filter.matches(&operation));
}
target(b"any bytes");
```
"#
)]
//!
//! # What catches which bug
//!
//! This crate's own tests, in `tests/reference`, run on these values. They hold the code against a second writing of the
//! rules that shares nothing with it.
//!
//! | a bug of this kind | fails in |
//! |---|---|
//! | a rule that is missing, too wide or too narrow | `filters::what_is_read_is_what_the_rules_allow`, `filters::whatever_is_sent_is_read_or_refused_as_the_rules_say` |
//! | a violation that is missing, doubled, out of order or of another value | `filters::a_broken_filter_gives_exactly_its_violations`, `filters::every_breach_and_every_two_give_exactly_their_violations` |
//! | a date that is read in another unit, or as another date | `filters::a_date_means_the_same_to_both`, `filters::a_spelling_is_read_as_its_filter` |
//! | what is right is refused | `filters::the_service_reads_every_spelling_in_milliseconds`, `calls::a_broken_member_is_refused_and_its_neighbour_is_not` |
//! | an edge of a filter that is off by a millisecond, or a look at another member | `edges::an_operation_near_the_edge_is_listed_or_not`, `edges::a_connector_operation_at_an_end_is_kept` |
//! | quotes, commas and backslashes in a shorthand | `filters::every_text_in_quotes_is_read_as_it_is` |
//! | a member that is lost or changed on the wire | `calls::a_request_is_read_as_it_was_written`, `calls::a_value_is_read_as_it_was_written` |
//! | an error whose code or message is not found | `calls::an_error_is_read_wherever_its_code_stands` |
//! | a response that is cut off, taken for a short one | `calls::a_response_of_something_else_or_cut_off_is_no_value` |
//! | an item that is lost or repeated, an end that comes too early | `listings::a_pager_delivers_a_whole_listing`, `listings::limits_are_kept` |
//! | a resumption in another place | `listings::a_listing_in_pieces_is_the_whole`, `listings::a_listing_goes_on_behind_any_of_its_entries` |
//! | a listing that never ends | `listings::a_token_that_leads_back_is_found_before_its_page` |
//! | a generator that no longer gives what it promises | `generators::every_breach_is_generated_by_either_feature`, `shrinking::a_filter_shrinks_to_the_first_terms_and_the_epoch` |
//!
//! ## Bugs put in by hand, and what catches them
//!
//! Each rule was removed or moved by one, one at a time, and the properties were run.
//!
//! | the bug | what fails, among others |
//! |---|---|
//! | an unknown name, an unknown condition, `BEGINS_WITH` or a wrong condition is not reported | `filters::a_broken_filter_gives_exactly_its_violations` |
//! | an omitted condition means `IN`, or whatever the name takes | `filters::a_spelling_is_read_as_its_filter`, `filters::what_is_read_is_what_the_rules_allow` |
//! | `NAMESPACE_ID` takes `IN`; `STATUS` does not | `filters::a_broken_filter_gives_exactly_its_violations`, `edges::an_operation_near_the_edge_is_listed_or_not` |
//! | `EQ` takes several values, `BETWEEN` one or three; none or an empty one is taken | `filters::a_broken_filter_gives_exactly_its_violations` |
//! | 256 characters are taken, 255 are not, bytes are counted | `filters::a_broken_filter_gives_exactly_its_violations`, `edges::an_operation_near_the_edge_is_listed_or_not` |
//! | `SUCCEED` is refused; an unknown status or type is taken | `filters::a_spelling_is_read_as_its_filter`, `filters::a_broken_filter_gives_exactly_its_violations` |
//! | 99999999999 is a date, 100000000000 and 0 are none; the service refuses seconds | `filters::a_broken_filter_gives_exactly_its_violations`, `filters::a_date_means_the_same_to_both` |
//! | a negative date is taken, decimals are dropped, four are taken, three are not | `filters::a_broken_filter_gives_exactly_its_violations` |
//! | `.5` is five milliseconds | `filters::a_spelling_is_read_as_its_filter` |
//! | an end before the start is taken, equal dates are not, or two of three are compared | `filters::every_breach_and_every_two_give_exactly_their_violations`, `edges::every_filter_has_operations_on_both_sides` |
//! | only the first violation is reported | `filters::every_breach_and_every_two_give_exactly_their_violations` |
//! | an empty page ends the list | `listings::a_pager_delivers_a_whole_listing` |
//! | a token is compared with the one before it only | `listings::a_token_that_leads_back_is_found_before_its_page` |
//! | `.087` is 86 milliseconds | `calls::a_value_is_read_as_it_was_written` |
//! | the end of a range is outside; what an operation lacks matches; an id matches a part, or another target | `edges::an_operation_near_the_edge_is_listed_or_not` |
//!
//! Beside these stand two machines on random scripts, each against a reference of its own: this crate's pager in
//! `tests/pager`, which also fails for the empty page and the token above; and a whole listing with its retries in
//! ops-client's `tests/listing`, which fails if a failed fetch goes on to the next page, and if a code is dropped from the
//! list of those that mean throttling.

mod breach;
mod broken_request;
mod edge;
mod error_response;
mod listing;
mod spelling;
#[cfg(any(test, feature = "proptest"))]
pub mod strategy;
#[cfg(feature = "arbitrary")]
mod unstructured;

pub use breach::{Breach, BrokenFilter};
pub use broken_request::{BrokenRequest, RequestMember};
pub use edge::operations_near;
pub use error_response::{CodeForm, ErrorForm, MALFORMED_BODIES, error_response};
pub use listing::Listing;
pub use spelling::spellings;

use crate::{Checkpoint, Origin, Page, PagedCall, Pager};

/// A checkpoint of this listing: before its first page, or behind an entry of the page that the call asks for.
fn checkpoint<C: PagedCall>(
    call: C,
    origin: &Origin,
    behind: Option<(usize, Option<String>)>,
) -> Checkpoint {
    let mut pager = Pager::new(call);
    match behind {
        None => pager.checkpoint(origin),
        Some((index, id)) => {
            pager.on_page(Page::new([], None));
            pager.checkpoint_after(origin, index, id)
        }
    }
}
