//! The filter rules and the calls, held against a second opinion that shares nothing with the code, and the generators
//! against both.

mod calls;
mod edges;
mod filters;
mod generators;
mod listings;
mod rules;
mod shrinking;
