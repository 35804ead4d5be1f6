//! Dropping, cancelling and going on.

use super::*;

/// What `next` gives if every future within it is dropped once before it completes.
#[test]
fn a_dropped_next_loses_nothing() {
    let replies = [
        page("a b", "t1"),
        wait_for(1000),
        page("", "t2"),
        page("c", ""),
    ];
    let case = Case::new(list(), replies).signed([Ok(key("A"))]);
    let world = case.world().with(|inner| inner.stalls = true);
    let mut items = case.client(&world).items(list()).unwrap();
    for _ in 0..MOST_RESULTS {
        let polled = pin!(items.next()).poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Pending => world.push(String::new(), "dropped"),
            Poll::Ready(Some(item)) => world.delivered(&item),
            Poll::Ready(None) => break,
        }
    }
    world.ended(
        items.end_reason(),
        items.pages_fetched(),
        items.resumption(),
        &items.checkpoint(),
    );
    assert_eq!(
        world.short().join(" | "),
        "asked for credentials | dropped | asked for credentials | credentials | \
         send 1 | dropped | send 1 | item a | item b | \
         send 1 t1 | dropped | send 1 t1 | sleep 1s | dropped | sleep 1s | send 2 t1 | dropped | send 2 t1 | \
         send 1 t2 | dropped | send 1 t2 | item c | end exhausted, 3 pages @ t2[1] after c"
    );
}

#[test]
fn cancelling_ends_a_blocking_listing_with_a_checkpoint_of_what_is_left() {
    let replies = || {
        [
            page("a b", "t1"),
            wait_for(1000),
            page("c", "t2"),
            page("d", ""),
        ]
    };
    let start = ["send 1", "item a", "item b", "send 1 t1", "sleep 1s"];
    let failed = "cancelled; the last attempt: HTTP status 503 Service Unavailable";
    // The last thing that happens, the error, where the listing goes on, and the replies that it has had by then.
    let rows = [
        (5, failed, "t1[0] after b", 2),
        (1, "cancelled", "-[0] after -", 0),
        (4, failed, "t1[0] after b", 2),
    ];
    for (last, text, place, had) in rows {
        let done = &start[..last];
        let case = Case::new(list(), replies());
        let world = case.world().with(|inner| inner.cancels = done[last - 1]);
        let client = case
            .blocking_client(&world)
            .with_cancel(world.0.cancel.clone());
        let mut items = client.items(list()).unwrap();
        let error = loop {
            match items.next().expect("an error ends it") {
                Ok(item) => world.delivered(&Ok(item)),
                Err(error) => break error,
            }
        };
        world.failed(&error);
        assert_eq!(
            world.short().join(" | "),
            format!(
                "{} | error ListOperations: {text} @ {place}",
                done.join(" | ")
            )
        );
        assert!(error.is_cancelled() && items.next().is_none() && items.next().is_none());
        assert_eq!(items.end_reason(), Some(EndReason::Cancelled));
        assert_eq!(Some(&items.checkpoint()), error.checkpoint());

        let rest = Case {
            resume: error.checkpoint().cloned(),
            ..Case::new(list(), replies().into_iter().skip(had))
        };
        let world = rest.world();
        pull!(
            rest,
            world,
            rest.blocking_client(&world).items(list()),
            delivered,
            |items| items.next()
        );
        let ids: Vec<String> = world
            .short()
            .iter()
            .filter_map(|line| line.strip_prefix("item "))
            .map(str::to_owned)
            .collect();
        let all = ["a", "b", "c", "d"];
        let delivered = done.iter().filter(|line| line.starts_with("item")).count();
        assert_eq!(ids, all[delivered..]);
    }
}

#[test]
fn a_flag_that_is_set_already_lets_nothing_out() {
    let case = Case::new(list(), [page("a", "")]);
    let world = case.world();
    let cancel = Cancel::new();
    cancel.cancel();
    let client = case.blocking_client(&world).with_cancel(cancel);
    let mut pages = client.pages(list()).unwrap();
    let error = pages.next().unwrap().unwrap_err();
    assert!(error.is_cancelled() && pages.next().is_none());
    world.failed(&error);
    let error = client.send(GetOperation::new("op").unwrap()).unwrap_err();
    assert!(error.is_cancelled());
    world.failed(&error);
    assert_eq!(
        world.short(),
        [
            "error ListOperations: cancelled @ -[0] after -",
            "error GetOperation: cancelled"
        ]
    );
}

/// On the real clock, from another thread: the wait is cut short.
#[test]
fn another_thread_cancels_a_wait() {
    let (sent, attempts) = mpsc::channel();
    let script = Script::computed(move |_, _| {
        sent.send(()).unwrap();
        wait_for(5_000)
    });
    let cancel = Cancel::new();
    let session = Session::new(EndpointParams::in_region("us-east-1".parse().unwrap()));
    let client = BlockingClient::new(session, script).with_cancel(cancel.clone());
    let canceller = std::thread::spawn(move || {
        attempts.recv().unwrap();
        cancel.cancel();
    });
    let start = Instant::now();
    let error = client.items(list()).unwrap().next().unwrap().unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    canceller.join().unwrap();
}

/// A listing goes on from the checkpoint of any of its items, in either driver, as if it had not stopped.
#[test]
fn every_item_is_a_place_to_go_on_from() {
    let service = FakeService::builder()
        .without_examples()
        .operations(23)
        .seed(5)
        .build();
    let call = || list().with_page_size(PageSize::new(4).unwrap());
    let session = || Session::new(EndpointParams::in_region("us-east-1".parse().unwrap()));
    let blocking = BlockingClient::new(session(), service.clone());
    let asynchronous = Client::new(session(), service, VirtualClock::new());
    let all: Vec<ops_model::OperationId> = blocking
        .items(call())
        .unwrap()
        .map(|item| item.unwrap().id)
        .collect();
    assert_eq!(all.len(), 23);

    let mut items = blocking.items(call()).unwrap();
    for place in 0..=all.len() {
        let checkpoint: Checkpoint = items.checkpoint().to_json().parse().unwrap();
        let rest = blocking
            .items(call())
            .unwrap()
            .resume_from(&checkpoint)
            .unwrap();
        let rest: Vec<ops_model::OperationId> = rest.map(|item| item.unwrap().id).collect();
        assert_eq!(rest, all[place..], "{place}");
        let rest = block_on(async {
            let mut rest = asynchronous
                .items(call())
                .unwrap()
                .resume_from(&checkpoint)
                .unwrap();
            let mut ids = Vec::new();
            while let Some(item) = rest.next().await {
                ids.push(item.unwrap().id);
            }
            let within_a_page = place % 4 != 0;
            assert_eq!(
                rest.resumption(),
                within_a_page.then_some(&Resumption::Unchanged)
            );
            ids
        });
        assert_eq!(rest, all[place..], "{place}");
        assert_eq!(
            items.next().map(|item| item.unwrap().id).as_ref(),
            all.get(place)
        );
    }
}
