//! What a program that subscribes to `tracing` sees of calls.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use ops_client::{BlockingClient, Session};
use ops_fake::{Script, VirtualClock};
use ops_model::EndpointParams;
use ops_model::cloud_map::{GetOperation, ListOperations};
use ops_model::kafka_connect::DescribeConnectorOperation;
use ops_transport::TransportErrorKind;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Lines as a subscriber writes them.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What is written while `calls` are made with these replies: the events, and each span when it is over.
fn written(
    replies: impl IntoIterator<Item = ops_fake::Reply>,
    calls: impl FnOnce(&BlockingClient),
) -> String {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .finish();
    let params = EndpointParams::in_region("eu-central-1".parse().unwrap());
    let client = BlockingClient::new(Session::new(params).with_seed(3), Script::new(replies))
        .with_clock(VirtualClock::new());
    tracing::subscriber::with_default(subscriber, || calls(&client));
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}

fn identified(status: u16, body: &'static str, id: &str) -> ops_fake::Reply {
    let mut reply = Script::json(status, body);
    let headers = reply.as_mut().unwrap().headers_mut();
    headers.insert("x-amzn-requestid", id.parse().unwrap());
    reply
}

/// The lines of spans that are over, without what all spans of an operation share.
fn spans(written: &str, shared: &str) -> Vec<String> {
    written
        .lines()
        .filter(|line| line.contains("close"))
        .map(|line| {
            let (_, rest) = line.split_once(shared).expect(line);
            rest.split_once('}').expect(line).0.trim().to_owned()
        })
        .collect()
}

const GET: &str = r#"call{otel.name="ServiceDiscovery.GetOperation" otel.kind="client" rpc.system="aws-api" rpc.service="ServiceDiscovery" rpc.method="GetOperation" cloud.region="eu-central-1""#;
const LIST: &str = r#"call{otel.name="ServiceDiscovery.ListOperations" otel.kind="client" rpc.system="aws-api" rpc.service="ServiceDiscovery" rpc.method="ListOperations" cloud.region="eu-central-1""#;
const DESCRIBE: &str = r#"call{otel.name="KafkaConnect.DescribeConnectorOperation" otel.kind="client" rpc.system="aws-api" rpc.service="KafkaConnect" rpc.method="DescribeConnectorOperation" cloud.region="eu-central-1""#;

#[test]
fn a_call_is_a_span_and_its_attempts_are_events() {
    let replies = [
        identified(400, r#"{"__type": "ThrottlingException"}"#, "id-1"),
        Err(TransportErrorKind::Closed),
        identified(
            200,
            r#"{"Operation": {"Id": "op", "Status": "FAIL"}}"#,
            "id-3",
        ),
    ];
    let written = written(replies, |client| {
        client.send(GetOperation::new("op").unwrap()).unwrap();
    });
    assert_eq!(
        spans(&written, GET),
        [r#"attempt=3 http.response.status_code=200 aws.request_id="id-3""#]
    );
    let events: Vec<&str> = written
        .lines()
        .filter_map(|line| line.strip_prefix("DEBUG ")?.split_once("}: "))
        .map(|(_, event)| event.split(" wait=").next().unwrap())
        .collect();
    assert_eq!(
        events,
        [
            "sending attempt=1",
            "answered http.response.status_code=400",
            "trying again class=Throttling",
            "sending attempt=2",
            "not answered error.type=Closed",
            "trying again class=Transient",
            "sending attempt=3",
            "answered http.response.status_code=200",
        ]
    );
}

#[test]
fn the_pages_of_a_listing_are_numbered() {
    let replies = [
        Script::json(200, r#"{"Operations": [], "NextToken": "1"}"#),
        Script::json(503, ""),
        Script::json(200, r#"{"Operations": [], "NextToken": "2"}"#),
        Script::json(200, r#"{"Operations": []}"#),
    ];
    let written = written(replies, |client| {
        client
            .pages(ListOperations::new())
            .unwrap()
            .for_each(|page| drop(page.unwrap()));
    });
    assert_eq!(
        spans(&written, LIST),
        [
            "page=1 attempt=1 http.response.status_code=200",
            "page=2 attempt=2 http.response.status_code=200",
            "page=3 attempt=1 http.response.status_code=200",
        ]
    );
}

#[test]
fn a_failure_has_its_type() {
    let replies = [
        identified(404, r#"{"code": "NotFoundException"}"#, "id-1"),
        Err(TransportErrorKind::Tls),
        Script::json(200, "<html>"),
    ];
    let written = written(replies, |client| {
        for _ in 0..3 {
            let call = DescribeConnectorOperation::new("arn:aws:kafkaconnect:::op").unwrap();
            client.send(call).unwrap_err();
        }
    });
    assert_eq!(
        spans(&written, DESCRIBE),
        [
            r#"attempt=1 http.response.status_code=404 aws.request_id="id-1" error.type="NotFoundException""#,
            "attempt=1 error.type=Transport",
            "attempt=1 http.response.status_code=200 error.type=Response",
        ]
    );
}
