"""Instructions of whole programs that list the same pages of the same server, runtime and sockets included, by valgrind.

What a page costs is what a list of 120 pages costs more than one of 20, divided by the pages between.
"""

import re
import shutil
import subprocess

from .end_to_end import ENVIRONMENT, PROGRAMS, SERVICES, SLOW, build, place, serving
from .results import Goal, record, table

LENGTHS = SHORT, LONG = 20, 120
# What a page of ops on hyper may cost.
LIMITS = {"Cloud Map": 350_000, "MSK Connect": 620_000}


def run():
    if not shutil.which("valgrind"):
        raise SystemExit("there is no valgrind here")
    programs = build("release")
    # An interpreter would take hours.
    del programs[SLOW]
    server = programs.pop("server")
    each = {}
    with serving(server, LENGTHS) as urls:
        for program, command in programs.items():
            for service, arguments in SERVICES.items():
                short, long = (count([*command, place(program, pages, urls), *arguments]) for pages in LENGTHS)
                each[program, service] = (long - short) / (LONG - SHORT)
    rows = [(PROGRAMS[program], *(f"{each[program, service]:,.0f}" for service in SERVICES)) for program in programs]
    goals = [
        Goal(f"{service}: a page of ops on hyper, signed", each["on-hyper", service], limit, "")
        for service, limit in LIMITS.items()
    ]
    record("programs", table(["instructions for each page", *SERVICES], rows), goals)


def count(command):
    """The instructions of a program, from its start to its end."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run([*valgrind, *command], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])
