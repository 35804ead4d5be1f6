"""A drift is found and named, whatever it is: each row changes one thing in AWS's models.

The environment variable OPS names the binary `ops`; in the folder `examples` beside it is the program of our facts.
"""

import copy
import os
from pathlib import Path

import pytest

import drift

CLOUD_MAP, MSK_CONNECT = drift.OPERATIONS
DESCRIBED = "DescribeConnectorOperation.output"


def shape(service, name):
    return lambda models: models[service]["shapes"][name]


def operation(service, name):
    return lambda models: models[service]["operations"][name]


def members(service, name):
    return lambda models: models[service]["shapes"][name]["members"]


STATUS = shape(CLOUD_MAP, "OperationStatus")
STATE = shape(MSK_CONNECT, "ConnectorOperationState")
GET = operation(CLOUD_MAP, "GetOperation")
OPERATION = members(CLOUD_MAP, "Operation")
FILTER = members(CLOUD_MAP, "OperationFilter")


def replace(member, before, after):
    assert before in member["documentation"]
    member["documentation"] = member["documentation"].replace(before, after)


# What is changed, in which part of the models, and what is found.
ROWS = {
    "a new enum value": (
        STATUS,
        lambda it: it["enum"].append("QUEUED"),
        [
            "only AWS's: GetOperation.output.Operation.Status may be QUEUED",
            "only AWS's: ListOperations.output.Operations[].Status may be QUEUED",
        ],
    ),
    "an enum value less": (
        STATE,
        lambda it: it["enum"].remove("RESTART_FAILED"),
        [
            f"only ours: {place}.connectorOperationState may be RESTART_FAILED"
            for place in (DESCRIBED, "ListConnectorOperations.output.connectorOperations[]")
        ],
    ),
    "a new value in the text of a member": (
        OPERATION,
        lambda it: replace(it["ErrorCode"], "EXPIRED_TOKEN", "EXPIRED_KEY"),
        [
            "only ours: GetOperation.output.Operation.ErrorCode may be EXPIRED_TOKEN",
            "only AWS's: GetOperation.output.Operation.ErrorCode may be EXPIRED_KEY",
        ],
    ),
    "a filter that takes another condition": (
        FILTER,
        lambda it: replace(it["Condition"], "<code>UPDATE_DATE</code>", "<code>STATUS</code>"),
        ["only ours: a filter by UPDATE_DATE may be BETWEEN", "only AWS's: a filter by STATUS may be BETWEEN"],
    ),
    "a new member": (
        OPERATION,
        lambda it: it.update(Region={"shape": "Code"}),
        ["only AWS's: GetOperation.output.Operation.Region is a string"],
    ),
    "a member less": (
        members(MSK_CONNECT, "WorkerConfigurationDescription"),
        lambda it: it.pop("revision"),
        [
            f"only ours: {DESCRIBED}.{side}WorkerSetting.workerConfiguration.revision is an integer"
            for side in ("origin", "target")
        ],
    ),
    "a member of another type": (
        members(MSK_CONNECT, "StateDescription"),
        lambda it: it.update(code={"shape": "__integer"}),
        [
            "only ours: DescribeConnectorOperation.output.errorInfo.code is a string",
            "only AWS's: DescribeConnectorOperation.output.errorInfo.code is an integer",
            "only AWS's: DescribeConnectorOperation.output.errorInfo.code is at least -2147483648",
            "only AWS's: DescribeConnectorOperation.output.errorInfo.code is at most 2147483647",
        ],
    ),
    "dates in another format": (
        shape(CLOUD_MAP, "Timestamp"),
        lambda it: it.update(timestampFormat="iso8601"),
        [
            f"only {side}: GetOperation.output.Operation.{member} is a timestamp in {written}"
            for side, written in (("ours", "epoch seconds"), ("AWS's", "RFC 3339"))
            for member in ("CreateDate", "UpdateDate")
        ],
    ),
    "a new error": (
        GET,
        lambda it: it["errors"].append({"shape": "RequestLimitExceeded"}),
        ["listed as only ours, and no more: an error is RequestLimitExceeded"],
    ),
    "a new error with a new member": (
        operation(CLOUD_MAP, "ListOperations"),
        lambda it: it["errors"].append({"shape": "DuplicateRequest"}),
        [
            "only AWS's: an error is DuplicateRequest",
            "only AWS's: an error of servicediscovery has DuplicateOperationId",
        ],
    ),
    "an error less": (
        GET,
        lambda it: it.update(errors=[{"shape": "InvalidInput"}]),
        ["only ours: an error is OperationNotFound"],
    ),
    "a new required member": (
        shape(CLOUD_MAP, "GetOperationRequest"),
        lambda it: it["required"].append("OwnerAccount"),
        ["only AWS's: GetOperation.input.OwnerAccount is required"],
    ),
    "a required member less": (
        shape(CLOUD_MAP, "OperationFilter"),
        lambda it: it["required"].remove("Values"),
        ["only ours: ListOperations.input.Filters[].Values is required"],
    ),
    "a longest length": (
        shape(CLOUD_MAP, "OperationFilters"),
        lambda it: it.update(max=5),
        ["only AWS's: ListOperations.input.Filters has at most 5 entries"],
    ),
    "a longest length less": (
        shape(CLOUD_MAP, "FilterValue"),
        lambda it: it.pop("max"),
        ["only ours: ListOperations.input.Filters[].Values[] has at most 255 characters"],
    ),
    "another range": (
        shape(MSK_CONNECT, "MaxResults"),
        lambda it: it.update(min=0),
        [
            "only ours: ListConnectorOperations.input.maxResults is at least 1",
            "only AWS's: ListConnectorOperations.input.maxResults is at least 0",
        ],
    ),
    "a pattern": (
        shape(CLOUD_MAP, "AWSAccountId"),
        lambda it: it.update(pattern="[0-9]+"),
        [
            "listed as only ours, and no more: GetOperation.input.OwnerAccount does not take every character",
            "only AWS's: GetOperation.output.Operation.OwnerAccount does not take every character",
        ],
    ),
    "a secret": (
        OPERATION,
        lambda it: it["ErrorMessage"].update(sensitive=True),
        ["only AWS's: GetOperation.output.Operation.ErrorMessage is sensitive"],
    ),
    "a secret less": (
        shape(MSK_CONNECT, "ConnectorConfiguration"),
        lambda it: it.pop("sensitive"),
        [
            f"only ours: DescribeConnectorOperation.output.{side}ConnectorConfiguration<{part}> is sensitive"
            for side in ("origin", "target")
            for part in ("key", "value")
        ],
    ),
    "a listed difference less": (
        shape(CLOUD_MAP, "FilterCondition"),
        lambda it: it["enum"].remove("BEGINS_WITH"),
        ["listed as only AWS's, and no more: ListOperations.input.Filters[].Condition may be BEGINS_WITH"],
    ),
    "what no model has said before": (
        GET,
        lambda it: it.update(deprecated=True),
        ["only AWS's: GetOperation has the trait deprecated"],
    ),
    "another path": (
        operation(MSK_CONNECT, "DescribeConnectorOperation"),
        lambda it: it["http"].update(requestUri="/v2/operations/{connectorOperationArn}"),
        [
            "only ours: DescribeConnectorOperation over RestJson1 is GET /v1/connectorOperations/{}",
            "only AWS's: DescribeConnectorOperation over RestJson1 is GET /v2/operations/{}",
        ],
    ),
    "a protocol less": (
        lambda models: models[CLOUD_MAP]["metadata"],
        lambda it: it["protocols"].remove("json"),
        [
            "only ours: GetOperation over AwsJson1_1 is POST /",
            "only ours: ListOperations over AwsJson1_1 is POST /",
            "only ours: servicediscovery speaks AwsJson1_1",
        ],
    ),
}


@pytest.fixture(scope="module")
def ours():
    return drift.facts_of_ours(Path(os.environ["OPS"]).parent / "examples" / "facts")


@pytest.fixture(scope="module")
def models():
    return drift.models()


def test_there_is_no_drift(ours, models):
    found = drift.drifts(ours, drift.facts_of(models))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("part", "change", "expected"), ROWS.values(), ids=ROWS)
def test_a_drift_is_found_and_named(ours, models, part, change, expected):
    models = copy.deepcopy(models)
    change(part(models))
    assert drift.drifts(ours, drift.facts_of(models)) == expected
