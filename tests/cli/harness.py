"""Runs the program WRIT (environment variable) and says what it printed and returned."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
SHARED = pathlib.Path(os.environ.get("WRIT_SHARED_DIR", ROOT / ".." / "shared"))
WRIT = os.environ.get("WRIT", str(ROOT / "build" / "dev" / "bin" / "writ"))
TIERS = ["interp", "singlepass", "llvm", "auto"]

OK, TRAP, BAD_INPUT, FAILURE = 0, 1, 2, 3


class WritTest(unittest.TestCase):
    maxDiff = None

    def writ(self, *args, code=OK, stdin=b"", timeout=120):
        """The done process, whose exit code must be `code`. Standard error is empty or made of lines."""
        done = subprocess.run([WRIT, *map(str, args)], input=stdin, capture_output=True,
                              timeout=timeout)
        done.stdout = done.stdout.decode()
        done.stderr = done.stderr.decode()
        self.assertEqual(done.returncode, code, f"{args}\n{done.stdout}\n{done.stderr}")
        return done

    def error(self, *args, code=BAD_INPUT, **options):
        """The one line on standard error of a run that prints no result."""
        done = self.writ(*args, code=code, **options)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("writ: error: "), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr.removeprefix("writ: error: ").rstrip("\n")

    def json(self, *args, code=OK, **options):
        done = self.writ(*args, "--json", code=code, **options)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def wasm(self, text, *options):
        """The path of a module made from WebAssembly text."""
        folder = tempfile.mkdtemp(dir=self.folder.name)
        source, module = pathlib.Path(folder, "t.wat"), pathlib.Path(folder, "t.wasm")
        source.write_text(text)
        subprocess.run(["wat2wasm", "--debug-names", "--enable-tail-call", *options, source,
                        "-o", module], check=True)
        return module

    def file(self, name, contents):
        path = pathlib.Path(self.folder.name, name)
        path.write_bytes(contents)
        return path

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)


def main():
    unittest.main(module="__main__")
