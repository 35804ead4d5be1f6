//! A listing as the documentation tells it: which page is asked for, how often, and what a failure means.
//!
//! Times are whole seconds without the waits between attempts, which are at most a few: no limit lies near them.

use std::collections::HashSet;

/// The limits of the session under test, in seconds.
pub(crate) const CALL_LIMIT: u64 = 1000;
pub(crate) const LISTING_LIMIT: u64 = 5000;

/// What the service answers where it asks for less.
pub(crate) const THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// A page: the ids of its entries, `None` for one that cannot be read; and which page its token leads to.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) ids: Vec<Option<String>>,
    pub(crate) next: Option<usize>,
}

/// What an attempt comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    /// The page that was asked for.
    Page,
    /// An error of this status and code.
    Error(u16, &'static str),
    /// No whole response: refused, out of time, broken off, or an untrusted certificate.
    Connect,
    Timeout,
    Closed,
    Tls,
    /// Status 200, and no JSON.
    Garbage,
}

/// What the listing asks for, or how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Nobody has stepped it yet.
    Nothing,
    Credentials,
    Page {
        page: usize,
        attempt: u32,
    },
    Done,
    /// An error: its kind, the service's code, and the attempts that were sent.
    Failed(&'static str, Option<String>, u32),
}

/// How long the listing may wait before it asks: more than nothing, and at most.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wait {
    pub(crate) least_millis: u64,
    pub(crate) most_millis: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) served: Vec<Served>,
    /// How many calls have failed before this listing, each after two retries at 14 tokens.
    pub(crate) failed_before: u32,
    quota: u32,
    has_credentials: bool,
    pub(crate) now: u64,

    pub(crate) page: usize,
    pub(crate) index: usize,
    seen: HashSet<usize>,
    pub(crate) delivered: Vec<Option<String>>,
    end: Option<Asks>,
    began: Option<u64>,

    /// The calls so far; the one under way: its attempt from 1 (0 if there is none), and what it has been through.
    pub(crate) calls: u32,
    attempt: u32,
    sent: u32,
    call_began: u64,
    refreshed: bool,
    retried_for: Option<u32>,
    /// The service's code in what was retried last.
    last_code: Option<&'static str>,

    pub(crate) asks: Asks,
    pub(crate) wait: Wait,
}

impl Reference {
    pub(crate) fn new(served: Vec<Served>, failed_before: u32) -> Self {
        Self {
            served,
            failed_before,
            quota: 500 - failed_before * 2 * 14,
            has_credentials: false,
            now: 0,
            page: 0,
            index: 0,
            seen: HashSet::new(),
            delivered: Vec::new(),
            end: None,
            began: None,
            calls: 0,
            attempt: 0,
            sent: 0,
            call_began: 0,
            refreshed: false,
            retried_for: None,
            last_code: None,
            asks: Asks::Nothing,
            wait: Wait::default(),
        }
    }

    /// Somebody steps the listing until it asks for something or ends.
    pub(crate) fn step(&mut self) {
        let began = *self.began.get_or_insert(self.now);
        if let (0, Some(end)) = (self.attempt, &self.end) {
            self.asks = end.clone();
            return;
        }
        if self.attempt == 0 {
            self.calls += 1;
            self.attempt = 1;
            self.sent = 0;
            self.call_began = self.now;
            self.refreshed = false;
            self.retried_for = None;
            self.last_code = None;
        }
        if self.is_late(began) {
            self.fail("timeout", self.last_code);
        } else if !self.has_credentials {
            self.asks = Asks::Credentials;
        } else {
            self.sent = self.attempt;
            self.asks = Asks::Page {
                page: self.page,
                attempt: self.attempt,
            };
        }
    }

    fn is_late(&self, began: u64) -> bool {
        self.now >= self.call_began + CALL_LIMIT || self.now >= began + LISTING_LIMIT
    }

    pub(crate) fn credentials(&mut self, given: bool) {
        if given {
            self.has_credentials = true;
            self.step();
        } else {
            self.fail("credentials", None);
        }
    }

    pub(crate) fn reply(&mut self, reply: Reply, asked_millis: Option<u64>) {
        let (kind, code, cost) = match reply {
            Reply::Page => return self.receive(),
            Reply::Error(_, "ExpiredToken" | "ExpiredTokenException") if !self.refreshed => {
                self.refreshed = true;
                self.has_credentials = false;
                self.attempt += 1;
                return self.step();
            }
            Reply::Error(status, code) => ("service", Some(code), cost(status, code)),
            Reply::Connect | Reply::Closed => ("transport", None, Some(14)),
            Reply::Timeout => ("timeout", None, Some(14)),
            Reply::Tls => ("transport", None, None),
            Reply::Garbage => ("response", None, None),
        };
        let Some(cost) = cost else {
            return self.fail(kind, code);
        };
        if self.is_late(self.began.unwrap()) {
            return self.fail("timeout", code);
        }
        if self.attempt >= 3 || self.quota < cost {
            return self.fail(kind, code);
        }
        self.quota -= cost;
        self.retried_for = Some(cost);
        self.last_code = code;
        let base = if cost == 5 { 1000 } else { 50 };
        let own = base << (self.attempt - 1);
        // Only a response can ask for anything.
        let asked = asked_millis
            .filter(|_| kind == "service")
            .unwrap_or(0)
            .min(5000);
        self.wait = Wait {
            least_millis: asked,
            most_millis: own + asked,
        };
        self.attempt += 1;
        self.step();
    }

    fn receive(&mut self) {
        self.quota = (self.quota + self.retried_for.unwrap_or(1)).min(500);
        self.attempt = 0;
        let page = self.served[self.page].clone();
        self.delivered
            .extend(page.ids.iter().skip(self.index).cloned());
        match page.next {
            Some(next) if self.seen.insert(next) => {
                self.page = next;
                self.index = 0;
            }
            end => {
                self.index = self.index.max(page.ids.len());
                self.end = Some(match end {
                    None => Asks::Done,
                    Some(_) => Asks::Failed("token cycle", None, 0),
                });
            }
        }
        self.step();
    }

    pub(crate) fn cancel(&mut self) {
        if self.attempt == 0 {
            self.sent = 0;
            self.last_code = None;
        }
        self.fail("cancelled", self.last_code);
    }

    fn fail(&mut self, kind: &'static str, code: Option<&'static str>) {
        self.attempt = 0;
        self.asks = Asks::Failed(kind, code.map(str::to_owned), self.sent);
    }

    /// Another listing of the same client goes on where this one stands.
    pub(crate) fn resume(&mut self) {
        self.seen = Some(self.page)
            .filter(|page| *page > 0)
            .into_iter()
            .collect();
        self.end = None;
        self.began = None;
        self.attempt = 0;
        self.asks = Asks::Nothing;
    }
}

/// What a retry after this error costs, if it is worth one.
fn cost(status: u16, code: &str) -> Option<u32> {
    match code {
        _ if THROTTLING.contains(&code) => Some(5),
        "SomethingNew" if status == 429 => Some(5),
        "RequestTimeout" | "RequestTimeoutException" => Some(14),
        _ if matches!(status, 500 | 502 | 503 | 504) => Some(14),
        _ => None,
    }
}
