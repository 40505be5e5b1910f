"""writ run --profile, --perf and --gdb: the same gas on every tier, and names for machine code."""

import pathlib
import re
import shutil
import struct
import subprocess

from harness import BAD_INPUT, EXAMPLES, OK, ROOT, TIERS, TRAP, WRIT, WritTest, main

NATIVE = [tier for tier in TIERS if tier != "interp"]

# Calls of all kinds: direct, indirect, tail, recursion, of the host.
CALLS = """(module
  (import "env" "clock_ms" (func $clock (result i32)))
  (table funcref (elem $leaf $boom))
  (type $t (func (param i32) (result i32)))
  (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $boom (param i32) (result i32) unreachable)
  (func $tail (param i32) (result i32) (return_call $leaf (local.get 0)))
  (func $down (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (call $down (i32.sub (local.get 0) (i32.const 1))))
      (else (call $tail (i32.const 5)))))
  (func (export "main") (param i32) (result i32)
    (drop (call $clock))
    (drop (call_indirect (type $t) (i32.const 7) (local.get 0)))
    (call $down (i32.const 3))))"""


class Profile(WritTest):
    def profile(self, *args, code=OK):
        """{function: row} by tier, all of the same call."""
        rows = {}
        for tier in TIERS:
            report = self.json("run", *args, "--tier", tier, "--profile", code=code)
            rows[tier] = {row["function"]: row for row in report["profile"]}
            own = sum(row["own_gas"] for row in report["profile"])
            self.assertEqual(own, report["gas_used"], tier)
            plain = self.json("run", *args, "--tier", tier, code=code)
            self.assertEqual(plain["gas_used"], report["gas_used"])
            self.assertEqual(plain["values"], report["values"])
            self.assertNotIn("profile", plain)
        return rows

    def same(self, rows):
        """What must be the same on every tier, which is all but time."""
        kept = [{name: (row["calls"], row["own_gas"], row["total_gas"])
                 for name, row in of_tier.items()} for of_tier in rows.values()]
        self.assertTrue(all(one == kept[0] for one in kept), kept)
        return kept[0]

    def test_calls_and_gas_are_the_same_on_every_tier(self):
        module = self.wasm(CALLS)
        found = self.same(self.profile(module, "main", "0", "--host-clock"))
        calls = {name: row[0] for name, row in found.items()}
        self.assertEqual(calls, {"main": 1, "env.clock_ms": 1, "leaf": 2, "down": 4, "tail": 1})
        # By hand, flat: local, const, add, end.
        self.assertEqual(found["leaf"][1], 2 * 4)
        # With all it called, counted once however deep, is what main has besides its own.
        self.assertEqual(found["main"][2],
                         found["main"][1] + found["down"][2] + found["leaf"][1] // 2)

    def test_of_real_contracts(self):
        for args in ((EXAMPLES / "token.wasm", "main", "500"),
                     (EXAMPLES / "merkle.wasm", "main", "5", "40"),
                     (ROOT / "tests/bench/kernels/secp256k1.wasm", "run", "1")):
            self.same(self.profile(*args))

    def test_a_trap_ends_all_that_runs(self):
        found = self.same(self.profile(self.wasm(CALLS), "main", "1", "--host-clock", code=TRAP))
        self.assertEqual({name: row[0] for name, row in found.items()},
                         {"main": 1, "env.clock_ms": 1, "boom": 1})
        self.assertEqual(found["main"][2], found["main"][1] + found["boom"][1])

    def test_a_fault_and_an_empty_table(self):
        module = self.wasm("""(module (memory 1) (func $deep (result i32) (i32.load (i32.const -8)))
          (func (export "main") (result i32) (i32.add (i32.const 1) (call $deep))))""")
        self.same(self.profile(module, code=TRAP))
        self.same(self.profile(self.wasm(CALLS), "main", "9", "--host-clock", code=TRAP))

    def test_at_every_gas_limit(self):
        # Where gas ends may differ between ops that do nothing; the sum may not.
        module = self.wasm(CALLS)
        for gas in range(0, 49, 4):
            self.profile(module, "main", "0", "--host-clock", "--gas", gas, code=TRAP)

    def test_taking_a_frame_counts_for_the_caller(self):
        module = self.wasm("""(module (func $callee) (func (export "main") (call $callee)))""")
        found = self.same(self.profile(module, "--schedule", "near"))
        # 64 bytes of frame are eight units; `end` is free and `call` is not.
        self.assertEqual({name: row[1] / 822756 for name, row in found.items()},
                         {"(call)": 8, "main": 9, "callee": 0})

    def test_deep_recursion(self):
        self.same(self.profile(EXAMPLES / "factorial.wasm", "recursive", "2000"))
        self.same(self.profile(EXAMPLES / "factorial.wasm", "recursive", "9999999", code=TRAP))

    def test_the_table(self):
        done = self.writ("run", EXAMPLES / "token.wasm", "main", "50", "--profile")
        self.assertRegex(done.stderr, r"(?m)^ +calls +own gas +share +gas with calls +own time")
        self.assertRegex(done.stderr, r"(?m)^ +\d+ +\d+ +\d+\.\d % +\d+ +\d+\.\d+ ms .* transfer$")

    def test_folded_stacks(self):
        module = self.wasm(CALLS)
        folded = pathlib.Path(self.folder.name, "folded")
        texts = set()
        for tier in TIERS:
            done = self.writ("run", module, "main", "0", "--host-clock", "--tier", tier,
                             "--profile-out", folded)
            self.assertNotIn("own gas", done.stderr)
            texts.add(folded.read_text())
            gas = sum(int(line.rsplit(" ", 1)[1]) for line in folded.read_text().splitlines())
            self.assertIn(f"gas: {gas}\n", done.stderr)
        self.assertEqual(len(texts), 1)
        self.assertIn("main;down;down;down;down;leaf 4\n", texts.pop())
        self.writ("run", module, "main", "0", "--host-clock", "--profile-out", folded,
                  "--profile-unit", "calls")
        self.assertIn("main;down;down 1\n", folded.read_text())
        self.error("run", module, "main", "0", "--host-clock", "--profile-out", "/no/where",
                   code=BAD_INPUT)


class Perf(WritTest):
    MERKLE = (EXAMPLES / "merkle.wasm", "main", "5", "40")

    def test_perf_map_names_all_functions(self):
        for tier in NATIVE:
            before = set(pathlib.Path("/tmp").glob("perf-*.map"))
            self.writ("run", *self.MERKLE, "--tier", tier, "--perf", "map")
            path, = set(pathlib.Path("/tmp").glob("perf-*.map")) - before
            lines = path.read_text().splitlines()
            path.unlink()
            self.assertTrue(all(re.fullmatch(r"[0-9a-f]+ [0-9a-f]+ \S+ \[\w+\]", line)
                                for line in lines), lines)
            spans = sorted((int(a, 16), int(b, 16)) for a, b, *_ in map(str.split, lines))
            for (begin, size), (following, _) in zip(spans, spans[1:]):
                self.assertLessEqual(begin + size, following)
            self.assertTrue(all(size > 0 for _, size in spans))
            self.assertIn(f"compress [{tier}]", [line.split(" ", 2)[2] for line in lines])

    def test_code_that_is_made_later_is_named_too(self):
        module = self.wasm("""(module (func $spin (export "spin") (param i32) (result i32)
            (loop $again (br_if $again
              (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 0)))""")
        before = set(pathlib.Path("/tmp").glob("perf-*.map"))
        self.writ("run", module, "spin", "300000000", "--tier", "auto", "--perf", "map")
        path, = set(pathlib.Path("/tmp").glob("perf-*.map")) - before
        names = [line.split(" ", 2)[2] for line in path.read_text().splitlines()]
        path.unlink()
        self.assertEqual(names[0], "spin [auto]")
        self.assertIn("spin loop 1 [auto llvm]", names)

    def test_jit_dump_has_names_and_code(self):
        for tier in NATIVE:
            subprocess.run([WRIT, "run", *self.MERKLE, "--tier", tier, "--perf", "jitdump"],
                           cwd=self.folder.name, capture_output=True, check=True)
            path, = pathlib.Path(self.folder.name).glob("jit-*.dump")
            data = path.read_bytes()
            path.unlink()
            self.assertEqual(struct.unpack_from("<IIII", data), (0x4a695444, 1, 40, 62))
            at, names = 40, []
            while at < len(data):
                kind, size = struct.unpack_from("<II", data, at)
                self.assertEqual(kind, 0)
                code_size = struct.unpack_from("<Q", data, at + 40)[0]
                name = data[at + 56:data.index(b"\0", at + 56)]
                names.append(name.decode())
                self.assertEqual(size, 56 + len(name) + 1 + code_size)
                at += size
            self.assertIn(f"compress [{tier}]", names)

    def test_gdb_shows_names(self):
        if not shutil.which("gdb"):
            self.skipTest("no gdb")
        for tier in NATIVE:
            done = subprocess.run(
                ["gdb", "-batch", "-nx", "-ex", "set breakpoint pending on", "-ex",
                 "handle SIGSEGV nostop noprint", "-ex", "break trapAtSite", "-ex", "run", "-ex",
                 "info functions factorial", "--args", WRIT, "run", EXAMPLES / "factorial.wasm", "factorial", "21",
                 "--tier", tier, "--gdb"], capture_output=True, text=True, timeout=120)
            self.assertIn(f"factorial [{tier}]", done.stdout, done.stdout + done.stderr)


if __name__ == "__main__":
    main()
