"""The conformance list against moto, and the table of what it does otherwise."""

import importlib.metadata
import importlib.util
import json
import logging
import os
from datetime import datetime

from conformance import FAKE, Asker, first_difference, is_of_cloud_map, rows
from harness import REGION
from moto.servicediscovery.models import Namespace, Operation, servicediscovery_backends
from moto.server import ThreadedMotoServer

FILE = FAKE / "CONFORMANCE.md"
ACCOUNT = "123456789012"
TEXT = """\
<!-- Written by `tests/interop/run` from what it saw: run it with OPS_BLESS=1. -->
# The conformance list

What the fake does, rule by rule: each is a row of `conformance.json` beside this file, with the requests, what is
expected, and a link to where AWS documents it. The rows are run in memory by hand-written requests, by AWS's SDK for
Rust over HTTP, and by boto3 over HTTP; those of Cloud Map in both of its protocols, but by the SDK for Rust, which
speaks JSON alone.

Beside it stands what [moto](https://docs.getmoto.org/) {version} does with the same requests. It has been given the same
operations, all of them in namespaces that it knows, as it drops others from its list; it has no clock to set forward.

* moto has no MSK Connect. Of Cloud Map it has the namespaces, services and instances that the fake lacks, and is right
  where the fake departs from AWS.
* Whether Cloud Map really answers `OperationNotFound` with 404, as its model says, is open: public reports show 400, as
  moto has it.
* The texts of messages are nobody's contract. What a row asks for is that they name the fault.

| rule | the fake | moto |
|---|---|---|
"""


def run(checks, ops):
    assert importlib.util.find_spec("moto.kafkaconnect") is None
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    # Its log would bury what fails here.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        lines = [line(row, compared(row, url)) for row in rows()]
    finally:
        server.stop()
    text = TEXT.format(version=importlib.metadata.version("moto")) + "".join(lines)
    if os.environ.get("OPS_BLESS") == "1":
        FILE.write_text(text, encoding="utf-8")
    checks.true(f"{FILE.name} is what moto does; OPS_BLESS=1 writes it", FILE.read_text(encoding="utf-8") == text)


def line(row, difference):
    """A row of the table."""
    fake, departs = "as documented", row.get("departs")
    if departs:
        aws = departs["aws"] if " " in departs["aws"] else f"`{departs['aws']}`"
        fake = f"departs from AWS, which gives {aws}: {departs['because']}"
    if not is_of_cloud_map(row):
        moto = "has no MSK Connect"
    elif departs and difference and difference.startswith(aws):
        moto = f"right: it gives {aws}"
    else:
        moto = difference or "the same"
    return f"| [{row['name']}]({row['documented']}) | {fake} | {moto.replace('|', chr(92) + '|')} |\n"


def compared(row, url):
    if not is_of_cloud_map(row):
        return None
    hold(row["scenario"])
    return first_difference(row, Asker(url, "json"), lambda _: None)


def hold(scenario):
    """Has moto hold what a scenario says, and nothing else."""
    backend = servicediscovery_backends[ACCOUNT][REGION]
    backend.reset()
    told = scenario.get("cloudMap", {}).get("operations", [])
    if scenario.get("examples", True):
        told = json.loads((FAKE / "src" / "examples.json").read_text(encoding="utf-8"))["operations"] + told
    told += [{"Id": f"op-{number}", "Status": "SUCCESS"} for number in range(scenario.get("generated", 0))]
    for given in told:
        targets = given.get("Targets", {"NAMESPACE": "ns-0"})
        operation = Operation(given.get("Type", "CREATE_NAMESPACE"), targets)
        operation.id, operation.status = given["Id"], given["Status"]
        operation.created = seconds(given.get("CreateDate"), operation.created)
        operation.updated = seconds(given.get("UpdateDate"), operation.updated)
        backend.operations[operation.id] = operation
        name = targets["NAMESPACE"]
        backend.namespaces[name] = Namespace(ACCOUNT, REGION, name, "HTTP", "", "", {}, {})


def seconds(date, otherwise):
    if isinstance(date, str):
        return datetime.fromisoformat(date.replace("Z", "+00:00")).timestamp()
    return otherwise if date is None else date
