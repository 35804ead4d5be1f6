//! What is printed, to the byte: the same in memory and over both HTTP clients.

use serde_json::Value;

use crate::common::{EXAMPLE_CONNECTOR_ARN, EXAMPLE_IDS, FORMS, Ops, TRANSPORTS, ids, stdout_of};

/// The command's stdout on the fake in this form, the same however the fake is reached.
fn printed(command: &[&str], form: &str) -> String {
    let args = || command.iter().copied().chain(["--fake", "--output", form]);
    let in_memory = stdout_of(args());
    for transport in TRANSPORTS {
        let over_http = stdout_of(args().chain(["--transport", transport]));
        assert_eq!(over_http, in_memory, "{command:?} {form} {transport}");
    }
    in_memory
}

fn check(command: &[&str], form: &str, expected: &str) {
    assert_eq!(printed(command, form), expected, "{command:?} {form}");
}

/// The operation of the fake's connector with this last digit.
fn operation_arn(digit: u8) -> String {
    format!(
        "{}/41b6ad56-3184-479b-850a-a8bedd5a02f{digit}",
        EXAMPLE_CONNECTOR_ARN.replace(":connector/", ":connector-operation/")
    )
}

#[test]
fn a_list_of_cloud_map() {
    let list = ["cloud-map", "list"];
    check(
        &list,
        "table",
        "\
Id                                         Status
76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample  SUCCESS
prysnyzpji3u2ciy45nke83x2zanl7yk-dexample  SUCCESS
ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example  PENDING
",
    );
    check(
        &list,
        "json",
        r#"{"Operations": [
    {"Id":"76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample","Status":"SUCCESS"},
    {"Id":"prysnyzpji3u2ciy45nke83x2zanl7yk-dexample","Status":"SUCCESS"},
    {"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","Status":"PENDING"}
]}
"#,
    );
    check(
        &list,
        "ndjson",
        r#"{"Id":"76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample","Status":"SUCCESS"}
{"Id":"prysnyzpji3u2ciy45nke83x2zanl7yk-dexample","Status":"SUCCESS"}
{"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","Status":"PENDING"}
"#,
    );
    check(
        &list,
        "csv",
        "\
Id,Status
76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample,SUCCESS
prysnyzpji3u2ciy45nke83x2zanl7yk-dexample,SUCCESS
ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example,PENDING
",
    );
}

#[test]
fn an_operation_of_cloud_map() {
    let get = ["cloud-map", "get", EXAMPLE_IDS[1]];
    check(
        &get,
        "table",
        "\
Id            prysnyzpji3u2ciy45nke83x2zanl7yk-dexample
OwnerAccount  123456789012
Type          REGISTER_INSTANCE
Status        SUCCESS
CreateDate    2018-01-26T00:10:02.5Z
UpdateDate    2018-01-26T00:10:31.087Z
Targets       NAMESPACE=ns-e4anhexample0004 SERVICE=srv-e4anhexample0004 INSTANCE=myservice-53
",
    );
    check(
        &get,
        "json",
        r#"{
  "Operation": {
    "Id": "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample",
    "OwnerAccount": "123456789012",
    "Type": "REGISTER_INSTANCE",
    "Status": "SUCCESS",
    "CreateDate": 1516925402.5,
    "UpdateDate": 1516925431.087,
    "Targets": {
      "NAMESPACE": "ns-e4anhexample0004",
      "SERVICE": "srv-e4anhexample0004",
      "INSTANCE": "myservice-53"
    }
  }
}
"#,
    );
    check(
        &get,
        "ndjson",
        "{\"Id\":\"prysnyzpji3u2ciy45nke83x2zanl7yk-dexample\",\"OwnerAccount\":\"123456789012\",\
         \"Type\":\"REGISTER_INSTANCE\",\"Status\":\"SUCCESS\",\"CreateDate\":1516925402.5,\"UpdateDate\":1516925431.087,\
         \"Targets\":{\"NAMESPACE\":\"ns-e4anhexample0004\",\"SERVICE\":\"srv-e4anhexample0004\",\
         \"INSTANCE\":\"myservice-53\"}}\n",
    );
    check(
        &get,
        "csv",
        "\
Id,OwnerAccount,Type,Status,ErrorCode,ErrorMessage,CreateDate,UpdateDate,Targets
prysnyzpji3u2ciy45nke83x2zanl7yk-dexample,123456789012,REGISTER_INSTANCE,SUCCESS,,,2018-01-26T00:10:02.5Z,\
2018-01-26T00:10:31.087Z,NAMESPACE=ns-e4anhexample0004 SERVICE=srv-e4anhexample0004 INSTANCE=myservice-53
",
    );
    // The owner's account is the operation's.
    for form in FORMS {
        let owned = [
            "cloud-map",
            "get",
            EXAMPLE_IDS[1],
            "--owner-account",
            "123456789012",
        ];
        assert_eq!(printed(&owned, form), printed(&get, form));
    }
}

