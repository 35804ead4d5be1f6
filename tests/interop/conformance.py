"""The conformance list of the fake, asked by boto3 over HTTP in each of its protocols.

Also reads, asks and judges the rows for whoever else runs them.
"""

import functools
import http.client
import json
import re
import tempfile
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import RpcV2CBORParser

from harness import KEYS, REGION, server

FAKE = Path(__file__).resolve().parents[2] / "crates" / "ops-fake"
OF_MSK_CONNECT = {"ListConnectorOperations", "DescribeConnectorOperation", "ListConnectors", "UpdateConnector"}
DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")


def run(checks, ops):
    for protocol in ("json", "smithy-rpc-v2-cbor"):
        for row in rows():
            if protocol == "json" or has_two_protocols(row):
                asked(checks, ops, row, protocol)


def asked(checks, ops, row, protocol):
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as scenario:
        json.dump(row["scenario"], scenario)
        scenario.flush()
        command = [ops.path, "fake", "serve", "--scenario", scenario.name]
        with server(command, ops.environment, r"http://\S+") as url:
            found = first_difference(row, Asker(url, protocol), lambda seconds: advance(url, seconds))
    checks.equal(f"{row['name']}, over {protocol}", found, None)


def rows():
    """The rows, with their scenarios in place of the scenarios' names."""
    listed = json.loads((FAKE / "conformance.json").read_text(encoding="utf-8"))
    for row in listed["rows"]:
        if isinstance(row["scenario"], str):
            row["scenario"] = listed["scenarios"][row["scenario"]]
    return listed["rows"]


def is_of_cloud_map(row):
    step = next(step for step in row["steps"] if "advance" not in step)
    if "call" in step:
        return step["call"] not in OF_MSK_CONNECT
    return "x-amz-target" in step["request"]["headers"]


def has_two_protocols(row):
    return is_of_cloud_map(row) and not any("request" in step for step in row["steps"])


def advance(url, seconds):
    status, _, body = sent(url, "POST", "/_ops-fake/advance", {"x-ops-fake": "1"}, json.dumps({"seconds": seconds}))
    if status != 200:
        raise AssertionError(f"advance: {status} {body}")


def sent(url, method, path, headers, body):
    """A request by hand: its status, headers and body."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body=body.encode() or None, headers=headers)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


class Seen:
    """What came back: as the client sees it, and as it was written."""

    def __init__(self, protocol, status, headers, body, output=None, code=None, message=None):
        self.protocol = protocol
        self.status = status
        self.headers = headers
        self.body = body
        self.output = output
        self.code = code
        self.message = message or ""

    def __str__(self):
        if self.code is not None:
            return f"`{self.code}` ({self.status})"
        for items, token in (("Operations", "NextToken"), ("connectorOperations", "nextToken")):
            if items in self.output:
                return page_of(len(self.output[items]), token in self.output)
        return f"an answer with `{'`, `'.join(self.output)}`"


def page_of(count, more):
    return f"{count} operations and {'a' if more else 'no'} token"


class Asker:
    """Asks by boto3, in a protocol that it would not choose itself."""

    def __init__(self, url, protocol):
        self.url = url
        self.protocol = protocol

    def ask(self, step):
        return self.call(step) if "call" in step else self.request(step["request"])

    def call(self, step):
        service = "kafkaconnect" if step["call"] in OF_MSK_CONNECT else "servicediscovery"
        client = self.client(service, step.get("accessKey", KEYS["AWS_ACCESS_KEY_ID"]))
        written = {}
        client.meta.events.register(f"before-parse.{service}", lambda response_dict, **_: written.update(response_dict))
        protocol = {"kafkaconnect": "restJson1"}.get(service, "rpcv2Cbor" if "cbor" in self.protocol else "awsJson1_1")
        method = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", step["call"]).lower()
        output, code, message = None, None, None
        try:
            output = plain(getattr(client, method)(**step["input"]))
        except ClientError as error:
            code, message = error.response["Error"].get("Code"), error.response["Error"].get("Message")
        finally:
            client.close()
        headers = {name.lower(): value for name, value in written["headers"].items()}
        return Seen(protocol, written["status_code"], headers, written["body"], output, code, message)

    def client(self, service, key):
        return session_of(self.protocol).client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            config=Config(
                connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1}, parameter_validation=False
            ),
        )

    def request(self, request):
        # By the scope of the credentials an emulator of many services tells which one is meant.
        service = "servicediscovery" if "x-amz-target" in request["headers"] else "kafkaconnect"
        scope = f"{KEYS['AWS_ACCESS_KEY_ID']}/20260101/{REGION}/{service}/aws4_request"
        signed = {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        status, headers, body = sent(
            self.url, request["method"], request["path"], {**signed, **request["headers"]}, request["body"]
        )
        protocol = "awsJson1_1" if "x-amz-target" in request["headers"] else "restJson1"
        if status < 300:
            return Seen(protocol, status, headers, body, json.loads(body))
        try:
            members = json.loads(body)
        except ValueError:
            members = {}
        code = headers.get("x-amzn-errortype") or members.get("__type") or "no code"
        message = members.get("Message") or members.get("message")
        return Seen(protocol, status, headers, body, None, code.rsplit("#")[-1], message)


@functools.cache
def session_of(protocol):
    """A session whose model of Cloud Map has this protocol alone."""
    core = botocore.session.Session()
    # The loader keeps what it has loaded, and so the change.
    model = core.get_component("data_loader").load_service_model("servicediscovery", "service-2")
    model["metadata"]["protocol"] = protocol
    model["metadata"]["protocols"] = [protocol]
    return boto3.Session(botocore_session=core)


def plain(response):
    """What boto3 returns as AWS's JSON has it."""

    def value(given, name):
        if isinstance(given, dict):
            return {name: value(member, name) for name, member in given.items()}
        if isinstance(given, list):
            return [value(item, name) for item in given]
        if isinstance(given, datetime) and name[0].isupper():
            return round(given.timestamp(), 3)
        if isinstance(given, datetime):
            return given.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return given

    return value({name: member for name, member in response.items() if name != "ResponseMetadata"}, "")


