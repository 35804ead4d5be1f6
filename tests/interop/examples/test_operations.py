"""How code that waits for operations of AWS Cloud Map is tested: with pytest, boto3 and `ops fake serve`.

The environment variable OPS names the binary `ops` if it is not on the PATH.
"""

import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

# What is tested.


class OperationFailed(Exception):
    pass


def wait_for_operation(client, operation_id, seconds=120, sleep=time.sleep):
    """Returns the operation once it has succeeded. Raises OperationFailed if it fails, TimeoutError if it does neither."""
    for _ in range(0, seconds, 2):
        operation = client.get_operation(OperationId=operation_id)["Operation"]
        if operation["Status"] == "SUCCESS":
            return operation
        if operation["Status"] == "FAIL":
            raise OperationFailed(f"{operation['ErrorCode']}: {operation['ErrorMessage']}")
        sleep(2)
    raise TimeoutError(f"operation {operation_id} is {operation['Status']} after {seconds} seconds")


# What it is tested with.


class Fake:
    """The service, and what a test does to it."""

    def __init__(self, url):
        self.url = url
        self.client = boto3.client(
            "servicediscovery",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="any",
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )

    def control(self, what, body=None):
        request = urllib.request.Request(
            f"{self.url}/_ops-fake/{what}",
            data=json.dumps(body).encode(),
            headers={"x-ops-fake": "1"},
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def advance(self, seconds):
        """Time passes: a test has this instead of `time.sleep`."""
        self.control("advance", {"seconds": seconds})


@pytest.fixture(scope="session")
def server():
    scenario = Path(__file__).with_name("scenario.json")
    command = [os.environ.get("OPS", "ops"), "fake", "serve", "--scenario", scenario]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        # "listening on http://127.0.0.1:49152"
        yield Fake(process.stdout.readline().split()[-1])
        process.terminate()


@pytest.fixture
def fake(server):
    """Each test finds the service as the scenario has it."""
    server.control("reset")
    return server


# The tests.


def test_what_a_call_created_succeeds(fake):
    operation_id = fake.client.create_http_namespace(Name="shop")["OperationId"]
    operation = wait_for_operation(fake.client, operation_id, sleep=fake.advance)
    assert operation["Type"] == "CREATE_NAMESPACE"
    # The fake takes five seconds.
    assert (operation["UpdateDate"] - operation["CreateDate"]).total_seconds() == 5


def test_a_failure_tells_why(fake):
    with pytest.raises(OperationFailed, match="ACCESS_DENIED: not your zone"):
        wait_for_operation(fake.client, "doomed", sleep=fake.advance)


def test_a_failure_in_the_middle(fake):
    operation_id = fake.client.delete_namespace(Id="ns-1")["OperationId"]

    def fail(_):
        fake.control("cloud-map/fail", {"id": operation_id, "code": "INTERNAL_FAILURE", "message": "it broke"})

    with pytest.raises(OperationFailed, match="INTERNAL_FAILURE: it broke"):
        wait_for_operation(fake.client, operation_id, sleep=fail)


def test_what_takes_too_long_is_given_up(fake):
    with pytest.raises(TimeoutError, match="slow is PENDING after 120 seconds"):
        wait_for_operation(fake.client, "slow", sleep=fake.advance)
    # Ten minutes are enough.
    assert wait_for_operation(fake.client, "slow", seconds=600, sleep=fake.advance)["Status"] == "SUCCESS"


def test_an_operation_that_a_test_adds(fake):
    added = {"Id": "mine", "Status": "PENDING", "life": [{"after": 60, "state": "SUCCESS"}]}
    fake.control("cloud-map/operations", added)
    pages = fake.client.get_paginator("list_operations").paginate(Filters=[{"Name": "STATUS", "Values": ["PENDING"]}])
    assert [operation["Id"] for page in pages for operation in page["Operations"]] == ["doomed", "mine"]
    assert wait_for_operation(fake.client, "mine", sleep=fake.advance)["Status"] == "SUCCESS"


THROTTLED = {"error": {"status": 400, "code": "ThrottlingException", "message": "Rate exceeded"}}


def test_a_throttled_request_is_tried_again(fake):
    fake.advance(600)
    fake.control("faults", [THROTTLED, THROTTLED])
    assert wait_for_operation(fake.client, "slow")["Id"] == "slow"


def test_throttling_without_end_is_an_error(fake):
    fake.control("faults", [THROTTLED] * 3)
    with pytest.raises(ClientError, match="ThrottlingException"):
        wait_for_operation(fake.client, "slow")
