"""requests.json: inputs, and what botocore makes of them: the request, the canonical request and the signature."""

import base64
import json

import botocore.auth
import botocore.exceptions

import offline

TIME = "2026-08-30T12:36:00Z"
TOKEN = "eyJ2IjoyLCJjIjoiQUJDREVGK2doaS9qa2w9In0+/=="
OPERATION_ID = "gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd"
CONNECTOR = "my-connector/0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4"
CONNECTOR_ARN = f"arn:aws:kafkaconnect:us-east-1:123456789012:connector/{CONNECTOR}"
CONNECTOR_OPERATION_ARN = (
    f"arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/{CONNECTOR}"
    "/7f6c2d1e-8b9a-4c3d-a1b2-c3d4e5f60718"
)
LONG_GOV_ARN = f"arn:aws-us-gov:kafkaconnect:us-gov-west-1:123456789012:connector/{'a' * 128}/{'f' * 300}-12"

NOTES = [
    "headers are lower-cased; user-agent and amz-sdk-invocation-id removed; amz-sdk-request is sent but not signed",
    "JSON bodies are botocore's bytes (\", \" / \": \" separators, non-ASCII as \\u escapes); compare body_json, or sign "
    "the given body",
    "canonical_request/string_to_sign/signature belong to exactly these headers and this body",
]


def filter(name, values, condition=None):
    return {"Name": name, "Values": values} | ({"Condition": condition} if condition else {})


def row(id, input, region="us-east-1", credentials="static", time=TIME, **config):
    return {"id": id, "input": input, "region": region, "credentials": credentials, "time": time, "config": config}


