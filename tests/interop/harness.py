"""Running `ops` and servers, and counting what holds."""

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import threading
from datetime import datetime

import boto3
from botocore.config import Config

REGION = "us-east-1"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}


class Checks:
    """Counts, and says what differs."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def equal(self, name, actual, expected):
        if actual == expected:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED {name}\n  actual:   {short(actual)}\n  expected: {short(expected)}", file=sys.stderr)

    def true(self, name, condition):
        self.equal(name, bool(condition), True)


def short(value):
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:600]}… ({len(text)} characters)"


class Ops:
    """The binary, in an environment of its own."""

    def __init__(self, path, home):
        self.path = path
        self.environment = {"HOME": home, "AWS_REGION": REGION, **KEYS}

    def run(self, *args):
        return subprocess.run(
            [self.path, *args],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )

    def json(self, *args):
        """The document that a command prints, its dates as milliseconds."""
        result = self.run(*args, "--output", "json")
        if result.returncode != 0:
            raise AssertionError(f"ops {args}: exit code {result.returncode}: {result.stderr}")
        return dates_as_millis(json.loads(result.stdout))


def from_boto3(response):
    """What boto3 returns, its dates as milliseconds."""
    return dates_as_millis({name: value for name, value in response.items() if name != "ResponseMetadata"})


def dates_as_millis(value, name=""):
    if isinstance(value, dict):
        return {name: dates_as_millis(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [dates_as_millis(member) for member in value]
    if isinstance(value, str) and name in ("creationTime", "endTime"):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    if name in ("CreateDate", "UpdateDate"):
        return round(value * 1000)
    return value


@contextlib.contextmanager
def server(command, environment, pattern):
    """A server process, killed in the end whatever happens; yields what `pattern` finds in its output."""
    with server_process(command, environment, pattern) as (url, _):
        yield url


@contextlib.contextmanager
def server_process(command, environment, pattern):
    """The same, with the number of the process."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        url = None
        for line in process.stdout:
            found = re.search(pattern, line)
            if found:
                url = found.group(0)
                break
        watchdog.cancel()
        if url is None:
            raise AssertionError(f"{command} does not start")
        # Its log must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield url, process.pid
    finally:
        watchdog.cancel()
        process.kill()
        process.wait(timeout=10)


def client(service, url, **config):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1}, **config),
    )


def home():
    return tempfile.TemporaryDirectory(prefix="ops-interop-")
