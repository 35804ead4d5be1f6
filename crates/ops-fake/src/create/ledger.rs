use std::collections::HashMap;

use super::cloud_map::request_id;
use super::rules::Input;
use super::wire::Data;
use crate::random::{Purpose, Random};

/// What the calls have created since the service began.
pub(crate) struct Ledger {
    seed: u64,
    count: u64,
    /// By the name of the call and the `CreatorRequestId`.
    done: HashMap<(&'static str, String), Done>,
}

/// A request that was carried out.
pub(super) struct Done {
    pub(super) input: Input,
    /// Of what it has made.
    pub(super) id: String,
    pub(super) output: Data,
}

impl Ledger {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            count: 0,
            done: HashMap::new(),
        }
    }

    /// Where the ids of the next request come from: its number and the seed tell all of them.
    pub(super) fn next(&mut self) -> Random {
        let random = Random::new(self.seed, Purpose::Created, self.count);
        self.count += 1;
        random
    }

    /// The request that was carried out under the `CreatorRequestId` of this input.
    pub(super) fn before(&self, call: &'static str, input: &Input) -> Option<&Done> {
        self.done.get(&(call, request_id(input).to_owned()))
    }

    /// Remembers a request, if it has a `CreatorRequestId`.
    pub(super) fn keep(&mut self, call: &'static str, done: Done) {
        let id = request_id(&done.input).to_owned();
        if !id.is_empty() {
            self.done.insert((call, id), done);
        }
    }
}
