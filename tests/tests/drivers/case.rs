//! One script, run by every kind of list over both drivers.

use super::*;

/// One script, and how the client on it is set up.
pub(crate) struct Case<C> {
    pub(crate) call: C,
    pub(crate) replies: Vec<Reply>,
    pub(crate) took: Duration,
    pub(crate) session: fn(Session) -> Session,
    pub(crate) params: EndpointParams,
    pub(crate) limits: Limits,
    pub(crate) resume: Option<Checkpoint>,
    pub(crate) source: Option<Vec<Result<Credentials, &'static str>>>,
}

impl<C> Case<C> {
    pub(crate) fn new(call: C, replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            call,
            replies: replies.into_iter().collect(),
            took: Duration::from_secs(1),
            session: |session| session,
            params: EndpointParams::in_region("us-east-1".parse().unwrap()),
            limits: Limits::default(),
            resume: None,
            source: None,
        }
    }

    pub(crate) fn signed(
        self,
        source: impl IntoIterator<Item = Result<Credentials, &'static str>>,
    ) -> Self {
        Self {
            session: |session| session.with_signer(Label),
            source: Some(source.into_iter().collect()),
            ..self
        }
    }

    pub(crate) fn world(&self) -> World {
        World(Arc::new(Inner {
            script: Script::new(self.replies.clone()),
            clock: VirtualClock::new(),
            took: self.took,
            credentials: Mutex::new(self.source.iter().flatten().cloned().collect()),
            stalls: false,
            futures: AtomicUsize::new(0),
            cancel: Cancel::new(),
            cancels: "",
            trace: Mutex::default(),
        }))
    }

    /// A session of its own: clones would share the quota, the credentials and the jitter.
    pub(crate) fn session(&self) -> Session {
        (self.session)(Session::new(self.params.clone()).with_seed(7))
    }

    pub(crate) fn client(&self, world: &World) -> Client {
        let client = Client::new(self.session(), world.clone(), world.clone());
        if self.source.is_none() {
            return client;
        }
        client.with_credentials(world.clone())
    }

    pub(crate) fn blocking_client(&self, world: &World) -> BlockingClient {
        let client = BlockingClient::new(self.session(), world.clone()).with_clock(world.clone());
        if self.source.is_none() {
            return client;
        }
        client.with_credentials(world.clone())
    }
}

/// Pulls a list to its end and beyond. The kinds of lists have their methods in common, but no trait.
macro_rules! pull {
    ($case:expr, $world:expr, $list:expr, $deliver:ident, |$item:ident| $next:expr) => {
        pull!($case, $world, $list, |list| list, $deliver, |$item| $next)
    };
    ($case:expr, $world:expr, $list:expr, $ahead:expr, $deliver:ident, |$item:ident| $next:expr) => {{
        let list = $list.and_then(|list| match &$case.resume {
            Some(checkpoint) => list.resume_from(checkpoint),
            None => Ok(list),
        });
        match list {
            Err(error) => $world.failed(&error),
            Ok(list) => {
                let mut $item = $ahead(list.with_limits($case.limits));
                for count in 0.. {
                    assert!(count < MOST_RESULTS, "{:?}", $world.short());
                    let Some(result) = $next else { break };
                    $world.$deliver(&result);
                }
                assert!($next.is_none() && $next.is_none(), "over is over");
                $world.ended(
                    $item.end_reason(),
                    $item.pages_fetched(),
                    $item.resumption(),
                    &$item.checkpoint(),
                );
            }
        }
        $world.trace()
    }};
}
pub(crate) use pull;

