"""responses.json: raw responses, what botocore makes of them, and what is expected of this project.

`expect` and `spec` are judgements by hand; `ok`, `parsed`, `error` and `request_id` are botocore's, and no oracle where
they differ.
"""

import base64
import datetime
import json

import botocore.exceptions

import offline

REQUEST_ID = "6f2b1c1e-0000-4000-8000-000000000000"
ARN = "arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/c/0f9a-4/7f6c"
CONTENT_TYPES = {
    "json": "application/x-amz-json-1.1",
    "rest-json": "application/json",
    "smithy-rpc-v2-cbor": "application/cbor",
}
CORAL = "http://internal.amazon.com/coral/com.amazon.coral.service/"

FIRST = {"Id": "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample", "Status": "SUCCESS"}
SECOND = {"Id": "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample", "Status": "FAIL"}
THIRD = {"Id": "ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example", "Status": "PENDING"}
UPDATE = {
    "connectorOperationArn": ARN,
    "connectorOperationType": "UPDATE_WORKER_SETTING",
    "connectorOperationState": "UPDATE_COMPLETE",
    "creationTime": "2025-01-15T10:20:30.123Z",
    "endTime": "2025-01-15T10:25:30Z",
}
FAILED = {
    "Id": "gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd",
    "OwnerAccount": "123456789012",
    "Type": "CREATE_NAMESPACE",
    "Status": "FAIL",
    "ErrorMessage": "The operation failed: é✓",
    "ErrorCode": "CANNOT_CREATE_HOSTED_ZONE",
    "CreateDate": 1587055860.121,
    "UpdateDate": 1587055900.469,
    "Targets": {"NAMESPACE": "ns-ylexjili4cdxy3xm", "SERVICE": "srv-1", "INSTANCE": "i-1"},
}

VALUE = {"outcome": "value"}
MALFORMED = {"outcome": "malformed"}
WITHOUT_REQUIRED = VALUE | {
    "partial": "members that we require (Id, Status) are missing here: test the member decoder with them made up"
}


def bad_items(*indices):
    return {"outcome": "items", "bad_indices": list(indices)}


def error(code, message, **note):
    return {"outcome": "error", "code": code, "message": message} | note


def row(id, body, expect, status=200, headers=None, spec=None, operation=None):
    """A response with a request id and the protocol's content type; a header of `None` is not sent."""
    return {
        "id": id,
        "body": body,
        "expect": expect,
        "status": status,
        "headers": headers or {},
        "spec": spec,
        "operation": operation,
    }


def failed(**members):
    return {"Operation": FAILED | members}


