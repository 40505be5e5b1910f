#!/usr/bin/env python3
"""Show that compile stages are linear: instructions at n, 2n, 4n and 8n, from callgrind.

For each generator of scale_stages, runs every stage at four sizes and prints instructions
and growth for each doubling. Fails if any grows by more than --limit. Peak memory is
measured the same way, at --memory-factor times the sizes, in processes of their own.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

STAGES = ["read", "import", "meter", "verify", "translate", "singlepass",
          "wasm-small", "wasm-fast", "meter-only"]
# Below these, fixed costs and the steps in which containers grow are all there is.
MIN_INSTRUCTIONS = 300_000
MIN_KILOBYTES = 4_000


def instructions(binary, name, sizes):
    """{(n, stage): instructions} of one generator. A process for each size: in a heap that has been
    used, tables of pointers collide more or less by chance."""
    counts = {}
    for size in sizes:
        counts |= instructions_at(binary, name, size)
    return counts


def instructions_at(binary, name, size):
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no",
                   f"--callgrind-out-file={folder}/out", binary, name, str(size)]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"{name}: {run.stderr[-2000:]}")
        for path in glob.glob(folder + "/out*"):
            with open(path, errors="replace") as file:
                text = file.read()
            trigger = re.search(r"^desc: Trigger: Client Request: (\S+) (\d+) (\S+)$", text, re.M)
            total = re.search(r"^(?:totals|summary): (\d+)", text, re.M)
            if trigger and total:
                counts[int(trigger[2]), trigger[3]] = int(total[1])
    return counts


def peak_memory(binary, name, sizes):
    """[kilobytes] of one generator."""
    run = subprocess.run([binary, "--memory", name, *map(str, sizes)], capture_output=True,
                         text=True)
    if run.returncode != 0:
        sys.exit(f"{name}: {run.stderr[-2000:]}")
    return [int(line.split()[2]) for line in run.stdout.splitlines()]


def row(name, stage, values, unit, least, limit):
    """Print one line of the table; say whether the growth is within the limit."""
    growth = [b / a if a else 1.0 for a, b in zip(values, values[1:])]
    good = all(g <= limit or b < least for g, b in zip(growth, values[1:]))
    cells = "".join(f"{value / unit:11.2f}" for value in values)
    ratios = "".join(f"{g:7.2f}" for g in growth)
    print(f"{name:<20} {stage:<10}{cells}  {ratios}{'' if good else '  TOO MUCH'}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", help="the program scale_stages")
    parser.add_argument("--factor", type=float, default=1, help="times the usual sizes")
    parser.add_argument("--memory-factor", type=float, default=8)
    parser.add_argument("--limit", type=float, default=2.2, help="largest growth a doubling")
    parser.add_argument("--only", help="one generator")
    args = parser.parse_args()
    if not shutil.which("valgrind"):
        print("skipped: no valgrind")
        return 77
    listed = subprocess.run([args.binary, "--list"], capture_output=True, text=True, check=True)
    generators = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    print("millions of instructions (memory: MB, all stages, at "
          f"{args.memory_factor:g} times the sizes) at n, 2n, 4n, 8n; growth a doubling")
    good = True
    for name, n, what in generators:
        if args.only and name != args.only:
            continue
        sizes = [int(int(n) * args.factor) << i for i in range(4)]
        print(f"{name}: {what}, n = {sizes[0]}")
        counts = instructions(args.binary, name, sizes)
        for stage in STAGES:
            values = [counts[size, stage] for size in sizes]
            good &= row("", stage, values, 1e6, MIN_INSTRUCTIONS, args.limit)
        values = peak_memory(args.binary, name, [int(s * args.memory_factor) for s in sizes])
        good &= row("", "memory", values, 1e3, MIN_KILOBYTES, args.limit)
    print("linear" if good else f"some growth is above {args.limit}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