/// Both drivers leave the same trace on this script, and this is it in short.
pub(crate) fn check<C>(name: &str, case: &Case<C>, expected: &str)
where
    C: PagedCall<Item: Debug + Send> + Clone + Send + Sync + 'static,
{
    let world = case.world();
    let blocking = pull!(
        case,
        world,
        case.blocking_client(&world).items(case.call.clone()),
        delivered,
        |items| items.next()
    );
    assert_eq!(world.short().join(" | "), expected, "{name}");

    let world = case.world();
    let list = case.client(&world).items(case.call.clone());
    let asynchronous = pull!(case, world, list, delivered, |items| block_on(items.next()));
    assert_eq!(asynchronous, blocking, "{name}");

    let world = case.world();
    let list = case.blocking_client(&world).pages(case.call.clone());
    let blocking_pages = pull!(case, world, list, delivered_page, |pages| pages.next());
    let world = case.world();
    let list = case.client(&world).pages(case.call.clone());
    let asynchronous_pages = pull!(case, world, list, delivered_page, |pages| block_on(
        pages.next()
    ));
    assert_eq!(asynchronous_pages, blocking_pages, "{name}");

    assert_eq!(stream(case), blocking, "{name}");

    // Read-ahead moves the requests against the results, and changes neither.
    let world = case.world();
    let list = case.blocking_client(&world).items(case.call.clone());
    let ahead = std::thread::scope(|scope| {
        let read_ahead = |items: BlockingItems<C>| items.read_ahead(scope);
        pull!(case, world, list, read_ahead, delivered, |items| items
            .next())
    });
    assert_eq!(parted(ahead), parted(blocking.clone()), "{name}");
    let world = case.world();
    let list = case.client(&world).items(case.call.clone());
    let read_ahead = |items: Items<C>| {
        items.read_ahead(|task| {
            std::thread::spawn(|| block_on(task));
        })
    };
    let ahead = pull!(case, world, list, read_ahead, delivered, |items| block_on(
        items.next()
    ));
    assert_eq!(parted(ahead), parted(blocking), "{name}");
}

/// What a driver did to the world, and what its caller got.
fn parted(trace: Vec<Event>) -> (Vec<Event>, Vec<Event>) {
    trace.into_iter().partition(|event| {
        let to_the_world = ["send", "sleep", "credentials"];
        to_the_world
            .iter()
            .any(|deed| event.short.starts_with(deed))
    })
}

pub(crate) fn stream<C>(case: &Case<C>) -> Vec<Event>
where
    C: PagedCall<Item: Debug + Send> + Clone + Send + Sync + 'static,
{
    let world = case.world();
    let items = case
        .client(&world)
        .items(case.call.clone())
        .and_then(|items| match &case.resume {
            Some(checkpoint) => items.resume_from(checkpoint),
            None => Ok(items),
        });
    let mut stream = match items {
        Ok(items) => items.with_limits(case.limits).into_stream(),
        Err(error) => {
            world.failed(&error);
            return world.trace();
        }
    };
    let mut next = || {
        block_on(std::future::poll_fn(|context| {
            Pin::new(&mut stream).poll_next(context)
        }))
    };
    for count in 0.. {
        assert!(count < MOST_RESULTS, "{:?}", world.short());
        let Some(item) = next() else { break };
        world.delivered(&item);
    }
    assert!(next().is_none() && next().is_none(), "over is over");
    let items = stream.items().expect("nothing is on its way");
    world.ended(
        items.end_reason(),
        items.pages_fetched(),
        items.resumption(),
        &items.checkpoint(),
    );
    world.trace()
}

/// As [`check`], for a call that is no list.
pub(crate) fn check_call<C: Call<Output: LongRunning + Debug> + Clone>(
    name: &str,
    case: &Case<C>,
    expected: &str,
) {
    let world = case.world();
    world.delivered(&case.blocking_client(&world).send(case.call.clone()));
    let blocking = world.trace();
    assert_eq!(world.short().join(" | "), expected, "{name}");

    let world = case.world();
    world.delivered(&block_on(case.client(&world).send(case.call.clone())));
    assert_eq!(world.trace(), blocking, "{name}");
}

/// A page of these ids, all SUCCESS.
pub(crate) fn page(ids: &str, next: &str) -> Reply {
    let operations: Vec<Value> = ids
        .split_whitespace()
        .map(|id| serde_json::json!({"Id": id, "Status": "SUCCESS"}))
        .collect();
    Script::json(
        200,
        serde_json::json!({"Operations": operations, "NextToken": next}).to_string(),
    )
}

/// An error after which the service asks to wait for this long: longer than any jitter, so the wait is exactly this.
pub(crate) fn wait_for(millis: u64) -> Reply {
    let mut reply = Script::json(503, "");
    if let Ok(response) = &mut reply {
        response
            .headers_mut()
            .insert("x-amz-retry-after", millis.into());
    }
    reply
}

pub(crate) fn list() -> ListOperations {
    ListOperations::new()
}

pub(crate) fn key(id: &str) -> Credentials {
    Credentials::new(id, "secret")
}

pub(crate) fn limits(max_items: u64, max_pages: u64, on_cycle: OnCycle) -> Limits {
    Limits {
        max_items: NonZeroU64::new(max_items),
        max_pages: NonZeroU64::new(max_pages),
        on_cycle,
    }
}