LIST_OPERATIONS = [
    row("list-page", {"Operations": [FIRST, SECOND, THIRD]}, VALUE),
    row("list-page-token", {"Operations": [FIRST], "NextToken": "eyJ2Ijoy+/=="}, VALUE),
    row(
        "list-empty-page-with-token",
        {"Operations": [], "NextToken": "t"},
        VALUE,
        spec="documented: filters apply after MaxResults are read; keep paging",
    ),
    row("list-empty-body", "", VALUE),
    row("list-null-operations", {"Operations": None, "NextToken": None}, VALUE),
    row(
        "list-empty-token",
        {"Operations": [FIRST], "NextToken": ""},
        VALUE,
        spec="empty token: botocore paginator stops (falsy); treat as no more pages",
    ),
    row("list-null-item", {"Operations": [FIRST, None, SECOND]}, bad_items(1)),
    row("list-unknown-status", {"Operations": [{"Id": "x", "Status": "CANCELLED"}]}, VALUE),
    row(
        "list-missing-members",
        {"Operations": [{}, {"Id": "x"}, {"Status": "FAIL"}, {"Id": None, "Status": None}]},
        bad_items(0, 1, 2, 3),
    ),
    row(
        "list-extra-members",
        {
            "Operations": [{"Id": "x", "Status": "FAIL", "Type": "NEW", "Deep": {"a": [1, None, {"b": 2}]}}],
            "Extra": 1,
            "__type": "x",
        },
        VALUE,
    ),
    row("list-member-case-mismatch", {"operations": [FIRST, SECOND, THIRD], "nextToken": "x"}, VALUE),
    row("list-whitespace", ' \r\n\t{ "Operations" : [ ] } \n', VALUE),
    row("list-bom", '\ufeff{"Operations":[]}', MALFORMED),
    row("list-truncated", '{"Operations":[{"Id":"x"', MALFORMED),
    row("list-html-200", "<html><body>proxy</body></html>", MALFORMED, headers={"Content-Type": "text/html"}),
    row("list-lone-surrogate-escape", '{"NextToken":"\\ud800x"}', MALFORMED),
    row("list-root-array", "[]", MALFORMED),
    row("list-root-null", "null", MALFORMED),
    row("list-no-request-id", {"Operations": []}, VALUE, headers={"x-amzn-RequestId": None}),
    row(
        "list-alt-request-id-header",
        {"Operations": []},
        VALUE,
        headers={"x-amzn-RequestId": None, "x-amz-request-id": "ALT"},
    ),
]
GET_OPERATION = [
    row(
        "get-doc-example",
        {
            "Operation": {
                "CreateDate": 1587055860.121,
                "Id": FAILED["Id"],
                "Status": "SUCCESS",
                "Targets": {"NAMESPACE": "ns-ylexjili4cdxy3xm"},
                "Type": "CREATE_NAMESPACE",
                "UpdateDate": 1587055900.469,
            }
        },
        VALUE,
    ),
    row("get-empty-operation", {"Operation": {}}, MALFORMED),
    row("get-no-operation", {}, MALFORMED),
    row("get-null-operation", {"Operation": None}, MALFORMED),
    row("get-negative-epoch", failed(CreateDate=-1.5, UpdateDate=-1), VALUE),
    row("get-string-epoch", failed(CreateDate="1587055860.121", UpdateDate="1587055860"), MALFORMED),
    row("get-http-date-string", failed(CreateDate="Thu, 16 Apr 2020 16:51:00 GMT"), MALFORMED),
    row("get-garbage-timestamp", failed(CreateDate="yesterday"), MALFORMED),
    row("get-bool-timestamp", failed(CreateDate=True), MALFORMED),
    row(
        "get-unknown-type-and-target",
        failed(
            Type="CLONE_SERVICE",
            Status="QUEUED",
            Targets={"NAMESPACE": "ns-1", "VPC": "vpc-1", "SERVICE": None},
        ),
        VALUE,
    ),
    row("get-empty-targets", failed(Targets={}), VALUE),
    row("get-null-everything", {"Operation": dict.fromkeys(FAILED)}, MALFORMED),
]


def time(id, creation, expect, end=None):
    return row(f"klist-time-{id}", {"connectorOperations": [UPDATE | {"creationTime": creation, "endTime": end}]}, expect)


LIST_CONNECTOR_OPERATIONS = [
    row(
        "klist-page",
        {
            "connectorOperations": [
                UPDATE,
                UPDATE | {"connectorOperationState": "UPDATE_IN_PROGRESS", "endTime": None},
            ],
            "nextToken": "n+/=",
        },
        VALUE,
    ),
    row("klist-empty-object", {}, VALUE),
    row("klist-empty-body", "", VALUE),
    row("klist-status-201", {"connectorOperations": [UPDATE]}, VALUE, status=201),
    time("z", "2025-01-15T10:20:30Z", VALUE),
    time("ms", "2025-01-15T10:20:30.123Z", VALUE),
    time("us", "2025-01-15T10:20:30.123456Z", VALUE),
    time("ns", "2025-01-15T10:20:30.123456789Z", VALUE),
    time("lower", "2025-01-15t10:20:30z", VALUE),
    time("offset-plus", "2025-01-15T10:20:30.5+05:30", VALUE),
    time("nozone", "2025-01-15T10:20:30", bad_items(0)),
    time("date-only", "2025-01-15", bad_items(0)),
    time("leap-day", "2024-02-29T00:00:00Z", VALUE),
    time("bad-day", "2025-02-29T00:00:00Z", bad_items(0)),
    time("hour-24", "2025-01-15T24:00:00Z", bad_items(0)),
    time("pre-epoch", "1969-12-31T23:59:59.5Z", VALUE),
    time("year-9999", "9999-12-31T23:59:59.999Z", VALUE),
    time("epoch-number", 1736936430.123, bad_items(0), end=1736936430),
    time("epoch-string", "1736936430.123", bad_items(0), end="2025-01-15T10:25:30Z"),
]
DESCRIBE_CONNECTOR_OPERATION = [
    row("kdesc-minimal", {"connectorOperationArn": ARN}, MALFORMED),
    row("kdesc-config-null-value", {"originConnectorConfiguration": {"a": None, "b": "x"}}, VALUE),
    row(
        "kdesc-lax-scalars",
        {
            "originWorkerSetting": {
                "useDefaultWorkerConfiguration": "true",
                "capacity": {"provisionedCapacity": {"mcuCount": "2", "workerCount": 3.0}},
            }
        },
        MALFORMED,
    ),
]


