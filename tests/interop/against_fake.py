"""boto3 against `ops fake serve`, and against what `ops` prints for the same questions."""

import json
import math
import tempfile
from datetime import datetime, timezone

from botocore.exceptions import ClientError

from harness import client, from_boto3, server

OPERATIONS = 250
CONNECTOR_ARN = (
    "arn:aws:kafkaconnect:us-east-1:123456789012:connector/ops-example/0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4"
)


# Operations change with the time; on a clock that stands still, all questions are about the same ones.
SCENARIO = {"generated": OPERATIONS, "seed": 7, "clock": "2026-01-01T00:00:00Z"}


def run(checks, ops):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as scenario:
        json.dump(SCENARIO, scenario)
        scenario.flush()
        command = [ops.path, "fake", "serve", "--scenario", scenario.name]
        with server(command, ops.environment, r"http://\S+") as url:
            cloud_map(checks, ops, url)
            msk_connect(checks, ops, url)


def pages(call, member, **arguments):
    """Every page of a listing, by hand."""
    found, token = [], {}
    while True:
        response = call(**arguments, **token)
        found.append(from_boto3(response)[member])
        name = next((name for name in ("NextToken", "nextToken") if name in response), None)
        if name is None:
            return found
        token = {name: response[name]}


def flat(lists):
    return [item for items in lists for item in items]


def error_of(call, **arguments):
    """The type of boto3's exception, AWS's code and message, and the HTTP status."""
    try:
        call(**arguments)
    except ClientError as error:
        return (
            type(error).__name__,
            error.response["Error"]["Code"],
            error.response["Error"]["Message"],
            error.response["ResponseMetadata"]["HTTPStatusCode"],
        )
    return None


def same_error(checks, ops, name, error, code, *command):
    """boto3 raises its type for `code`, and `ops` says the same and ends with 1."""
    checks.true(f"{name}: boto3 raises", error is not None)
    if error is None:
        return
    checks.equal(f"{name}: type and code", error[:2], (code, code))
    result = ops.run(*command)
    checks.equal(f"{name}: exit code", result.returncode, 1)
    # A message of the service is printed with its quotes escaped, if at all.
    printed = result.stderr.replace("\\'", "'").replace('\\"', '"')
    checks.true(f"{name}: message", f"{code}: {error[2]}" in printed)


def cloud_map(checks, ops, url):
    boto = client("servicediscovery", url)
    here = ("--endpoint-url", url)
    everything = flat(pages(boto.list_operations, "Operations"))
    checks.equal("list: how many", len(everything), 3 + OPERATIONS)
    checks.equal("list: no id twice", len({item["Id"] for item in everything}), len(everything))
    for transport in ("hyper", "ureq"):
        printed = ops.json("cloud-map", "list", *here, "--transport", transport)
        checks.equal(f"list over {transport}", printed, {"Operations": everything})

    for size in (1, 2, 3, 7, 100):
        by_hand = pages(boto.list_operations, "Operations", MaxResults=size)
        checks.equal(f"pages of {size}", flat(by_hand), everything)
        checks.equal(f"pages of {size}: how many", len(by_hand), math.ceil(len(everything) / size))
        checks.true(f"pages of {size}: full but the last", all(len(page) == size for page in by_hand[:-1]))
        printed = ops.json("cloud-map", "list", *here, "--page-size", str(size))
        checks.equal(f"pages of {size} of ops", printed["Operations"], everything)
    paginator = boto.get_paginator("list_operations")
    for options in ({}, {"PageSize": 3}, {"PageSize": 3, "MaxItems": 10}):
        paged = paginator.paginate(PaginationConfig=options).build_full_result()["Operations"]
        checks.equal(f"paginator {options}", paged, everything[: options.get("MaxItems")])
    printed = ops.json("cloud-map", "list", *here, "--page-size", "3", "--max-items", "10")
    checks.equal("ten items of ops", printed["Operations"], everything[:10])

    operations = []
    for item in everything:
        response = from_boto3(boto.get_operation(OperationId=item["Id"]))
        operations.append(response["Operation"])
    checks.equal(
        "get agrees with list",
        [{"Id": operation["Id"], "Status": operation["Status"]} for operation in operations],
        everything,
    )
    for operation in [*operations[:8], *(found for found in operations if found["Status"] == "FAIL")][:24]:
        printed = ops.json("cloud-map", "get", operation["Id"], *here)
        checks.equal(f"get {operation['Id']}", printed, {"Operation": operation})
    owned = boto.get_operation(OperationId=operations[5]["Id"], OwnerAccount=operations[5]["OwnerAccount"])
    checks.equal("get with its owner", from_boto3(owned)["Operation"], operations[5])

    cloud_map_filters(checks, ops, boto, here, operations)
    cloud_map_errors(checks, ops, boto, url, here, operations)


