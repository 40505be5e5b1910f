#!/usr/bin/env python3
"""Turns the examples in the dialect's .td files into a file of contract IR.

    llvm-tblgen --dump-json -I . -I <mlir includes> mlir-dialect/IR/ContractOps.td |
        tools/td-examples.py --writ-opt <writ-opt>

Each example becomes a module of its own, put into a function if it is not a declaration, next to
what examples may name: functions @double and @init, a memory, two tables. Values that an example
uses and does not define become parameters; writ-opt's complaints tell their types. Exit code 1 if
an op has no example or an example does not verify.
"""

import argparse
import json
import re
import subprocess
import sys

PRELUDE = """\
contract.func @double(i32) -> i32 import "env" "double"
contract.func @init() import "env" "init"
contract.table !contract.funcref 2
contract.table !contract.funcref 2
"""
SEPARATOR = "// -----\n"
WRONG_TYPE = re.compile(
    r"<stdin>:(\d+):\d+: error: use of value '(%\w+)' expects different type than prior uses: "
    r"'(.+?)' vs "
)


def examples_of(record):
    """The text after each "Example:", in backticks or in a fenced block."""
    text = record.get("description", "")
    found = re.findall(r"Example:\s*(?:```mlir\n(.*?)```|`([^`]+)`)", text, re.DOTALL)
    return [re.sub(r"(?m)^    ", "", block) or line + "\n" for block, line in found]


class Example:
    """One example and what is known of the values that it takes from outside."""

    def __init__(self, record, text):
        self.text = text
        self.mnemonic = record.get("opName")
        supers = record["!superclasses"]
        self.is_attribute = "AttrDef" in supers
        self.is_declaration = "Contract_Declaration" in supers or self.mnemonic == "func"
        self.is_terminator = any(t.get("def") == "Terminator" for t in record.get("traits", []))
        defined = set(re.findall(r"(%\w+)(?:, %\w+)* = ", text))
        used = re.findall(r"%\w+", text)
        self.types = {name: "i32" for name in used if name not in defined}

    def wrapped(self):
        if self.is_attribute:
            return f"module attributes {{contract.example = {self.text.strip()}}} {{}}\n"
        if self.is_declaration:
            prelude = PRELUDE.replace("@double(", "@doubled(") if "@double(" in self.text else PRELUDE
            return prelude + self.text
        parameters = ", ".join(f"{name}: {kind}" for name, kind in self.types.items())
        results = ""
        if self.is_terminator and ":" in self.text:
            results = " -> " + re.split(r":|->", self.text)[-1].strip()
        body = "  " + self.text + ("" if self.is_terminator else "  contract.trap unreachable\n")
        return f"{PRELUDE}contract.func @example({parameters}){results} frame 64 {{\n{body}}}\n"


def run(writ_opt, examples):
    """writ-opt's complaints about all examples, and the line each one starts at."""
    starts, text = [], ""
    for example in examples:
        starts.append(text.count("\n") + 1)
        text += example.wrapped() + SEPARATOR
    command = [writ_opt, "--split-input-file", "-"]
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return result, starts, text


def settle_types(writ_opt, examples):
    """Gives parameters the types that their uses ask for; the text when nothing is left to do."""
    while True:
        result, starts, text = run(writ_opt, examples)
        complaints = WRONG_TYPE.findall(result.stderr)
        if not complaints:
            return result, text
        for line, name, kind in complaints:
            owner = max(i for i, start in enumerate(starts) if start <= int(line))
            if examples[owner].types.get(name) != "i32":
                return result, text
            examples[owner].types[name] = kind


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writ-opt", default="writ-opt", help="the program that judges")
    records = json.load(sys.stdin)
    args = parser.parse_args()

    names = records["!instanceof"]["Contract_Op"] + records["!instanceof"]["AttrDef"]
    examples, failed = [], False
    for name in names:
        found = [Example(records[name], text) for text in examples_of(records[name])]
        if not found:
            print(f"error: {name} has no example; expected one", file=sys.stderr)
            failed = True
        examples += found
    result, text = settle_types(args.writ_opt, examples)
    sys.stdout.write(text)
    sys.stderr.write(result.stderr)
    return 1 if failed or result.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
