"""Whole programs that list the same pages of the same server, one after the other, over and over: the least of each counts.

The server has one core, the program another. What a page costs is what a long list costs more than one page, divided by the
pages between: connecting, starting up and an interpreter's imports do not count.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
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
# What ops may cost beside the floor: CPU, wall; and what that was beside a client written by hand, where these were set.
LIMITS = {"Cloud Map": (1.35, 1.2), "MSK Connect": (1.7, 1.35)}
BY_HAND = {"Cloud Map": (0.86, 0.96), "MSK Connect": (0.85, 0.87)}


class Cost(NamedTuple):
    """Microseconds."""

    wall: float
    cpu: float


def run(pages, repeat):
    lengths = sorted({1, 10, 100, pages})
    least = measure("release", lengths, repeat)
    each = {key: per_page(least, key, pages) for key in {(program, service) for program, service, _ in least}}
    rows = [
        (PROGRAMS[program], *(f"{number:,.1f}" for service in SERVICES for number in each[program, service]))
        for program in PROGRAMS
    ]
    header = ["µs for each page", *(f"{service}, {kind}" for service in SERVICES for kind in ("wall", "CPU"))]
    text = f"{pages:,} pages of {OPERATIONS}, the least of {repeat} runs ({SLOW}: {min(repeat, SLOW_REPEAT)}).\n\n{table(header, rows)}"
    record("end-to-end", text, goals(each))
    draw(least, lengths, ROOT / "benches" / "cost.svg")


def smoke():
    """That everything still works: every program, a few pages, a drawing."""
    lengths = [1, 20]
    least = measure("dev", lengths, 1)
    with tempfile.TemporaryDirectory() as folder:
        draw(least, lengths, Path(folder) / "cost.svg")
    print(f"{len(least)} listings are complete")


def measure(profile, lengths, repeat):
    """The least cost of each program, service and length."""
    programs = build(profile)
    least = {}
    with serving(programs["server"], lengths) as urls:
        for turn in range(repeat):
            for service, arguments in SERVICES.items():
                for pages in lengths:
                    for program in PROGRAMS:
                        if program == SLOW and turn >= SLOW_REPEAT:
                            continue
                        cost = listing([*programs[program], place(program, pages, urls), *arguments], pages)
                        key = program, service, pages
                        least[key] = Cost(*map(min, cost, least.get(key, cost)))
            print(f"{turn + 1} of {repeat}", file=sys.stderr, flush=True)
    return least


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


def per_page(least, key, pages):
    long, short = least[*key, pages], least[*key, 1]
    return Cost(*((one - other) / (pages - 1) for one, other in zip(long, short, strict=True)))


def goals(each):
    for service, (cpu, wall) in LIMITS.items():
        floor, hand, hyper, ureq = (each[program, service] for program in ("floor", "by-hand-hyper", "on-hyper", "on-ureq"))
        yield Goal(f"{service}: CPU of ops on hyper, of the floor's", hyper.cpu / floor.cpu, cpu)
        yield Goal(f"{service}: time of ops on hyper, of the floor's", hyper.wall / floor.wall, wall)
        cpu, wall = BY_HAND[service]
        yield Goal(f"{service}: CPU of ops on hyper, of one by hand", hyper.cpu / hand.cpu, cpu)
        yield Goal(f"{service}: time of ops on hyper, of one by hand", hyper.wall / hand.wall, wall)
        yield Goal(f"{service}: CPU of ops on ureq, of that on hyper", ureq.cpu / hyper.cpu, 1.2)
        yield Goal(f"{service}: time of ops on ureq, of that on hyper", ureq.wall / hyper.wall, 1.2)


def draw(least, lengths, path):
    panels = {
        service: {
            PROGRAMS[program]: [(pages * OPERATIONS, least[program, service, pages].cpu / 1e6) for pages in lengths]
            for program in PROGRAMS
        }
        for service in SERVICES
    }
    path.write_text(plot.svg("CPU of a whole program, by the length of its list", panels, "operations", "seconds"), encoding="utf-8")
