"""The AWS CLI against `ops fake serve`: AWS's own examples, as the AWS CLI ships them, and their output to the letter."""

import json
import re
import shlex
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import awscli

from harness import KEYS, REGION, server

EXAMPLES = Path(awscli.__file__).parent / "examples" / "servicediscovery"


def run(checks, ops):
    with server([ops.path, "fake", "serve"], ops.environment, r"http://\S+") as url:
        cli = Cli(ops, url)
        [(command, output)] = examples("list-operations")
        # The example has a flag that no version of the AWS CLI takes.
        flag = ["--service-id", "srv-e4anhexample0004"]
        place = command.index(flag[0])
        checks.equal("list-operations: the flag", command[place : place + 2], flag)
        checks.true("list-operations: the flag is refused", "Unknown options" in cli.run(command).stderr)
        del command[place : place + 2]
        checks.equal("list-operations: the filter", command[-2:], ["--filters", FILTER])
        checks.equal("list-operations", cli.run(command).stdout, output)

        both = examples("get-operation")
        checks.equal("get-operation: how many examples", len(both), 2)
        for command, output in both:
            control(url, "reset")
            control(url, "cloud-map/operations", json.loads(output)["Operation"])
            checks.equal(shlex.join(command), cli.run(command).stdout, output)


FILTER = "Name=STATUS,Condition=IN,Values=PENDING,SUCCESS"


def examples(name):
    """The commands of the examples of a call, and what each prints."""
    text = (EXAMPLES / f"{name}.rst").read_text(encoding="utf-8")
    found = re.findall(r"^    aws (.+?)\n\nOutput::\n\n(    .+?\n)\n", text, re.DOTALL | re.MULTILINE)
    return [(shlex.split(command.replace("\\\n", "")), textwrap.dedent(output)) for command, output in found]


def control(url, what, body=None):
    request = urllib.request.Request(
        f"{url}/_ops-fake/{what}", data=json.dumps(body).encode(), headers={"x-ops-fake": "1"}
    )
    urllib.request.urlopen(request, timeout=10).close()


class Cli:
    """The AWS CLI, in an environment of its own: in the time zone of the examples, with dates as they have them."""

    def __init__(self, ops, url):
        config = Path(ops.environment["HOME"]) / "config"
        config.write_text("[default]\ncli_timestamp_format = iso8601\n", encoding="utf-8")
        self.url = url
        self.environment = {
            "HOME": ops.environment["HOME"],
            "AWS_CONFIG_FILE": str(config),
            "AWS_DEFAULT_REGION": REGION,
            "TZ": "America/Chicago",
            **KEYS,
        }

    def run(self, command):
        return subprocess.run(
            [sys.executable, "-m", "awscli", *command, "--endpoint-url", self.url],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )
