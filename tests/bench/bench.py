#!/usr/bin/env python3
"""Speed of all tiers against native code, on the twelve kernels, in one run.

CPU seconds of one call of each kernel, in a process of its own, with the engines taking turns;
the least of --reps runs counts (of --interp-reps for interpreters). "Native" is the fastest of
three builds by clang. Every checksum is compared with the native one. Then compile speed on the
largest real module, and the start-up time of `writ run`. Exit code 1 if a checksum is wrong.
"""
import argparse
import math
import os
import shutil
import subprocess
import sys
import time

NATIVE = {"O3": ["-O3"], "O3-v3": ["-O3", "-march=x86-64-v3"],
          "O2-novec": ["-O2", "-fno-vectorize", "-fno-slp-vectorize"]}
TARGETS = {"llvm": 1.28, "singlepass": 2.2, "interp": 15.0}
SHARES = {"llvm": 5, "singlepass": 8}  # Of metering, in per cent.
ENGINES = [tier + kind for tier in TARGETS for kind in ("", "-unmetered")]
NODE = {"node-liftoff": ["--liftoff", "--no-wasm-tier-up"], "node-turbofan": ["--no-liftoff"]}
HERE = os.path.dirname(os.path.abspath(__file__))


def read_sizes(shared):
    with open(f"{shared}/bench/kernels/sizes.txt", encoding="ascii") as file:
        return {name: int(size) for name, size in map(str.split, file)}


def build_native(shared, work, kernels, clang):
    """Shared libraries of all kernels, three builds each."""
    os.makedirs(work, exist_ok=True)
    for kernel in kernels:
        for flavour, flags in NATIVE.items():
            source, target = f"{shared}/bench/kernels/{kernel}.c", f"{work}/{kernel}.{flavour}.so"
            if not os.path.exists(target):
                subprocess.run([clang, *flags, "-ffp-contract=off", "-shared", "-fPIC", source,
                                "-o", target], check=True)


def commands(args, kernel, size):
    """{engine: command} for one kernel."""
    wasm = f"{args.shared}/bench/wasm/{kernel}.wasm"
    found = {f"native {flavour}": [args.bench_run, "native", f"{args.work}/{kernel}.{flavour}.so"]
             for flavour in NATIVE}
    for engine in ENGINES:
        found[engine] = [args.bench_run, engine, wasm]
    if shutil.which("node") and not args.no_node:
        for engine, flags in NODE.items():
            found[engine] = ["node", *flags, f"{HERE}/node.cjs", wasm]
    return {engine: command + [str(size)] for engine, command in found.items()}


def measure(args, sizes):
    """{kernel: {engine: least seconds}}, and the number of wrong checksums."""
    times = {kernel: {} for kernel in sizes}
    checksums, wrong = {}, 0
    for rep in range(args.reps):
        for kernel, size in sizes.items():
            for engine, command in commands(args, kernel, size).items():
                if engine.startswith("interp") and rep >= args.interp_reps:
                    continue
                run = subprocess.run(command, capture_output=True, text=True)
                if run.returncode != 0:
                    print(f"{kernel} on {engine}: {run.stderr.strip()}")
                    wrong += 1
                    continue
                checksum, seconds = run.stdout.split()[:2]
                if checksums.setdefault(kernel, checksum) != checksum:
                    print(f"{kernel} on {engine}: {checksum}, expected {checksums[kernel]}")
                    wrong += 1
                best = times[kernel]
                best[engine] = min(best.get(engine, math.inf), float(seconds))
    return times, wrong


