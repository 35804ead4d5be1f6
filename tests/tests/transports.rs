//! One list, whatever brings it: the fake in memory, hyper and ureq over loopback, and bytes written by hand.
//!
//! What is expected comes from rows of plain arithmetic and plain loops over them: no filter, no pager and no codec of
//! ours has a part in it.

use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::TcpStream;

use ops_client::{BlockingClient, Client, Session};
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeServer, FakeService};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::cloud_map::{Filter, GetOperation, ListOperations, Operation, OperationTargetType};
use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperation, ListConnectorOperations};
use ops_model::{EndReason, EndpointParams, LongRunning, PageSize, PagedCall, Timestamp};
use ops_transport::ConnectOptions;
use ops_ureq::UreqTransport;

const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/é+ %2F/0f9a1c55-4";
const STATUSES: [&str; 4] = ["SUBMITTED", "PENDING", "SUCCESS", "FAIL"];
const TYPES: [&str; 6] = [
    "CREATE_NAMESPACE",
    "DELETE_NAMESPACE",
    "UPDATE_NAMESPACE",
    "UPDATE_SERVICE",
    "REGISTER_INSTANCE",
    "DEREGISTER_INSTANCE",
];
const STATES: [&str; 5] = [
    "PENDING",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "ROLLBACK_COMPLETE",
    "RESTART_FAILED",
];
const CONNECTOR_TYPES: [&str; 3] = [
    "UPDATE_WORKER_SETTING",
    "RESTART_CONNECTOR",
    "PAUSE_CONNECTOR",
];
/// 2023-11-14T22:13:20Z in milliseconds, before every date here.
const EPOCH: i64 = 1_700_000_000_000;

/// From the date of row 17 to that of row 1: both ends are included.
const RANGE: (i64, i64) = (EPOCH + 4_532_003, EPOCH + 7_919_001);

/// One operation of Cloud Map and one of MSK Connect.
struct Row {
    id: String,
    status: &'static str,
    operation_type: &'static str,
    updated: Option<i64>,
    namespace: Option<&'static str>,
    service: Option<&'static str>,
    arn: String,
    state: &'static str,
    connector_type: Option<&'static str>,
    created: Option<i64>,
}

