//! Garbage on the socket of a fake, and crowds: the service stays up, and answers the next good request.

mod heads;
mod wire;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::{Shutdown, SocketAddr};
use std::path::Path;
use std::sync::Barrier;
use std::{env, thread};

use bytes::Bytes;
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeServer, FakeService};
use ops_transport::conformance::in_a_child;
use serde_json::Value;

use wire::{check_serves, connect, ids, list, read, request, whole_list};

fn serve(service: FakeService) -> FakeServer {
    FakeServer::start(service, ([127, 0, 0, 1], 0).into()).unwrap()
}

/// The committed corpora of the fuzz targets: each file whole, and without the lines that only its target reads.
fn corpora() -> BTreeSet<Vec<u8>> {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let mut bodies = BTreeSet::new();
    for folder in fs::read_dir(corpora).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let data = fs::read(file.unwrap().path()).unwrap();
            for lines in [1, 2, 4] {
                let body = data.splitn(lines + 1, |byte| *byte == b'\n').nth(lines);
                bodies.extend(body.map(<[u8]>::to_vec));
            }
            bodies.insert(data);
        }
    }
    bodies
}

/// The first line and the headers of every request that the fake takes, over every protocol.
fn calls() -> Vec<(String, Vec<String>)> {
    const CLOUD_MAP: [&str; 10] = [
        "ListOperations",
        "GetOperation",
        "CreateHttpNamespace",
        "CreatePrivateDnsNamespace",
        "CreatePublicDnsNamespace",
        "DeleteNamespace",
        "CreateService",
        "UpdateService",
        "RegisterInstance",
        "DeregisterInstance",
    ];
    const CONTROL: [&str; 7] = [
        "cloud-map/operations",
        "cloud-map/fail",
        "kafka-connect/operations",
        "kafka-connect/fail",
        "advance",
        "faults",
        "reset",
    ];
    let arn = EXAMPLE_CONNECTOR_ARN
        .replace(':', "%3A")
        .replace('/', "%2F");
    let json = CLOUD_MAP.map(|call| {
        let target = format!("x-amz-target: Route53AutoNaming_v20170314.{call}");
        ("POST /".to_owned(), vec![target])
    });
    let cbor = CLOUD_MAP.map(|call| {
        let line = format!("POST /service/Route53AutoNaming_v20170314/operation/{call}");
        let headers = [
            "smithy-protocol: rpc-v2-cbor",
            "content-type: application/cbor",
        ];
        (line, headers.map(str::to_owned).to_vec())
    });
    let connect = [
        format!("GET /v1/connectors/{arn}/operations"),
        format!("GET /v1/connectorOperations/{arn}"),
        format!("PUT /v1/connectors/{arn}?currentVersion=x"),
    ];
    let connect = connect.map(|line| (line, Vec::new()));
    let control = CONTROL.map(|path| {
        let line = format!("POST /_ops-fake/{path}");
        (line, vec!["x-ops-fake: 1".to_owned()])
    });
    let all = [
        json.to_vec(),
        cbor.to_vec(),
        connect.to_vec(),
        control.to_vec(),
    ];
    all.concat()
}

#[test]
fn every_corpus_file_as_the_body_of_every_call() {
    let server = serve(FakeService::new());
    let calls = calls();
    let bodies = corpora();
    assert!(bodies.len() > 300, "{}", bodies.len());
    for body in bodies {
        let mut stream = connect(server.addr());
        for (line, headers) in &calls {
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            stream.write_all(&request(line, &headers, &body)).unwrap();
            let told = || format!("{line} {headers:?} {}", body.escape_ascii());
            let (status, _) =
                read(&mut stream).unwrap_or_else(|error| panic!("{}: {error}", told()));
            assert!(
                status == 200 || (400..500).contains(&status),
                "{status}: {}",
                told()
            );
        }
        check_serves(server.addr());
    }
}

#[test]
fn every_corpus_file_as_a_head() {
    let server = serve(FakeService::new());
    for bytes in corpora() {
        heads::check(server.addr(), &bytes);
    }
}

#[test]
fn bad_heads_and_huge_ones() {
    let server = serve(FakeService::new());
    let mut neighbour = connect(server.addr());
    for bytes in heads::bad() {
        heads::check(server.addr(), &bytes);
    }
    // A connection that was open all the time.
    neighbour.write_all(&list("{}")).unwrap();
    assert_eq!(read(&mut neighbour).unwrap().0, 200);
}