def cloud_map_error(code, status, operation=None):
    message = f"{code} happened"
    body = {"__type": code, "Message": message}
    return row(f"err-cm-{code}", body, error(code, message), status, operation=operation)


def common_cloud_map_error(code, status, message):
    body = {"__type": f"com.amazon.coral.service#{code}"}
    if message is not None:
        body["message"] = message
    return row(f"err-cm-common-{code}", body, error(code, message), status)


def kafka_connect_error(code, status, id=None, message=None, operation=None, **members):
    message = message or f"{code} happened"
    body = {"message": message} | members
    return row(f"err-kc-{id or code}", body, error(code, message), status, {"x-amzn-ErrorType": code}, operation=operation)


def common_kafka_connect_error(code, status, message):
    body = {} if message is None else {"message": message}
    headers = {"x-amzn-ErrorType": f"{code}:{CORAL}"}
    return row(f"err-kc-common-{code}", body, error(code, message), status, headers)


CLOUD_MAP_ERRORS = [
    cloud_map_error("InvalidInput", 400),
    cloud_map_error("OperationNotFound", 404, "GetOperation"),
    cloud_map_error("NamespaceNotFound", 404),
    cloud_map_error("ServiceNotFound", 404),
    cloud_map_error("InstanceNotFound", 404),
    cloud_map_error("CustomHealthNotFound", 404),
    cloud_map_error("DuplicateRequest", 409),
    cloud_map_error("ResourceInUse", 409),
    cloud_map_error("ResourceLimitExceeded", 400),
    cloud_map_error("ServiceAttributesLimitExceededException", 400),
]
KAFKA_CONNECT_ERRORS = [
    kafka_connect_error("ForbiddenException", 403),
    kafka_connect_error("NotFoundException", 404),
    kafka_connect_error("TooManyRequestsException", 429),
    kafka_connect_error("InternalServerErrorException", 500),
    *(
        kafka_connect_error(
            code,
            status,
            f"{code}-invalidParameter",
            "x",
            "DescribeConnectorOperation",
            invalidParameter="connectorArn",
        )
        for code, status in [("BadRequestException", 400), ("UnauthorizedException", 401)]
    ),
]
COMMON_CLOUD_MAP_ERRORS = [
    common_cloud_map_error("ThrottlingException", 400, "Rate exceeded"),
    common_cloud_map_error(
        "AccessDeniedException",
        400,
        "User: arn:aws:iam::123456789012:user/u is not authorized to perform: servicediscovery:ListOperations",
    ),
    common_cloud_map_error("ExpiredTokenException", 400, "The security token included in the request is expired"),
    common_cloud_map_error(
        "InvalidSignatureException",
        400,
        "Signature expired: 20260830T123600Z is now earlier than 20260830T125100Z",
    ),
    common_cloud_map_error("MissingAuthenticationTokenException", 400, "Missing Authentication Token"),
    common_cloud_map_error("IncompleteSignature", 400, ""),
    common_cloud_map_error("InternalFailure", 500, None),
    common_cloud_map_error("InternalServerError", 500, "x"),
    common_cloud_map_error("ServiceUnavailable", 503, "x"),
    common_cloud_map_error("SerializationException", 400, "x"),
    common_cloud_map_error("ValidationException", 400, "1 validation error detected"),
    common_cloud_map_error("OptInRequired", 403, "x"),
    common_cloud_map_error("RequestExpired", 400, "x"),
    common_cloud_map_error("InvalidClientTokenId", 403, "x"),
]
COMMON_KAFKA_CONNECT_ERRORS = [
    common_kafka_connect_error("AccessDeniedException", 403, "User is not authorized"),
    common_kafka_connect_error("ThrottlingException", 429, "Rate exceeded"),
    common_kafka_connect_error("InvalidSignatureException", 403, "The request signature we calculated does not match"),
    common_kafka_connect_error("InternalFailure", 500, None),
    kafka_connect_error("ForbiddenException", 403, "forbidden-apigw", "Forbidden"),
]
ODD_CLOUD_MAP_ERRORS = [
    row(
        "err-header-only-json",
        "",
        error("InvalidInput", None),
        400,
        {"x-amzn-ErrorType": "InvalidInput"},
        "Smithy: header is valid for awsJson1_1 too",
    ),
    row(
        "err-code-key-json",
        {"code": "InvalidInput", "message": "m"},
        error("InvalidInput", "m"),
        400,
        spec="Smithy AwsJson11FooErrorUsingCode",
    ),
    row(
        "err-code-and-type-json",
        {"code": "A", "__type": "B"},
        error("A", None),
        400,
        spec="Rust SDK: code wins over __type",
    ),
    row(
        "err-ns-and-uri-json",
        {
            "__type": "com.amazonaws.servicediscovery#InvalidInput:http://internal.amazon.com/coral/x/",
            "Message": "m",
        },
        error("InvalidInput", "m"),
        400,
    ),
    row(
        "err-double-hash",
        {"__type": "a#b#InvalidInput"},
        error("b#InvalidInput", None),
        400,
        spec="Smithy: after the FIRST #; botocore uses rsplit (last #)",
    ),
    row("err-no-type-json", {"message": "m"}, error(None, "m"), 400),
    row("err-empty-object-400", {}, error(None, None), 400),
    row("err-empty-500", "", error(None, None), 500),
    row(
        "err-html-503",
        "<html><body><b>Http/1.1 Service Unavailable</b></body></html>",
        error(None, None),
        503,
        {"Content-Type": "text/html"},
    ),
    row(
        "err-html-403",
        "<html><body>Forbidden</body></html>",
        error(None, None),
        403,
        {"Content-Type": "text/html"},
    ),
    row("err-truncated-json-500", '{"__type":"Internal', error(None, None), 500),
]
ODD_KAFKA_CONNECT_ERRORS = [
    row("err-kc-code-key", {"code": "BadRequestException", "message": "m"}, error("BadRequestException", "m"), 400),
    row(
        "err-kc-Code-key",
        {"Code": "BadRequestException", "Message": "m"},
        error(None, "m", note="a capital Code may be read or not"),
        400,
    ),
    row("err-kc-html-503", "<html>x</html>", error(None, None), 503, {"Content-Type": "text/html"}),
    row("err-301-redirect", "", error(None, None), 301, {"Location": "https://x/"}),
    row(
        "err-300",
        {},
        error(None, None),
        300,
        spec="botocore parses 300 as success, then raises an error without code; treat every non-2xx as an error",
    ),
]
RETRY_ERRORS = [
    row(
        "err-retry-after-seconds",
        {"__type": "RequestLimitExceeded"},
        error("RequestLimitExceeded", None),
        429,
        {"Retry-After": "3"},
    ),
]
BARE_429 = [
    row("err-429-unmodelled", "", error(None, None), 429, spec="botocore 1.44: bare 429 counts as throttling"),
]

