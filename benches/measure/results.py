"""`benches/RESULTS.md`: a region for each measure, and one table of all goals."""

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "benches" / "RESULTS.md"
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")


class Goal(NamedTuple):
    """A number that is to be no larger than its limit."""

    what: str
    number: float
    limit: float
    unit: str = "×"

    @property
    def is_met(self):
        return self.number <= self.limit

    def row(self, measure):
        verdict = "met" if self.is_met else "**missed**"
        return f"| {measure} | {self.what} | ≤ {amount(self.limit, self.unit)} | {amount(self.number, self.unit)} | {verdict} |"


def amount(number, unit):
    digits = 0 if number >= 1000 else 2
    return f"{number:,.{digits}f}{unit if unit == '×' else ' ' + unit if unit else ''}"


def table(header, rows, numbers_from=1):
    """A table whose columns are right-aligned but for the first ones."""
    marks = ["---" if column < numbers_from else "---:" for column in range(len(header))]
    lines = [header, marks, *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def record(measure, text, goals):
    """Prints what was measured, and puts it and its goals where those of the last time stood."""
    rows = [goal.row(measure) for goal in goals]
    text = f"{machine()}\n\n{text}"
    print(text, *rows, sep="\n", flush=True)
    results = RESULTS.read_text(encoding="utf-8")
    results = replace(results, measure, text)
    others = region(results, "goals").splitlines()
    head, others = others[:2], [row for row in others[2:] if not row.startswith(f"| {measure} |")]
    order = re.findall(r"^<!-- begin (.+) -->$", results, re.MULTILINE)
    rows = sorted(others + rows, key=lambda row: order.index(row.split("|")[1].strip()))
    RESULTS.write_text(replace(results, "goals", "\n".join(head + rows)), encoding="utf-8")


def region(text, name):
    return re.search(marks(name), text, re.DOTALL)[2]


def replace(text, name, content):
    found = re.search(marks(name), text, re.DOTALL)
    return f"{text[: found.start(2)]}{content}{text[found.end(2) :]}"


def marks(name):
    return rf"(<!-- begin {name} -->\n)(.*?)(\n<!-- end {name} -->)"


def machine():
    """When and where: what a number depends on, and nothing that only this machine is called."""
    info = Path("/proc/cpuinfo")
    found = info.exists() and re.search(r"^model name\s*: (.+)$", info.read_text(encoding="utf-8"), re.MULTILINE)
    processor = found[1] if found else platform.machine()
    kernel = re.match(r"[\d.]*\d", platform.release())[0]
    return (
        f"{datetime.datetime.now(datetime.timezone.utc).date()}; {processor}, {os.cpu_count()} cores; "
        f"{platform.system()} {kernel}; {rustc()}"
    )


def rustc():
    return " ".join(output("rustc", "--version").split()[:2])


def output(*command, **options):
    """What a command prints, which may not fail."""
    done = subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE, **options)
    return done.stdout.strip()


def locked(name):
    """The version of a crate in `Cargo.lock`."""
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    return re.search(rf'name = "{name}"\nversion = "(.+)"', lock)[1]