#[test]
fn what_is_good_before_the_garbage_is_answered() {
    const GOOD: usize = 500;
    let server = serve(FakeService::new());
    let mut stream = connect(server.addr());
    let mut writer = stream.try_clone().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let good = list(r#"{"MaxResults":1}"#).repeat(GOOD);
            writer
                .write_all(&[&good, b"\0garbage\r\n\r\n".as_slice()].concat())
                .unwrap();
        });
        for _ in 0..GOOD {
            let (status, body) = read(&mut stream).unwrap();
            assert_eq!((status, ids(&body).len()), (200, 1));
        }
        assert_eq!(read(&mut stream).unwrap().0, 400);
    });
    check_serves(server.addr());
}

#[test]
fn half_requests_of_clients_that_stay_go_or_shut_down() {
    let server = serve(FakeService::new());
    let whole = list(r#"{"MaxResults":2}"#);
    let mut stay = Vec::new();
    for cut in 0..whole.len() {
        let half = || {
            let mut stream = connect(server.addr());
            stream.write_all(&whole[..cut]).unwrap();
            stream
        };
        let shut_down = half();
        shut_down.shutdown(Shutdown::Write).unwrap();
        drop(half());
        stay.extend([half(), shut_down]);
        check_serves(server.addr());
    }
    // Those that sent slowly are answered after all.
    for (cut, pair) in stay.chunks_mut(2).enumerate() {
        pair[0].write_all(&whole[cut..]).unwrap();
        assert_eq!(read(&mut pair[0]).unwrap().0, 200, "{cut}");
    }
}

#[test]
fn clients_that_ask_and_never_read() {
    let server = serve(FakeService::new());
    let greedy = [(); 5].map(|()| {
        let mut stream = connect(server.addr());
        stream.set_nonblocking(true).unwrap();
        // As much as the sockets take.
        let asked = list("{}").repeat(50);
        while stream.write(&asked).is_ok() {}
        check_serves(server.addr());
        stream
    });
    drop(greedy);
    check_serves(server.addr());
}

/// In the process of its own that `test` runs its clients in: the server's address. Most systems give a process no more
/// than 1024 file descriptors, and each connection takes one at both ends.
fn in_another_process(test: &str, service: &FakeService) -> Option<SocketAddr> {
    const ADDR: &str = "OPS_GARBAGE_ADDR";
    if let Ok(addr) = env::var(ADDR) {
        return Some(addr.parse().unwrap());
    }
    let server = serve(service.clone());
    let child =
        in_a_child(test, &[(ADDR, &server.addr().to_string())]).expect("this is the parent");
    assert!(child.passed, "{}", child.output);
    check_serves(server.addr());
    None
}

#[test]
fn five_hundred_idle_connections() {
    let service = FakeService::new();
    let Some(addr) = in_another_process("five_hundred_idle_connections", &service) else {
        return;
    };
    let mut idle: Vec<_> = (0..500).map(|_| connect(addr)).collect();
    check_serves(addr);
    // None of them was dropped.
    for stream in &mut idle {
        stream.write_all(&list("{}")).unwrap();
        assert_eq!(read(stream).unwrap().0, 200);
    }
    // And none after its answer.
    check_serves(addr);
    let last = idle.last_mut().unwrap();
    last.write_all(&list("{}")).unwrap();
    assert_eq!(read(last).unwrap().0, 200);
}

#[test]
fn two_hundred_clients_list_at_the_same_time() {
    const CLIENTS: usize = 200;
    let service = FakeService::builder().operations(500).seed(7).build();
    let Some(addr) = in_another_process("two_hundred_clients_list_at_the_same_time", &service)
    else {
        return;
    };
    let expected = in_memory(&service);
    assert_eq!(expected.iter().collect::<BTreeSet<_>>().len(), 503);
    let start = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut stream = connect(addr);
                start.wait();
                assert_eq!(whole_list(&mut stream), expected);
            });
        }
    });
}

/// The ids of the list, without a socket.
fn in_memory(service: &FakeService) -> Vec<String> {
    let mut all = Vec::new();
    let mut asked = "{}".to_owned();
    loop {
        let request = http::Request::post("/")
            .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
            .body(Bytes::from(asked));
        let response = service.respond(request.unwrap());
        all.extend(ids(response.body()));
        let page: Value = serde_json::from_slice(response.body()).unwrap();
        match page.get("NextToken") {
            Some(token) => asked = format!(r#"{{"NextToken":{token}}}"#),
            None => return all,
        }
    }
}