def cloud_map_filters(checks, ops, boto, here, operations):
    """Expected results come from a plain loop over what GetOperation says."""
    targets = [operation["Targets"] for operation in operations]
    namespaces = sorted({target["NAMESPACE"] for target in targets})
    services = sorted({target["SERVICE"] for target in targets if "SERVICE" in target})
    dates = sorted(operation["UpdateDate"] for operation in operations)
    statuses = ("SUBMITTED", "PENDING", "SUCCESS", "FAIL")
    types = sorted({operation["Type"] for operation in operations})
    checks.equal("every type is there", len(types), 6)

    def one(name, values, condition=None):
        given = {"Name": name, "Values": values}
        return {**given, "Condition": condition} if condition else given

    cases = [[]]
    cases += [[one("STATUS", [status])] for status in statuses]
    cases += [[one("STATUS", ["SUBMITTED", "FAIL"], "IN")], [one("STATUS", ["PENDING"], "IN")]]
    cases += [[one("TYPE", [of], "EQ")] for of in types]
    cases += [[one("TYPE", types[:3], "IN")], [one("TYPE", types, "IN")]]
    cases += [[one("NAMESPACE_ID", [namespace])] for namespace in namespaces[:3]]
    cases += [[one("NAMESPACE_ID", ["ns-none"], "EQ")]]
    cases += [[one("SERVICE_ID", [service], "EQ")] for service in services[:3]]
    for start, end in ((0, dates[-1]), (dates[9], dates[99]), (dates[40], dates[40]), (dates[-1] + 1, dates[-1] + 9)):
        cases.append([one("UPDATE_DATE", [str(start), str(end)], "BETWEEN")])
    cases += [
        [one("STATUS", ["SUCCESS"]), one("TYPE", types[:2], "IN")],
        [one("NAMESPACE_ID", namespaces[:1]), one("STATUS", ["FAIL", "PENDING"], "IN")],
        [one("UPDATE_DATE", [str(dates[50]), str(dates[200])], "BETWEEN"), one("STATUS", ["SUCCESS"], "EQ")],
        [one("NAMESPACE_ID", namespaces[:1]), one("NAMESPACE_ID", namespaces[1:2])],
    ]

    def holds(given, operation):
        values = given["Values"]
        return {
            "STATUS": operation["Status"] in values,
            "TYPE": operation["Type"] in values,
            "NAMESPACE_ID": operation["Targets"].get("NAMESPACE") in values,
            "SERVICE_ID": operation["Targets"].get("SERVICE") in values,
        }.get(given["Name"], given["Name"] == "UPDATE_DATE" and int(values[0]) <= operation["UpdateDate"] <= int(values[1]))

    some = 0
    for filters in cases:
        expected = [
            {"Id": operation["Id"], "Status": operation["Status"]}
            for operation in operations
            if all(holds(given, operation) for given in filters)
        ]
        some += bool(expected)
        checks.equal(f"{filters}", flat(pages(boto.list_operations, "Operations", Filters=filters)), expected)
        paged = pages(boto.list_operations, "Operations", Filters=filters, MaxResults=7)
        checks.equal(f"{filters} in pages", flat(paged), expected)
        checks.equal(f"{filters}: pages are cut before they are filtered", len(paged), math.ceil(len(operations) / 7))
        flags = []
        for given in filters:
            parts = [f"Name={given['Name']}", f"Values={','.join(given['Values'])}"]
            parts[1:1] = [f"Condition={given['Condition']}"] if "Condition" in given else []
            flags += ["--filter", ",".join(parts)]
        printed = ops.json("cloud-map", "list", *here, "--page-size", "7", *flags)
        checks.equal(f"{filters} of ops", printed, {"Operations": expected})
    checks.true("most filters find something", some >= len(cases) - 4)

    written = [datetime.fromtimestamp(dates[index] / 1000, timezone.utc).isoformat() for index in (9, 99)]
    expected = [operation["Id"] for operation in operations if dates[9] <= operation["UpdateDate"] <= dates[99]]
    printed = ops.json("cloud-map", "list", *here, "--updated-after", written[0], "--updated-before", written[1])
    checks.equal("updated between, of ops", [item["Id"] for item in printed["Operations"]], expected)


