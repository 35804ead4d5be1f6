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
