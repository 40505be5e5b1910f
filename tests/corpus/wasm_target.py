"""Emitted forms of all real modules: whether they validate, how large they are, and what they compute.

usage: wasm_target.py WRIT RUN_CONTRACTS SHARED-DIR
"""

import csv
import pathlib
import subprocess
import sys
import tempfile

WRIT, RUN_CONTRACTS, SHARED = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
CONTRACTS = SHARED / "contracts"
FEATURES = "+bulk-memory,+reference-types,+multi-value,+saturating-float-to-int,+tail-call"
FORMS = {"without metering": ["--no-metering"], "metered": [],
         "metered, without writ.charges": ["--no-charges"],
         "metered, with names and positions": ["--names", "--positions"],
         "metered in place, --size 0": ["--meter-only", "--size", "0"]}
HERE = pathlib.Path(__file__).resolve().parent


def emit(module, options, output):
    return subprocess.run([WRIT, "compile", module, "--target", "wasm32", "--wasm-features",
                           FEATURES, "-o", output, *options], capture_output=True, text=True)


def emit_all(modules, folder, form, failures):
    """The sizes of what is emitted, over those of the input, by module."""
    made = {}
    for number, module in enumerate(modules):
        output = folder / f"{number}.wasm"
        done = emit(CONTRACTS / module["file"], FORMS[form], output)
        if done.returncode != 0:
            if "SIMD" not in done.stderr:
                failures.append(done.stderr.strip())
            continue
        made[module["file"]] = (int(module["size"]), output)
        valid = subprocess.run(["wasm-validate", "--enable-tail-call", output],
                               capture_output=True, text=True)
        if valid.returncode != 0:
            failures.append(f"{module['file']}: {valid.stderr.strip()}")
    valid = subprocess.run(["node", "-e", VALIDATE, *[str(path) for _, path in made.values()]],
                           capture_output=True, text=True)
    failures += valid.stdout.splitlines() + ([valid.stderr] if valid.returncode else [])
    return {name: path.stat().st_size / size for name, (size, path) in made.items()}


VALIDATE = """
for (const path of process.argv.slice(1))
  if (!WebAssembly.validate(require('fs').readFileSync(path))) console.log(path + ': V8 refuses it');
"""


def print_row(title, ratios):
    ratios = sorted(ratios)
    p90 = ratios[int(len(ratios) * 0.9)]
    print(f"{title:<36} {len(ratios):>4} modules  median {ratios[len(ratios) // 2]:.3f}  "
          f"p90 {p90:.3f}  largest {ratios[-1]:.3f}", flush=True)


def check_sizes(folder, failures):
    with open(CONTRACTS / "MANIFEST.tsv", newline="") as table:
        modules = [row for row in csv.DictReader(table, delimiter="\t") if row["valid"] == "True"]
    modules.sort(key=lambda row: row["file"])
    sizes = {row["file"]: int(row["size"]) for row in modules}
    for form in FORMS:
        ratios = emit_all(modules, folder, form, failures)
        print_row(form, ratios.values())
        print_row("  of at least 1 kB", [r for name, r in ratios.items() if sizes[name] >= 1000])


def check_calls(folder, failures):
    """The calls of ewasm/inputs, with the gas that they use on the native tiers."""
    lines = subprocess.run([RUN_CONTRACTS, CONTRACTS, "--interp"], capture_output=True, text=True).stdout
    expected = folder / "expected.txt"
    expected.write_text(lines)
    for options in ([], ["--meter-only"]):
        done = subprocess.run(["node", HERE / "ewasm.mjs", WRIT, CONTRACTS, expected, *options],
                              capture_output=True, text=True)
        print(*options, done.stdout, end="")
        if done.returncode != 0:
            failures.append(f"ewasm calls {options}: {done.stderr}")


def main():
    if not (CONTRACTS / "MANIFEST.tsv").exists() or \
            subprocess.run([HERE.parent / "support/has-node"]).returncode != 0:
        print("skipped: no contracts, or no node 20.15 or later")
        return 77
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        check_calls(pathlib.Path(folder), failures)
        check_sizes(pathlib.Path(folder), failures)
    print(*failures, f"{len(failures)} failures", sep="\n")
    return 1 if failures else 0


sys.exit(main())