def cloud_map_errors(checks, ops, boto, url, here, operations):
    unchecked = client("servicediscovery", url, parameter_validation=False)
    get = ("cloud-map", "get", *here)
    error = error_of(boto.get_operation, OperationId="nobody")
    same_error(checks, ops, "an unknown id", error, "OperationNotFound", *get, "nobody")
    error = error_of(boto.get_operation, OperationId=operations[0]["Id"], OwnerAccount="210987654321")
    same_error(
        checks, ops, "another owner", error, "OperationNotFound",
        *get, operations[0]["Id"], "--owner-account", "210987654321",
    )  # fmt: skip
    for name, values, condition in (
        ("STATUS", ["PENDING", "SUCCESS"], "EQ"),
        ("STATUS", ["DONE"], "EQ"),
        ("STATUS", ["SUCCESS"], "BEGINS_WITH"),
        ("TYPE", ["UPDATE_SERVICE"], "BETWEEN"),
        ("COLOUR", ["red"], "EQ"),
        ("SERVICE_ID", ["srv-1"], "IN"),
        ("SERVICE_ID", ["s" * 256], "EQ"),
        ("UPDATE_DATE", ["1516925490087"], "BETWEEN"),
        ("UPDATE_DATE", ["1516925490088", "1516925490087"], "BETWEEN"),
        ("UPDATE_DATE", ["0", "now"], "BETWEEN"),
    ):
        error = error_of(boto.list_operations, Filters=[{"Name": name, "Values": values, "Condition": condition}])
        shorthand = f"Name={name},Condition={condition},Values={','.join(values)}"
        same_error(
            checks, ops, shorthand[:80], error, "InvalidInput",
            "cloud-map", "list", *here, "--unchecked-filter", shorthand,
        )  # fmt: skip
        checked = ops.run("cloud-map", "list", *here, "--filter", shorthand)
        checks.equal(f"{shorthand[:80]}: checked", (checked.returncode, checked.stdout), (2, ""))
    checks.true("an exception of its type", issubclass(boto.exceptions.InvalidInput, ClientError))
    for arguments in ({"MaxResults": 0}, {"MaxResults": 101}, {"NextToken": "nonsense"}, {"NextToken": "t" * 4097}):
        error = error_of(unchecked.list_operations, **arguments)
        checks.equal(f"{str(arguments)[:40]}", error and error[:2], ("InvalidInput", "InvalidInput"))
    token = boto.list_operations(MaxResults=3)["NextToken"]
    error = error_of(boto.list_operations, NextToken=token, Filters=[{"Name": "STATUS", "Values": ["FAIL"]}])
    checks.equal("a token of another listing", error and error[1], "InvalidInput")
    error = error_of(unchecked.get_operation, OperationId="")
    checks.equal("an empty id", error and error[1], "InvalidInput")
    error = error_of(boto.list_namespaces)
    checks.equal("a call that is not played", error and error[1], "UnknownOperationException")


