#!/usr/bin/env python3
"""Writes the golden vectors beside this file, or with --check compares them with what botocore makes now."""

import argparse
import json
import pathlib
import sys

sys.dont_write_bytecode = True

import gen_endpoints
import gen_requests
import gen_responses
import gen_retry
import offline

FOLDER = pathlib.Path(__file__).parent
GENERATORS = {
    "requests.json": gen_requests,
    "responses.json": gen_responses,
    "endpoints.json": gen_endpoints,
    "retry.json": gen_retry,
}


def differences(path, committed, made):
    """Where two JSON values differ, one line each."""
    if type(committed) is not type(made):
        yield f"{path}: {shown(committed)} is committed, {shown(made)} is made"
    elif isinstance(committed, dict):
        for name in committed | made:
            if name not in committed or name not in made:
                yield f"{path}.{name}: only {'committed' if name in committed else 'made'}"
            else:
                yield from differences(f"{path}.{name}", committed[name], made[name])
    elif isinstance(committed, list):
        if len(committed) != len(made):
            yield f"{path}: {len(committed)} entries are committed, {len(made)} are made"
        for index, pair in enumerate(zip(committed, made)):
            name = pair[0].get("id", index) if isinstance(pair[0], dict) else index
            yield from differences(f"{path}[{name}]", *pair)
    elif committed != made:
        yield f"{path}: {shown(committed)} is committed, {shown(made)} is made"


def shown(value):
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if anything differs")
    check = parser.parse_args().check
    offline.isolate()
    found = 0
    for name, generator in GENERATORS.items():
        made = json.dumps(generator.generate(), indent=1)
        if not check:
            (FOLDER / name).write_text(made)
            continue
        committed = json.loads((FOLDER / name).read_text())
        for line in differences(name, committed, json.loads(made)):
            print(line)
            found += 1
    if check:
        print(f"{found} differences" if found else "everything is as committed")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