# id, input, and what is not the default of the client.
LIST_OPERATIONS = [
    row("list-empty", {}),
    row("list-max-1", {"MaxResults": 1}),
    row("list-max-101-not-checked-client-side", {"MaxResults": 101}),
    row("list-ns-eq", {"Filters": [filter("NAMESPACE_ID", ["ns-e4anhexample0004"], "EQ")]}),
    row("list-ns-default-condition", {"Filters": [filter("NAMESPACE_ID", ["ns-e4anhexample0004"])]}),
    row("list-status-eq", {"Filters": [filter("STATUS", ["FAIL"], "EQ")]}),
    row("list-status-in", {"Filters": [filter("STATUS", ["PENDING", "SUCCESS"], "IN")]}),
    row("list-status-in-all", {"Filters": [filter("STATUS", ["SUBMITTED", "PENDING", "SUCCESS", "FAIL"], "IN")]}),
    row(
        "list-update-date-between-fraction",
        {"Filters": [filter("UPDATE_DATE", ["1516925490.087", "1517011890.500"], "BETWEEN")]},
    ),
    row("list-begins-with", {"Filters": [filter("SERVICE_ID", ["srv-"], "BEGINS_WITH")]}),
    row(
        "list-all-filters",
        {
            "MaxResults": 50,
            "NextToken": TOKEN,
            "Filters": [
                filter("NAMESPACE_ID", ["ns-1"], "EQ"),
                filter("SERVICE_ID", ["srv-1"], "EQ"),
                filter("STATUS", ["SUCCESS", "FAIL"], "IN"),
                filter("TYPE", ["REGISTER_INSTANCE"], "EQ"),
                filter("UPDATE_DATE", ["0", "4102444800"], "BETWEEN"),
            ],
        },
    ),
    row("list-filters-empty-list", {"Filters": []}),
    row("list-unknown-enum-values", {"Filters": [filter("FUTURE_NAME", ["x"], "FUTURE_CONDITION")]}),
    row("list-token-special", {"NextToken": TOKEN}),
    row("list-token-unicode", {"NextToken": "héllo 世界 😀 \u2028\u2029"}),
    row("list-token-4096", {"NextToken": "Az09+/=-" * 512}),
    row("list-filter-255", {"Filters": [filter("NAMESPACE_ID", ["n" * 255], "EQ")]}),
    row("list-gov-fips", {"MaxResults": 10}, region="us-gov-west-1", use_fips_endpoint=True),
    row("list-dualstack", {"MaxResults": 10}, region="us-west-2", use_dualstack_endpoint=True),
    row("list-custom-endpoint", {}, endpoint_url="http://localhost:4566"),
    row("list-custom-endpoint-path", {}, endpoint_url="https://proxy.example.com/aws/cloudmap"),
    row("list-custom-endpoint-default-port", {}, endpoint_url="https://sd.example.com:443/"),
    row("list-single-digit-date", {}, time="2026-01-02T03:04:05Z"),
]
GET_OPERATION = [
    row("get-example", {"OperationId": OPERATION_ID}),
    row("get-owner-account", {"OperationId": OPERATION_ID, "OwnerAccount": "123456789012"}),
    row("get-id-255", {"OperationId": "o" * 255}),
    row("get-id-unicode", {"OperationId": "opération-✓"}),
    row("get-id-empty", {"OperationId": ""}),
]
LIST_CONNECTOR_OPERATIONS = [
    row("klist-arn", {"connectorArn": CONNECTOR_ARN}),
    row("klist-max-100", {"connectorArn": CONNECTOR_ARN, "maxResults": 100}),
    row("klist-max-101-not-checked-client-side", {"connectorArn": CONNECTOR_ARN, "maxResults": 101}),
    row("klist-token", {"connectorArn": CONNECTOR_ARN, "nextToken": TOKEN}),
    row("klist-token-unicode", {"connectorArn": CONNECTOR_ARN, "nextToken": "héllo 世😀"}),
    row("klist-token-long", {"connectorArn": CONNECTOR_ARN, "nextToken": "QUJD+/=" * 300}),
    row("klist-arn-long-gov", {"connectorArn": LONG_GOV_ARN}, region="us-gov-west-1"),
    row("klist-arn-unicode", {"connectorArn": "arn:é:世/😀"}),
    row("klist-arn-dot", {"connectorArn": "."}),
    row("klist-arn-dotdot", {"connectorArn": ".."}),
    row("klist-arn-dots-inside", {"connectorArn": "a/../b"}),
    row("klist-custom-endpoint", {"connectorArn": CONNECTOR_ARN}, endpoint_url="http://127.0.0.1:5000"),
    row(
        "klist-custom-endpoint-path",
        {"connectorArn": CONNECTOR_ARN, "maxResults": 5},
        endpoint_url="https://proxy.example.com/kc/",
    ),
    row(
        "klist-fips-dualstack",
        {"connectorArn": CONNECTOR_ARN},
        region="us-east-2",
        use_fips_endpoint=True,
        use_dualstack_endpoint=True,
    ),
]
DESCRIBE_CONNECTOR_OPERATION = [
    row(
        "kdesc-arn-session",
        {"connectorOperationArn": CONNECTOR_OPERATION_ARN},
        region="eu-central-1",
        credentials="session",
    ),
    row("kdesc-arn-slashes", {"connectorOperationArn": "//a//"}),
    row("kdesc-leap-second-date", {"connectorOperationArn": CONNECTOR_OPERATION_ARN}, time="2028-02-29T23:59:59Z"),
]
# service, operation, protocol, prefix of the ids, rows.
GROUPS = [
    ("servicediscovery", "ListOperations", "json", "", LIST_OPERATIONS),
    ("servicediscovery", "GetOperation", "json", "", GET_OPERATION),
    ("kafkaconnect", "ListConnectorOperations", "rest-json", "", LIST_CONNECTOR_OPERATIONS),
    ("kafkaconnect", "DescribeConnectorOperation", "rest-json", "", DESCRIBE_CONNECTOR_OPERATION),
    ("servicediscovery", "ListOperations", "smithy-rpc-v2-cbor", "cbor-", LIST_OPERATIONS),
    ("servicediscovery", "GetOperation", "smithy-rpc-v2-cbor", "cbor-", GET_OPERATION),
]
# id, operation, input: whether botocore's validation lets it pass.
CLIENT_VALIDATION = [
    ("reject-max-0", "ListOperations", {"MaxResults": 0}),
    ("reject-max-negative", "ListOperations", {"MaxResults": -1}),
    ("reject-max-bool", "ListOperations", {"MaxResults": True}),
    ("reject-max-string", "ListOperations", {"MaxResults": "10"}),
    ("reject-filter-no-values", "ListOperations", {"Filters": [{"Name": "STATUS"}]}),
    ("reject-filter-no-name", "ListOperations", {"Filters": [{"Values": ["x"]}]}),
    ("reject-filter-empty-value", "ListOperations", {"Filters": [{"Name": "STATUS", "Values": [""]}]}),
    ("accept-filter-empty-values", "ListOperations", {"Filters": [{"Name": "STATUS", "Values": []}]}),
    ("accept-token-4097", "ListOperations", {"NextToken": "x" * 4097}),
    ("reject-get-missing-id", "GetOperation", {}),
    ("reject-owner-short", "GetOperation", {"OperationId": "a", "OwnerAccount": "1"}),
    ("accept-owner-13", "GetOperation", {"OperationId": "a", "OwnerAccount": "1234567890123"}),
    ("reject-unknown-member", "ListOperations", {"Nope": 1}),
    ("reject-klist-missing-arn", "ListConnectorOperations", {}),
    ("reject-klist-max-0", "ListConnectorOperations", {"connectorArn": "a", "maxResults": 0}),
    ("reject-kdesc-empty-arn", "DescribeConnectorOperation", {"connectorOperationArn": ""}),
]
NOT_KEPT = {"user-agent", "amz-sdk-invocation-id"}
OK = (200, {}, b"")
OK_CBOR = (200, {"smithy-protocol": "rpc-v2-cbor"}, b"\xa0")