# RFC 8949: A0+n map, 80+n array, 60+n text, BF/9F/7F…FF of indefinite length, C1 a date, F7 undefined.
ENTRIES = [
    b"bIdx)76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexamplefStatusgSUCCESS",
    b"bIdx)prysnyzpji3u2ciy45nke83x2zanl7yk-dexamplefStatusdFAIL",
    b"bIdx)ko4ekftir7kzlbechsh7xvcdgcpk66gh-7examplefStatusgPENDING",
]
NOT_CBOR = {"smithy-protocol": None}
CBOR_LIST_OPERATIONS = [
    row(
        "cbor-list-page",
        b"\xa2jOperations\x83" + b"".join(b"\xa2" + entry for entry in ENTRIES) + b"iNextTokendt+/=",
        VALUE,
    ),
    row(
        "cbor-list-page-indefinite",
        b"\xbfjOperations\x9f" + b"".join(b"\xbf" + entry + b"\xff" for entry in ENTRIES) + b"\xffiNextTokenat\xff",
        VALUE,
    ),
    row("cbor-list-undefined", b"\xa1iNextToken\xf7", VALUE, spec="undefined (0xf7) must read as null"),
    row("cbor-list-unknown-members", b"\xa2aX\x82\x01\xa1ay\xf5jOperations\x81\xa2bIdaaaZ$", WITHOUT_REQUIRED),
    row("cbor-list-chunked-string", b"\xa1iNextToken\x7fbabbcd\xff", VALUE),
    row("cbor-list-truncated", b"\xa1iNextTokenfabc", MALFORMED),
]
CBOR_GET_OPERATION = [
    row("cbor-get-half-float-ts", b"\xa1iOperation\xa1jCreateDate\xc1\xf9>\x00", WITHOUT_REQUIRED),
    row("cbor-get-negative-ts", b"\xa1iOperation\xa1jCreateDate\xc1 ", WITHOUT_REQUIRED),
    row("cbor-get-untagged-ts", b"\xa1iOperation\xa1jCreateDate\x1a^\x98\x8c\xf4", MALFORMED),
]
CBOR_ERRORS = [
    row(
        "cbor-err-invalid-input",
        b"\xa2f__typex+com.amazonaws.servicediscovery#InvalidInputgMessagecbad",
        error("InvalidInput", "bad"),
        400,
    ),
    row(
        "cbor-err-header-ignored",
        b"\xa1f__typenx#InvalidInput",
        error(None, None),
        400,
        {"x-amzn-ErrorType": "Other"},
        "spec: clients MUST ignore the header",
    ),
    row(
        "cbor-err-code-key",
        b"\xa1dcodelInvalidInput",
        error(None, None),
        400,
        spec="spec: code/Code MUST NOT be used",
    ),
    row(
        "cbor-err-json-body",
        b'{"__type":"UnknownOperationException"}',
        error(None, None),
        400,
        NOT_CBOR | {"Content-Type": "application/json"},
        "malformed: use the HTTP status only",
    ),
    row("cbor-err-html-503", b"<html>x</html>", error(None, None), 503, NOT_CBOR),
]

