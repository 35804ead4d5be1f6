//! The filter rules and the calls, held against a second opinion that shares nothing with the code.
