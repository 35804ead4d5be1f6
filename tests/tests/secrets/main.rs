//! No secret is shown: a distinct canary stands in every slot that holds one, calls go wrong in every way, and everything
//! that a program may print is searched.
//!
//! Searched are `Debug`, on one line and on many, of every public value within reach; `Display` and the causes of every
//! error; every record of `log` and every span and event of `tracing`, at every level. In clear, in hexadecimal, as
//! numbers, and in Base64.
//!
//! Not searched, because showing it is what they are for: the JSON of a checkpoint, which holds the page token; the fields
//! and methods that give a caller the secret itself; a message that AWS sends with an error. Nor is what ureq logs at level
//! `trace`, as `ops-ureq` documents.

mod clients;
mod logs;
mod outside;
mod scan;
mod story;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Request};
use ops_client::{Credentials, Exchange, Listing, Machine, Sign, SigningContext, Step};
use ops_fake::VirtualClock;
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::{
    ConnectorOperation, DescribeConnectorOperation, ListConnectorOperations,
};
use ops_model::{Page, PagedCall};
use ops_sigv4::SigV4;
use ops_transport::{BlockingTransport, TransportError, TransportErrorKind};

use clients::{Run, Way, credentials, session};
use logs::Capture;
use scan::{Canary, Scan};
use story::{ARN, SECRET_KEY, SESSION_TOKEN, Story, canaries, described, faults, page};

#[test]
fn what_is_planted_is_found() {
    let canaries = canaries();
    let logs = Capture::start();
    for canary in &canaries {
        let text = &canary.text;
        let leaks = |show: &dyn Fn(&mut Scan)| {
            let mut scan = Scan::default();
            scan.text("a text", "nothing");
            show(&mut scan);
            scan.text("the logs", logs.take());
            scan.leaks(&canaries)
        };
        assert_eq!(leaks(&|_| {}), [""; 0]);
        let check = |what: &str, show: &dyn Fn(&mut Scan)| {
            let leaks = leaks(show);
            let found = format!("the {} is shown by {what}: ", canary.slot);
            assert!(!leaks.is_empty(), "{what}");
            assert!(
                leaks.iter().all(|leak| leak.starts_with(&found)),
                "{leaks:?}"
            );
        };
        check("Display", &|scan| scan.text("Display", format!("a{text}b")));
        check("Debug", &|scan| scan.value("Debug", &Some(text)));
        check("Debug of bytes", &|scan| {
            scan.value("Debug of bytes", &text.as_bytes());
        });
        let hex: String = text.bytes().map(|byte| format!("{byte:02x} ")).collect();
        check("hex", &|scan| scan.text("hex", &*hex));
        for user in ["u", "us", "use"] {
            let basic = STANDARD.encode(format!("{user}:{text}"));
            check("Base64", &|scan| scan.text("Base64", &*basic));
        }
        check("a cause", &|scan| {
            let cause = std::io::Error::other(text.clone());
            let error = TransportError::new(TransportErrorKind::Closed);
            scan.error("a cause", &error.with_source(cause));
        });
        check("the logs", &|_| log::trace!(target: "ops", "{text}"));
        check(
            "the logs",
            &|_| tracing::trace!(target: "ops", field = text),
        );
        check("the logs", &|_| {
            drop(tracing::trace_span!("call", page = text));
        });
    }
}

#[test]
fn a_faulty_run_shows_no_secret() {
    let logs = Capture::start();
    let mut scan = Scan::default();
    // What was sent and what a caller got: there, every canary is to be found.
    let mut used = Vec::new();
    for (what, fault) in faults() {
        for way in Way::ALL {
            let story = |before| Story {
                before,
                fault: fault.clone(),
            };
            let mut shown = Scan::default();
            list(
                ListOperations::new(),
                way,
                &story(Some(page())),
                &mut shown,
                &mut used,
            );
            let call = ListConnectorOperations::new(ARN).expect("an ARN");
            list(call, way, &story(Some(page())), &mut shown, &mut used);
            for before in [Some(described()), None] {
                describe(way, &story(before), &mut shown, &mut used);
            }
            scan.take(format_args!("{way:?}, {what}"), shown);
        }
        machines(
            &Story {
                before: Some(page()),
                fault,
            },
            &mut scan,
        );
    }
    outside::through_a_proxy(&mut scan, &mut used);
    outside::credentials(&mut scan, &mut used);
    for line in logs.take().lines() {
        scan.text("the logs", line);
    }

    let mut canaries = canaries();
    canaries.extend(signatures(&used));
    let used = used.join("\n");
    for canary in &canaries {
        assert!(canary.is_in(&used), "the {} was not in use", canary.slot);
    }
    let leaks = scan.leaks(&canaries);
    let first = leaks[..leaks.len().min(5)].join("\n");
    assert!(
        leaks.is_empty(),
        "{} leaks, among them\n{first}",
        leaks.len()
    );
}

/// The signatures that were sent in memory. Those on sockets differ by the port, but not in form.
fn signatures(used: &[String]) -> Vec<Canary> {
    let in_memory = used
        .iter()
        .filter(|sent| sent.contains("\nhost: 127.0.0.1\n"));
    let signature = |sent: &String| {
        sent.split_once("Signature=")?
            .1
            .get(..64)
            .map(str::to_owned)
    };
    let signatures: BTreeSet<String> = in_memory.filter_map(signature).collect();
    assert!(!signatures.is_empty());
    signatures
        .into_iter()
        .map(|text| Canary::new("signature", text))
        .collect()
}

