"""Long lists of `ops fake serve`: that boto3 and `ops` list the same, and what a page and an operation cost.

As a program it measures, and prints the table of `crates/ops-fake/SCALE.md`; `tests/interop/scale` runs it.
"""

import contextlib
import hashlib
import http.client
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

from harness import Checks, Ops, client, home, server_process

SOME = 20_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
GIVEN = 100_000
REPEATS = 200
EXAMPLES = 3


def run(checks, ops):
    """A list of some length: the measured ones take minutes."""
    with serving(ops, "--operations", str(SOME)) as (url, _):
        same_list(checks, ops, url, SOME)


def same_list(checks, ops, url, generated):
    """Lists with both. How long each took, in seconds."""
    paginator = client("servicediscovery", url).get_paginator("list_operations")
    before = time.monotonic()
    by_boto3 = Ids()
    for page in paginator.paginate():
        by_boto3.extend(item["Id"] for item in page["Operations"])
    between = time.monotonic()
    by_ops = Ids()
    command = [ops.path, "cloud-map", "list", "--endpoint-url", url, "--output", "ndjson"]
    with subprocess.Popen(
        command, env=ops.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        by_ops.extend(json.loads(line)["Id"] for line in process.stdout)
    after = time.monotonic()
    checks.equal(f"{generated} operations: the end of ops", process.returncode, 0)
    checks.equal(f"{generated} operations: the same ids in the same order", by_ops.summary(), by_boto3.summary())
    checks.equal(f"{generated} operations: how many", len(by_boto3.different), generated + EXAMPLES)
    checks.equal(f"{generated} operations: none twice", by_boto3.count, len(by_boto3.different))
    return between - before, after - between


class Ids:
    """The ids of a list: how many, and a digest of them in their order."""

    def __init__(self):
        self.count = 0
        self.digest = hashlib.sha256()
        self.different = set()

    def extend(self, ids):
        for id in ids:
            self.count += 1
            self.digest.update(f"{id}\n".encode())
            self.different.add(id)

    def summary(self):
        return self.count, self.digest.hexdigest()


@contextlib.contextmanager
def serving(ops, *flags):
    """A fake: its URL, and a function that tells how many bytes of it are resident."""
    command = [ops.path, "fake", "serve", *flags]
    with server_process(command, ops.environment, r"http://\S+") as (url, pid):

        def resident():
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
            return int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024

        yield url, resident


class Raw:
    """Requests by hand over one connection: what they take is what the service takes, nearly."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def post(self, path, body, **headers):
        self.connection.request("POST", path, json.dumps(body), headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise AssertionError(f"{path}: {response.status} {text}")
        return json.loads(text)

    def page(self, token):
        body = {"NextToken": token} if token else {}
        return self.post("/", body, **{"x-amz-target": "Route53AutoNaming_v20170314.ListOperations"})

    def pages(self):
        """Walks the whole list. The milliseconds that its first and its last full page take, asked for again and again."""
        before, last = None, None
        while token := self.page(last).get("NextToken"):
            before, last = last, token
        return [self.milliseconds(token) for token in (None, before)]

    def milliseconds(self, token):
        taken = []
        for _ in range(REPEATS):
            before = time.monotonic()
            self.page(token)
            taken.append(time.monotonic() - before)
        return statistics.median(taken) * 1000


def generated(checks, ops):
    """The rows of the table of lists."""
    for size in SIZES:
        with serving(ops, "--operations", str(size)) as (url, resident):
            before = resident()
            first, last = Raw(url).pages()
            by_boto3, by_ops = same_list(checks, ops, url, size)
            pages = -(-(size + EXAMPLES) // 100)
            yield (
                f"{size:,}",
                f"{pages:,}",
                f"{first:.2f}",
                f"{last:.2f}",
                f"{by_boto3 * 1000 / pages:.2f}",
                f"{by_ops * 1000 / pages:.2f}",
                mebibytes(before),
                mebibytes(resident()),
            )


def given(ops, folder):
    """The rows of the table of operations that are given to the fake."""
    operations = [operation(index) for index in range(GIVEN)]
    scenario = Path(folder) / "scenario.json"
    scenario.write_text(json.dumps({"cloudMap": {"operations": operations}}), encoding="utf-8")
    with serving(ops) as (url, empty):
        nothing = empty()
    with serving(ops, "--scenario", str(scenario)) as (url, resident):
        yield "in a scenario", *added(url, resident() - nothing)
    with serving(ops) as (url, resident):
        raw = Raw(url)
        for operation_ in operations:
            raw.post("/_ops-fake/cloud-map/operations", operation_, **{"x-ops-fake": "1"})
        yield "by the control API", *added(url, resident() - nothing)


def operation(index):
    """As they are: with every member that an operation has, and a life."""
    return {
        "Id": f"{index:032}-k9302yzd",
        "OwnerAccount": "123456789012",
        "Type": "REGISTER_INSTANCE",
        "Status": "SUBMITTED",
        "CreateDate": 1587055860.121,
        "UpdateDate": 1587055860.121,
        "Targets": {"NAMESPACE": "ns-ylexjili4cdxy3xm", "SERVICE": "srv-p5zdwlg5uvvzjita", "INSTANCE": f"i-{index:017}"},
        "life": [{"after": 1, "state": "PENDING"}, {"after": 5, "state": "SUCCESS"}],
    }


def added(url, more):
    first, last = Raw(url).pages()
    return f"{more / GIVEN:,.0f}", f"{first:.2f}", f"{last:.2f}"


def mebibytes(size):
    return f"{size / 1024 / 1024:.1f}"


def table(header, rows):
    print(f"| {header} |\n|{'---:|' * (header.count('|') + 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def main(path):
    checks = Checks()
    with home() as folder:
        ops = Ops(path, folder)
        print(TEXT.format(when=datetime.now(timezone.utc).date(), where=machine(), repeats=REPEATS))
        table(
            "generated operations | pages | first page, ms | last full page, ms | boto3, ms a page | `ops`, ms a page "
            "| MiB at first | MiB at last",
            generated(checks, ops),
        )
        print(GIVEN_TEXT)
        table(f"{GIVEN:,} operations | bytes each | first page, ms | last full page, ms", given(ops, folder))
    return 1 if checks.failed else 0


def machine():
    cpu = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    name = cpu[1] if cpu else platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}"


TEXT = """\
<!-- Written by `tests/interop/scale`. -->
# What a long list costs

`ops fake serve` in a release build, on {when} ({where}).

* The list is asked for over HTTP in pages of 100: by hand over one connection, the first and the last full page {repeats}
  times each, of which the median is shown; and whole, by boto3's paginator and by `ops cloud-map list --output ndjson`,
  which give the same ids in the same order. A client's time is its own work and the service's.
* The memory is what is resident of the service before the first request and after the last. Generated operations take
  none: they are made up when they are asked for.
"""
GIVEN_TEXT = """
Operations that are given take memory, here with every member, three targets and a life of two states. Those of a scenario
or a builder are held twice: as they are now, and for `reset`.
"""

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