def msk_connect(checks, ops, url):
    boto = client("kafkaconnect", url)
    unchecked = client("kafkaconnect", url, parameter_validation=False)
    here = ("--endpoint-url", url)
    member = "connectorOperations"
    everything = flat(pages(boto.list_connector_operations, member, connectorArn=CONNECTOR_ARN))
    checks.equal("connector operations: how many", len(everything), 4 + OPERATIONS)
    for transport in ("hyper", "ureq"):
        printed = ops.json("kafka-connect", "list", CONNECTOR_ARN, *here, "--transport", transport)
        checks.equal(f"connector operations over {transport}", printed, {member: everything})
    for size in (1, 2, 3, 100):
        by_hand = pages(boto.list_connector_operations, member, connectorArn=CONNECTOR_ARN, maxResults=size)
        checks.equal(f"connector operations in pages of {size}", flat(by_hand), everything)
        checks.equal(f"pages of {size}: how many", len(by_hand), math.ceil(len(everything) / size))
        printed = ops.json("kafka-connect", "list", CONNECTOR_ARN, *here, "--page-size", str(size))
        checks.equal(f"connector operations of ops in pages of {size}", printed, {member: everything})
    paginator = boto.get_paginator("list_connector_operations")
    paged = paginator.paginate(connectorArn=CONNECTOR_ARN, PaginationConfig={"PageSize": 3, "MaxItems": 10})
    checks.equal("paginator of connector operations", from_boto3(paged.build_full_result())[member], everything[:10])

    states = sorted({item["connectorOperationState"] for item in everything})
    types = sorted({item["connectorOperationType"] for item in everything})
    times = sorted(item["creationTime"] for item in everything)
    cases = [(("--state", state), lambda item, state=state: item["connectorOperationState"] == state) for state in states]
    cases += [(("--type", of), lambda item, of=of: item["connectorOperationType"] == of) for of in types]
    cases.append((("--state", ",".join(states[:3])), lambda item: item["connectorOperationState"] in states[:3]))
    written = [datetime.fromtimestamp(times[index] / 1000, timezone.utc).isoformat() for index in (20, 120)]
    between = ("--created-after", written[0], "--created-before", written[1])
    cases.append((between, lambda item: times[20] <= item["creationTime"] <= times[120]))
    for flags, holds in cases:
        printed = ops.json("kafka-connect", "list", CONNECTOR_ARN, *here, *flags)
        expected = [item for item in everything if holds(item)]
        checks.true(f"{flags} finds something", expected)
        checks.equal(f"{flags}", printed, {member: expected})

    seen = set()
    for item in everything:
        kind = (item["connectorOperationType"], item["connectorOperationState"])
        if kind in seen:
            continue
        seen.add(kind)
        arn = item["connectorOperationArn"]
        described = from_boto3(boto.describe_connector_operation(connectorOperationArn=arn))
        checks.equal(f"{kind} agrees with the list", {**described, **item}, described)
        printed = ops.json("kafka-connect", "describe", arn, *here)
        checks.equal(f"{kind} described", printed, described)

    error = error_of(boto.list_connector_operations, connectorArn="arn:nobody")
    same_error(
        checks, ops, "an unknown connector", error, "NotFoundException", "kafka-connect", "list", "arn:nobody", *here
    )
    error = error_of(boto.describe_connector_operation, connectorOperationArn="arn:nobody")
    same_error(
        checks, ops, "an unknown operation", error, "NotFoundException", "kafka-connect", "describe", "arn:nobody", *here
    )
    for arguments in ({"maxResults": 0}, {"maxResults": 101}, {"nextToken": "nonsense"}):
        error = error_of(unchecked.list_connector_operations, connectorArn=CONNECTOR_ARN, **arguments)
        checks.equal(f"{arguments}", error and error[:2], ("BadRequestException", "BadRequestException"))