/// The row of this number. The periods have few common factors, so every combination occurs.
fn row(number: usize) -> Row {
    let millis = EPOCH + (number as i64 * 7_919 % 10_007) * 1_000 + number as i64 % 7;
    Row {
        id: match number % 97 {
            13 => format!("op-\"é\\\u{1f600}-{number}"),
            _ => format!("op-{number}"),
        },
        status: STATUSES[number % 4],
        operation_type: TYPES[number / 4 % 6],
        updated: (number % 13 != 5).then_some(millis),
        namespace: (number % 11 != 3).then_some(["ns-0", "ns-1", "ns-2"][number % 3]),
        service: number
            .is_multiple_of(2)
            .then_some(["srv-0", "srv-1", "srv-2", "srv-3", "srv-4"][number % 5]),
        arn: format!("arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/c/{number}"),
        state: STATES[number % 5],
        connector_type: (number % 17 != 2).then_some(CONNECTOR_TYPES[number % 3]),
        created: (number % 19 != 4).then_some(millis),
    }
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn service(rows: &[Row]) -> FakeService {
    let mut builder = FakeService::builder().without_examples().connector(ARN);
    for row in rows {
        let mut operation = Operation::new(&row.id, row.status.into());
        operation.operation_type = Some(row.operation_type.into());
        operation.update_date = row.updated.map(time);
        let targets = [
            (OperationTargetType::Namespace, row.namespace),
            (OperationTargetType::Service, row.service),
            // Never what a filter looks at.
            (OperationTargetType::Instance, Some("ns-0")),
        ];
        for (target, id) in targets {
            if let Some(id) = id {
                operation.targets.insert(target, id.to_owned());
            }
        }
        builder = builder.cloud_map_operation(operation);

        let mut operation = ConnectorOperation::new(&row.arn, row.state.into());
        operation.connector_arn = Some(ARN.to_owned());
        operation.connector_operation_type = row.connector_type.map(Into::into);
        operation.creation_time = row.created.map(time);
        builder = builder.connector_operation(operation);
    }
    builder.build()
}

/// One service, reached in every way.
struct Ways {
    _server: FakeServer,
    runtime: tokio::runtime::Runtime,
    in_memory: BlockingClient,
    ureq: BlockingClient,
    hyper: Client,
}

impl Ways {
    fn to(service: FakeService) -> Self {
        let server = FakeServer::start(service.clone(), "127.0.0.1:0".parse().unwrap()).unwrap();
        let session = || {
            let url = server.url().parse().unwrap();
            Session::new(EndpointParams::at_url(url, None)).with_seed(1)
        };
        let ureq = UreqTransport::new(ConnectOptions::new()).unwrap();
        let hyper = HyperTransport::new(ConnectOptions::new()).unwrap();
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            in_memory: BlockingClient::new(session(), service),
            ureq: BlockingClient::new(session(), ureq),
            hyper: Client::new(session(), hyper, TokioClock::new()),
            _server: server,
        }
    }

    /// The list by each way: ids, statuses, and how many pages it took.
    fn lists<C>(&self, call: &C, status: fn(&C::Item) -> &str) -> [(&'static str, Listed); 3]
    where
        C: PagedCall<Item: Debug> + Clone,
    {
        let blocking = |client: &BlockingClient| {
            let mut listed = Listed::default();
            let mut items = client.items(call.clone()).unwrap();
            for item in &mut items {
                let item = item.unwrap();
                listed
                    .items
                    .push((item.id().to_owned(), status(&item).to_owned()));
            }
            assert_eq!(items.end_reason(), Some(EndReason::Exhausted));
            listed.pages = items.pages_fetched();
            listed
        };
        let asynchronous = async |client: &Client| {
            let mut listed = Listed::default();
            let mut items = client.items(call.clone()).unwrap();
            while let Some(item) = items.next().await {
                let item = item.unwrap();
                listed
                    .items
                    .push((item.id().to_owned(), status(&item).to_owned()));
            }
            assert_eq!(items.end_reason(), Some(EndReason::Exhausted));
            listed.pages = items.pages_fetched();
            listed
        };
        [
            ("in memory", blocking(&self.in_memory)),
            ("ureq", blocking(&self.ureq)),
            ("hyper", self.runtime.block_on(asynchronous(&self.hyper))),
        ]
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    items: Vec<(String, String)>,
    pages: u64,
}

/// A selection of rows: what is asked for, and what it means.
struct Selection<F> {
    name: &'static str,
    filter: F,
    keeps: Box<dyn Fn(&Row) -> bool>,
}

fn select<F>(
    name: &'static str,
    filter: F,
    keeps: impl Fn(&Row) -> bool + 'static,
) -> Selection<F> {
    Selection {
        name,
        filter,
        keeps: Box::new(keeps),
    }
}

/// Every kind of filter of Cloud Map, none, and two at once.
fn cloud_map_selections() -> Vec<Selection<Vec<Filter>>> {
    let (start, end) = RANGE;
    let updated = move || Filter::updated_between(time(start), time(end)).unwrap();
    let in_range = move |row: &Row| row.updated.is_some_and(|at| start <= at && at <= end);
    vec![
        select("everything", vec![], |_| true),
        select(
            "namespace",
            vec![Filter::namespace_id("ns-1").unwrap()],
            |row| row.namespace == Some("ns-1"),
        ),
        select(
            "service",
            vec![Filter::service_id("srv-3").unwrap()],
            |row| row.service == Some("srv-3"),
        ),
        select(
            "status",
            vec![Filter::status("FAIL".into()).unwrap()],
            |row| row.status == "FAIL",
        ),
        select(
            "statuses",
            vec![Filter::status_in(["PENDING".into(), "SUBMITTED".into()]).unwrap()],
            |row| row.status == "PENDING" || row.status == "SUBMITTED",
        ),
        select(
            "type",
            vec![Filter::operation_type("UPDATE_SERVICE".into()).unwrap()],
            |row| row.operation_type == "UPDATE_SERVICE",
        ),
        select(
            "types",
            vec![
                Filter::operation_type_in(["CREATE_NAMESPACE".into(), "REGISTER_INSTANCE".into()])
                    .unwrap(),
            ],
            |row| {
                row.operation_type == "CREATE_NAMESPACE"
                    || row.operation_type == "REGISTER_INSTANCE"
            },
        ),
        select("updated", vec![updated()], in_range),
        select(
            "status and updated",
            vec![Filter::status("SUCCESS".into()).unwrap(), updated()],
            move |row| row.status == "SUCCESS" && in_range(row),
        ),
        select(
            "nothing",
            vec![Filter::service_id("srv-9").unwrap()],
            |_| false,
        ),
    ]
}

/// Every kind of filter for connectors' operations, none, and all at once.
fn connector_selections() -> Vec<Selection<ConnectorFilter>> {
    let (start, end) = RANGE;
    let any = ConnectorFilter::new;
    let created = move |after: Option<i64>, before: Option<i64>| {
        any()
            .with_created(after.map(time), before.map(time))
            .unwrap()
    };
    vec![
        select("everything", any(), |_| true),
        select(
            "state",
            any().with_states(["UPDATE_COMPLETE".into()]),
            |row| row.state == "UPDATE_COMPLETE",
        ),
        select(
            "states",
            any().with_states(["PENDING".into(), "RESTART_FAILED".into()]),
            |row| row.state == "PENDING" || row.state == "RESTART_FAILED",
        ),
        select(
            "type",
            any().with_types(["PAUSE_CONNECTOR".into()]),
            |row| row.connector_type == Some("PAUSE_CONNECTOR"),
        ),
        select(
            "types",
            any().with_types(["PAUSE_CONNECTOR".into(), "RESTART_CONNECTOR".into()]),
            |row| {
                row.connector_type == Some("PAUSE_CONNECTOR")
                    || row.connector_type == Some("RESTART_CONNECTOR")
            },
        ),
        select("created", created(Some(start), Some(end)), move |row| {
            row.created.is_some_and(|at| start <= at && at <= end)
        }),
        select("created after", created(Some(end), None), move |row| {
            row.created.is_some_and(|at| end <= at)
        }),
        select("created before", created(None, Some(start)), move |row| {
            row.created.is_some_and(|at| at <= start)
        }),
        select(
            "all of it",
            created(Some(start), Some(end))
                .with_states(["PENDING".into()])
                .with_types(["PAUSE_CONNECTOR".into()]),
            move |row| {
                row.created.is_some_and(|at| start <= at && at <= end)
                    && row.state == "PENDING"
                    && row.connector_type == Some("PAUSE_CONNECTOR")
            },
        ),
    ]
}

/// The page sizes for a list of this length: small pages only where they are not thousands.
fn page_sizes(count: usize, name: &str) -> &'static [Option<u32>] {
    match (count, name) {
        (..=101, _) => &[None, Some(1), Some(7), Some(100)],
        (_, "status and updated") => &[None, Some(7)],
        _ => &[None],
    }
}

const COUNTS: [usize; 5] = [0, 1, 100, 101, 10_000];

/// Lists by each way and by each page size, and holds the lists against the rows.
fn check<C>(
    rows: &[Row],
    ways: &Ways,
    name: &str,
    call: impl Fn(Option<PageSize>) -> C,
    status: fn(&C::Item) -> &str,
    expected: &[(String, String)],
) where
    C: PagedCall<Item: Debug> + Clone,
{
    for &size in page_sizes(rows.len(), name) {
        let call = call(size.map(|size| PageSize::new(i64::from(size)).unwrap()));
        for (way, listed) in ways.lists(&call, status) {
            let case = format!(
                "{} of {} operations, {name}, by {size:?}, {way}",
                C::NAME,
                rows.len()
            );
            assert!(listed.items == expected, "{case}: {listed:?}");
            // There is a page even if there is no operation.
            let pages = rows.len().div_ceil(size.unwrap_or(100) as usize).max(1);
            assert_eq!(listed.pages, pages as u64, "{case}");
        }
    }
}

#[test]
fn every_way_gives_the_same_list_of_cloud_map() {
    for count in COUNTS {
        let rows: Vec<Row> = (0..count).map(row).collect();
        let ways = Ways::to(service(&rows));
        for Selection {
            name,
            filter,
            keeps,
        } in cloud_map_selections()
        {
            let mut expected = Vec::new();
            for row in &rows {
                if keeps(row) {
                    expected.push((row.id.clone(), row.status.to_owned()));
                }
            }
            let call = |size| {
                let mut call = ListOperations::new();
                for filter in &filter {
                    call = call.with_filter(filter.clone());
                }
                match size {
                    Some(size) => call.with_page_size(size),
                    None => call,
                }
            };
            check(
                &rows,
                &ways,
                name,
                call,
                |item| item.status.as_str(),
                &expected,
            );
        }
    }
}

#[test]
fn every_way_gives_the_same_list_of_msk_connect() {
    for count in COUNTS {
        let rows: Vec<Row> = (0..count).map(row).collect();
        let ways = Ways::to(service(&rows));
        for Selection {
            name,
            filter,
            keeps,
        } in connector_selections()
        {
            let mut expected = Vec::new();
            for row in &rows {
                if keeps(row) {
                    expected.push((row.arn.clone(), row.state.to_owned()));
                }
            }
            let call = |size| {
                let call = ListConnectorOperations::new(ARN)
                    .unwrap()
                    .with_filter(filter.clone());
                match size {
                    Some(size) => call.with_page_size(size),
                    None => call,
                }
            };
            check(
                &rows,
                &ways,
                name,
                call,
                |item| item.connector_operation_state.as_str(),
                &expected,
            );
        }
    }
}

/// The selections say something: of the ten thousand rows each keeps some and leaves some out.
#[test]
fn the_rows_tell_the_selections_apart() {
    let rows: Vec<Row> = (0..10_000).map(row).collect();
    for (place, date) in [(17, RANGE.0), (1, RANGE.1)] {
        assert_eq!(
            (rows[place].updated, rows[place].created),
            (Some(date), Some(date))
        );
    }
    let count = |keeps: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| keeps(row)).count();
    let counts = |name: &'static str, keeps: Box<dyn Fn(&Row) -> bool>| (name, count(&*keeps));
    let cloud_map: Vec<_> = cloud_map_selections()
        .into_iter()
        .map(|each| counts(each.name, each.keeps))
        .collect();
    assert_eq!(
        cloud_map,
        [
            ("everything", 10_000),
            ("namespace", 3_030),
            ("service", 1_000),
            ("status", 2_500),
            ("statuses", 5_000),
            ("type", 1_668),
            ("types", 3_332),
            ("updated", 3_127),
            ("status and updated", 789),
            ("nothing", 0),
        ]
    );
    let connectors: Vec<_> = connector_selections()
        .into_iter()
        .map(|each| counts(each.name, each.keeps))
        .collect();
    assert_eq!(
        connectors,
        [
            ("everything", 10_000),
            ("state", 2_000),
            ("states", 4_000),
            ("type", 3_136),
            ("types", 6_273),
            ("created", 3_205),
            ("created after", 1_979),
            ("created before", 4_291),
            ("all of it", 203),
        ]
    );
}

#[test]
fn the_same_errors_come_by_every_way() {
    let rows: Vec<Row> = (0..3).map(row).collect();
    let ways = Ways::to(service(&rows));
    let lines = [
        ways.in_memory
            .send(GetOperation::new("op-9").unwrap())
            .unwrap_err(),
        ways.ureq
            .send(GetOperation::new("op-9").unwrap())
            .unwrap_err(),
        ways.runtime
            .block_on(ways.hyper.send(GetOperation::new("op-9").unwrap()))
            .unwrap_err(),
    ]
    .map(|error| {
        assert!(error.is_not_found() && error.attempts() == 1);
        error
            .to_string()
            .split(" (request id ")
            .next()
            .unwrap()
            .to_owned()
    });
    assert_eq!(
        lines,
        ["GetOperation: OperationNotFound: there is no operation `op-9`"; 3]
    );
}

/// Sends bytes as they stand; returns the status, the headers in lower case, and the body.
fn exchange(server: &FakeServer, request: &[u8]) -> (u16, String, String) {
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.write_all(request).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3]
        .parse()
        .unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

fn post(operation: &str, body: &str) -> Vec<u8> {
    format!(
        "POST / HTTP/1.1\r\nHost: cloud-map.test\r\nConnection: close\r\n\
         Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Route53AutoNaming_v20170314.{operation}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: kafkaconnect.test\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

const CONNECTOR: &str = "/v1/connectors/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector%2Fops-example%2F0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/operations";

#[test]
fn cloud_map_answers_bytes_written_by_hand() {
    let server = FakeServer::start(FakeService::new(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let rows = [
        (
            "ListOperations",
            "{}",
            200,
            r#"{"Operations":[{"Id":"76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample","Status":"SUCCESS"},{"Id":"prysnyzpji3u2ciy45nke83x2zanl7yk-dexample","Status":"SUCCESS"},{"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","Status":"PENDING"}]}"#,
        ),
        (
            "ListOperations",
            r#" { "Filters" : [ {"Values":["PENDING","FAIL"],"Condition":"IN","Name":"STATUS"} ], "Unknown": {} } "#,
            200,
            r#"{"Operations":[{"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","Status":"PENDING"}]}"#,
        ),
        (
            "ListOperations",
            r#"{"Filters":[{"Name":"UPDATE_DATE","Condition":"BETWEEN","Values":["1516925431087","1516925490086"]}]}"#,
            200,
            r#"{"Operations":[{"Id":"prysnyzpji3u2ciy45nke83x2zanl7yk-dexample","Status":"SUCCESS"}]}"#,
        ),
        (
            "ListOperations",
            r#"{"MaxResults":101}"#,
            400,
            r#"{"Message":"the page size (MaxResults) is 101; it takes 1 to 100","__type":"InvalidInput"}"#,
        ),
        (
            "GetOperation",
            r#"{"OperationId":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example"}"#,
            200,
            r#"{"Operation":{"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","OwnerAccount":"123456789012","Type":"UPDATE_SERVICE","Status":"PENDING","CreateDate":1516925488.912,"UpdateDate":1516925490.087,"Targets":{"NAMESPACE":"ns-e4anhexample0004","SERVICE":"srv-e4anhexample0004"}}}"#,
        ),
        (
            "GetOperation",
            r#"{"OperationId":"x"}"#,
            404,
            r#"{"Message":"there is no operation `x`","__type":"OperationNotFound"}"#,
        ),
    ];
    for (operation, body, status, expected) in rows {
        let (found, head, answer) = exchange(&server, &post(operation, body));
        assert_eq!(
            (found, answer.as_str()),
            (status, expected),
            "{operation} {body}"
        );
        assert!(
            head.contains("\r\ncontent-type: application/x-amz-json-1.1\r\n"),
            "{head}"
        );
        assert!(head.contains("\r\nx-amzn-requestid: "), "{head}");
    }
}

#[test]
fn msk_connect_answers_bytes_written_by_hand() {
    let server = FakeServer::start(FakeService::new(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let arn = |last: &str| {
        format!(
            "arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/ops-example/0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/41b6ad56-3184-479b-850a-a8bedd5a02{last}"
        )
    };
    let (status, head, body) = exchange(&server, &get(CONNECTOR));
    assert_eq!(status, 200);
    assert!(
        head.contains("\r\ncontent-type: application/json\r\n"),
        "{head}"
    );
    let expected = [
        format!(
            r#"{{"connectorOperations":[{{"connectorOperationArn":"{}","connectorOperationType":"UPDATE_WORKER_SETTING","connectorOperationState":"UPDATE_COMPLETE","creationTime":"2025-01-15T10:20:30.123Z","endTime":"2025-01-15T10:27:02.456Z"}}"#,
            arn("f1")
        ),
        format!(
            r#"{{"connectorOperationArn":"{}","connectorOperationType":"UPDATE_CONNECTOR_CONFIGURATION","connectorOperationState":"ROLLBACK_COMPLETE","creationTime":"2025-01-15T11:00:00Z","endTime":"2025-01-15T11:14:45.5Z"}}"#,
            arn("f2")
        ),
        format!(
            r#"{{"connectorOperationArn":"{}","connectorOperationType":"UPDATE_CONNECTOR_CONFIGURATION","connectorOperationState":"UPDATE_IN_PROGRESS","creationTime":"2025-01-15T12:30:00.25Z"}}"#,
            arn("f3")
        ),
        format!(
            r#"{{"connectorOperationArn":"{}","connectorOperationType":"RESTART_CONNECTOR","connectorOperationState":"PENDING","creationTime":"2025-01-15T12:31:07.9Z"}}]}}"#,
            arn("f4")
        ),
    ];
    assert_eq!(body, expected.join(","));

    let operation = arn("f4").replace(':', "%3a").replace('/', "%2f");
    let (status, _, body) = exchange(
        &server,
        &get(&format!("/v1/connectorOperations/{operation}")),
    );
    assert_eq!(status, 200);
    assert_eq!(
        body,
        format!(
            r#"{{"connectorArn":"{EXAMPLE_CONNECTOR_ARN}","connectorOperationArn":"{}","connectorOperationState":"PENDING","connectorOperationType":"RESTART_CONNECTOR","creationTime":"2025-01-15T12:31:07.9Z"}}"#,
            arn("f4")
        )
    );

    let (status, head, body) = exchange(&server, &get("/v1/connectorOperations/arn%3Ax"));
    assert_eq!(status, 404);
    assert!(
        head.contains("\r\nx-amzn-errortype: notfoundexception\r\n"),
        "{head}"
    );
    assert_eq!(
        body,
        format!(
            r#"{{"message":"there is no connector operation `arn:x`; the only connector here is {EXAMPLE_CONNECTOR_ARN}"}}"#
        )
    );
    for size in ["0", "101"] {
        let (status, head, body) =
            exchange(&server, &get(&format!("{CONNECTOR}?maxResults={size}")));
        assert_eq!(status, 400);
        assert!(
            head.contains("\r\nx-amzn-errortype: badrequestexception\r\n"),
            "{head}"
        );
        assert_eq!(
            body,
            format!(r#"{{"message":"the page size (MaxResults) is {size}; it takes 1 to 100"}}"#)
        );
    }
}

/// What stands between `before` and the next quotation mark, at every place.
fn texts<'a>(body: &'a str, before: &str) -> Vec<&'a str> {
    body.split(before)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

#[test]
fn pages_by_hand_are_the_pages_of_the_client() {
    let rows: Vec<Row> = (20..43).map(row).collect();
    let server = FakeServer::start(service(&rows), "127.0.0.1:0".parse().unwrap()).unwrap();

    // Three at a time, then filtered: a page holds as many of its three as have failed.
    let mut pages = Vec::new();
    let mut token = String::new();
    loop {
        let body = format!(
            r#"{{"MaxResults":3,"NextToken":"{token}","Filters":[{{"Name":"STATUS","Values":["FAIL"]}}]}}"#
        );
        let (status, _, body) = exchange(&server, &post("ListOperations", &body));
        assert_eq!(status, 200, "{body}");
        pages.push(texts(&body, r#""Id":""#).join(" "));
        match texts(&body, r#""NextToken":""#)[..] {
            [] => break,
            [next] => token = next.to_owned(),
            _ => panic!("{body}"),
        }
    }
    assert_eq!(
        pages,
        ["", "op-23", "op-27", "op-31", "", "op-35", "op-39", ""]
    );

    let connector = ARN
        .replace('%', "%25")
        .replace(':', "%3A")
        .replace('/', "%2F");
    let connector = connector
        .replace('é', "%C3%A9")
        .replace('+', "%2B")
        .replace(' ', "%20");
    let mut pages = Vec::new();
    let mut query = "?maxResults=10".to_owned();
    loop {
        let (status, _, body) = exchange(
            &server,
            &get(&format!("/v1/connectors/{connector}/operations{query}")),
        );
        assert_eq!(status, 200, "{body}");
        pages.push(texts(&body, "connector-operation/c/").join(" "));
        match texts(&body, r#""nextToken":""#)[..] {
            [] => break,
            [next] => query = format!("?nextToken={next}&maxResults=10"),
            _ => panic!("{body}"),
        }
    }
    assert_eq!(
        pages,
        [
            "20 21 22 23 24 25 26 27 28 29",
            "30 31 32 33 34 35 36 37 38 39",
            "40 41 42"
        ]
    );
}
