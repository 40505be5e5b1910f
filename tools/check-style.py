#!/usr/bin/env python3
"""Checks what the house style says and a compiler does not.

    tools/check-style.py [--format] [FILE...]

Without files, checks every tracked or new file of the repository. Prints one line for each
finding and exits with 1 if there are any. What only deserves another look (a file of more than
500 lines) is printed, but is no error. --format also runs clang-format.
"""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

MAX_FUNCTION = 60
LOOK_AGAIN = 500
MAX_FILE = 1000

# Which of our folders a folder may include, besides itself (DESIGN: "Where things are").
MAY_INCLUDE = {
    "hostabi": set(),
    "cache": {"hostabi"},
    "mlir-dialect": {"hostabi"},
    "frontend": {"mlir-dialect", "hostabi"},
    "lowering": {"mlir-dialect", "hostabi"},
    "jit": {"frontend", "mlir-dialect", "lowering", "cache", "hostabi"},
}
LAYERS = set(MAY_INCLUDE) | {"tools", "tests", "examples"}

# Each kernel is built by itself, in whatever folder it lies.
SELF_CONTAINED = "tests/bench/kernels/"

# What executes an artifact links neither LLVM nor MLIR (law 7).
NO_COMPILER = ("hostabi/", "jit/capi/", "jit/image/", "jit/runtime/", "cache/")

SOURCE = {".cpp", ".h", ".c", ".S"}
TABLE = {".def", ".td"}
TEXT = SOURCE | TABLE | {".py", ".md", ".txt", ".cmake", ".mlir", ".wat", ".sh", ".schedule", ".test"}

FIRST_LINE = re.compile(r"^(//|/\*|#)===- (\S+) - (.+?) -*===(//|\*\\|\*/|#)$")


