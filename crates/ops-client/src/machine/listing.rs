use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ops_model::{
    Checkpoint, EndReason, Limits, Origin, Page, PagedCall, Pager, PagerStep, Resumption,
};
use ops_transport::{Now, TransportError};

use super::{Exchange, Machine, Step};
use crate::error::Cause;
use crate::{Credentials, CredentialsError, Endpoint, Error, Session};

/// A whole listing as a [`Machine`]: an [`Exchange`] for each page, and a [`Pager`] between them.
///
/// Its results are pages, as [`Pager::on_page`] delivers them. An error carries the checkpoint of the page that failed;
/// stepping on after an error asks for that page again.
#[derive(Debug)]
#[must_use = "a listing does nothing until it is stepped"]
pub struct Listing<C: PagedCall> {
    session: Session,
    endpoint: Arc<Endpoint>,
    origin: Origin,
    pager: Pager<C>,
    exchange: Option<Exchange<C>>,
    /// Whether the exchange of the next page is driven elsewhere.
    is_ahead: bool,
    deadline: Option<Duration>,
}

impl<C: PagedCall + Clone> Listing<C> {
    /// A listing without limits that has not begun: its time runs from the first step.
    ///
    /// # Errors
    ///
    /// [`Error`] of the kind [`Setup`](crate::ErrorKind::Setup) if there is no endpoint, or none that is safe.
    pub fn new(call: C, session: &Session) -> Result<Self, Error> {
        let endpoint = session
            .endpoint(C::SERVICE)
            .map_err(|error| Error::new(C::NAME, Cause::Endpoint(error)))?;
        Ok(Self {
            session: session.clone(),
            origin: endpoint.origin(),
            endpoint: Arc::new(endpoint),
            pager: Pager::new(call),
            exchange: None,
            is_ahead: false,
            deadline: None,
        })
    }

    /// Sets where the listing stops of its own accord.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self {
            pager: self.pager.with_limits(limits),
            ..self
        }
    }

    /// Goes on where `checkpoint` was taken instead.
    ///
    /// # Errors
    ///
    /// [`Error`] of the kind [`Setup`](crate::ErrorKind::Setup) if the checkpoint is of another listing.
    pub fn resume_from(self, checkpoint: &Checkpoint) -> Result<Self, Error> {
        let pager = self
            .pager
            .resume_from(checkpoint, &self.origin)
            .map_err(|error| Error::new(C::NAME, Cause::Checkpoint(error)))?;
        Ok(Self {
            pager,
            exchange: None,
            is_ahead: false,
            ..self
        })
    }

    /// How many pages have arrived.
    #[must_use]
    pub const fn pages(&self) -> u64 {
        self.pager.pages()
    }

    /// What a resumed listing found in the place where it went on.
    #[must_use]
    pub const fn resumption(&self) -> Option<&Resumption> {
        self.pager.resumption()
    }

    /// The place after everything that has been delivered.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.pager.checkpoint(&self.origin)
    }

    /// The place after one entry of the page that was delivered last: its index, and its id if it has one.
    #[must_use]
    pub fn checkpoint_after(&self, index: usize, id: Option<String>) -> Checkpoint {
        self.pager.checkpoint_after(&self.origin, index, id)
    }

    /// The next page's exchange, or the end.
    fn next_exchange(&self) -> Result<Result<Exchange<C>, EndReason>, Error> {
        match self.pager.step() {
            Ok(PagerStep::Fetch(call)) => {
                Exchange::at(Arc::clone(&self.endpoint), call.clone(), &self.session)
                    .map(|exchange| exchange.with_outer_deadline(self.deadline))
                    .map(|exchange| Ok(exchange.with_page(self.pages() + 1)))
            }
            Ok(PagerStep::Done(reason)) => Ok(Err(reason)),
            Err(cycle) => Err(Error::new(C::NAME, Cause::TokenCycle(cycle))),
        }
    }

    /// The exchange of the next page, to be driven elsewhere; without one, [`step`](Self::step) says why.
    pub(crate) fn exchange_ahead(&mut self) -> Option<Exchange<C>> {
        let exchange = self.next_exchange().ok()?.ok()?;
        self.is_ahead = true;
        Some(exchange)
    }

    /// Whether what that exchange comes to is the next page, and not one of another place.
    pub(crate) const fn is_ahead(&self) -> bool {
        self.is_ahead
    }

    /// Takes in what that exchange has come to.
    pub(crate) fn take_in(
        &mut self,
        fetched: Result<Page<C::Item>, Error>,
    ) -> Result<Page<C::Item>, Error> {
        self.is_ahead = false;
        match fetched {
            Ok(page) => Ok(self.pager.on_page(page)),
            Err(error) => Err(error.with_checkpoint(self.checkpoint())),
        }
    }

    fn step_to_page(&mut self, now: Now) -> Result<Step<Page<C::Item>>, Error> {
        if let Some(timeout) = self.session.timeouts.listing {
            self.deadline
                .get_or_insert_with(|| now.monotonic.saturating_add(timeout));
        }
        let mut exchange = match self.exchange.take() {
            Some(exchange) => exchange,
            None => match self.next_exchange()? {
                Ok(exchange) => exchange,
                Err(reason) => return Ok(Step::Done(reason)),
            },
        };
        let step = exchange.step(now)?;
        if !matches!(step, Step::Ready(_)) {
            self.exchange = Some(exchange);
        }
        Ok(step.map(|page| self.pager.on_page(page)))
    }
}

impl<C: PagedCall + Clone> Machine for Listing<C> {
    type Output = Page<C::Item>;

    fn step(&mut self, now: Now) -> Result<Step<Page<C::Item>>, Error> {
        self.step_to_page(now)
            .map_err(|error| error.with_checkpoint(self.checkpoint()))
    }

    fn on_reply(&mut self, now: Now, reply: Result<http::Response<Bytes>, TransportError>) {
        if let Some(exchange) = &mut self.exchange {
            exchange.on_reply(now, reply);
        }
    }

    fn on_credentials(&mut self, now: Now, credentials: Result<Credentials, CredentialsError>) {
        if let Some(exchange) = &mut self.exchange {
            exchange.on_credentials(now, credentials);
        }
    }

    fn cancel(&mut self) -> Error {
        let error = match self.exchange.take() {
            Some(mut exchange) => exchange.cancel(),
            None => Error::new(C::NAME, Cause::Cancelled(None)),
        };
        error.with_checkpoint(self.checkpoint())
    }
}
