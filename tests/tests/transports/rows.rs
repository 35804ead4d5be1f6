//! The rows, the service that holds them, and selections of them.

use ops_fake::FakeService;
use ops_model::Timestamp;
use ops_model::cloud_map::{Filter, Operation, OperationTargetType};
use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperation};

pub(crate) const ARN: &str =
    "arn:aws:kafkaconnect:us-east-1:123456789012:connector/é+ %2F/0f9a1c55-4";
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
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) status: &'static str,
    operation_type: &'static str,
    updated: Option<i64>,
    namespace: Option<&'static str>,
    service: Option<&'static str>,
    pub(crate) arn: String,
    pub(crate) state: &'static str,
    connector_type: Option<&'static str>,
    created: Option<i64>,
}

/// The row of this number. The periods have few common factors, so every combination occurs.
pub(crate) fn row(number: usize) -> Row {
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

pub(crate) fn service(rows: &[Row]) -> FakeService {
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

/// A selection of rows: what is asked for, and what it means.
pub(crate) struct Selection<F> {
    pub(crate) name: &'static str,
    pub(crate) filter: F,
    pub(crate) keeps: Box<dyn Fn(&Row) -> bool>,
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
pub(crate) fn cloud_map_selections() -> Vec<Selection<Vec<Filter>>> {
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
pub(crate) fn connector_selections() -> Vec<Selection<ConnectorFilter>> {
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
