"""The scripts under tools/ that developers run."""

import pathlib
import shutil
import subprocess
import sys

from harness import ROOT, WritTest, main


class CheckStyle(WritTest):
    def check(self, name, text):
        """What the checker says of a file `name`, which is written for the time of the check."""
        path = ROOT / name
        self.assertFalse(path.exists())
        path.write_text(text)
        try:
            done = subprocess.run([sys.executable, ROOT / "tools/check-style.py", name],
                                  capture_output=True, text=True)
        finally:
            path.unlink()
        return done.returncode, done.stdout

    def test_findings(self):
        first = "//===- styleprobe.cpp - A file for the test ---===//\n"
        long_function = "static int f(int a,\n             int b) {\n" + "  a++;\n" * 60 + "}\n"
        open_end = "// TO" + "DO: more\n"
        for text, said in [
            ("int x;\n", ":1: expected '//===- File.h"),
            (first.replace("styleprobe", "other"), ":1: names 'other.cpp'"),
            (first + "\tint x;\n", ":2: tab"),
            (first + "int x; \n", ":2: blank at the end"),
            (first + open_end, ":2: an open end"),
            (first + "int x;", "the last line does not end"),
            (first + long_function, "function of 63 lines; at most 60"),
            (first + '#include "jit/Engine.h"\n', "hostabi does not include jit"),
            (first + '#include "Traps.h"\n', "include by path from the repository's root"),
            (first + '#include "llvm/ADT/DenseMap.h"\n', "runs without a compiler"),
            (first + "int x;\n" * 1000, "1001 lines; at most 1000"),
        ]:
            code, output = self.check("hostabi/styleprobe.cpp", text)
            self.assertEqual(code, 1, said)
            self.assertIn(said, output)

    def test_good_files_and_remarks(self):
        first = "//===- styleprobe.cpp - A file for the test ---===//\n"
        code, output = self.check("hostabi/styleprobe.cpp", first + "int x;\n" * 600)
        self.assertEqual(code, 0)
        self.assertIn("601 lines: look again", output)


class NewPass(WritTest):
    def setUp(self):
        super().setUp()
        self.root = pathlib.Path(self.folder.name)
        for part in ("mlir-dialect", "tests/lit/mlir-dialect"):
            shutil.copytree(ROOT / part, self.root / part)
        (self.root / "tools").mkdir()
        for script in ("new-pass.py", "check-style.py"):
            shutil.copy(ROOT / "tools" / script, self.root / "tools")

    def new_pass(self, *args):
        return subprocess.run([sys.executable, self.root / "tools/new-pass.py", *args],
                              capture_output=True, text=True)

    def test_a_new_pass_is_put_in_its_four_places(self):
        done = self.new_pass("contract-probe-things", "Probe things")
        self.assertEqual(done.returncode, 0, done.stderr)
        folder = self.root / "mlir-dialect"
        self.assertIn('Pass<"contract-probe-things", "::writ::contract::FuncOp">',
                      (folder / "Transforms/Passes.td").read_text())
        self.assertIn("  Transforms/ProbeThings.cpp\n", (folder / "CMakeLists.txt").read_text())
        self.assertTrue((folder / "Transforms/ProbeThings.cpp").is_file())
        files = done.stdout.split("\n")[:4]
        checked = subprocess.run([sys.executable, self.root / "tools/check-style.py", *files],
                                 capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_no_second_pass_of_a_name(self):
        done = self.new_pass("contract-meter", "Meter again")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is a pass contract-meter already", done.stderr)

    def test_names_are_checked(self):
        self.assertIn("expected contract-verb-object", self.new_pass("Meter", "x").stderr)


if __name__ == "__main__":
    main()
