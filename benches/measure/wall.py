"""Time, by criterion."""

import json
import os
import tempfile
from pathlib import Path

from .results import output, record, table

BENCHES = ("model", "listing")


def run():
    with tempfile.TemporaryDirectory() as home:
        benches = [argument for bench in BENCHES for argument in ("--bench", bench)]
        command = ["cargo", "bench", "--quiet", "--locked", "-p", "ops-benches", *benches]
        output(*command, env={**os.environ, "CRITERION_HOME": home})
        rows = sorted(map(row, Path(home).glob("**/new/benchmark.json")))
    record("wall", table(["bench", "µs", "± µs"], rows), [])


def row(benchmark):
    name = json.loads(benchmark.read_text(encoding="utf-8"))["full_id"]
    mean = json.loads(benchmark.with_name("estimates.json").read_text(encoding="utf-8"))["mean"]
    return name, f"{mean['point_estimate'] / 1000:,.2f}", f"{mean['standard_error'] / 1000:,.2f}"
