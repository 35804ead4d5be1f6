"""Allocations and peaks, by `benches/benches/memory.rs`."""

import json

from .results import Goal, output, record, table

SERVICES = {"cloud_map": "Cloud Map", "kafka_connect": "MSK Connect"}


def run(check):
    """Records what lists take; or, with short lists and a debug build, says whether the goals are met."""
    command = "test" if check else "bench"
    lines = output("cargo", command, "--quiet", "--locked", "-p", "ops-benches", "--bench", "memory").splitlines()
    rows, goals = [], []
    for line in map(json.loads, lines):
        service = f"{SERVICES[line['service']]}, {'signed' if line['signed'] else 'unsigned'}"
        for operations, allocations, peak in zip(line["operations"], line["allocations"], line["peak_bytes"], strict=True):
            rows.append((service, f"{operations:,}", f"{allocations / operations:.3f}", f"{peak:,}"))
        few, many = line["operations"]
        short, long = line["peak_bytes"]
        goals.append(Goal(f"{service}: allocations for each operation", line["allocations"][1] / many, 1.1, ""))
        goals.append(Goal(f"{service}: peak of {many:,} operations, of that of {few:,}", long / short, 1.1))
    if check:
        print(*(goal.row("memory") for goal in goals), sep="\n")
        return 0 if all(goal.is_met for goal in goals) else 1
    record("memory", table(["service", "operations", "allocations each", "peak, bytes"], rows), goals)
    return 0
