"""Instructions, by gungraun and valgrind: `benches/benches/instructions.rs` and `linear.rs`."""

import os
import platform
import re
import shutil
import sys
import tempfile
from pathlib import Path

from .results import ROOT, TARGET, Goal, locked, output, record, rustc, table

BASELINE = ROOT / "benches" / "instructions.txt"
# How far a count may be from its baseline.
MARGIN = 0.05
# What a page may cost: signed, in all; unsigned, more than the floor.
LIMITS = {"cloud_map": (350_000, 165_000), "kafka_connect": (620_000, 415_000)}
NAMES = {"cloud_map": "Cloud Map", "kafka_connect": "MSK Connect"}


def instructions(check, bless):
    if check and not shutil.which("valgrind"):
        print("skipped: there is no valgrind here")
        return 0
    counts = count("instructions")
    if check:
        return compare(counts)
    if bless:
        write_baseline(counts)
    goals = []
    for service, (signed, above) in LIMITS.items():
        decoding = counts[f"decode_{service}"] / counts[f"skip_{service}"]
        goals.append(Goal(f"{NAMES[service]}: decoding a page, of skipping it", decoding, 2))
        page = {kind: counts[f"{kind}_{service}_x100"] / 100 for kind in ("floor", "unsigned", "signed")}
        goals.append(Goal(f"{NAMES[service]}: a page, signed", page["signed"], signed, ""))
        goals.append(Goal(f"{NAMES[service]}: a page, unsigned, above the floor", page["unsigned"] - page["floor"], above, ""))
    rows = [(of_one(name), f"{number / divisor(name):,.0f}") for name, number in counts.items()]
    record("instructions", table(["what", "instructions"], rows), goals)
    return 0


def linear():
    counts = count("linear")
    rows, goals = [], []
    for service, name in NAMES.items():
        short, long = (counts[f"{service}.x{pages}"] / pages for pages in (100, 10_000))
        rows.append((name, f"{short:,.0f}", f"{long:,.0f}"))
        goals.append(Goal(f"{name}: between a page of 10,000 and one of 100", abs(long / short - 1) * 100, 5, "%"))
    record("linear", table(["instructions for each page", "of 100 pages", "of 10,000 pages"], rows), goals)


def count(bench):
    """The instructions of each function of a bench."""
    if not shutil.which("valgrind"):
        raise SystemExit("there is no valgrind here")
    with tempfile.TemporaryDirectory() as home:
        command = ["cargo", "bench", "--quiet", "--locked", "-p", "ops-benches", "--features", "instructions", "--bench", bench]
        path = os.pathsep.join([str(runner()), os.environ["PATH"]])
        output(*command, env={**os.environ, "PATH": path, "GUNGRAUN_HOME": home})
        return dict(sorted(map(total, Path(home).glob("**/callgrind.*.out"))))


def runner():
    """The folder of gungraun's runner, whose version has to be that of the library. It is built once."""
    version = locked("gungraun-runner")
    root = TARGET / f"gungraun-runner-{version}"
    folder = root / "bin"
    if not folder.exists():
        output("cargo", "install", "--quiet", "--locked", "gungraun-runner", "--version", version, "--root", root)
    return folder


def total(profile):
    """The name of a bench, which is that of its function unless it has several, and its count."""
    name = profile.name.removeprefix("callgrind.").removeprefix("instructions.").removesuffix(".out")
    return name, int(re.search(r"^totals: (\d+)$", profile.read_text(encoding="utf-8"), re.MULTILINE)[1])


def divisor(name):
    return 100 if name.endswith("_x100") else 1


def of_one(name):
    """What a count is of, in words."""
    return name.removesuffix("_x100").replace("_", " ")


def toolchain():
    """What counts depend on, beside the code."""
    host = re.search(r"^host: (.+)$", output("rustc", "--version", "--verbose"), re.MULTILINE)[1]
    libc = " ".join(platform.libc_ver())
    return f"# {rustc()}, {host}, {libc}; `benches/run instructions --bless` writes this file."


def write_baseline(counts):
    lines = [toolchain(), *(f"{name} {number}" for name, number in counts.items())]
    BASELINE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def compare(counts):
    """Fails if a count has grown, or if what is counted is not what the baseline has."""
    head, *lines = BASELINE.read_text(encoding="utf-8").splitlines()
    if head != toolchain():
        print(f"skipped: the baseline is of another toolchain\n  {head}\n  {toolchain()}")
        return 0
    baseline = {name: int(number) for name, number in map(str.split, lines)}
    problems = [f"{name}: not in the baseline" for name in counts.keys() - baseline.keys()]
    problems += [f"{name}: in the baseline alone" for name in baseline.keys() - counts.keys()]
    for name in sorted(counts.keys() & baseline.keys()):
        change = counts[name] / baseline[name] - 1
        text = f"{name}: {baseline[name]:,} -> {counts[name]:,} ({change:+.1%})"
        if change > MARGIN:
            problems.append(f"{text}: has grown")
        elif change < -MARGIN:
            print(f"{text}: has fallen; `--bless` would keep it so")
    print("\n".join(problems or [f"{len(counts)} counts are within {MARGIN:.0%} of their baseline, or below"]), file=sys.stderr)
    if problems:
        print("`benches/run instructions --bless` makes them the baseline, if that is meant", file=sys.stderr)
    return 1 if problems else 0
