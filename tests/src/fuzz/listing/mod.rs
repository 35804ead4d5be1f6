mod model;
mod plan;

use std::fmt::Debug;
use std::time::Duration;

use arbitrary::Unstructured;
use bytes::Bytes;
use ops_client::{
    Credentials, Error, ErrorKind, Listing, Machine, Session, Sign, SignError, SigningContext, Step,
};
use ops_fake::{FakeService, VirtualClock};
use ops_model::cloud_map::RpcV2Cbor;
use ops_model::{Checkpoint, EndReason, LongRunning, Page, PagedCall, Resumption, Timestamp};
use ops_transport::BlockingTransport;

use super::one_line;
use model::{Ending, Entry, Model};
use plan::{Move, OLD_KEY, Plan, Trouble, Which};

/// More steps than the longest plan takes: a listing that gets here does not come to an end.
const MOST_STEPS: usize = 4000;

/// A whole listing, with whatever happens to it: `arbitrary` makes a plan of the bytes.
///
/// Every page is the one that a plain loop over the list gives, whatever goes wrong and wherever the caller stops and
/// goes on; the listing ends, and says why; and unless the service leads it back, nothing is lost and nothing comes twice.
pub fn listing(data: &[u8]) {
    let Ok(plan) = Plan::of(Unstructured::new(data)) else {
        return;
    };
    match plan.call {
        Which::Json => Run::new(&plan, plan.list_operations()).drive(),
        Which::Cbor => Run::new(&plan, RpcV2Cbor(plan.list_operations())).drive(),
        Which::Connector => Run::new(&plan, plan.list_connector_operations()).drive(),
    }
}

/// A listing under way, beside the model of it.
struct Run<'a, C: PagedCall> {
    plan: &'a Plan,
    call: C,
    clock: VirtualClock,
    service: FakeService,
    session: Session,
    listing: Listing<C>,
    model: Model<'a>,
    troubles: std::slice::Iter<'a, Trouble>,
    moves: std::slice::Iter<'a, Move>,
    /// What the page has met that has arrived and is not delivered yet.
    arrived: Option<Trouble>,
    /// Whether something has gone wrong since the last page.
    is_troubled: bool,
    /// What was delivered last.
    last_page: Vec<Entry>,
    /// The places that were delivered, and those that were found unreadable.
    told: Vec<usize>,
    /// Whether a page's token led elsewhere than on.
    was_misled: bool,
    keys: usize,
}

impl<'a, C: PagedCall + Clone + Debug> Run<'a, C> {
    fn new(plan: &'a Plan, call: C) -> Self {
        let clock = VirtualClock::new();
        let session = plan.session();
        Self {
            service: plan.service(&clock),
            listing: Listing::new(call.clone(), &session)
                .expect("an endpoint")
                .with_limits(plan.first_limits()),
            model: Model::new(plan),
            troubles: plan.troubles.iter(),
            moves: plan.moves.iter(),
            plan,
            call,
            clock,
            session,
            arrived: None,
            is_troubled: false,
            last_page: Vec::new(),
            told: Vec::new(),
            was_misled: false,
            keys: 0,
        }
    }

    fn drive(mut self) {
        for _ in 0..MOST_STEPS {
            if self.step() {
                return self.check_all();
            }
        }
        panic!("{MOST_STEPS} steps, and no end: {:?}", self.plan);
    }

    /// Does what the caller and the listing want next; whether the list is complete.
    fn step(&mut self) -> bool {
        match *self.moves.next().unwrap_or(&Move::GoOn) {
            Move::GoOn => {}
            Move::Cancel => {
                self.cancel();
            }
            Move::Resume => {
                let checkpoint = self.cancel();
                self.resume(&checkpoint);
            }
            Move::ResumeAfter(place) if !self.last_page.is_empty() => {
                let entry = self.last_page[usize::from(place) % self.last_page.len()];
                let id = entry.is_readable.then(|| self.plan.call.id(entry.place));
                let checkpoint = self.listing.checkpoint_after(entry.index, id);
                self.model.back_to(entry);
                self.told.retain(|told| *told <= entry.place);
                self.resume(&checkpoint);
            }
            Move::ResumeAfter(_) => {}
            Move::Limit(max_items, max_pages) if self.model.end.is_none() => {
                let limits = self.plan.limits(max_items, max_pages);
                let unused = Listing::new(self.call.clone(), &self.session).expect("an endpoint");
                let listing = std::mem::replace(&mut self.listing, unused);
                self.listing = listing.with_limits(limits);
                self.model.limit(limits);
            }
            // What is over is over.
            Move::Limit(..) => {}
            Move::StepAgain => {
                // Nothing is sent twice for it: what was due is due, and a result is not handed over.
                if self.arrived.is_none() && self.model.end.is_none() {
                    let _ = self.listing.step(self.clock.now());
                }
            }
        }
        match self.listing.step(self.clock.now()) {
            Ok(Step::Credentials) => {
                let key = [OLD_KEY, "AKIDNEW"][self.keys.min(1)];
                self.keys += 1;
                let credentials = Ok(Credentials::new(key, "secret"));
                self.listing.on_credentials(self.clock.now(), credentials);
            }
            Ok(Step::Send { request, attempt }) => {
                assert!(
                    attempt.number <= 4,
                    "three attempts, and one for new credentials"
                );
                let trouble = *self.troubles.next().unwrap_or(&Trouble::None);
                if let Some(fault) = trouble.fault() {
                    self.service.inject(fault);
                }
                let reply = self.service.send_blocking(request, &attempt);
                let is_page = matches!(&reply, Ok(response) if response.status() == 200)
                    && !trouble.spoils(self.plan.call);
                self.arrived = is_page.then_some(trouble);
                self.is_troubled |= !is_page;
                self.listing.on_reply(self.clock.now(), reply);
            }
            Ok(Step::Wait(duration)) => {
                assert!(!duration.is_zero());
                self.clock.advance(duration);
            }
            Ok(Step::Ready(page)) => self.on_page(&page),
            Ok(Step::Done(reason)) => return self.on_end(reason),
            Err(error) => self.on_error(&error),
        }
        false
    }

