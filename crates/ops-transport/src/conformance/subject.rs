use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::Request;

use super::expect::Sent;
use crate::{Attempt, BlockingTransport, Transport};

/// One call of an async transport, to be run to its end.
pub type Call<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The transport that is checked: how to make one, and how to run it.
///
/// Each check makes new ones, so that no check meets the connections of another.
pub struct Subject {
    new: Box<dyn Fn() -> Box<dyn Driven>>,
    pub(super) reuses: bool,
    pub(super) adds_accept: bool,
    pub(super) test: Option<String>,
}

impl Subject {
    /// An async transport, beside a function that runs one of its calls to its end: `block_on` of a runtime.
    ///
    /// The runtime is the transport's own: it lives as long, and so do the connections that belong to it. The function
    /// is called from several threads at once. It may let background tasks catch up before it returns: a check that
    /// looks for the reuse of a connection expects it back in the pool by then.
    ///
    /// ```
    /// use ops_transport::Transport;
    /// use ops_transport::conformance::{Call, Subject};
    ///
    /// fn subject<T: Transport + std::fmt::Debug + Default + 'static>() -> Subject {
    ///     Subject::new(|| (T::default(), |call: Call<'_>| futures_executor::block_on(call)))
    /// }
    /// ```
    pub fn new<T, B>(new: impl Fn() -> (T, B) + 'static) -> Self
    where
        T: Transport + Debug + 'static,
        B: Fn(Call<'_>) + Send + Sync + 'static,
    {
        Self::of(move || {
            let (transport, block_on) = new();
            Box::new(Async {
                transport,
                block_on,
            })
        })
    }

    /// A blocking transport.
    pub fn new_blocking<T>(new: impl Fn() -> T + 'static) -> Self
    where
        T: BlockingTransport + Debug + 'static,
    {
        Self::of(move || Box::new(Blocking(new())))
    }

    fn of(new: impl Fn() -> Box<dyn Driven> + 'static) -> Self {
        Self {
            new: Box::new(new),
            reuses: false,
            adds_accept: false,
            test: None,
        }
    }

    /// Says that the transport keeps connections: a call goes on the connection of the call before, if the peer keeps
    /// it open.
    ///
    /// No clause asks for it. Where it is said, the checks of clauses 3 and 9 hold the transport to it, and so cannot
    /// pass for want of a reused connection.
    #[must_use]
    pub fn with_reuse(mut self) -> Self {
        self.reuses = true;
        self
    }

    /// Says that the transport adds `accept: */*` to a request that has no `accept`, because its client cannot be kept
    /// from it.
    ///
    /// It means the same as no `accept` at all
    /// ([RFC 9110, section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)). Where it is not said, and with
    /// any other value, the header is against clause 1.
    #[must_use]
    pub fn with_accept(mut self) -> Self {
        self.adds_accept = true;
        self
    }

    /// Names the test that runs a check, with its modules, as [`in_a_child`](super::in_a_child) takes it.
    ///
    /// [`conformance_tests!`](crate::conformance_tests) does it. Without a name, the checks that take a process of
    /// their own pass unseen: `clause_08_prints_nothing` and `clause_10_reads_no_environment`.
    #[must_use]
    pub fn with_test(mut self, name: impl Into<String>) -> Self {
        self.test = Some(name.into());
        self
    }

    /// A new transport.
    pub(super) fn fresh(&self) -> Box<dyn Driven> {
        (self.new)()
    }
}

impl Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("reuses", &self.reuses)
            .field("adds_accept", &self.adds_accept)
            .field("test", &self.test)
            .finish_non_exhaustive()
    }
}

/// A transport of either kind, called from outside of any runtime.
pub(super) trait Driven: Debug + Send + Sync {
    fn send(&self, request: Request<Bytes>, attempt: &Attempt) -> Sent;

    /// Itself, if a call of it can be dropped.
    fn droppable(&self) -> Option<&dyn Droppable>;
}

pub(super) trait Droppable: Sync {
    /// Begins to send and drops the call once it is told to.
    fn send_and_drop(&self, request: Request<Bytes>, attempt: &Attempt, drop: &DropNow);
}

#[derive(Debug)]
struct Blocking<T>(T);

impl<T: BlockingTransport + Debug> Driven for Blocking<T> {
    fn send(&self, request: Request<Bytes>, attempt: &Attempt) -> Sent {
        self.0.send_blocking(request, attempt)
    }

    fn droppable(&self) -> Option<&dyn Droppable> {
        None
    }
}

struct Async<T, B> {
    transport: T,
    block_on: B,
}

impl<T: Debug, B> Debug for Async<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transport.fmt(f)
    }
}

impl<T, B> Driven for Async<T, B>
where
    T: Transport + Debug,
    B: Fn(Call<'_>) + Send + Sync,
{
    fn send(&self, request: Request<Bytes>, attempt: &Attempt) -> Sent {
        let mut sent = None;
        (self.block_on)(Box::pin(async {
            sent = Some(self.transport.send(request, attempt).await);
        }));
        sent.expect("a call is run to its end")
    }

    fn droppable(&self) -> Option<&dyn Droppable> {
        Some(self)
    }
}

impl<T, B> Droppable for Async<T, B>
where
    T: Transport,
    B: Fn(Call<'_>) + Sync,
{
    fn send_and_drop(&self, request: Request<Bytes>, attempt: &Attempt, drop: &DropNow) {
        (self.block_on)(Box::pin(async {
            let mut call = pin!(self.transport.send(request, attempt));
            poll_fn(|cx| match drop.is_told(cx) {
                true => Poll::Ready(()),
                false => call.as_mut().poll(cx).map(|_| ()),
            })
            .await;
        }));
    }
}

/// Tells another thread to drop its call.
#[derive(Debug, Default)]
pub(super) struct DropNow(Mutex<(bool, Option<Waker>)>);

impl DropNow {
    pub(super) fn tell(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = true;
        if let Some(waker) = state.1.take() {
            waker.wake();
        }
    }

    fn is_told(&self, cx: &Context<'_>) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 = Some(cx.waker().clone());
        state.0
    }
}