CLOUD_MAP = ("servicediscovery", "json")
KAFKA_CONNECT = ("kafkaconnect", "rest-json")
CLOUD_MAP_CBOR = ("servicediscovery", "smithy-rpc-v2-cbor")
GROUPS = [
    (*CLOUD_MAP, "ListOperations", LIST_OPERATIONS),
    (*CLOUD_MAP, "GetOperation", GET_OPERATION),
    (*KAFKA_CONNECT, "ListConnectorOperations", LIST_CONNECTOR_OPERATIONS),
    (*KAFKA_CONNECT, "DescribeConnectorOperation", DESCRIBE_CONNECTOR_OPERATION),
    (*CLOUD_MAP, "ListOperations", CLOUD_MAP_ERRORS),
    (*KAFKA_CONNECT, "ListConnectorOperations", KAFKA_CONNECT_ERRORS),
    (*CLOUD_MAP, "ListOperations", COMMON_CLOUD_MAP_ERRORS),
    (*KAFKA_CONNECT, "ListConnectorOperations", COMMON_KAFKA_CONNECT_ERRORS),
    (*CLOUD_MAP, "ListOperations", ODD_CLOUD_MAP_ERRORS),
    (*KAFKA_CONNECT, "ListConnectorOperations", ODD_KAFKA_CONNECT_ERRORS),
    (*CLOUD_MAP, "ListOperations", RETRY_ERRORS),
    (*KAFKA_CONNECT, "ListConnectorOperations", BARE_429),
    (*CLOUD_MAP_CBOR, "ListOperations", CBOR_LIST_OPERATIONS),
    (*CLOUD_MAP_CBOR, "GetOperation", CBOR_GET_OPERATION),
    (*CLOUD_MAP_CBOR, "ListOperations", CBOR_ERRORS),
]
INPUTS = {
    "ListOperations": {},
    "GetOperation": {"OperationId": "x"},
    "ListConnectorOperations": {"connectorArn": "x"},
    "DescribeConnectorOperation": {"connectorOperationArn": "x"},
}


