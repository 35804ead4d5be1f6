"""What `ops-model` says of the four operations, against AWS's service models as botocore ships them.

    drift.py FACTS

`FACTS` is the program of `tests/examples/facts`, which asks our codecs. Each side comes to a set of sentences. What
only one side says is a drift, unless it is listed below with its reason; so is what is listed, and no longer true.
"""

import re
import subprocess
import sys

import botocore
from botocore.loaders import Loader

OPERATIONS = {
    "servicediscovery": ["ListOperations", "GetOperation"],
    "kafkaconnect": ["ListConnectorOperations", "DescribeConnectorOperation"],
}

# What we say and AWS's models do not, by the reason.
ONLY_OURS = {
    "An operation without identity or status is none; AWS marks no member of an output as required.": [
        "DescribeConnectorOperation.output.connectorOperationArn is required",
        "DescribeConnectorOperation.output.connectorOperationState is required",
        "GetOperation.output.Operation is required",
        "GetOperation.output.Operation.Id is required",
        "GetOperation.output.Operation.Status is required",
        "ListConnectorOperations.output.connectorOperations[].connectorOperationArn is required",
        "ListConnectorOperations.output.connectorOperations[].connectorOperationState is required",
        "ListOperations.output.Operations[].Id is required",
        "ListOperations.output.Operations[].Status is required",
    ],
    "An empty id or ARN would reach another path, or nothing.": [
        "DescribeConnectorOperation.input.{} has at least 1 characters",
        "GetOperation.input.OperationId has at least 1 characters",
        "ListConnectorOperations.input.{} has at least 1 characters",
    ],
    "An account id has digits.": ["GetOperation.input.OwnerAccount does not take every character"],
    "The documentation of each filter asks for a value.": [
        "ListOperations.input.Filters[].Values has at least 1 entries"
    ],
    "What is decoded from a list of millions would take many times the memory of its body; a page has 100 entries.": [
        "ListConnectorOperations.output.connectorOperations has at most 10000 entries",
        "ListOperations.output.Operations has at most 10000 entries",
    ],
    "A token can grant a look at somebody's operations: no `Debug` shows one.": [
        "ListConnectorOperations.input.nextToken is sensitive",
        "ListConnectorOperations.output.nextToken is sensitive",
        "ListOperations.input.NextToken is sensitive",
        "ListOperations.output.NextToken is sensitive",
    ],
    "An error that every service of AWS has, in no service's model.": [
        "an error is AccessDeniedException",
        "an error is ExpiredToken",
        "an error is ExpiredTokenException",
        "an error is IncompleteSignature",
        "an error is InternalFailure",
        "an error is InternalServerError",
        "an error is InvalidClientTokenId",
        "an error is InvalidSignatureException",
        "an error is MissingAuthenticationTokenException",
        "an error is OptInRequired",
        "an error is RequestExpired",
        "an error is RequestLimitExceeded",
        "an error is SerializationException",
        "an error is ServiceUnavailable",
        "an error is SignatureDoesNotMatch",
        "an error is ThrottlingException",
        "an error is UnknownOperationException",
        "an error is UnrecognizedClientException",
        "an error is ValidationException",
    ],
}

# What AWS's models say and we do not, by the reason.
ONLY_THEIRS = {
    "In the enum that the filters of Cloud Map share, but documented for no filter of operations.": [
        "ListOperations.input.Filters[].Condition may be BEGINS_WITH"
    ],
    "What the service sends is read, whatever its length.": [
        "GetOperation.output.Operation.Id has at most 255 characters",
        "GetOperation.output.Operation.OwnerAccount has at least 12 characters",
        "GetOperation.output.Operation.OwnerAccount has at most 12 characters",
        "GetOperation.output.Operation.Targets<value> has at most 64 characters",
        "ListOperations.output.NextToken has at most 4096 characters",
        "ListOperations.output.Operations[].Id has at most 255 characters",
    ],
}


def main(facts):
    found = drifts(facts_of_ours(facts), facts_of(models()))
    print(*found, f"{len(found)} drifts from the service models of botocore {botocore.__version__}", sep="\n")
    return 1 if found else 0


