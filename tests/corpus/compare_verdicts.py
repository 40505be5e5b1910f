#!/usr/bin/env python3
#===- compare_verdicts.py - Our verdicts against wasm-validate's -----------===#
"""Runs validate_corpus and Debian's wasm-validate on every module of the corpus.

compare_verdicts.py VALIDATE_CORPUS SHARED_DIR [--features]

Prints a table of the verdicts and one line for each difference, with the reason
why it is right. A difference without a reason fails. With --features the
comparison is repeated with each feature switched off on both sides.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77

# wasm-validate 1.0.32 has WebAssembly 2.0 on by default, with SIMD.
BASE_FLAGS = ["--enable-tail-call", "--disable-simd"]
FEATURE_FLAGS = {
    "mutable-globals": "--disable-mutable-globals",
    "saturating-float-to-int": "--disable-saturating-float-to-int",
    "sign-extension": "--disable-sign-extension",
    "multi-value": "--disable-multi-value",
    "bulk-memory": "--disable-bulk-memory",
    "reference-types": "--disable-reference-types",
    "tail-call": None,
}

# wasm-validate switches these off, too: it has the second only on top of the first.
ALSO_WITHOUT = {"bulk-memory": "reference-types"}

# (feature switched off or None, ours is "ok" or "bad", pattern of the message of the side
# that rejects, why the two may differ). None at present.
REASONS = []


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("shared")
    parser.add_argument("--features", action="store_true")
    return parser.parse_args()


def our_verdicts(driver, files, without):
    features = [without, ALSO_WITHOUT.get(without)]
    options = [word for name in features if name for word in ("--without", name)]
    text = subprocess.run([driver, *options, *files], check=True, capture_output=True).stdout
    lines = text.decode(errors="replace").splitlines()
    assert len(lines) == len(files), "one line for each file"
    return [tuple(line.split(" ", 1)) for line in lines]


def their_verdict(file, flags):
    run = subprocess.run(["wasm-validate", *flags, file], capture_output=True)
    lines = (run.stdout + run.stderr).decode(errors="replace").splitlines()
    return ("bad" if run.returncode else "ok", lines[0] if lines else "")


def their_verdicts(files, without):
    flags = [flag for flag in BASE_FLAGS if not (without == "tail-call" and "tail" in flag)]
    if without and FEATURE_FLAGS[without]:
        flags.append(FEATURE_FLAGS[without])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda file: their_verdict(file, flags), files))


def reason_for(without, ours, theirs):
    rejecting = ours[1] if ours[0] == "bad" else theirs[1]
    for feature, verdict, pattern, reason in REASONS:
        if feature == without and verdict == ours[0] and re.search(pattern, rejecting):
            return reason
    return None


def compare(driver, root, files, without):
    """Prints one row and the differences; how many of them have no reason."""
    ours = our_verdicts(driver, files, without)
    theirs = their_verdicts(files, without)
    counts = collections.Counter((o[0], t[0]) for o, t in zip(ours, theirs))
    label = f"without {without}" if without else "all"
    print(f"{label:33} {counts['ok', 'ok']:5} {counts['bad', 'bad']:5} "
          f"{counts['ok', 'bad']:9} {counts['bad', 'ok']:10}")
    unexplained = 0
    for file, o, t in zip(files, ours, theirs):
        if o[0] == t[0]:
            continue
        reason = reason_for(without, o, t)
        unexplained += reason is None
        print(f"  {os.path.relpath(file, root)}\n    writ: {o[0]} {o[1] if o[0] == 'bad' else ''}"
              f"\n    wasm-validate: {t[0]} {t[1]}\n    reason: {reason or 'NONE KNOWN'}")
    return unexplained


def main():
    arguments = read_arguments()
    root = pathlib.Path(arguments.shared) / "contracts"
    files = sorted(str(path) for path in root.rglob("*.wasm"))
    if not files:
        print(f"skipped: no modules in {root}")
        return SKIPPED
    if not shutil.which("wasm-validate"):
        print("skipped: wasm-validate (Debian package wabt) is not installed")
        return SKIPPED
    print(f"{len(files)} modules             features   both   both   we alone  they alone")
    print(f"{'':33} {'valid':>5} {'bad':>5} {'accept':>9} {'accept':>10}")
    unexplained = compare(arguments.driver, root, files, None)
    for feature in FEATURE_FLAGS if arguments.features else []:
        unexplained += compare(arguments.driver, root, files, feature)
    print(f"{unexplained} differences without a reason")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
