"""Time, by criterion."""

import json
import os
import tempfile
from pathlib import Path

from .counts import NAMES
from .results import Goal, output, record, table

BENCHES = ("listing", "machine", "model")
# What `machine` lists in one turn.
PAGES = 200


def run():
    with tempfile.TemporaryDirectory() as home:
        benches = [argument for bench in BENCHES for argument in ("--bench", bench)]
        command = ["cargo", "bench", "--quiet", "--locked", "-p", "ops-benches", *benches]
        output(*command, env={**os.environ, "CRITERION_HOME": home})
        times = dict(sorted(map(time, Path(home).glob("**/new/benchmark.json"))))
    rows = [(name, f"{mean:,.2f}", f"{error:,.2f}") for name, (mean, error) in times.items()]
    record("wall", table(["bench", "µs", "± µs"], rows), goals({name: mean for name, (mean, _) in times.items()}))


def time(benchmark):
    """The name of a bench, its mean and the error of that, in microseconds."""
    name = json.loads(benchmark.read_text(encoding="utf-8"))["full_id"]
    mean = json.loads(benchmark.with_name("estimates.json").read_text(encoding="utf-8"))["mean"]
    return name, (mean["point_estimate"] / 1000, mean["standard_error"] / 1000)


def goals(times):
    for service, name in NAMES.items():
        page = f"decode_page_of_100/{service}"
        yield Goal(f"{name}: decoding a page, of skipping it", times[f"{page}/ops"] / times[f"{page}/floor"], 2)
    yield Goal("a filter made and printed", times["filter/construct_and_print"], 0.2, "µs")
    yield Goal("a shorthand filter parsed", times["filter/parse_shorthand"], 1, "µs")
    yield Goal("a page of the machine, beyond the request", (times["machine/items"] - times["machine/encode"]) / PAGES, 2, "µs")