def first_difference(row, asker, advance):
    """Where a service does something else than a row says, and what it does; `None` if nowhere."""
    earlier = []
    for number, step in enumerate(row["steps"]):
        if "advance" in step:
            advance(step["advance"])
            earlier.append(None)
            continue
        if "call" in step:
            step = {**step, "input": filled(step["input"], earlier)}
        seen = asker.ask(step)
        found = difference(step["expect"], seen, earlier)
        if found:
            return f"{found}, in step {number + 1}" if len(row["steps"]) > 1 else found
        earlier.append(seen)
    return None


def filled(value, earlier):
    """A value with what stands for something else replaced by that."""
    if isinstance(value, list):
        return [filled(item, earlier) for item in value]
    if not isinstance(value, dict):
        return value
    if "$from" in value:
        step, member = value["$from"]
        return earlier[step].output[member] + value.get("append", "")
    if "$repeat" in value:
        text, times = value["$repeat"]
        return text * times
    return {name: filled(member, earlier) for name, member in value.items()}


def difference(expect, seen, earlier):
    error = expect.get("error")
    if error is None and seen.code is not None:
        return f"{seen} in place of an answer"
    if error is not None:
        found = error_difference(error, seen)
    elif "output" in expect:
        found = mismatch(filled(expect["output"], earlier), seen.output)
    else:
        found = page_difference(expect["page"], seen) if "page" in expect else None
    wire = expect.get("wire", {}).get(seen.protocol, {})
    headers = {**expect.get("headers", {}), **wire.get("headers", {})}
    found = found or next((text for name, form in headers.items() if (text := header_difference(name, form, seen, earlier))), None)
    if found or "body" not in wire:
        return found
    body = cbor(seen.body) if seen.protocol == "rpcv2Cbor" else json.loads(seen.body)
    return mismatch(wire["body"], body)


def error_difference(error, seen):
    if seen.code is None:
        return f"{seen} in place of `{error['code']}`"
    status = error["status"] if isinstance(error["status"], int) else error["status"][seen.protocol]
    if (seen.code, seen.status) != (error["code"], status):
        return f"{seen} in place of `{error['code']}` ({status})"
    missing = [text for text in error["says"] if text not in seen.message]
    return f"a message without `{missing[0]}`: “{seen.message}”" if missing else None


def page_difference(page, seen):
    items, token = ("Operations", "NextToken") if "Operations" in seen.output else ("connectorOperations", "nextToken")
    ids = [item.get("Id", item.get("connectorOperationArn")) for item in seen.output[items]]
    count = page["count"] if "count" in page else len(page["ids"])
    if len(ids) != count or bool(seen.output.get(token)) != page["more"]:
        return f"{seen} in place of {page_of(count, page['more'])}"
    return mismatch(page.get("ids", ids), ids, "the page")


def header_difference(name, form, seen, earlier):
    value = seen.headers.get(name)
    if value is None:
        return None if form is None else f"no `{name}`"
    if form == "$newId":
        old = [step.headers.get(name) for step in earlier if step]
        return None if value not in old else f"the `{name}` of an earlier step"
    if form == "$date":
        return None if DATE.fullmatch(value) else f"a `{name}` that is no HTTP date"
    if isinstance(form, dict):
        step, seconds = form["$after"]
        passed = parsedate_to_datetime(value) - parsedate_to_datetime(earlier[step].headers[name])
        return None if seconds <= passed.total_seconds() < seconds + 60 else f"a `{name}` that is not {seconds} s later"
    return None if value == form else f"`{name}: {value}`"


def mismatch(expected, actual, place=""):
    """The first place where a value is another than expected, and what is there, if it is not made up."""
    if expected == {"$any": True} and actual is not None or expected == actual:
        return None
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in [*expected, *actual]:
            path = f"{place}.{name}".lstrip(".")
            if (name in expected) != (name in actual):
                return f"{'a' if name in actual else 'no'} `{path}`"
            found = mismatch(expected[name], actual[name], path)
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual))
        return next((text for index, pair in pairs if (text := mismatch(*pair, f"{place}[{index}]"))), None)
    if isinstance(actual, (list, dict)):
        return f"another `{place}`"
    return f"another `{place}`" if place.endswith("Id") else f"`{place}` is `{actual}`"


def cbor(body):
    parser = RpcV2CBORParser()
    return parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
