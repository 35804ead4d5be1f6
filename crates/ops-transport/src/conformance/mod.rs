//! The kit that checks a transport against the clauses of [`Transport`](crate::Transport).
//!
//! It is for the tests of whoever writes a transport, async or blocking. Each check is about one clause, whose number
//! its name begins with, and says what differed. The peer is a [`Server`]: bytes that a script sends on a real socket,
//! among them many that no HTTP library would send.
//!
//! # In scope
//!
//! * [`conformance_tests!`](crate::conformance_tests): a `#[test]` for each check.
//! * [`checks`] and [`check_all`]: the same for other test harnesses.
//! * [`Server`], [`Step`] and [`in_a_child`]: for the tests that a transport needs beside.
//!
//! # Out of scope
//!
//! TLS, proxies and the trust store: the peer speaks `http`. [`Step::Upgrade`] lets it speak more in a transport's own
//! tests. What a transport writes to a logger that the program installs is seen only if it is printed.
//!
//! # Example
//!
//! A whole transport of one's own, over reqwest, with the lines that check it: `examples/over_reqwest.rs` of this crate.
//!
//! In a file under `tests/`, with the feature `conformance` of this crate among the dev-dependencies:
//!
//! ```
//! # use bytes::Bytes;
//! # use ops_transport::{Attempt, BlockingTransport, TransportError};
//! # #[derive(Debug)]
//! # struct MyTransport;
//! # impl MyTransport {
//! #     fn new() -> Self { Self }
//! # }
//! # impl BlockingTransport for MyTransport {
//! #     fn send_blocking(
//! #         &self,
//! #         _: http::Request<Bytes>,
//! #         _: &Attempt,
//! #     ) -> Result<http::Response<Bytes>, TransportError> {
//! #         Ok(http::Response::default())
//! #     }
//! # }
//! use ops_transport::conformance::Subject;
//!
//! ops_transport::conformance_tests!(Subject::new_blocking(MyTransport::new).with_reuse());
//! # fn main() {}
//! ```
//!
//! An async transport comes with the runtime that its connections live on:
//!
//! ```
//! # use bytes::Bytes;
//! # use ops_transport::{Attempt, Transport, TransportError};
//! # #[derive(Debug)]
//! # struct MyTransport;
//! # impl MyTransport {
//! #     fn new() -> Self { Self }
//! # }
//! # #[async_trait::async_trait]
//! # impl Transport for MyTransport {
//! #     async fn send(
//! #         &self,
//! #         _: http::Request<Bytes>,
//! #         _: &Attempt,
//! #     ) -> Result<http::Response<Bytes>, TransportError> {
//! #         Ok(http::Response::default())
//! #     }
//! # }
//! # struct Runtime;
//! # impl Runtime {
//! #     fn new() -> Result<Self, std::convert::Infallible> { Ok(Self) }
//! #     fn block_on(&self, call: Call<'_>) { futures_executor::block_on(call) }
//! # }
//! use ops_transport::conformance::{Call, Subject};
//!
//! ops_transport::conformance_tests!(Subject::new(|| {
//!     let runtime = Runtime::new().expect("a runtime");
//!     (MyTransport::new(), move |call: Call<'_>| runtime.block_on(call))
//! }));
//! # fn main() {}
//! ```
//!
//! What it says of a transport that writes a request to a socket and takes whatever comes:
//!
//! ```
//! use std::io::{Read, Write};
//!
//! use bytes::Bytes;
//! use ops_transport::conformance::{self, Subject};
//! use ops_transport::{Attempt, BlockingTransport, TransportError, TransportErrorKind};
//!
//! #[derive(Debug)]
//! struct Tiny;
//!
//! impl BlockingTransport for Tiny {
//!     fn send_blocking(
//!         &self,
//!         request: http::Request<Bytes>,
//!         _attempt: &Attempt,
//!     ) -> Result<http::Response<Bytes>, TransportError> {
//!         exchange(&request).map_err(|error| {
//!             TransportError::new(TransportErrorKind::Closed).with_source(error)
//!         })
//!     }
//! }
//!
//! fn exchange(
//!     request: &http::Request<Bytes>,
//! ) -> Result<http::Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
//!     let host = request.uri().authority().ok_or("no host")?;
//!     let mut peer = std::net::TcpStream::connect(host.as_str())?;
//!     let (method, path) = (request.method(), request.uri().path());
//!     write!(peer, "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
//!     let mut answer = String::new();
//!     peer.read_to_string(&mut answer)?;
//!     let (head, body) = answer.split_once("\r\n\r\n").ok_or("no head")?;
//!     let mut response = http::Response::builder().status(&head[9..12]);
//!     for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
//!         response = response.header(name, value);
//!     }
//!     Ok(response.body(Bytes::from(body.to_owned()))?)
//! }
//!
//! let subject = Subject::new_blocking(|| Tiny);
//! let violation = |clause| {
//!     let mut checks = conformance::checks().iter().filter(|check| check.clause() == clause);
//!     checks.find_map(|check| check.run(&subject).err())
//! };
//! assert_eq!(violation(2), None);
//! assert_eq!(
//!     violation(6).expect("it knows no limit").to_string(),
//!     "clause_06_stops_at_the_body_limit: 1001 of 1000 bytes with a length: \
//!      expected the error BodyTooLarge, got a response: 200 OK with 1001 bytes"
//! );
//! ```

mod body_limit;
mod child;
mod environment;
mod exact_request;
mod expect;
mod later_calls;
mod one_exchange;
mod secrets;
mod server;
mod subject;
mod time_limit;
mod whole_response;

