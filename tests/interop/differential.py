"""botocore's codecs against ours on generated cases: the same requests, and the same made of the same responses.

Our side is the program of `tests/examples/cases.rs`. What differs on purpose is listed here, each with its reason, and
must still differ.
"""

import base64
import functools
import json
import subprocess
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import botocore.parsers
import botocore.serialize
from botocore.awsrequest import HeadersDict, prepare_request_dict
from botocore.loaders import Loader
from botocore.model import ServiceModel

URL = "http://localhost:1"
PROTOCOLS = {"AwsJson1_1": "json", "RestJson1": "rest-json", "RpcV2Cbor": "smithy-rpc-v2-cbor"}
CONTENT_HEADERS = {"accept", "content-type", "smithy-protocol", "x-amz-target"}
DATES = {"CreateDate", "UpdateDate", "creationTime", "endTime"}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAY = 86_400_000
# The days that a datetime has in every time zone.
YEARS = range(-62_135_596_800_000 + DAY, 253_402_300_800_000 - DAY)

# Differences that generated cases run into.
NO_DATETIME = "a datetime has no year 0, and may have no last day of the year 9999"
NO_CODE = "in awsJson1_1 botocore reads a code from `__type` alone; AWS's protocol has two more places"
NO_MESSAGE = "botocore knows no `errorMessage`"
NO_REQUEST_ID = "botocore knows no `x-amz-request-id`"

# Bodies of a success of which we make something else than botocore: the reason, the call, the body, ours, theirs; where
# botocore fails, its exception.
MALFORMED = {"malformed": {"status": 200, "request_id": None}}
NO_LIST = "what is broken or of somebody else is no empty list"
NO_PAGE_LOST = "one bad item neither loses its page nor passes for a good one"
IDENTITY = "an operation is nothing without identity and status"
ONE_TIME = "a time is written as the protocol says, and in no other way"
NULLS = "a null member is an absent one, in a map as in a structure"
TWICE = "nobody can tell which token is meant"
INTEGERS = "an integer is written as one, and keeps within its bounds"
DESCRIBE = "DescribeConnectorOperation"
GOOD, NUMBERED = {"Id": "a", "Status": "FAIL"}, {"Id": 7, "Status": "FAIL"}
SUMMARY = {"connectorOperationArn": "a", "connectorOperationState": "PENDING"}


def operation(**members):
    return {"Operation": {**GOOD, **members}}


def ended(time):
    return {**SUMMARY, "endTime": time}


def workers(count):
    return {**SUMMARY, "originWorkerSetting": {"capacity": {"provisionedCapacity": {"workerCount": count}}}}


DIFFERENCES = [
    (NO_LIST, "ListOperations", "{", MALFORMED, {}),
    (NO_LIST, "ListOperations", "<html></html>", MALFORMED, {}),
    (NO_LIST, "ListOperations", "\ufeff{}", MALFORMED, {}),
    (NO_LIST, "ListConnectorOperations", "{} {}", MALFORMED, {}),
    (
        NO_PAGE_LOST,
        "ListOperations",
        {"Operations": [NUMBERED, GOOD]},
        {"items": [[0], {"Operations": [GOOD]}]},
        {"Operations": [NUMBERED, GOOD]},
    ),
    (
        NO_PAGE_LOST,
        "ListOperations",
        {"Operations": [GOOD, None]},
        {"items": [[1], {"Operations": [GOOD]}]},
        {"Operations": [GOOD, None]},
    ),
    (
        NO_PAGE_LOST,
        "ListConnectorOperations",
        {"connectorOperations": [SUMMARY, ended("soon")]},
        {"items": [[1], {"connectorOperations": [SUMMARY]}]},
        "ValueError",
    ),
    (IDENTITY, "ListOperations", {"Operations": [{"Id": "a"}]}, {"items": [[0], {}]}, {"Operations": [{"Id": "a"}]}),
    (IDENTITY, "GetOperation", {}, MALFORMED, {}),
    (IDENTITY, DESCRIBE, {}, MALFORMED, {}),
    (ONE_TIME, "GetOperation", operation(CreateDate="1.5"), MALFORMED, operation(CreateDate=1500)),
    (ONE_TIME, DESCRIBE, ended(1.5), MALFORMED, ended(1500)),
    (ONE_TIME, DESCRIBE, ended("1970-01-02"), MALFORMED, ended("1970-01-02T00:00:00")),
    (NULLS, "GetOperation", operation(Targets={"VPC": None}), {"value": operation()}, operation(Targets={"VPC": None})),
    (INTEGERS, DESCRIBE, workers("3"), MALFORMED, workers(3)),
    (INTEGERS, DESCRIBE, workers(3.0), MALFORMED, workers(3)),
    (INTEGERS, DESCRIBE, workers(3_000_000_000), MALFORMED, workers(3_000_000_000)),
    (TWICE, "ListOperations", '{"NextToken": "a", "NextToken": "b"}', MALFORMED, {"NextToken": "b"}),
]

# Requests that botocore sends to another path than it was asked for, and we refuse.
ASTRAY = [
    ("", f"{URL}/v1/connectors//operations"),
    (".", f"{URL}/v1/connectors/./operations"),
    ("..", f"{URL}/v1/connectors/../operations"),
]