def facts_of_ours(program):
    return set(subprocess.run([program], stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout.splitlines())


def models():
    loader = Loader(include_default_search_paths=False, extra_search_paths=[Loader.BUILTIN_DATA_PATH])
    return {service: loader.load_service_model(service, "service-2") for service in OPERATIONS}


def drifts(ours, theirs):
    """Each drift, in words."""
    found = []
    for side, said, listed in (("ours", ours - theirs, ONLY_OURS), ("AWS's", theirs - ours, ONLY_THEIRS)):
        excused = {sentence for sentences in listed.values() for sentence in sentences}
        found += [f"only {side}: {sentence}" for sentence in sorted(said - excused)]
        found += [f"listed as only {side}, and no more: {sentence}" for sentence in sorted(excused - said)]
    return found


def facts_of(models):
    """All that the models say of our operations."""
    return {sentence for service, model in models.items() for sentence in Model(model).facts(OPERATIONS[service])}


# What a model can say of a shape and of an operation, as far as it is looked at. Anything else is a fact by its name.
TRAITS = {
    *("type", "members", "member", "key", "value", "required", "enum", "min", "max", "pattern", "sensitive"),
    *("timestampFormat", "shape", "location", "locationName", "documentation", "box"),
}
OPERATION_TRAITS = {"name", "http", "input", "output", "errors", "documentation", "documentationUrl", "readonly"}
KINDS = {"integer": "an integer", "long": "an integer"}
RANGES = {"integer": (-(2**31), 2**31 - 1)}
UNITS = {"string": ("has", " characters"), "list": ("has", " entries"), "map": ("has", " entries")}
# What is no part of a shape, but of its text: the values of some strings, and which filter takes which condition.
VALUES = re.compile(r"<li> <p> <code>([A-Z_]+)</code> </p> </li>")
CONDITIONS = re.compile(r"<code>(\w+)</code> is supported for ([^.]+)\.")


class Model:
    def __init__(self, model):
        self.metadata = model["metadata"]
        self.operations = model["operations"]
        self.shapes = model["shapes"]
        self.name = self.metadata.get("signingName", self.metadata["endpointPrefix"])

    def facts(self, operations):
        protocols = [self.protocol(name) for name in self.metadata["protocols"]]
        yield from (f"{self.name} speaks {protocol}" for protocol in protocols)
        for name in operations:
            operation = self.operations[name]
            yield from (f"{name} {self.request(protocol, operation)}" for protocol in protocols)
            if "targetPrefix" in self.metadata:
                yield f"{name} is named {self.metadata['targetPrefix']}.{name}"
            yield from (f"{name} has the trait {trait}" for trait in operation.keys() - OPERATION_TRAITS)
            for side in ("input", "output"):
                yield from self.place(f"{name}.{side}", operation[side], False)
            for error in operation["errors"]:
                yield f"an error is {error['shape']}"
                for member in self.shapes[error["shape"]]["members"]:
                    yield f"an error of {self.name} has {member}"

    def protocol(self, name):
        known = {"rest-json": "RestJson1", "smithy-rpc-v2-cbor": "RpcV2Cbor"}
        if name == "json":
            return f"AwsJson{self.metadata['jsonVersion'].replace('.', '_')}"
        return known.get(name, name)

    def request(self, protocol, operation):
        if protocol == "RpcV2Cbor":
            service = self.metadata["targetPrefix"]
            return f"over {protocol} is POST /service/{service}/operation/{operation['name']}"
        path = re.sub(r"\{[^}]*\}", "{}", operation["http"]["requestUri"])
        return f"over {protocol} is {operation['http']['method']} {path}"

    def place(self, path, reference, sensitive):
        """What is said of a place in an input or an output, and of those within it."""
        shape = {**self.shapes[reference["shape"]], **reference}
        kind = shape["type"]
        sensitive = sensitive or shape.get("sensitive", False)
        yield f"{path} is {self.kind(shape)}"
        yield from (f"{path} has the trait {trait}" for trait in shape.keys() - TRAITS)
        least, most = RANGES.get(kind, (None, None))
        least, most = shape.get("min", least), shape.get("max", most)
        verb, unit = UNITS.get(kind, ("is", ""))
        if least is not None:
            yield f"{path} {verb} at least {least}{unit}"
        if most is not None:
            yield f"{path} {verb} at most {most}{unit}"
        if "pattern" in shape:
            yield f"{path} does not take every character"
        if kind == "string":
            if sensitive:
                yield f"{path} is sensitive"
            text = shape.get("documentation", "")
            yield from (f"{path} may be {value}" for value in shape.get("enum") or VALUES.findall(text))
            for condition, names in CONDITIONS.findall(text):
                yield from (f"a filter by {name} may be {condition}" for name in re.findall(r"<code>(\w+)", names))
        for name, member in shape.get("members", {}).items():
            in_label = member.get("location") == "uri"
            member_path = f"{path}.{'{}' if in_label else member.get('locationName', name)}"
            if name in shape.get("required", ()):
                yield f"{member_path} is required"
            yield from self.place(member_path, member, sensitive)
        for part, suffix in (("member", "[]"), ("key", "<key>"), ("value", "<value>")):
            if part in shape:
                yield from self.place(f"{path}{suffix}", shape[part], sensitive)

    def kind(self, shape):
        if shape["type"] != "timestamp":
            return KINDS.get(shape["type"], f"a {shape['type']}")
        formats = {"unixTimestamp": "epoch seconds", "iso8601": "RFC 3339"}
        written = shape.get("timestampFormat", "unixTimestamp")
        return f"a timestamp in {formats.get(written, written)}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