use std::error::Error;
use std::fmt;

pub use child::{Child, in_a_child};
pub use environment::MISLEADING_ENVIRONMENT;
pub use server::{Received, Server, Step, Stream, Upgrade};
pub use subject::{Call, Subject};

/// Expands to one `#[test]` for each check of a [`Subject`](crate::conformance::Subject), of the check's name.
///
/// It is used at most once in a module. The expression is evaluated by each test. They take a few seconds together;
/// every wait in them has an end.
///
/// A transport that cannot keep a clause, and says so in its documentation, is tested with
/// [`checks`](crate::conformance::checks) instead.
#[macro_export]
macro_rules! conformance_tests {
    // The list of the checks, which stands here and nowhere else: file and function.
    (@list $then:ident $args:tt) => {
        $crate::conformance_tests! { @$then $args
            exact_request::clause_01_sends_exactly_this_request,
            exact_request::clause_01_resolves_no_dot_segments,
            exact_request::clause_01_keeps_a_host_header_that_is_given,
            exact_request::clause_01_sends_a_large_body_whole,
            exact_request::clause_01_refuses_what_it_would_send_otherwise,
            one_exchange::clause_02_returns_a_redirect_as_it_is,
            one_exchange::clause_03_never_retries,
            one_exchange::clause_03_sends_once_after_a_close_while_idle,
            whole_response::clause_04_a_compressed_body_stays_compressed,
            whole_response::clause_05_any_status_is_ok,
            whole_response::clause_05_a_whole_response_is_ok_in_every_framing,
            whole_response::clause_05_a_response_to_head_has_no_body,
            whole_response::clause_05_what_is_not_a_whole_response_is_an_error,
            whole_response::clause_05_a_reset_within_a_body_is_an_error,
            body_limit::clause_06_stops_at_the_body_limit,
            body_limit::clause_06_refuses_an_announced_length_at_once,
            body_limit::clause_06_an_announced_length_takes_no_memory,
            body_limit::clause_06_stops_a_body_without_end,
            body_limit::clause_06_stops_a_head_without_end,
            time_limit::clause_07_keeps_the_time_limit_over_the_whole_exchange,
            time_limit::clause_07_a_request_that_is_not_read_times_out,
            time_limit::clause_07_takes_any_limit,
            secrets::clause_08_neither_errors_nor_debug_show_headers_or_bodies,
            secrets::clause_08_prints_nothing,
            later_calls::clause_09_a_failed_call_does_not_poison_a_later_one,
            later_calls::clause_09_a_dropped_call_does_not_poison_a_later_one,
            later_calls::clause_09_many_callers_share_a_transport,
            environment::clause_10_reads_no_environment,
        }
    };
    (@table () $($file:ident::$check:ident,)+) => {
        &[$(Check { name: stringify!($check), run: $file::$check }),+]
    };
    (@tests ($subject:expr) $($file:ident::$check:ident,)+) => {
        $(
            #[test]
            fn $check() {
                let path = concat!(module_path!(), "::", stringify!($check));
                $crate::conformance::run_as_test($subject, stringify!($check), path);
            }
        )+
    };
    ($subject:expr $(,)?) => {
        $crate::conformance_tests! { @list tests ($subject) }
    };
}

/// One check: what a clause says of one situation.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    name: &'static str,
    run: fn(&Subject) -> Result<(), String>,
}

impl Check {
    /// `clause_03_never_retries`
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The number of the clause.
    #[must_use]
    pub fn clause(&self) -> u8 {
        self.name["clause_".len()..][..2]
            .parse()
            .expect("a check's name holds the number")
    }

    /// Runs it: a few seconds at most, for a transport that keeps the clauses.
    ///
    /// # Errors
    ///
    /// The first difference.
    ///
    /// # Panics
    ///
    /// If the transport does, or if this machine has no free port, thread or process.
    pub fn run(&self, subject: &Subject) -> Result<(), Violation> {
        (self.run)(subject).map_err(|what| Violation {
            check: self.name,
            clause: self.clause(),
            what,
        })
    }
}

/// Where a transport does not keep a clause. `Display` names the check and what differed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    check: &'static str,
    clause: u8,
    what: String,
}

impl Violation {
    /// The name of the check that failed: `clause_03_never_retries`.
    #[must_use]
    pub const fn check(&self) -> &'static str {
        self.check
    }

    /// The number of the clause.
    #[must_use]
    pub const fn clause(&self) -> u8 {
        self.clause
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.what)
    }
}

impl Error for Violation {}

/// Every check, in the order of the clauses.
#[must_use]
pub fn checks() -> &'static [Check] {
    conformance_tests! { @list table () }
}

/// Runs every check and returns what differed: nothing, for a transport that keeps the clauses.
///
/// Without a [name of the test](Subject::with_test), without the checks that take a process of their own.
#[must_use]
pub fn check_all(subject: &Subject) -> Vec<Violation> {
    let run = |check: &Check| check.run(subject).err();
    checks().iter().filter_map(run).collect()
}

/// The body of a test that [`conformance_tests!`](crate::conformance_tests) makes; `path` begins with the crate.
#[doc(hidden)]
pub fn run_as_test(subject: Subject, name: &str, path: &str) {
    let test = path.split_once("::").map_or(path, |(_, test)| test);
    let check = checks().iter().find(|check| check.name == name);
    let outcome = check
        .expect("it is in the list")
        .run(&subject.with_test(test));
    if let Err(violation) = outcome {
        panic!("{violation}");
    }
}