class Signatures:
    """Remembers what the signer computes last."""

    STEPS = ["canonical_request", "string_to_sign", "signature"]

    def __enter__(self):
        self.last = {}
        self.original = {step: getattr(botocore.auth.SigV4Auth, step) for step in self.STEPS}
        for step, function in self.original.items():
            setattr(botocore.auth.SigV4Auth, step, self.remember(step, function))
        return self.last

    def __exit__(self, *_):
        for step, function in self.original.items():
            setattr(botocore.auth.SigV4Auth, step, function)

    def remember(self, step, function):
        def remembering(signer, *args):
            self.last[step] = function(signer, *args)
            return self.last[step]

        return remembering


def vector(service, operation, protocol, prefix, row):
    offline.freeze(row["time"])
    client = offline.client(service, protocol, row["region"], row["credentials"], **row["config"])
    sent = []

    def answer(request):
        sent.append(request)
        return OK_CBOR if protocol == "smithy-rpc-v2-cbor" else OK

    with Signatures() as signed:
        offline.call(client, operation, row["input"], answer)
    [request] = sent
    # The host is no header of the prepared request: the HTTP connection adds it.
    canonical_headers = signed["canonical_request"].split("\n")[3:]
    host = next(line.removeprefix("host:") for line in canonical_headers if line.startswith("host:"))
    headers = {name.lower(): text(value) for name, value in request.headers.items()} | {"host": host}
    signed_headers = signed["canonical_request"].split("\n")[-2].split(";")
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else bytes(body)
    made = {
        "id": prefix + row["id"],
        "service": service,
        "operation": operation,
        "protocol": protocol,
        "input": row["input"],
        "region": row["region"],
        "credentials": row["credentials"],
        "time": row["time"],
        "client_config": row["config"],
        "method": request.method,
        "url": request.url,
        "headers": {name: headers[name] for name in sorted(headers) if name not in NOT_KEPT},
        "signed_headers": signed_headers,
    }
    if protocol == "smithy-rpc-v2-cbor":
        made["body_base64"] = base64.b64encode(body).decode()
    else:
        made["body"] = body.decode()
        if body:
            made["body_json"] = json.loads(body)
    return made | signed


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def validation(id, operation, input):
    service, protocol = ("kafkaconnect", "rest-json") if "Connector" in operation else ("servicediscovery", "json")
    made = {"id": id, "operation": operation, "input": input}
    try:
        offline.call(offline.client(service, protocol), operation, input, lambda request: OK)
    except botocore.exceptions.ParamValidationError as error:
        return made | {"accepted": False, "error_class": type(error).__name__, "error": str(error)}
    return made | {"accepted": True}


def generate():
    return {
        "generator": f"gen_requests.py, botocore {offline.VERSION}",
        "notes": NOTES,
        "credentials": offline.CREDENTIALS,
        "vectors": [vector(*group[:4], row) for group in GROUPS for row in group[4]],
        "client_validation": [validation(*row) for row in CLIENT_VALIDATION],
    }
