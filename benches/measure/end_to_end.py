"""Whole programs that list the same pages of the same server, one right after the other, in round after round.

The server has one core, the program another. What a page costs is what a long list costs more than one page, divided by the
pages between: connecting, starting up and an interpreter's imports do not count. One page is taken at its least of all rounds,
as noise only adds to it.

A machine may be half as fast a minute later. So the ratio of two programs is the median of those within each round, and every
second round goes backwards, so that neither program is always the first.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import NamedTuple

from . import plot
from .results import ROOT, TARGET, Goal, output, record, table

OPERATIONS = 100
CONNECTOR = (
    "arn:aws:kafkaconnect:us-east-1:123456789012:connector/ops-example/0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4"
)
SERVICES = {"Cloud Map": [], "MSK Connect": [CONNECTOR]}
PROGRAMS = {
    "bare": "one bare connection of hyper, unsigned, undecoded",
    "floor": "the floor: hyper's pooled client, unsigned, undecoded",
    "on-hyper": "ops on hyper",
    "on-ureq": "ops on ureq",
    "by-hand-hyper": "by hand on hyper",
    "by-hand-ureq": "by hand on ureq",
    "sdk": "the Rust SDK",
    "boto3": "boto3",
    "in-memory": "ops in memory, no network",
}
# What a program sees of this one's environment.
ENVIRONMENT = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}
# No program takes longer for a list.
PATIENCE_SECONDS = 300
# A slow one is measured less often: its noise is small beside it.
SLOW, SLOW_REPEAT = "boto3", 3
# What ops may cost beside the floor: CPU, wall.
FLOOR = {"Cloud Map": (1.35, 1.2), "MSK Connect": (1.7, 1.35)}
# What ops on ureq may cost beside ops on hyper.
ON_UREQ = 1.2, 1.2
# What ops may cost beside what a user would take instead.
AHEAD = 1, 1


class Cost(NamedTuple):
    """Microseconds, or ratios of such."""

    wall: float
    cpu: float


def run(pages, repeat):
    lengths = sorted({1, 10, 100, pages})
    costs = measure("release", lengths, repeat)
    each = {(program, service): per_page(costs, program, service, pages) for program in PROGRAMS for service in SERVICES}
    rounds = f"{repeat} rounds ({SLOW}: {min(repeat, SLOW_REPEAT)})"
    text = f"{pages:,} pages of {OPERATIONS}: the least of {rounds}, and the median of each round's ratios to the floor."
    record("end-to-end", "\n\n".join([text, *(compared(each, service) for service in SERVICES)]), goals(each))
    draw(costs, lengths, ROOT / "benches" / "cost.svg")


def smoke():
    """That everything still works: every program, a few pages, a drawing."""
    lengths = [1, 20]
    costs = measure("dev", lengths, 1)
    with tempfile.TemporaryDirectory() as folder:
        draw(costs, lengths, Path(folder) / "cost.svg")
    print(f"{len(costs)} listings are complete")


def measure(profile, lengths, repeat):
    """The costs of each program, service and length, by round. A slow program has those of the first rounds."""
    programs = build(profile)
    costs = defaultdict(list)
    order = list(PROGRAMS)
    with serving(programs["server"], lengths) as urls:
        for turn in range(repeat):
            for service, arguments in SERVICES.items():
                for pages in lengths:
                    for program in order:
                        if program == SLOW and turn >= SLOW_REPEAT:
                            continue
                        command = [*programs[program], place(program, pages, urls), *arguments]
                        costs[program, service, pages].append(listing(command, pages))
            order.reverse()
            print(f"{turn + 1} of {repeat}", file=sys.stderr, flush=True)
    return costs


def build(profile):
    """The command of each program."""
    output("cargo", "build", "--quiet", "--locked", "-p", "ops-peers", "--all-features", "--bins", "--profile", profile)
    folder = TARGET / ("debug" if profile == "dev" else profile)
    programs = {program: [str(folder / program)] for program in [*PROGRAMS, "server"]}
    python = Path(output(ROOT / "tests" / "interop" / "venv")) / "python"
    programs[SLOW] = [str(python), "-B", str(ROOT / "benches" / "peers" / "boto3_peer.py")]
    return programs


@contextlib.contextmanager
def serving(command, lengths):
    """A server: the URL of each length. It ends with its input."""
    command = [*pinned(0), *command, *map(str, lengths)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield {pages: server.stdout.readline().strip() for pages in lengths}
        server.stdin.close()


def place(program, pages, urls):
    """Where a list of this length is for this program: at a URL, or in its memory."""
    return str(pages) if program == "in-memory" else urls[pages]


def pinned(core):
    """What goes before a command that is to have a core of its own; nothing where there is none."""
    if (os.cpu_count() or 1) < 2 or not shutil.which("taskset"):
        return []
    return ["taskset", "--cpu-list", str(core)]


def listing(command, pages):
    """Runs a program, which must list everything."""
    process = subprocess.Popen([*pinned(1), *command], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    timer = threading.Timer(PATIENCE_SECONDS, process.kill)
    timer.start()
    answer = process.stdout.read().split()
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0 or int(answer[0]) != pages * OPERATIONS:
        raise SystemExit(f"{command}: {pages} pages, exit {process.returncode}, said {answer}")
    return Cost(int(answer[1]), (usage.ru_utime + usage.ru_stime) * 1e6)


def per_page(costs, program, service, pages):
    """What a page costs, by round."""
    short = over(min, costs[program, service, 1])
    return [
        Cost(*((one - other) / (pages - 1) for one, other in zip(long, short, strict=True)))
        for long in costs[program, service, pages]
    ]


def over(pick, rounds):
    """What `pick` makes of all rounds: of their times, and of their CPU."""
    return Cost(*map(pick, zip(*rounds, strict=True)))


def ratio(costs, others):
    """The costs of one program by those of another: the median of the rounds that both have."""
    return over(median, [Cost(one.wall / other.wall, one.cpu / other.cpu) for one, other in zip(costs, others, strict=False)])


def compared(each, service):
    """What a page costs each program, and how many times that of the floor."""
    rows = []
    for program, name in PROGRAMS.items():
        least, times = over(min, each[program, service]), ratio(each[program, service], each["floor", service])
        rows.append((name, f"{least.wall:,.1f}", f"{times.wall:,.2f}", f"{least.cpu:,.1f}", f"{times.cpu:,.2f}"))
    return table([f"{service}, for each page", "wall, µs", "× floor", "CPU, µs", "× floor"], rows)


def goals(each):
    for service in SERVICES:
        for what, program, other, (cpu, wall) in (
            ("ops on hyper, of the floor's", "on-hyper", "floor", FLOOR[service]),
            ("ops on ureq, of that on hyper", "on-ureq", "on-hyper", ON_UREQ),
            ("ops on hyper, of one by hand", "on-hyper", "by-hand-hyper", AHEAD),
            ("ops on ureq, of one by hand", "on-ureq", "by-hand-ureq", AHEAD),
            ("ops on hyper, of the SDK's", "on-hyper", "sdk", AHEAD),
        ):
            times = ratio(each[program, service], each[other, service])
            yield Goal(f"{service}: CPU of {what}", times.cpu, cpu)
            yield Goal(f"{service}: time of {what}", times.wall, wall)


def draw(costs, lengths, path):
    least = {key: over(min, rounds) for key, rounds in costs.items()}
    panels = {
        service: {
            PROGRAMS[program]: [(pages * OPERATIONS, least[program, service, pages].cpu / 1e6) for pages in lengths]
            for program in PROGRAMS
        }
        for service in SERVICES
    }
    path.write_text(plot.svg("CPU of a whole program, by the length of its list", panels, "operations", "seconds"), encoding="utf-8")