def vector(service, protocol, operation, row):
    operation = row["operation"] or operation
    headers = {
        "Content-Type": CONTENT_TYPES[protocol],
        "x-amzn-RequestId": REQUEST_ID,
        "Date": "Sun, 30 Aug 2026 12:36:01 GMT",
    }
    if protocol == "smithy-rpc-v2-cbor":
        headers["smithy-protocol"] = "rpc-v2-cbor"
    headers = {name: value for name, value in (headers | row["headers"]).items() if value is not None}
    made = {
        "id": row["id"],
        "service": service,
        "operation": operation,
        "protocol": protocol,
        "status": row["status"],
        "headers": headers,
    }
    if isinstance(row["body"], bytes):
        body = row["body"]
        made["body_base64"] = base64.b64encode(body).decode()
    else:
        made["body"] = row["body"] if isinstance(row["body"], str) else json.dumps(row["body"])
        body = made["body"].encode()
    made |= outcome(service, protocol, operation, (row["status"], headers, body))
    if row["spec"]:
        made["spec"] = row["spec"]
    return made | {"expect": expected(row)}


def outcome(service, protocol, operation, response):
    """What botocore does with the response."""
    client = offline.client(service, protocol, attempts=1)
    try:
        parsed = offline.call(client, operation, INPUTS[operation], lambda request: response)
    except botocore.exceptions.ClientError as error:
        return {"ok": False, "error": service_error(error)}
    except Exception as error:
        return {"ok": False, "error": {"kind": "client", "class_name": type(error).__name__, "message": str(error)}}
    metadata = parsed.pop("ResponseMetadata")
    return {"ok": True, "parsed": plain(parsed), "request_id": metadata.get("RequestId")}


def service_error(error):
    response = dict(error.response)
    metadata = response.pop("ResponseMetadata")
    details = response.pop("Error", {})
    return {
        "kind": "service",
        "code": details.get("Code"),
        "message": details.get("Message"),
        "class_name": type(error).__name__,
        "http_status": metadata["HTTPStatusCode"],
        "request_id": metadata.get("RequestId"),
        "extra_members": {name: value for name, value in response.items() if name.lower() != "message"},
        "query_error": details.get("QueryErrorCode"),
    }


def plain(value):
    """JSON, with dates as `{"$ts": seconds, "iso": text}`."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.timezone.utc)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        micros = (value - epoch) // datetime.timedelta(microseconds=1)
        sign, micros = ("-", -micros) if micros < 0 else ("", micros)
        return {
            "$ts": f"{sign}{micros // 1_000_000}.{micros % 1_000_000:06}",
            "iso": value.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
    return value


def expected(row):
    expect = row["expect"]
    if expect["outcome"] != "error":
        return expect
    known = {"outcome": "error", "status": row["status"], "request_id": REQUEST_ID}
    return known | {name: value for name, value in expect.items() if name != "outcome"}


def generate():
    return {
        "generator": f"gen_responses.py, botocore {offline.VERSION}",
        "vectors": [vector(*group[:3], row) for group in GROUPS for row in group[3]],
    }