def repository_files():
    """What is tracked, and new files in folders of ours: whatever else lies about is not our concern."""
    def listed(*options):
        return subprocess.run(["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True,
                              text=True, check=True).stdout.split("\0")
    new = [name for name in listed("--others", "--exclude-standard")
           if name.split("/")[0] in LAYERS | {"docs", "cmake"}]
    return sorted({name for name in listed("--cached") + new if name and (ROOT / name).is_file()})


class Checker:
    def __init__(self):
        self.errors = []
        self.remarks = []

    def error(self, name, line, text):
        self.errors.append(f"{name}:{line}: {text}")

    def check(self, name):
        suffix = pathlib.Path(name).suffix
        if suffix not in TEXT:
            return
        lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        else:
            self.error(name, len(lines), "the last line does not end")
        self.check_characters(name, lines)
        if suffix == ".md":
            self.check_links(name, lines)
        if suffix in SOURCE | TABLE:
            self.check_length(name, lines)
            self.check_first_line(name, lines)
            self.check_includes(name, lines)
        if suffix in {".cpp", ".h", ".c"}:
            self.check_functions(name, lines)

    def check_characters(self, name, lines):
        for number, line in enumerate(lines, 1):
            if "\t" in line:
                self.error(name, number, "tab")
            if line != line.rstrip() and not name.endswith(".md"):
                self.error(name, number, "blank at the end of the line")
            if re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b", line):
                self.error(name, number, "an open end: finish it, or say what is so in plain words")

    def check_links(self, name, lines):
        """Links to files of the repository lead somewhere."""
        inside_code = False
        for number, line in enumerate(lines, 1):
            inside_code ^= line.lstrip().startswith("```")
            text = "" if inside_code else re.sub(r"`[^`]*`", "", line)
            for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
                if not (ROOT / name).parent.joinpath(target).exists():
                    self.error(name, number, f"'{target}' is not there")

    def check_length(self, name, lines):
        if len(lines) > MAX_FILE:
            self.error(name, len(lines), f"{len(lines)} lines; at most {MAX_FILE}")
        elif len(lines) > LOOK_AGAIN:
            self.remarks.append(f"{name}: {len(lines)} lines: look again whether it is one idea")

    def check_first_line(self, name, lines):
        match = FIRST_LINE.match(lines[0]) if lines else None
        if not match:
            self.error(name, 1, "expected '//===- File.h - what it is -----===//'")
            return
        if match[2] != pathlib.Path(name).name:
            self.error(name, 1, f"names '{match[2]}'")
        if len(lines[0]) > 82:
            self.error(name, 1, f"{len(lines[0])} columns; at most 82")

    def check_includes(self, name, lines):
        layer = name.split("/")[0]
        for number, line in enumerate(lines, 1):
            match = re.match(r'\s*#?\s*include\s+["<]([^">]+)[">]', line)
            if not match:
                continue
            target = match[1]
            other = target.split("/")[0]
            if (line.lstrip().startswith("#include \"") and "/" not in target
                    and not name.startswith(SELF_CONTAINED)):
                self.error(name, number, f"'{target}': include by path from the repository's root")
            if name.startswith(NO_COMPILER) and other in {"llvm", "mlir", "mlir-dialect", "lowering"}:
                self.error(name, number, f"'{target}': this side runs without a compiler")
            if layer not in MAY_INCLUDE or other not in LAYERS or other == layer:
                continue
            if other not in MAY_INCLUDE[layer]:
                self.error(name, number, f"'{target}': {layer} does not include {other}")

    def check_functions(self, name, lines):
        """A function starts on a line at column 0 (or in a class) that opens a brace which is
        neither a type nor a namespace, and ends where the brace closes: at its indentation."""
        lines = without_raw_strings(lines)
        for start, line in enumerate(lines):
            if not line.endswith("{") or not opens_function(lines, start):
                continue
            first = head_of(lines, start)
            indent = indentation(lines[first])
            for end in range(start + 1, len(lines)):
                if re.match(" {%d}}" % indent, lines[end]):
                    if end - first + 1 > MAX_FUNCTION:
                        self.error(name, first + 1,
                                   f"function of {end - first + 1} lines; at most {MAX_FUNCTION}")
                    break


def without_raw_strings(lines):
    """The same number of lines, with nothing in those that start inside of a raw string."""
    kept, end = [], None
    for line in lines:
        kept.append("" if end else line)
        opening = re.search(r'R"(\w*)\(', line)
        if end and end in line:
            end = None
        elif not end and opening and f"){opening[1]}\"" not in line[opening.end():]:
            end = f"){opening[1]}\""
    return kept


def indentation(line):
    return len(line) - len(line.lstrip())


def head_of(lines, at):
    """The first line of the declaration that ends at `at`: parameters may take several."""
    while at > 0 and lines[at].startswith("    ") and not lines[at - 1].rstrip().endswith(
            (";", "{", "}", ":")) and lines[at - 1].strip() and not lines[at - 1].lstrip().startswith("//"):
        at -= 1
    return at


NOT_FUNCTION = re.compile(
    r"^\s*(//|namespace|extern \"C\"|(typedef )?(struct|class|enum|union)\b|if\b|for\b|while\b|do\b|"
    r"switch\b|else\b|try\b|case\b|default\b|return\b|\}|#)")


def opens_function(lines, at):
    head = lines[head_of(lines, at)]
    return (indentation(head) in (0, 2) and not NOT_FUNCTION.match(head) and "(" in head
            and not re.search(r"=\s*\{?$", lines[at].rstrip("{").rstrip()))


def check_format(names):
    sources = [name for name in names if pathlib.Path(name).suffix in {".cpp", ".h", ".c"}]
    if not sources:
        return []
    result = subprocess.run(["clang-format-22", "--dry-run", *sources], cwd=ROOT,
                            capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"check-style: clang-format-22 failed: {result.stderr}")
    places = re.findall(r"^(\S+?):(\d+):\d+: warning", result.stderr, re.M)
    first = {}
    for file, line in places:
        first.setdefault(file, line)
    return [f"{file}:{line}: not as clang-format-22 has it" for file, line in first.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--format", action="store_true", help="also run clang-format-22")
    parser.add_argument("files", nargs="*", help="paths from the repository's root")
    options = parser.parse_args()
    names = options.files or repository_files()
    checker = Checker()
    for name in names:
        checker.check(name)
    errors = checker.errors + (check_format(names) if options.format else [])
    for remark in checker.remarks:
        print(f"remark: {remark}")
    for error in errors:
        print(error)
    print(f"{len(names)} files, {len(errors)} errors, {len(checker.remarks)} remarks")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
