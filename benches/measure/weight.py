"""What a program weighs that lists: the time to build it from nothing, its size, and how many crates it takes."""

import os
import resource
import tempfile
import time
from pathlib import Path

from .end_to_end import PROGRAMS
from .results import Goal, output, record, table

WEIGHED = ("on-hyper", "on-ureq", "by-hand-hyper", "by-hand-ureq", "sdk")
MEGABYTE = 1_000_000


def run():
    output("cargo", "fetch", "--locked")
    built = {program: build(program) for program in WEIGHED}
    taken = {program: len(crates("ops-peers", "--features", program)) - 1 for program in WEIGHED}
    model = len(crates("ops-model"))
    rows = [
        (PROGRAMS[program], f"{wall:,.0f}", f"{cpu:,.0f}", f"{size / MEGABYTE:.2f}", taken[program])
        for program, (wall, cpu, size) in built.items()
    ]
    text = table(["program", "build, s", "build, CPU s", "size, MB", "crates below it"], rows)
    text += f"\n\n`ops-model` alone is {model} crates, itself included."
    hyper, ureq, sdk = (built[program] for program in ("on-hyper", "on-ureq", "sdk"))
    goals = [
        Goal("build time of ops on hyper, of the SDK's", hyper[0] / sdk[0], 0.3),
        Goal("size of ops on hyper", hyper[2] / MEGABYTE, 3, "MB"),
        Goal("size of ops on ureq", ureq[2] / MEGABYTE, 2.8, "MB"),
        Goal("crates of `ops-model` alone", model, 25, ""),
    ]
    record("weight", text, goals)


def build(program):
    """Seconds, seconds of CPU, and bytes."""
    with tempfile.TemporaryDirectory() as target:
        start, before = time.monotonic(), children()
        output(
            *("cargo", "build", "--quiet", "--locked", "--offline", "--release", "-p", "ops-peers"),
            *("--features", program, "--bin", program, "--target-dir", target),
        )
        taken = time.monotonic() - start, children() - before
        return *taken, os.path.getsize(Path(target) / "release" / program)


def children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def crates(package, *features):
    """A package and everything below it that is built for it, proc macros and their like included."""
    tree = output("cargo", "tree", "--locked", "-p", package, "-e", "normal,build", "--prefix", "none", "--no-dedupe", *features)
    return {tuple(line.split()[:2]) for line in tree.splitlines()}
