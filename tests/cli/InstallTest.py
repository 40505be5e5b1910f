"""An outside program, built from what is installed and nothing else."""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ["WRIT_BUILD"])
SOURCES = ROOT / "examples" / "c"
CONTRACT = ROOT / "examples" / "greeter.wasm"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
COMPILER = re.compile(r"LLVM|MLIR|asmjit", re.I)


def output(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          **options)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ends with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.base = pathlib.Path(cls.folder.name)
        cls.prefix = cls.base / "prefix"
        output("cmake", "--install", BUILD, "--prefix", cls.prefix)
        (cls.pkgconfig,) = {path.parent for path in cls.prefix.rglob("*.pc")}
        cls.lib = cls.pkgconfig.parent
        cls.environment = {**os.environ, "PKG_CONFIG_PATH": str(cls.pkgconfig)}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def flags(self, library, *more):
        return output("pkg-config", "--cflags", "--libs", *more, library,
                      env=self.environment).split()

    def build(self, source, library, *more):
        """The program made of an example, with a plain C compiler."""
        program = self.base / source.removesuffix(".c")
        output("cc", *STRICT, SOURCES / source, *self.flags(library), f"-Wl,-rpath,{self.lib}",
               *more, "-o", program)
        return program

    def run_hello(self, program):
        self.assertRegex(output(program, CONTRACT),
                         r"\Ahello from a contract\ncall 1 took \d+ gas\n\Z")

    def test_headers_are_self_contained_c99(self):
        for header in ("writ.h", "hostabi/Host.h"):
            source = self.base / "header.c"
            source.write_text(f"#include <{header}>\nint main(void) {{ return 0; }}\n")
            include = output("pkg-config", "--cflags", "writ-run", env=self.environment).split()
            output("cc", *STRICT, *include, "-fsyntax-only", source)

    def test_hello_is_at_most_60_lines(self):
        self.assertLessEqual(len((SOURCES / "hello.c").read_text().splitlines()), 60)

    def test_hello_with_the_shared_library(self):
        self.run_hello(self.build("hello.c", "writ"))

    def test_hello_with_cmake(self):
        build = self.base / "build"
        output("cmake", "-S", SOURCES, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        output("cmake", "--build", build)
        self.run_hello(build / "hello")

    def artifact(self, tier):
        compiler = self.build("compile.c", "writ")
        artifact = self.base / f"{tier}.writ"
        self.assertRegex(output(compiler, tier, CONTRACT, artifact), r"^\d+ bytes -> \d+ bytes$")
        return artifact

    def test_artifacts_run_without_a_compiler(self):
        runner = self.build("run_only.c", "writ-run")
        self.assertNotRegex(output("ldd", runner), COMPILER)
        for tier in ("singlepass", "llvm"):
            self.assertRegex(output(runner, self.artifact(tier)),
                             r"\Ahello from a contract\n"
                             r"1/0: integer_divide_by_zero in divide at byte \d+\n\Z")

    def test_a_contract_is_compiled_once(self):
        program, cache = self.build("cached.c", "writ"), self.base / "cache.db"
        for _ in range(2):
            self.assertEqual(output(program, cache, CONTRACT), "hello from a contract\n")
        with contextlib.closing(sqlite3.connect(cache)) as rows:
            ((count, hits),) = rows.execute("SELECT count(*), sum(hits) FROM artifact")
        self.assertEqual((count, hits), (1, 1))

    def test_writ_run_runs_artifacts_and_needs_no_compiler(self):
        program = self.prefix / "bin" / "writ-run"
        self.assertNotRegex(output("ldd", program), COMPILER)
        for tier in ("singlepass", "llvm"):
            self.assertEqual(output(program, self.artifact(tier), "divide", 42, -6, "--stub-imports"),
                             "-7\n")

    def test_writ_run_says_what_is_wrong(self):
        program, artifact = self.prefix / "bin" / "writ-run", self.artifact("singlepass")
        damaged = self.base / "damaged.writ"
        damaged.write_bytes(artifact.read_bytes()[:-100])
        for arguments, code, message in (
                ([artifact, "divide", 1, 0, "--stub-imports"], 1, r"trap: integer_divide_by_zero "),
                ([artifact, "spin", "--stub-imports", "--gas", 1000], 1, r"out_of_gas .*after 1000 gas"),
                ([artifact, "nothing", "--stub-imports"], 2, r"exports no function 'nothing'"),
                ([artifact], 2, r"nobody gives this import"),
                ([damaged], 2, r"damaged.writ: artifact: "),
                ([CONTRACT], 2, r"greeter.wasm: artifact: "),
                ([self.base / "none"], 2, r"none: No such file"),
                (["--cache", self.base / "no.db", "12"], 2, r"12: is no hash of a contract")):
            done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertRegex(done.stderr, message)

    def test_writ_run_takes_artifacts_from_a_cache(self):
        program, cache = self.prefix / "bin" / "writ-run", self.base / "run.db"
        output(self.build("cached.c", "writ"), cache, CONTRACT)
        run = [program, "--cache", cache, hashlib.sha256(CONTRACT.read_bytes()).hexdigest(),
               "divide", 42, 6, "--stub-imports"]
        self.assertEqual(output(*run, "--tier", "llvm"), "7\n")
        with self.assertRaisesRegex(AssertionError, "has no artifact of .* on singlepass"):
            output(*run)

    def test_shared_libraries_show_the_interface_and_nothing_else(self):
        header = (ROOT / "hostabi" / "writ.h").read_text()
        declared = set(re.findall(r"WRIT_API [\w *]*?\b(writ_\w+)\(", header))
        compile_side = {name for name in declared if name.startswith("writ_compile")}
        self.assertGreater(len(declared), 30)
        for name, expected in (("writ", declared), ("writ-run", declared - compile_side)):
            symbols = output("nm", "-D", "--defined-only", self.lib / f"lib{name}.so")
            self.assertEqual({line.split()[-1] for line in symbols.splitlines()}, expected)

    def test_the_run_side_needs_no_compiler(self):
        self.assertNotRegex(output("ldd", self.lib / "libwrit-run.so"), COMPILER)

    def test_static_libraries_link(self):
        static = [f"-l:lib{word[2:]}.a" if word == "-lwrit" else word
                  for word in self.flags("writ", "--static")]
        program = self.base / "hello-static"
        output("cc", *STRICT, SOURCES / "hello.c", *static, "-o", program)
        self.assertNotIn("libwrit", output("ldd", program))
        self.run_hello(program)


if __name__ == "__main__":
    if not shutil.which("pkg-config") or not shutil.which("cc"):
        raise SystemExit(77)
    unittest.main()
