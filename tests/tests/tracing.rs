//! What a program that subscribes to `tracing` sees of calls.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use ops_client::{BlockingClient, Session};
use ops_fake::{Script, VirtualClock};
use ops_model::EndpointParams;
use ops_model::cloud_map::{GetOperation, ListOperations};
use ops_model::kafka_connect::DescribeConnectorOperation;
use ops_transport::TransportErrorKind;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

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

#[test]
fn a_call_is_a_span_with_its_attempts() {
    let replies = [
        identified(400, r#"{"__type": "ThrottlingException"}"#, "id-1"),
        Err(TransportErrorKind::Closed),
        identified(200, r#"{"Operation": {"Id": "op", "Status": "FAIL"}}"#, "id-3"),
    ];
    let written = written(replies, |client| {
        client.send(GetOperation::new("op").unwrap()).unwrap();
    });
    println!("{written}");
}
