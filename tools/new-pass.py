#!/usr/bin/env python3
"""Starts a pass of the contract dialect.

    tools/new-pass.py contract-verb-object "What it does in one line" [--module] [--root DIR]

Adds its definition to mlir-dialect/Transforms/Passes.td and its source to the build, and makes a
source file and a lit test. The new pass builds, runs and changes nothing; make its description true
next. With --module it runs on the whole module, else on each function.
"""

import argparse
import pathlib
import re
import sys

DEFINITION = """\
def {name} : Pass<"{flag}", "{anchor}"> {{
  let summary = "{summary}";
  let description = [{{
    {summary}.
  }}];
  let dependentDialects = ["::writ::contract::ContractDialect"];
}}

"""

SOURCE = """\
{first_line}
#include "mlir-dialect/Transforms/Passes.h"

using namespace mlir;

namespace writ::contract {{
#define GEN_PASS_DEF_{macro}
#include "mlir-dialect/Transforms/Passes.h.inc"
}} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

namespace {{
struct {name} : contract::impl::{name}Base<{name}> {{
  using {name}Base::{name}Base;

  void runOnOperation() override {{
    {op} {variable} = getOperation();
    (void){variable};
    markAllAnalysesPreserved();
  }}
}};
}} // namespace
"""

TEST = """\
// RUN: writ-opt %s --{flag} | FileCheck %s

// A function without anything to do is left as it is.
// CHECK-LABEL: contract.func @nothing
// CHECK-NEXT:    contract.return
contract.func @nothing() {{
  contract.return
}}
"""


def fail(message):
    sys.exit(f"new-pass.py: error: {message}")


def first_line(file, summary):
    text = f"//===- {file} - {summary} "
    return text + "-" * max(1, 75 - len(text)) + "===//"


def insert(path, text, before, what):
    """Puts `text` before the one line that starts with `before`."""
    old = path.read_text(encoding="utf-8")
    parts = re.split(f"(?m)^(?={re.escape(before)})", old)
    if len(parts) < 2:
        fail(f"{path}: no line starts with '{before}'; expected one to put {what} before")
    parts[-1] = text + parts[-1]
    path.write_text("".join(parts), encoding="utf-8")


def add_to_build(path, source):
    """Keeps the list of sources sorted."""
    lines = path.read_text(encoding="utf-8").split("\n")
    listed = [i for i, line in enumerate(lines) if re.match(r"  Transforms/\w+\.cpp\)?$", line)]
    if not listed:
        fail(f"{path}: lists no Transforms/*.cpp")
    after = [i for i in listed if lines[i].strip(" )") > source]
    if after:
        lines.insert(after[0], f"  {source}")
    else:
        lines[listed[-1]] = lines[listed[-1]].rstrip(")")
        lines.insert(listed[-1] + 1, f"  {source})")
    path.write_text("\n".join(lines), encoding="utf-8")


def create(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flag", help="contract-verb-object")
    parser.add_argument("summary", help="what it does, in five to eight words")
    parser.add_argument("--module", action="store_true", help="run on the module, not on functions")
    parser.add_argument("--root", type=pathlib.Path, help="the repository; by default this one",
                        default=pathlib.Path(__file__).resolve().parent.parent)
    args = parser.parse_args()

    if not re.fullmatch(r"contract(-[a-z0-9]+)+", args.flag):
        fail(f"'{args.flag}' is no flag; expected contract-verb-object")
    if '"' in args.summary or args.summary.endswith("."):
        fail("the summary has a quote or a full stop; expected plain words")
    name = "".join(word.capitalize() for word in args.flag.split("-")[1:])
    transforms = args.root / "mlir-dialect" / "Transforms"
    source = transforms / f"{name}.cpp"
    definitions = transforms / "Passes.td"
    if source.exists() or f'"{args.flag}"' in definitions.read_text(encoding="utf-8"):
        fail(f"{args.flag} exists already")

    values = {
        "name": name, "flag": args.flag, "macro": name.upper(), "summary": args.summary,
        "anchor": "::mlir::ModuleOp" if args.module else "::writ::contract::FuncOp",
        "op": "ModuleOp" if args.module else "FuncOp",
        "variable": "module" if args.module else "func",
        "first_line": first_line(source.name, args.summary),
    }
    insert(definitions, DEFINITION.format(**values), "#endif", "the definition")
    print(definitions)
    add_to_build(args.root / "mlir-dialect" / "CMakeLists.txt", f"Transforms/{source.name}")
    create(source, SOURCE.format(**values))
    tests = args.root / "tests" / "lit" / "mlir-dialect" / "Transforms"
    create(tests / f"{args.flag}.mlir", TEST.format(**values))
    print("next: build, `ninja update-reference`, and docs/how-to.md")


if __name__ == "__main__":
    main()
