"""Allocations and peaks, by `benches/benches/memory.rs`."""

import json

from .results import Goal, output, record, table

SERVICES = {"cloud_map": "Cloud Map", "kafka_connect": "MSK Connect"}


def run():
    lines = output("cargo", "bench", "--quiet", "--locked", "-p", "ops-benches", "--bench", "memory").splitlines()
    rows, goals = [], []
    for line in map(json.loads, lines):
        service = f"{SERVICES[line['service']]}, {'signed' if line['signed'] else 'unsigned'}"
        for operations, allocations, peak in zip(line["operations"], line["allocations"], line["peak_bytes"], strict=True):
            rows.append((service, f"{operations:,}", f"{allocations / operations:.3f}", f"{peak:,}"))
        short, long = line["peak_bytes"]
        goals.append(Goal(f"{service}: allocations for each operation", line["allocations"][1] / line["operations"][1], 1.1, ""))
        goals.append(Goal(f"{service}: peak of 1,000,000 operations, of that of 10,000", long / short, 1.1))
    record("memory", table(["service", "operations", "allocations each", "peak, bytes"], rows), goals)
