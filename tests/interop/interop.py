"""Runs everything against one `ops` binary. The last line counts; the exit code is 0 if all of it holds."""

import signal
import sys
import traceback

import against_fake
import against_moto
import conformance
import conformance_moto
import differential
import documented
import scale
import shorthand
from harness import Checks, Ops, home

SECONDS = 300


def main(path):
    def out_of_time(*_):
        sys.exit(f"not done after {SECONDS} seconds")

    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(SECONDS)
    # So that servers are ended here as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    checks = Checks()
    with home() as folder:
        ops = Ops(path, folder)
        for part in (
            against_fake,
            against_moto,
            conformance,
            conformance_moto,
            differential,
            documented,
            scale,
            shorthand,
        ):
            before = checks.passed
            try:
                part.run(checks, ops)
            except Exception:  # What stops one part says nothing about the others.
                traceback.print_exc()
                checks.failed += 1
            print(f"{part.__name__}: {checks.passed - before} passed", flush=True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
