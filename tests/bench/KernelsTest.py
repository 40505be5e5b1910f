"""The kernels: their checksums on every tier and natively, and that the .wasm is the source's."""

import ctypes
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from harness import TIERS, WRIT  # pylint: disable=wrong-import-position

HERE = pathlib.Path(__file__).resolve().parent / "kernels"


def read_sizes():
    """{kernel: (small n, checksum)}"""
    rows = [line.split() for line in (HERE / "sizes.txt").read_text().splitlines()]
    return {row[0]: (int(row[2]), int(row[3])) for row in rows if not row[0].startswith("#")}


class Kernels(unittest.TestCase):
    def test_every_kernel_has_its_sizes_and_its_module(self):
        sources = {path.stem for path in HERE.glob("*.c")} - {"runtime"}
        self.assertEqual(sources, set(read_sizes()))
        self.assertEqual(sources, {path.stem for path in HERE.glob("*.wasm")})

    def test_checksums_on_every_tier_with_equal_gas(self):
        for kernel, (small, checksum) in read_sizes().items():
            gas = set()
            for tier in TIERS:
                done = subprocess.run(
                    [WRIT, "run", HERE / f"{kernel}.wasm", "run", str(small), "--tier", tier],
                    capture_output=True, text=True, timeout=300)
                self.assertEqual(done.returncode, 0, f"{kernel} on {tier}: {done.stderr}")
                self.assertEqual(int(done.stdout) & 0xffffffff, checksum, f"{kernel} on {tier}")
                gas.add(done.stderr)
            self.assertEqual(len(gas), 1, f"{kernel}: {gas}")

    def test_checksums_of_native_builds(self):
        compiler = shutil.which("clang-22") or shutil.which("cc")
        if not compiler:
            self.skipTest("no C compiler")
        with tempfile.TemporaryDirectory() as folder:
            for kernel, (small, checksum) in read_sizes().items():
                library = f"{folder}/{kernel}.so"
                subprocess.run([compiler, "-O2", "-ffp-contract=off", "-shared", "-fPIC",
                                HERE / f"{kernel}.c", "-o", library], check=True)
                run = ctypes.CDLL(library).run
                run.restype = ctypes.c_uint32
                for _ in range(2):
                    self.assertEqual(run(ctypes.c_uint32(small)), checksum, kernel)

    def test_the_modules_are_what_the_sources_give(self):
        for tool in ("clang-22", "wasm-ld-22", "llvm-objcopy-22"):
            if not shutil.which(tool):
                self.skipTest(f"no {tool}")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([HERE / "build", folder], check=True)
            for kernel in read_sizes():
                made = (pathlib.Path(folder) / f"{kernel}.wasm").read_bytes()
                self.assertEqual(made, (HERE / f"{kernel}.wasm").read_bytes(), kernel)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-q"])