def run(checks, ops):
    program = Path(ops.path).parent / "examples" / "cases"
    printed = subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout
    seen = Counter()
    for number, case in enumerate(map(json.loads, printed.splitlines())):
        name = f"{case['operation']} over {case['protocol']}, case {number}"
        if "input" in case:
            seen["requests"] += 1
            checks.equal(name, our_request(case), their_request(case["protocol"], case["operation"], case["input"]))
        else:
            seen["responses"] += 1
            ours, theirs = reconciled(case, seen)
            checks.equal(f"{name}: {base64.b64decode(case['body'])!r}", ours, theirs)
    checks.true("many requests", seen["requests"] >= 1000)
    checks.true("many responses", seen["responses"] >= 1000)
    for reason in (NO_DATETIME, NO_CODE, NO_MESSAGE, NO_REQUEST_ID):
        checks.true(f"still so: {reason}", seen[reason] > 0)
    differences(checks, program)
    for arn, url in ASTRAY:
        theirs = their_request("RestJson1", "ListConnectorOperations", {"connectorArn": arn})
        checks.equal(f"the path of {arn!r}", theirs[1], url)
        checks.equal(f"ops refuses {arn!r}", ops.run("kafka-connect", "list", arn).returncode, 2)


def differences(checks, program):
    bodies = [body if isinstance(body, str) else json.dumps(body) for _, _, body, _, _ in DIFFERENCES]
    asked = "".join(json.dumps([row[1], body]) + "\n" for row, body in zip(DIFFERENCES, bodies))
    printed = subprocess.run([program, "decode"], input=asked.encode(), stdout=subprocess.PIPE, check=True).stdout
    outcomes = map(json.loads, printed.splitlines())
    for (reason, operation, _, ours, theirs), body, outcome in zip(DIFFERENCES, bodies, outcomes, strict=True):
        protocol = "RestJson1" if "Connector" in operation else "AwsJson1_1"
        case = {"operation": operation, "protocol": protocol, "status": 200, "headers": {}}
        checks.equal(f"ours: {reason}: {body}", outcome, ours)
        try:
            found = plain(their_response({**case, "body": base64.b64encode(body.encode())}))
            del found["ResponseMetadata"]
        except Exception as error:
            found = type(error).__name__
        checks.equal(f"theirs: {reason}: {body}", found, theirs)


@functools.cache
def operation_model(operation):
    service = "kafkaconnect" if "Connector" in operation else "servicediscovery"
    return ServiceModel(Loader().load_service_model(service, "service-2"), service).operation_model(operation)


def our_request(case):
    headers = {name: value for name, value in case["headers"].items() if name in CONTENT_HEADERS}
    return case["method"], case["url"], headers, content(case["protocol"], base64.b64decode(case["body"]))


def their_request(protocol, operation, input):
    serializer = botocore.serialize.create_serializer(PROTOCOLS[protocol], include_validation=False)
    request = serializer.serialize_to_request(input, operation_model(operation))
    prepare_request_dict(request, URL)
    headers = {name.lower(): value for name, value in request["headers"].items()}
    return request["method"], request["url"], headers, content(protocol, request["body"])


def content(protocol, body):
    """The value of a request's body."""
    if protocol == "RpcV2Cbor":
        return botocore.parsers.create_parser(PROTOCOLS[protocol])._initial_body_parse(body)
    return json.loads(body) if body else None


def their_response(case):
    parser = botocore.parsers.create_parser(PROTOCOLS[case["protocol"]])
    response = {
        "status_code": case["status"],
        "headers": HeadersDict(case["headers"]),
        "body": base64.b64decode(case["body"]),
    }
    return parser.parse(response, operation_model(case["operation"]).output_shape)


def reconciled(case, seen):
    """Our outcome and botocore's, what differs on purpose taken out; `seen` counts that."""
    ours = case["outcome"]
    try:
        theirs = their_response(case)
    except (ValueError, OverflowError):
        if all(date in YEARS for date in dates(ours)):
            raise
        seen[NO_DATETIME] += 1
        return ours, ours
    metadata = theirs.pop("ResponseMetadata")
    if "error" not in ours:
        return ours, {"value": normal(plain(theirs))}

    reply, error = ours["error"]["reply"], ours["error"]
    # botocore has a text for what is absent.
    code, message = error["code"] or str(reply["status"]), error["message"] or ""
    ours = {"status": reply["status"], "request id": reply["request_id"], "code": code, "message": message}
    theirs = {
        "status": metadata["HTTPStatusCode"],
        "request id": metadata.get("RequestId"),
        "code": theirs["Error"]["Code"],
        "message": theirs["Error"]["Message"],
    }
    members = content(case["protocol"], base64.b64decode(case["body"]))
    is_aws_json = case["protocol"] == "AwsJson1_1"
    for member, reason, differs in (
        ("code", NO_CODE, is_aws_json and ("code" in members or "x-amzn-errortype" in case["headers"])),
        ("message", NO_MESSAGE, "errorMessage" in members),
        ("request id", NO_REQUEST_ID, "x-amz-request-id" in case["headers"]),
    ):
        if differs and theirs[member] != ours[member]:
            seen[reason] += 1
            theirs[member] = ours[member]
    return ours, theirs


def dates(value):
    if isinstance(value, dict):
        for name, member in value.items():
            yield from [member] if name in DATES else dates(member)
    elif isinstance(value, list):
        for item in value:
            yield from dates(item)


def normal(value):
    """A value as the program writes ours: without what says as much as its absence."""
    if isinstance(value, list):
        return [normal(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = ((name, normal(member)) for name, member in value.items())
    return {name: member for name, member in members if member not in (None, [], {})}


def plain(value):
    """A value of botocore's with its dates as milliseconds; one without a time zone stays a text."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, datetime):
        return round((value - EPOCH) / timedelta(milliseconds=1)) if value.tzinfo else value.isoformat()
    return value
