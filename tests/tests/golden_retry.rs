//! Retries, held against botocore's "standard" mode.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use ops_client::{RetryClass, RetryQuota, retry_after};
use ops_model::ErrorCode;
use ops_tests::vectors::{RETRY, rows};
use ops_transport::TransportErrorKind;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Failure {
    status: Option<u16>,
    code: Option<String>,
    exception: Option<String>,
    retryable: bool,
    throttling: bool,
    cost: Option<u32>,
}

/// botocore's exceptions: ours, and the reason where ours is not tried again and botocore's is.
const EXCEPTIONS: [(&str, Option<TransportErrorKind>, Option<&str>); 4] = [
    ("ReadTimeoutError", Some(TransportErrorKind::Timeout), None),
    (
        "EndpointConnectionError",
        Some(TransportErrorKind::Connect),
        None,
    ),
    (
        "SSLError",
        Some(TransportErrorKind::Tls),
        Some("a certificate that is not trusted stays so"),
    ),
    // Refused before there is a request.
    ("ParamValidationError", None, None),
];

#[test]
fn failures_are_classified_as_botocore_does() {
    for failure in rows::<Failure>(RETRY, "classification") {
        let expected = match (failure.retryable, failure.throttling) {
            (false, _) => RetryClass::Permanent,
            (true, false) => RetryClass::Transient,
            (true, true) => RetryClass::Throttling,
        };
        let (class, reason) = match (&failure.exception, failure.status) {
            (None, Some(status)) => {
                let code = failure.code.as_deref().map(ErrorCode::from);
                (
                    RetryClass::of(StatusCode::from_u16(status).unwrap(), code.as_ref()),
                    None,
                )
            }
            (Some(exception), _) => {
                let (_, kind, reason) = EXCEPTIONS
                    .into_iter()
                    .find(|(name, ..)| name == exception)
                    .unwrap();
                let transient = kind.is_some_and(TransportErrorKind::is_transient);
                (
                    if transient {
                        RetryClass::Transient
                    } else {
                        RetryClass::Permanent
                    },
                    reason,
                )
            }
            (None, None) => panic!("{failure:?}"),
        };
        assert_eq!(
            class != expected,
            reason.is_some(),
            "{failure:?}: {class:?}"
        );
        if reason.is_none() {
            assert_eq!(class.cost(), failure.cost.unwrap_or(0), "{failure:?}");
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum QuotaRow {
    UntilEmpty {
        id: String,
        granted: usize,
        left: u32,
    },
    Steps {
        steps: Vec<(String, u32)>,
    },
}

#[test]
fn the_quota_is_spent_and_given_back_as_botocore_does() {
    for row in rows::<QuotaRow>(RETRY, "quota") {
        let mut quota = RetryQuota::new();
        match row {
            QuotaRow::UntilEmpty { id, granted, left } => {
                let class = if id.starts_with("throttling") {
                    RetryClass::Throttling
                } else {
                    RetryClass::Transient
                };
                let taken = (0..=RetryQuota::CAPACITY)
                    .take_while(|_| quota.take(class))
                    .count();
                assert_eq!((taken, quota.tokens()), (granted, left), "{id}");
            }
            QuotaRow::Steps { steps } => {
                let mut retried = None;
                for (step, left) in steps {
                    match step.as_str() {
                        "fail500" | "fail400throttle" => {
                            let class = if step == "fail500" {
                                RetryClass::Transient
                            } else {
                                RetryClass::Throttling
                            };
                            assert!(quota.take(class));
                            retried = Some(class);
                        }
                        "success-after-retry" | "success-first-try" => {
                            quota.give_back(retried.take());
                        }
                        "final-failure" => retried = None,
                        other => panic!("{other}"),
                    }
                    assert_eq!(quota.tokens(), left, "{step}");
                }
            }
        }
    }
}

#[derive(Debug, Deserialize)]
struct Delay {
    throttling: bool,
    failed_attempt: u32,
    rand: f64,
    retry_after: Option<String>,
    delay_ms: f64,
}

#[test]
fn waits_are_as_long_as_botocores() {
    let rows = rows::<Delay>(RETRY, "delays");
    for row in &rows {
        let class = if row.throttling {
            RetryClass::Throttling
        } else {
            RetryClass::Transient
        };
        let mut headers = HeaderMap::new();
        if let Some(asked) = &row.retry_after {
            headers.insert("x-amz-retry-after", HeaderValue::from_str(asked).unwrap());
        }
        let delay = class.delay(row.failed_attempt - 1, row.rand, retry_after(&headers));
        assert_eq!(
            delay,
            Duration::from_secs_f64(row.delay_ms / 1000.0),
            "{row:?}"
        );
    }
    assert_eq!(rows.len(), 66);
}
