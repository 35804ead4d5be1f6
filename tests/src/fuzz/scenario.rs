use bytes::Bytes;
use http::Request;
use ops_fake::{FakeService, VirtualClock};
use ops_model::cloud_map::{GetOperation, ListOperations};
use ops_model::{Page, PageSize, ServedCall};

use super::{base, one_line};

/// A text as a scenario: what is read is served, at its beginning and later; what is not, is told in one line.
pub fn scenario(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let builder = match FakeService::scenario(text) {
        Ok(builder) => builder,
        Err(error) => return one_line(&error),
    };
    let service = builder.clock(VirtualClock::new()).build();
    let _never_panics = format!("{service:?}");
    for seconds in [0, 1, 3600, u64::MAX] {
        service.advance(std::time::Duration::from_secs(seconds));
        let page = ask(
            &service,
            &ListOperations::new().with_page_size(PageSize::MAX),
        );
        let page: Page<_> = page.expect("a list can always be read");
        assert_eq!(page.bad_items().count(), 0);
        for item in page.items().take(3) {
            // An id may be longer than one that can be asked for.
            let Ok(call) = GetOperation::new(item.id.as_str()) else {
                continue;
            };
            let operation = ask(&service, &call).expect("what is listed is found");
            assert_eq!(operation.summary(), *item);
        }
    }
}

/// Without a socket, so without the scenario's faults.
fn ask<C: ServedCall>(service: &FakeService, call: &C) -> Option<C::Output> {
    let request: Request<Bytes> = call.encode(&base()).ok()?;
    C::decode(&service.respond(request)).ok()
}