def geomean(values):
    values = [v for v in values if v]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def print_kernels(times):
    """The table of ratios to native; {engine: geometric mean}."""
    engines = [*ENGINES, *NODE]
    ratios = {engine: [] for engine in engines}
    print(f"{'kernel':<10}{'native s':>10}" + "".join(f"{e:>18}" for e in engines))
    for kernel, best in times.items():
        native = min(v for e, v in best.items() if e.startswith("native"))
        line = f"{kernel:<10}{native:>10.3f}"
        for engine in engines:
            ratio = best[engine] / native if engine in best else None
            ratios[engine].append(ratio)
            line += f"{ratio:>18.2f}" if ratio else f"{'-':>18}"
        print(line)
    means = {engine: geomean(ratios[engine]) for engine in engines}
    print(f"{'geomean':<20}" + "".join(f"{means[e]:>18.3f}" for e in engines))
    for tier, target in TARGETS.items():
        share = (means[tier] / means[tier + "-unmetered"] - 1) * 100
        goal = f" (goal: at most {SHARES[tier]} %)" if tier in SHARES else ""
        print(f"{tier} with metering: {means[tier]:.3f} times native (goal: at most {target}); "
              f"metering adds {share:.1f} %{goal}")
    return means


def code_section(path):
    """Size of the code section of a module, in bytes; 0 if it has none."""
    with open(path, "rb") as file:
        data = file.read()
    at = 8
    while at < len(data):
        kind, at = data[at], at + 1
        size, shift = 0, 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                break
        if kind == 10:
            return size
        at += size
    return 0


def print_compile(args):
    """Compile speed on the valid module with the most code."""
    with open(f"{args.shared}/contracts/MANIFEST.tsv", encoding="utf-8") as file:
        rows = [line.split("\t") for line in file.readlines()[1:]]
    paths = [f"{args.shared}/contracts/{row[0]}" for row in rows
             if row[5] == "True" and "simd" not in row[6]]
    largest = max(paths, key=code_section)
    size = code_section(largest) / 1e6
    print(f"\ncompile of {os.path.basename(largest)}, {size:.3f} MB of code")
    for tier in ["interp", "singlepass", "llvm"]:
        run = subprocess.run([args.bench_run, "compile", tier, largest], capture_output=True,
                             text=True)
        if run.returncode != 0:
            print(f"  {tier}: {run.stderr.strip()}")
            continue
        fields = run.stdout.split()
        stages = zip(fields[3::2], fields[4::2])
        print(f"  {tier}: {size / float(fields[2]):.3f} MB/s, {fields[2]} s: "
              + ", ".join(f"{name} {float(seconds):.3f} s" for name, seconds in stages))


def print_start(args):
    """Wall time of whole processes."""
    command = [args.writ, "run", f"{args.shared}/bench/wasm/fib.wasm", "run", "5", "--tier",
               "interp"]
    walls = []
    for _ in range(30):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        walls.append((time.perf_counter() - start) * 1e3)
    walls.sort()
    print(f"\nwrit run of a small module on the interpreter, whole process: least {walls[0]:.1f} "
          f"ms, median {walls[15]:.1f} ms (goal: at most 15 ms, release build)")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="build directory, e.g. build/release")
    parser.add_argument("--shared", default=f"{HERE}/../../../shared")
    parser.add_argument("--work", help="where the native builds go; default: in the build directory")
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--interp-reps", type=int, default=1)
    parser.add_argument("--kernels", help="only these, with commas")
    parser.add_argument("--scale", type=float, default=1, help="times the kernels' sizes")
    parser.add_argument("--clang", default="clang-22")
    parser.add_argument("--no-node", action="store_true")
    parser.add_argument("--no-compile", action="store_true", help="leave out compile and start-up")
    args = parser.parse_args()
    args.bench_run, args.writ = f"{args.build}/bin/bench_run", f"{args.build}/bin/writ"
    args.work = args.work or f"{args.build}/bench-native"
    if not os.path.isdir(f"{args.shared}/bench/kernels"):
        print(f"skipped: no {args.shared}/bench/kernels")
        return 77
    sizes = {kernel: max(1, int(size * args.scale))
             for kernel, size in read_sizes(args.shared).items()
             if not args.kernels or kernel in args.kernels.split(",")}
    build_native(args.shared, args.work, sizes, args.clang)
    times, wrong = measure(args, sizes)
    print_kernels(times)
    if not args.no_compile:
        print_compile(args)
        print_start(args)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