#[test]
fn a_list_of_msk_connect() {
    let list = ["kafka-connect", "list", EXAMPLE_CONNECTOR_ARN];
    let arns = [1, 2, 3, 4].map(operation_arn);
    let rows = [
        (
            "UPDATE_WORKER_SETTING",
            "UPDATE_COMPLETE",
            "2025-01-15T10:20:30.123Z",
            "2025-01-15T10:27:02.456Z",
        ),
        (
            "UPDATE_CONNECTOR_CONFIGURATION",
            "ROLLBACK_COMPLETE",
            "2025-01-15T11:00:00Z",
            "2025-01-15T11:14:45.5Z",
        ),
        (
            "UPDATE_CONNECTOR_CONFIGURATION",
            "UPDATE_IN_PROGRESS",
            "2025-01-15T12:30:00.25Z",
            "",
        ),
        ("RESTART_CONNECTOR", "PENDING", "2025-01-15T12:31:07.9Z", ""),
    ];
    let names = [
        "connectorOperationArn",
        "connectorOperationType",
        "connectorOperationState",
        "creationTime",
        "endTime",
    ];
    let width = arns[0].len();

    let line = |cells: [&str; 5]| {
        let [arn, of, state, created, ended] = cells;
        let line = format!("{arn:width$}  {of:30}  {state:23}  {created:24}  {ended}");
        format!("{}\n", line.trim_end())
    };
    let mut table = line(names);
    let mut csv = format!("{}\n", names.join(","));
    let mut json = Vec::new();
    for (arn, (of, state, created, ended)) in arns.iter().zip(rows) {
        table += &line([arn, of, state, created, ended]);
        csv += &format!("{arn},{of},{state},{created},{ended}\n");
        let ended = match ended {
            "" => String::new(),
            ended => format!(r#","endTime":"{ended}""#),
        };
        json.push(format!(
            "{{\"connectorOperationArn\":\"{arn}\",\"connectorOperationType\":\"{of}\",\
             \"connectorOperationState\":\"{state}\",\"creationTime\":\"{created}\"{ended}}}"
        ));
    }
    check(&list, "table", &table);
    check(&list, "csv", &csv);
    check(&list, "ndjson", &format!("{}\n", json.join("\n")));
    check(
        &list,
        "json",
        &format!(
            "{{\"connectorOperations\": [\n    {}\n]}}\n",
            json.join(",\n    ")
        ),
    );
}

#[test]
fn an_operation_of_msk_connect() {
    let arn = operation_arn(2);
    let describe = ["kafka-connect", "describe", &arn];
    let configuration = |tasks: &str| {
        format!(
            r#"{{"connector.class":"io.confluent.connect.s3.S3SinkConnector","tasks.max":"{tasks}","topics":"orders"}}"#
        )
    };
    let (origin, target) = (configuration("2"), configuration("64"));
    check(
        &describe,
        "table",
        &format!(
            "\
connectorOperationArn         {arn}
connectorArn                  {EXAMPLE_CONNECTOR_ARN}
connectorOperationType        UPDATE_CONNECTOR_CONFIGURATION
connectorOperationState       ROLLBACK_COMPLETE
operationSteps                INITIALIZE_UPDATE=COMPLETED VALIDATE_UPDATE=COMPLETED \
UPDATE_CONNECTOR_CONFIGURATION=FAILED FINALIZE_UPDATE=CANCELLED
originConnectorConfiguration  {origin}
targetConnectorConfiguration  {target}
errorInfo.code                UnknownError.Unknown
errorInfo.message             The last operation failed. Retry the operation.
creationTime                  2025-01-15T11:00:00Z
endTime                       2025-01-15T11:14:45.5Z
"
        ),
    );
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    check(
        &describe,
        "csv",
        &format!(
            "connectorOperationArn,connectorArn,connectorOperationType,connectorOperationState,operationSteps,\
             originWorkerSetting,originConnectorConfiguration,targetWorkerSetting,targetConnectorConfiguration,\
             errorInfo.code,errorInfo.message,creationTime,endTime\n\
             {arn},{EXAMPLE_CONNECTOR_ARN},UPDATE_CONNECTOR_CONFIGURATION,ROLLBACK_COMPLETE,\
             INITIALIZE_UPDATE=COMPLETED VALIDATE_UPDATE=COMPLETED UPDATE_CONNECTOR_CONFIGURATION=FAILED \
             FINALIZE_UPDATE=CANCELLED,,{},,{},UnknownError.Unknown,The last operation failed. Retry the operation.,\
             2025-01-15T11:00:00Z,2025-01-15T11:14:45.5Z\n",
            quoted(&origin),
            quoted(&target)
        ),
    );
    let step = |of: &str, state: &str| format!(r#"{{"stepType":"{of}","stepState":"{state}"}}"#);
    let steps = [
        step("INITIALIZE_UPDATE", "COMPLETED"),
        step("VALIDATE_UPDATE", "COMPLETED"),
        step("UPDATE_CONNECTOR_CONFIGURATION", "FAILED"),
        step("FINALIZE_UPDATE", "CANCELLED"),
    ];
    let compact = format!(
        "{{\"connectorArn\":\"{EXAMPLE_CONNECTOR_ARN}\",\"connectorOperationArn\":\"{arn}\",\
         \"connectorOperationState\":\"ROLLBACK_COMPLETE\",\
         \"connectorOperationType\":\"UPDATE_CONNECTOR_CONFIGURATION\",\"operationSteps\":[{}],\
         \"originConnectorConfiguration\":{origin},\"targetConnectorConfiguration\":{target},\
         \"errorInfo\":{{\"code\":\"UnknownError.Unknown\",\
         \"message\":\"The last operation failed. Retry the operation.\"}},\
         \"creationTime\":\"2025-01-15T11:00:00Z\",\"endTime\":\"2025-01-15T11:14:45.5Z\"}}\n",
        steps.join(",")
    );
    check(&describe, "ndjson", &compact);
    let parsed: Value = serde_json::from_str(&compact).unwrap();
    let pretty = printed(&describe, "json");
    assert_eq!(serde_json::from_str::<Value>(&pretty).unwrap(), parsed);
    assert!(
        pretty.starts_with("{\n  \"connectorArn\": \"") && pretty.ends_with("Z\"\n}\n"),
        "{pretty}"
    );
}

#[test]
fn an_empty_list_is_still_a_document() {
    for (command, header, json) in [
        (
            &["cloud-map", "list", "--status", "FAIL"][..],
            "Id,Status",
            "{\"Operations\": []}\n",
        ),
        (
            &[
                "kafka-connect",
                "list",
                EXAMPLE_CONNECTOR_ARN,
                "--state",
                "PAUSE_FAILED",
            ],
            "connectorOperationArn,connectorOperationType,connectorOperationState,creationTime,endTime",
            "{\"connectorOperations\": []}\n",
        ),
    ] {
        check(command, "json", json);
        check(command, "ndjson", "");
        check(command, "csv", &format!("{header}\n"));
        check(
            command,
            "table",
            &format!("{}\n", header.replace(',', "  ")),
        );
    }
}

#[test]
fn the_summary_goes_to_stderr() {
    let check = |args: &[&str], expected: &str| {
        let outcome = Ops::new(["cloud-map", "list", "--fake"]).args(args).run();
        assert_eq!(outcome.stderr, format!("{expected}\n"), "{args:?}");
    };
    check(&[], "3 operations on 1 page: exhausted");
    check(&["--page-size", "1"], "3 operations on 3 pages: exhausted");
    check(&["--status", "FAIL"], "0 operations on 1 page: exhausted");
}

/// The ids that `cloud-map list` prints on the fake.
fn listed(args: &[&str]) -> Vec<String> {
    let command = ["cloud-map", "list"].iter().chain(args).copied();
    let command: Vec<&str> = command.collect();
    let [table, json, ndjson, csv] = FORMS.map(|form| ids(form, &printed(&command, form)));
    assert!(table == json && json == ndjson && ndjson == csv, "{args:?}");
    json
}

#[test]
fn every_filter_selects() {
    let check = |args: &[&str], expected: &[usize]| {
        let expected: Vec<&str> = expected.iter().map(|index| EXAMPLE_IDS[*index]).collect();
        assert_eq!(listed(args), expected, "{args:?}");
    };
    check(&["--status", "SUCCESS"], &[0, 1]);
    check(&["--status", "SUCCEED"], &[0, 1]);
    check(&["--status", "PENDING,FAIL"], &[2]);
    check(&["--status", "PENDING", "--status", "SUCCESS"], &[0, 1, 2]);
    check(&["--type", "CREATE_NAMESPACE,UPDATE_SERVICE"], &[0, 2]);
    check(&["--namespace-id", "ns-e4anhexample0004"], &[0, 1, 2]);
    check(&["--namespace-id", "ns-none"], &[]);
    check(&["--service-id", "srv-e4anhexample0004"], &[1, 2]);
    // Both ends are included.
    check(&["--updated-after", "2018-01-26T00:10:31.087Z"], &[1, 2]);
    check(&["--updated-after", "2018-01-26T01:10:31.088+01:00"], &[2]);
    check(&["--updated-before", "2018-01-26T00:10:31.087Z"], &[0, 1]);
    check(&["--updated-after", "2h"], &[]);
    check(&["--updated-before", "2h"], &[0, 1, 2]);
    check(
        &[
            "--updated-after",
            "2018-01-26T00:01:00.470Z",
            "--updated-before",
            "2018-01-26T00:11:30.086Z",
        ],
        &[1],
    );

    let filter = |shorthand: &str, expected: &[usize]| {
        check(&["--filter", shorthand], expected);
        check(&["--unchecked-filter", shorthand], expected);
    };
    filter("Name=STATUS,Values=SUCCESS", &[0, 1]);
    filter(
        "Name=STATUS,Condition=IN,Values=SUCCESS,PENDING",
        &[0, 1, 2],
    );
    filter("Name=STATUS,Condition=IN,Values=[PENDING,FAIL]", &[2]);
    filter("Values='PENDING',Name=\"STATUS\"", &[2]);
    filter(
        r#"{"Name":"STATUS","Condition":"IN","Values":["PENDING"]}"#,
        &[2],
    );
    filter(
        r#"[{"Name":"STATUS","Values":["SUCCESS"]},{"Name":"SERVICE_ID","Values":["srv-e4anhexample0004"]}]"#,
        &[1],
    );
    filter("Name=TYPE,Values=REGISTER_INSTANCE", &[1]);
    filter(
        "Name=NAMESPACE_ID,Condition=EQ,Values=ns-e4anhexample0004",
        &[0, 1, 2],
    );
    filter("Name=SERVICE_ID,Values=srv-e4anhexample0004", &[1, 2]);
    filter(
        "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925431087",
        &[0, 1],
    );
    // Filters are ANDed, wherever they come from.
    check(
        &[
            "--filter",
            "Name=STATUS,Values=SUCCESS",
            "--filter",
            "Name=TYPE,Condition=IN,Values=CREATE_NAMESPACE,UPDATE_SERVICE",
        ],
        &[0],
    );
    check(
        &[
            "--status",
            "SUCCESS",
            "--filter",
            "Name=SERVICE_ID,Values=srv-e4anhexample0004",
            "--unchecked-filter",
            "Name=TYPE,Values=REGISTER_INSTANCE",
        ],
        &[1],
    );
}

#[test]
fn filters_of_msk_connect_select_here() {
    let check = |args: &[&str], expected: &[u8]| {
        let command = ["kafka-connect", "list", EXAMPLE_CONNECTOR_ARN]
            .into_iter()
            .chain(args.iter().copied())
            .collect::<Vec<_>>();
        let document: Value = serde_json::from_str(&printed(&command, "json")).unwrap();
        let arns: Vec<_> = document["connectorOperations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["connectorOperationArn"].as_str().unwrap().to_owned())
            .collect();
        let expected: Vec<_> = expected.iter().map(|digit| operation_arn(*digit)).collect();
        assert_eq!(arns, expected, "{args:?}");
    };
    check(&["--state", "PENDING"], &[4]);
    check(&["--state", "PENDING,UPDATE_COMPLETE"], &[1, 4]);
    check(&["--type", "UPDATE_CONNECTOR_CONFIGURATION"], &[2, 3]);
    check(
        &[
            "--type",
            "UPDATE_CONNECTOR_CONFIGURATION",
            "--state",
            "UPDATE_IN_PROGRESS,PENDING",
        ],
        &[3],
    );
    check(&["--created-after", "2025-01-15T11:00:00Z"], &[2, 3, 4]);
    check(&["--created-before", "2025-01-15T11:00:00Z"], &[1, 2]);
    check(&["--created-after", "1h"], &[]);
    check(&["--created-before", "1h"], &[1, 2, 3, 4]);
    // Limits count what is left.
    check(
        &[
            "--type",
            "UPDATE_CONNECTOR_CONFIGURATION",
            "--page-size",
            "1",
            "--max-items",
            "1",
        ],
        &[2],
    );
    check(
        &["--state", "PENDING", "--page-size", "1", "--max-pages", "2"],
        &[],
    );
}

#[test]
fn paging_changes_nothing_and_limits_cut() {
    let all = listed(&["--operations", "250", "--seed", "7"]);
    assert_eq!(all.len(), 253);
    assert_eq!(all[..3], EXAMPLE_IDS);
    for args in [
        ["--page-size", "1"],
        ["--page-size", "7"],
        ["--page-size", "100"],
    ] {
        let fake = ["--operations", "250", "--seed", "7"];
        let paged: Vec<_> = fake.into_iter().chain(args).collect();
        assert_eq!(listed(&paged), all, "{args:?}");
    }
    let check = |args: &[&str], expected: usize| {
        let fake = ["--operations", "250", "--seed", "7"];
        let cut: Vec<_> = fake.iter().chain(args).copied().collect();
        assert_eq!(listed(&cut), all[..expected], "{args:?}");
    };
    check(&["--max-items", "1"], 1);
    check(&["--max-items", "100"], 100);
    check(&["--max-items", "101"], 101);
    check(&["--max-items", "18446744073709551615"], 253);
    check(&["--max-pages", "1"], 100);
    check(&["--max-pages", "2", "--page-size", "7"], 14);
    check(
        &["--max-pages", "2", "--page-size", "7", "--max-items", "9"],
        9,
    );
}

#[test]
fn a_filtered_list_pages_over_empty_pages() {
    let fake = ["--operations", "250", "--seed", "7"];
    let mut found = 0;
    for status in ["SUBMITTED", "PENDING", "SUCCESS", "FAIL"] {
        let whole: Vec<_> = fake.into_iter().chain(["--status", status]).collect();
        let paged: Vec<_> = whole.iter().copied().chain(["--page-size", "2"]).collect();
        let whole = listed(&whole);
        assert_eq!(listed(&paged), whole, "{status}");
        found += whole.len();
    }
    assert_eq!(found, 253);
}
