#!/usr/bin/env python3
"""Runs the shipped examples on every tier and prints a table; fails if the tiers differ.

    tools/demo.py WRIT EXAMPLES_FOLDER
"""

import json
import pathlib
import subprocess
import sys

CALLS = [
    ("factorial.wasm", ["factorial", "20"]),
    ("factorial.wasm", ["factorial", "21"]),
    ("factorial.wasm", ["recursive", "100000"]),
    ("token.wasm", ["transfer", "1", "7", "250"]),
    ("token.wasm", ["main", "200000"]),
    ("merkle.wasm", ["main", "42", "1000"]),
    ("merkle.wasm", ["main", "42", "1000", "--gas", "1000000"]),
]
TIERS = ["interp", "singlepass", "llvm", "auto"]


def run(writ, examples, file, args, tier):
    command = [writ, "run", str(examples / file), *args, "--tier", tier, "--json", "-v"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"demo: {' '.join(command)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def outcome(report):
    if report["outcome"] == "trap":
        return "trap: " + report["trap"]["kind"]
    return " ".join(value["value"] for value in report["values"])


def milliseconds(report):
    times = dict(report["times_ms"])
    return sum(times.values()) - times.get("run", 0.0), times.get("run", 0.0)


def main():
    writ, examples = sys.argv[1], pathlib.Path(sys.argv[2])
    row = "{:<46} {:<11} {:<24} {:>12} {:>12} {:>10}"
    print(row.format("call", "tier", "outcome", "gas", "compile ms", "run ms"))
    different = 0
    for file, args in CALLS:
        seen = set()
        for tier in TIERS:
            report = run(writ, examples, file, args, tier)
            compiled, ran = milliseconds(report)
            print(row.format(" ".join([file, *args]), tier, outcome(report), report["gas_used"],
                             f"{compiled:.2f}", f"{ran:.2f}"))
            seen.add((outcome(report), report["gas_used"]))
        different += len(seen) != 1
    if different:
        sys.exit(f"demo: the tiers differ in {different} of {len(CALLS)} calls")
    print(f"All tiers agree on the outcome and the gas of all {len(CALLS)} calls.")


if __name__ == "__main__":
    main()
