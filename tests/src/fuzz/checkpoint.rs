use std::fmt::Debug;

use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{Checkpoint, CheckpointError, EndReason, Page, PagedCall, Pager, PagerStep};

use serde_json::Value;

use super::one_line;

/// A text as a checkpoint: what can be read is written as it was read, and resumes its own listing at its own place.
pub fn checkpoint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let checkpoint: Checkpoint = match text.parse() {
        Ok(checkpoint) => checkpoint,
        Err(error) => return one_line(&error),
    };
    let written = checkpoint.to_json();
    assert!(!written.contains(['\n', '\r']), "{written}");
    assert!(written.parse::<Checkpoint>().is_ok(), "{written}");
    let [given, written] = [text, &written].map(serde_json::from_str::<Value>);
    if let (Ok(given), Ok(written)) = (given, written) {
        for name in ["operation", "endpoint", "region", "last_id"] {
            assert_eq!(given[name], written[name], "{name}");
        }
        assert_eq!(given["index"].as_u64().unwrap_or(0), written["index"]);
        // As on the wire, an empty token is none.
        let token = Some(&given["token"]).filter(|token| **token != "");
        assert_eq!(token.unwrap_or(&Value::Null), &written["token"]);
    }
    resume::<ListOperations>(&checkpoint);
    resume::<ListConnectorOperations>(&checkpoint);
}

fn resume<C: PagedCall + Clone + Debug + PartialEq>(checkpoint: &Checkpoint) {
    let call: C = match checkpoint.request() {
        Ok(call) => call,
        Err(error) => return one_line(&error),
    };
    assert_eq!(checkpoint.to_json().parse().as_ref(), Ok(checkpoint));
    assert_eq!(C::from_record(&call.to_record()).as_ref(), Ok(&call));
    let mut pager = match Pager::new(call).resume_from(checkpoint, checkpoint.origin()) {
        Ok(pager) => pager,
        // Its request is written in another way than ours: members in another order, or defaults.
        Err(
            error @ CheckpointError::Different {
                what: "request", ..
            },
        ) => return one_line(&error),
        Err(error) => panic!("{error}"),
    };
    assert!(matches!(pager.step(), Ok(PagerStep::Fetch(_))));
    assert_eq!(pager.checkpoint(checkpoint.origin()), *checkpoint);
    pager.on_page(Page::new([], None));
    assert!(matches!(
        pager.step(),
        Ok(PagerStep::Done(EndReason::Exhausted))
    ));
    assert_eq!(pager.checkpoint(checkpoint.origin()), *checkpoint);
}
