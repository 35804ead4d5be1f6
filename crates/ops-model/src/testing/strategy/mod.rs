//! Strategies for [`proptest`]: every value of this crate that a test may need.
//!
//! What they give is valid, but for the filters on the wire that are named otherwise. Values shrink to the simplest: the
//! first known term, an id like `ns-1`, the epoch. `any::<T>()` gives the same for every type that has one strategy.
//!
//! # Example
//!
//! ```toml
//! [dev-dependencies]
//! ops-model = { version = "0.1", features = ["proptest"] }
//! proptest = "1"
//! ```
//!
//! ```
//! use ops_model::cloud_map::{Filter, OperationSummary};
//! use ops_model::testing::{BrokenFilter, Listing};
//! use proptest::prelude::*;
//!
//! proptest! {
//!     // In a test module, each of these is a `#[test]`.
//!     fn a_filter_prints_and_parses_to_itself(filter: Filter) {
//!         prop_assert_eq!(filter.to_string().parse(), Ok(filter));
//!     }
//!
//!     fn a_broken_filter_is_refused(broken: BrokenFilter) {
//!         let error = Filter::from_raw(&broken.raw, broken.unit).unwrap_err();
//!         prop_assert_eq!(error.violations(), broken.violations);
//!     }
//!
//!     fn a_listing_ends(listing: Listing<OperationSummary>) {
//!         let last = listing.pages().last().expect("at least one page");
//!         prop_assert!(last.next_token().is_none());
//!     }
//! }
//! a_filter_prints_and_parses_to_itself();
//! a_broken_filter_is_refused();
//! a_listing_ends();
//! ```

mod any;
mod cloud_map;
mod endpoint;
mod filter;
mod http;
mod kafka_connect;
mod paging;
mod text;

pub use cloud_map::{get_operation, list_operations, operation, operation_summary};
pub use endpoint::{base_url, endpoint_params, region};
pub use filter::{
    broken_filter, date_unit, filter, filter_and_operation, filter_date, multiply_broken_filter,
    raw_filter, spelled_filter, wild_raw_filter,
};
#[cfg(test)]
pub(crate) use http::damaged_body;
pub use http::{broken_request, error_response, malformed_response, response, service_error};
pub use kafka_connect::{
    connector_filter, connector_operation, connector_operation_summary,
    describe_connector_operation, list_connector_operations, worker_setting,
};
pub use paging::{
    checkpoint, limits, listing, origin, page, page_size, page_with_bad_items, token,
};
pub use text::{account, arn, id, open_enum, text, timestamp};
