//! Listings: over retries, up to limits and deadlines, and on from checkpoints.

use std::num::NonZeroU64;

use ops_model::Resumption;

use super::*;

/// Drives a listing to its end over these replies: ids of pages, or the error.
fn list(
    listing: &mut Listing<ListOperations>,
    replies: impl IntoIterator<Item = Reply>,
) -> Result<(String, EndReason), Error> {
    let mut replies = replies.into_iter();
    let mut ids = Vec::new();
    let mut seconds = 0.0;
    loop {
        match listing.step(at(seconds))? {
            Step::Send { .. } => {
                seconds += 1.0;
                listing.on_reply(at(seconds), replies.next().expect("the replies are enough"));
            }
            Step::Wait(duration) => seconds += duration.as_secs_f64(),
            Step::Ready(page) => ids.extend(page.items().map(|item| item.id.clone())),
            Step::Done(reason) => return Ok((ids.join(" "), reason)),
            Step::Credentials => panic!("no signer"),
        }
    }
}

#[test]
fn a_listing_goes_on_over_retries_and_empty_pages() {
    let mut listing = Listing::new(ListOperations::new(), &session()).unwrap();
    let replies = [
        page("a b", "1"),
        reply(400, THROTTLED),
        page("", "2"),
        broken(TransportErrorKind::Closed),
        page("c", ""),
    ];
    assert_eq!(
        list(&mut listing, replies).unwrap(),
        ("a b c".to_owned(), EndReason::Exhausted)
    );
    assert_eq!(listing.pages(), 3);
}

#[test]
fn clause_3_a_failed_page_leaves_its_checkpoint_and_can_be_asked_for_again() {
    let session = session().with_retry(RetryPolicy::attempts(NonZeroU32::MIN));
    let mut listing = Listing::new(ListOperations::new(), &session).unwrap();
    let error = list(&mut listing, [page("a b", "1"), reply(500, "")]).unwrap_err();
    let checkpoint = error.checkpoint().unwrap();
    assert_eq!((checkpoint.index(), checkpoint.last_id()), (0, Some("b")));

    assert_eq!(
        list(&mut listing, [page("c", "")]).unwrap().0,
        "c",
        "the same machine"
    );
    let mut resumed = Listing::new(ListOperations::new(), &session)
        .unwrap()
        .resume_from(checkpoint)
        .unwrap();
    assert_eq!(
        list(&mut resumed, [page("c", "")]).unwrap().0,
        "c",
        "another one"
    );
}

#[test]
fn the_deadline_of_a_listing_ends_it_between_and_within_pages() {
    let timeouts = Timeouts {
        listing: Some(Duration::from_millis(2_500)),
        ..Timeouts::default()
    };
    let session = session().with_timeouts(timeouts);
    let mut listing = Listing::new(ListOperations::new(), &session).unwrap();
    let replies = (1..100).map(|number| page(&format!("op{number}"), &format!("t{number}")));
    let error = list(&mut listing, replies).unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(listing.pages(), 3, "a page takes a second");
    assert_eq!(error.checkpoint().unwrap().last_id(), Some("op3"));
}

#[test]
fn a_token_cycle_is_an_error_with_a_checkpoint() {
    let mut listing = Listing::new(ListOperations::new(), &session())
        .unwrap()
        .with_limits(Limits::default());
    let error = list(
        &mut listing,
        [page("a", "1"), page("b", "2"), page("c", "1")],
    )
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenCycle);
    assert!(error.checkpoint().is_some());
}

#[test]
fn a_listing_stops_at_its_limits_and_says_what_it_went_on_from() {
    let limits = Limits {
        max_items: NonZeroU64::new(2),
        ..Limits::default()
    };
    let mut listing = Listing::new(ListOperations::new(), &session())
        .unwrap()
        .with_limits(limits);
    assert_eq!(
        list(&mut listing, [page("a b c", "1")]).unwrap(),
        ("a b".to_owned(), EndReason::ItemLimit)
    );
    assert_eq!(listing.resumption(), None);
    let mut resumed = Listing::new(ListOperations::new(), &session())
        .unwrap()
        .resume_from(&listing.checkpoint())
        .unwrap();
    assert_eq!(
        list(&mut resumed, [page("a b c", "")]).unwrap(),
        ("c".to_owned(), EndReason::Exhausted)
    );
    assert_eq!(resumed.resumption(), Some(&Resumption::Unchanged));
}

#[test]
fn a_page_that_was_asked_for_is_not_taken_for_one_of_another_place() {
    let fresh = || Listing::new(ListOperations::new(), &session()).unwrap();
    let mut listing = fresh();
    listing.step(at(0.0)).unwrap();
    listing.on_reply(at(0.0), page("a", "1"));
    listing.step(at(0.0)).unwrap();

    let mut other = fresh();
    other.step(at(0.0)).unwrap();
    let mut other = other.resume_from(&listing.checkpoint()).unwrap();
    let Step::Send { request, .. } = other.step(at(0.0)).unwrap() else {
        panic!("no signer")
    };
    assert_eq!(request.body(), r#"{"NextToken":"1"}"#);
}
