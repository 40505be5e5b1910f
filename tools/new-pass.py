#!/usr/bin/env python3
"""Starts a pass of the contract dialect: definition, source file, build entry and lit test.

    tools/new-pass.py contract-VERB-OBJECT "Summary, one line, without full stop" [--module]

The name is dialect, verb and object, such as contract-hoist-charges. The pass works on one
`contract.func`, or with --module on the whole module. It builds, is registered with writ-opt and
its test passes; it changes nothing yet.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "mlir-dialect"
TESTS = ROOT / "tests/lit/mlir-dialect/Transforms"

DEFINITION = """
def {camel} : Pass<"{flag}", "{anchor}"> {{
  let summary = "{summary}";
  let description = [{{
    {summary}.
  }}];
  let dependentDialects = ["::writ::contract::ContractDialect"];
}}
"""

SOURCE = """{first_line}
#include "mlir-dialect/Transforms/Passes.h"

using namespace mlir;

namespace writ::contract {{
#define GEN_PASS_DEF_{upper}
#include "mlir-dialect/Transforms/Passes.h.inc"
}} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

namespace {{
struct {camel} : contract::impl::{camel}Base<{camel}> {{
  void runOnOperation() override {{
    getOperation().walk([&](Operation *op) {{ (void)op; }});
  }}
}};
}} // namespace
"""

TEST = """// RUN: writ-opt %s --{flag} | FileCheck %s

// What the pass has nothing to do with stays as it is.
// CHECK-LABEL: contract.func @unchanged
// CHECK-NEXT:    contract.return
contract.func @unchanged() {{
  contract.return
}}
"""


def first_line(name, summary):
    start = f"//===- {name} - {summary} "
    return start + "-" * max(3, 80 - len(start) - 5) + "===//"


def insert_before(path, marker, text):
    """Puts `text` before the last line that is `marker`."""
    contents = path.read_text()
    at = contents.rindex("\n" + marker)
    path.write_text(contents[:at].rstrip("\n") + "\n" + text + contents[at:])


def add_to_build(name):
    """Keeps the list of Transforms/*.cpp sorted."""
    path = FOLDER / "CMakeLists.txt"
    contents = path.read_text()
    files = re.findall(r"^  Transforms/\S+?\.cpp", contents, re.M)
    block = "\n".join(files)
    new = "\n".join(sorted(files + [f"  Transforms/{name}"]))
    if block not in contents:
        sys.exit(f"new-pass: {path}: the files of Transforms/ do not stand together")
    path.write_text(contents.replace(block, new))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("flag", help="contract-VERB-OBJECT")
    parser.add_argument("summary", help="one line, without full stop")
    parser.add_argument("--module", action="store_true", help="work on the module, not on a function")
    options = parser.parse_args()
    if not re.fullmatch(r"contract(-[a-z0-9]+)+", options.flag):
        sys.exit(f"new-pass: '{options.flag}': expected contract-verb-object, in lower case")
    words = options.flag.split("-")[1:]
    camel = "".join(word.capitalize() for word in words)
    source, test = FOLDER / "Transforms" / f"{camel}.cpp", TESTS / f"{options.flag}.mlir"
    passes = FOLDER / "Transforms/Passes.td"
    if source.exists() or test.exists() or f'"{options.flag}"' in passes.read_text():
        sys.exit(f"new-pass: there is a pass {options.flag} already")
    values = {
        "camel": camel,
        "upper": camel.upper(),
        "flag": options.flag,
        "summary": options.summary,
        "anchor": "::mlir::ModuleOp" if options.module else "::writ::contract::FuncOp",
        "first_line": first_line(source.name, options.summary),
    }
    insert_before(passes, "#endif", DEFINITION.format(**values))
    add_to_build(source.name)
    source.write_text(SOURCE.format(**values))
    test.write_text(TEST.format(**values))
    for path in (passes, FOLDER / "CMakeLists.txt", source, test):
        print(path.relative_to(ROOT))
    print("then: ninja update-reference, and docs/how-to.md")


if __name__ == "__main__":
    main()
