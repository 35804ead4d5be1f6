"""Time, by criterion."""

import json
import os
import tempfile
from pathlib import Path

from .counts import NAMES
from .results import Goal, output, record, table

BENCHES = ("listing", "machine", "model")


def run():
    with tempfile.TemporaryDirectory() as home:
        benches = [argument for bench in BENCHES for argument in ("--bench", bench)]
        command = ["cargo", "bench", "--quiet", "--locked", "-p", "ops-benches", *benches]
        output(*command, env={**os.environ, "CRITERION_HOME": home})
        times = dict(sorted(map(time, Path(home).glob("**/new/benchmark.json"))))
    rows = [(name, f"{time:,.2f}", f"{error:,.2f}") for name, (time, error) in times.items()]
    text = f"Medians; of lists and the machine, for each page.\n\n{table(['bench', 'µs', '± µs'], rows)}"
    record("wall", text, goals({name: time for name, (time, _) in times.items()}))


def time(benchmark):
    """The name of a bench, its median and the error of that, in microseconds: for each of its elements, if it says how many."""
    bench = json.loads(benchmark.read_text(encoding="utf-8"))
    median = json.loads(benchmark.with_name("estimates.json").read_text(encoding="utf-8"))["median"]
    divisor = 1000 * (bench["throughput"] or {"Elements": 1})["Elements"]
    return bench["full_id"], (median["point_estimate"] / divisor, median["standard_error"] / divisor)


def goals(times):
    for service, name in NAMES.items():
        page = f"decode_page_of_100/{service}"
        yield Goal(f"{name}: decoding a page, of skipping it", times[f"{page}/ops"] / times[f"{page}/floor"], 2)
    yield Goal("a filter made and printed", times["filter/construct_and_print"], 0.2, "µs")
    yield Goal("a shorthand filter parsed", times["filter/parse_shorthand"], 1, "µs")
    machine = times["machine/pages"] - times["machine/floor"]
    yield Goal("a page of the machine, beyond its request and reply", machine, 2, "µs")