    fn on_page(&mut self, page: &Page<C::Item>) {
        let trouble = self.arrived.take().expect("a page has arrived");
        let is_first = self.model.pages == 0;
        let behind = self.model.behind;
        self.was_misled |= matches!(
            trouble,
            Trouble::RepeatedToken(1..) | Trouble::DuplicatePage
        );
        let expected = self.model.on_page(trouble);
        let delivered: Vec<(usize, Option<String>)> = page
            .entries()
            .map(|(index, entry)| (index, entry.ok().map(|item| item.id().to_owned())))
            .collect();
        let entries = expected.iter();
        let plain: Vec<(usize, Option<String>)> = entries
            .map(|entry| {
                let id = entry.is_readable.then(|| self.plan.call.id(entry.place));
                (entry.index, id)
            })
            .collect();
        assert_eq!(delivered, plain, "{:?}", self.plan);
        assert_eq!(self.listing.pages(), self.model.pages);
        if is_first
            && !self
                .plan
                .troubles
                .iter()
                .any(|it| matches!(it, Trouble::NullItem(_)))
        {
            let resumption = (behind > 0).then_some(&Resumption::Unchanged);
            assert_eq!(self.listing.resumption(), resumption);
        }
        self.told.extend(expected.iter().map(|entry| entry.place));
        self.last_page = expected;
        self.is_troubled = false;
    }

    fn on_end(&mut self, reason: EndReason) -> bool {
        assert_eq!(
            self.model.end,
            Some(Ending::Reason(reason)),
            "{:?}",
            self.plan
        );
        assert!(
            matches!(self.listing.step(self.clock.now()), Ok(Step::Done(again)) if again == reason)
        );
        let checkpoint = self.listing.checkpoint();
        self.resume(&checkpoint);
        reason == EndReason::Exhausted
    }

    fn on_error(&mut self, error: &Error) {
        one_line(error);
        assert!(error.attempts() <= 4);
        let is_cycle = error.kind() == ErrorKind::TokenCycle;
        assert_eq!(is_cycle, self.model.end == Some(Ending::Cycle), "{error}");
        assert!(
            is_cycle || self.is_troubled || error.is_timeout(),
            "{error}"
        );
        let checkpoint = error.checkpoint().expect("a listing's errors have one");
        assert_eq!(*checkpoint, self.listing.checkpoint());
        // The caller tries again later: from the start of what failed, or with the same listing if it can go on.
        self.clock.advance(Duration::from_secs(60));
        self.arrived = None;
        if is_cycle || error.is_timeout() {
            self.resume(checkpoint);
        }
    }

    fn cancel(&mut self) -> Checkpoint {
        let error = self.listing.cancel();
        assert!(error.is_cancelled());
        one_line(&error);
        self.arrived = None;
        error
            .checkpoint()
            .expect("a listing's errors have one")
            .clone()
    }

    /// Goes on from a checkpoint, as another process would.
    fn resume(&mut self, checkpoint: &Checkpoint) {
        let line = checkpoint.to_json();
        assert_eq!(line.parse().as_ref(), Ok(checkpoint));
        assert_eq!(checkpoint.index(), self.model.behind, "{:?}", self.plan);
        self.listing = Listing::new(self.call.clone(), &self.session)
            .and_then(|listing| listing.resume_from(&line.parse().expect("just read")))
            .expect("its own checkpoint")
            .with_limits(self.plan.first_limits());
        self.model.resume();
        self.arrived = None;
        self.last_page.clear();
    }

    /// Every operation once, in the order of the list; and after its end there is nothing.
    fn check_all(mut self) {
        let plain: Vec<usize> = (0..self.plan.operations.len())
            .filter(|place| self.plan.keeps(*place))
            .collect();
        if !self.was_misled {
            self.told.retain(|place| self.plan.keeps(*place));
            assert_eq!(self.told, plain, "{:?}", self.plan);
        }
        self.troubles = [].iter();
        self.moves = [].iter();
        self.told.clear();
        for _ in 0..MOST_STEPS {
            if self.step() {
                return assert!(self.told.is_empty(), "{:?}", self.plan);
            }
        }
        panic!("a complete list goes on: {:?}", self.plan);
    }
}

/// Writes the key and the time where a signature has them.
struct Label;

impl Sign for Label {
    fn sign(
        &self,
        request: &mut http::Request<Bytes>,
        context: &SigningContext<'_>,
    ) -> Result<(), SignError> {
        let time = Timestamp::try_from(context.time).map_err(SignError::new)?;
        let date = time.to_string().replace(['-', ':'], "");
        let key = context.credentials.access_key_id();
        for (name, value) in [
            ("x-amz-date", format!("{}Z", &date[..15])),
            ("authorization", format!("Credential={key}/")),
        ] {
            let value = value.parse().map_err(SignError::new)?;
            request.headers_mut().insert(name, value);
        }
        Ok(())
    }
}