fn list<C>(call: C, way: Way, story: &Story, scan: &mut Scan, used: &mut Vec<String>)
where
    C: PagedCall<Item: Debug> + Clone + Debug,
{
    let run = Run::new(way, story, scan);
    let items = run.items(call.clone(), scan);
    assert_eq!(items.iter().take_while(|item| item.is_ok()).count(), 2);
    for item in items {
        match item {
            Ok(item) => scan.value("an item", &item),
            Err(error) => scan.failure("an error", &error),
        }
    }
    finish(&run, scan, used);

    let run = Run::new(way, story, scan);
    let pages = run.pages(call.clone(), scan);
    for (number, page) in pages.into_iter().enumerate() {
        match page {
            Ok(page) => show_page(&page, scan, used),
            Err(error) => scan.failure(format_args!("an error on page {number}"), &error),
        }
    }
    finish(&run, scan, used);

    let run = Run::new(way, story, scan);
    run.cancel.cancel();
    for error in run.items(call, scan).into_iter().filter_map(Result::err) {
        scan.failure("an error of a cancelled listing", &error);
    }
    finish(&run, scan, used);
}

fn show_page<T: Debug>(page: &Page<T>, scan: &mut Scan, used: &mut Vec<String>) {
    scan.value("a page", page);
    scan.value("its entries", &page.entries().collect::<Vec<_>>());
    for bad in page.bad_items() {
        scan.error("a bad item", &bad.clone());
    }
    if let Some(token) = page.next_token() {
        scan.value("its token", token);
        used.push(token.as_str().to_owned());
    }
}

fn describe(way: Way, story: &Story, scan: &mut Scan, used: &mut Vec<String>) {
    let run = Run::new(way, story, scan);
    for _ in 0..2 {
        let call = DescribeConnectorOperation::new("op-1").expect("an ARN");
        scan.value("a call", &call);
        match run.send(call) {
            Ok(operation) => {
                scan.value("an operation", &operation);
                scan.value("its summary", &operation.summary());
                used.extend(configuration(&operation));
            }
            Err(error) => scan.failure("an error", &error),
        }
    }
    finish(&run, scan, used);
}

fn configuration(operation: &ConnectorOperation) -> Vec<String> {
    let both = [
        &operation.origin_connector_configuration,
        &operation.target_connector_configuration,
    ];
    let entries = both
        .into_iter()
        .flatten()
        .flat_map(|configuration| &configuration.0);
    entries
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

fn finish(run: &Run, scan: &mut Scan, used: &mut Vec<String>) {
    run.show(scan);
    used.extend(run.exchanged());
}

/// The machines without a driver, which show what they ask for.
fn machines(story: &Story, scan: &mut Scan) {
    let (session, clock, script) = (
        session("http://127.0.0.1", &story.fault),
        VirtualClock::new(),
        story.script(),
    );
    let mut call = ListOperations::new();
    let mut listing = Listing::new(call.clone(), &session).expect("a listing");
    scan.value("the session", &session);
    scan.value(
        "its endpoint",
        &session.endpoint(ops_model::Service::CloudMap),
    );
    loop {
        scan.value("a listing", &listing);
        scan.value("its checkpoint", &listing.checkpoint());
        let step = match listing.step(clock.now()) {
            Ok(step) => step,
            Err(error) => break scan.failure("an error", &error),
        };
        scan.value("a step", &step);
        match step {
            Step::Credentials => listing.on_credentials(clock.now(), Ok(credentials())),
            Step::Send { request, attempt } => {
                scan.value("a request that is signed", request.headers());
                scan.value("an attempt", &attempt);
                let signed = |secret| signed_again(&request, secret, clock.now().wall);
                assert_eq!(signed(SECRET_KEY), request.headers()["authorization"]);
                assert_ne!(signed("another key"), request.headers()["authorization"]);
                listing.on_reply(clock.now(), script.send_blocking(request, &attempt));
            }
            Step::Wait(duration) => clock.advance(duration),
            Step::Ready(page) => {
                if let Some(token) = page.next_token() {
                    call = call.with_token(token.as_str()).expect("a token");
                    scan.value("a call", &call);
                }
            }
            Step::Done(_) => break,
        }
    }
    let exchange = Exchange::new(call, &session).expect("an exchange");
    scan.value("an exchange", &exchange);
    scan.error("a cancelled listing", &listing.cancel());
    scan.value("credentials", &credentials());
    scan.value("a signer", &SigV4);
}

/// The signature of this request by another key: that the key is in use shows in nothing else.
fn signed_again(request: &Request<Bytes>, secret: &str, time: SystemTime) -> HeaderValue {
    let mut request = request.clone();
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
        request.headers_mut().remove(name);
    }
    let credentials = Credentials::new("AKIDEXAMPLE", secret).with_session_token(SESSION_TOKEN);
    let context = SigningContext::new(&credentials, "us-east-1", "servicediscovery", time);
    SigV4.sign(&mut request, &context).expect("it is signed");
    request.headers()["authorization"].clone()
}
