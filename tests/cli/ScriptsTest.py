"""The scripts under tools/: the style checker finds what it is for."""

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

    def test_links_lead_somewhere(self):
        for text, code in [("[a](Traps.def) [b](../docs/README.md#x) [c](https://x.y/z)\n", 0),
                           ("[a](Trap.def)\n", 1)]:
            self.assertEqual(self.check("hostabi/styleprobe.md", text)[0], code)

    def test_good_files_and_remarks(self):
        first = "//===- styleprobe.cpp - A file for the test ---===//\n"
        code, output = self.check("hostabi/styleprobe.cpp", first + "int x;\n" * 600)
        self.assertEqual(code, 0)
        text = 'static int f() {\n  g(R"x(\n    h() {\n' + "\n" * 55 + '  )x");\n}\n' + "int x;\n" * 70
        self.assertEqual(self.check("hostabi/styleprobe.cpp", first + text)[0], 0)
        self.assertIn("601 lines: look again", output)


if __name__ == "__main__":
    main()
