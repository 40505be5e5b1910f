"""writ compile --target wasm32 and writ reprice, from outside."""

import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import unittest

from harness import BAD_INPUT, EXAMPLES, OK, WRIT, WritTest, main

ROOT = EXAMPLES.parent
TOKEN, FACTORIAL, MERKLE = (EXAMPLES / f"{name}.wasm" for name in ("token", "factorial", "merkle"))
RUN = EXAMPLES / "js" / "run-metered.mjs"
NODE = subprocess.run([ROOT / "tests/support/has-node"]).returncode == 0


class WasmTargetCase(WritTest):
    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.folder.name)

    def emitted(self, module, *options, name="out.wasm", code=OK):
        result = self.path / name
        run = self.writ("compile", module, "--target", "wasm32", "-o", result, *options, code=code)
        return result if code == OK else run

    def node(self, *args):
        return subprocess.run(["node", *map(str, args)], capture_output=True, text=True)


class Cached(WasmTargetCase):
    """What the target makes is an artifact like any other."""

    def setUp(self):
        super().setUp()
        self.cache = self.path / "cache.db"

    def kept(self, module, *options):
        return self.emitted(module, "--cache", self.cache, *options)

    def rows(self):
        run = self.writ("cache", "ls", "--json", "--cache", self.cache)
        return json.loads(run.stdout)["artifacts"]

    def test_each_set_of_options_once_and_the_bytes_of_no_cache(self):
        (self.path / "s.schedule").write_text("name s\ndefault 2\nhost \"env\" \"log\" 9\n")
        sets = ([], ["--schedule", "near"], ["--schedule", self.path / "s.schedule"],
                ["--wasm-features", "+bulk-memory"], ["--meter", "import"], ["--no-metering"],
                ["--names", "--positions"], ["--no-charges"], ["--size", "0"])
        for options in sets:
            expected = self.emitted(TOKEN, *options).read_bytes()
            for _ in range(2):
                self.assertEqual(self.kept(TOKEN, *options).read_bytes(), expected)
        rows = self.rows()
        self.assertEqual([row["hits"] for row in rows], [1] * len(sets))
        self.assertEqual({(row["tier"], row["target"]) for row in rows}, {("wasm", "wasm32")})
        self.assertTrue(all(row["compile_s"] > 0 for row in rows))
        # The same prices under another name, and the defaults spelled out, are nothing new.
        (self.path / "t.schedule").write_text("name t\ndefault 2\nhost \"env\" \"log\" 9\n")
        self.kept(TOKEN, "--schedule", self.path / "t.schedule")
        self.kept(TOKEN, "--wasm-features", "+sign-extension", "--size", "130", "--schedule", "flat")
        self.assertEqual(len(self.rows()), len(sets))
        self.assertIn("nothing is wrong", self.writ("cache", "verify", "--cache", self.cache).stdout)
        self.assertIn(f"{len(sets)} artifacts are what",
                      self.writ("verify", "-q", "--cache", self.cache).stdout)

    def test_get_show_export_and_no_run(self):
        made = self.kept(TOKEN, "--names").read_bytes()
        code = hashlib.sha256(TOKEN.read_bytes()).hexdigest()
        out = self.path / "got.wasm"
        self.writ("cache", "get", code[:8], out, "wasm", "--cache", self.cache)
        self.assertEqual(out.read_bytes(), made)
        self.kept(TOKEN)
        self.assertIn("has 2 of contract", self.error("cache", "get", code[:8], out, "--cache", self.cache))
        self.writ("cache", "get", code[:8], out, "names", "--cache", self.cache)
        self.assertEqual(out.read_bytes(), made)
        self.assertIn("nothing like that",
                      self.error("cache", "get", code[:8], out, "llvm", "--cache", self.cache))
        shown = json.loads(self.writ("cache", "show", code[:8], "--json", "--cache", self.cache).stdout)
        sizes = {row["options"]: row["sections"] for row in shown["artifacts"]}
        self.assertEqual(sizes["names"], {"wasm": len(made)})
        copy = self.path / "copy.db"
        self.writ("cache", "export", copy, "--cache", self.cache)
        self.writ("cache", "get", code[:8], out, "names", "--cache", copy)
        self.assertEqual(out.read_bytes(), made)
        # Native code is another thing: there is none of this contract.
        run = subprocess.run([pathlib.Path(WRIT).parent / "writ-run", "--cache", copy, code, "main",
                              "1"], capture_output=True, text=True)
        self.assertEqual(run.returncode, BAD_INPUT)

    def test_what_was_changed_in_the_cache_is_not_given(self):
        made = self.kept(TOKEN).read_bytes()
        with contextlib.closing(sqlite3.connect(self.cache)) as database, database:
            [stored] = database.execute("SELECT bytes FROM artifact").fetchone(),
            # Changed by somebody who can compute hashes: the artifact's own are still there.
            for at in range(0, len(stored[0]), 97):
                bytes_ = bytearray(stored[0])
                bytes_[at] ^= 1
                database.execute("UPDATE artifact SET bytes = ?, contents = ?",
                                 (bytes_, hashlib.sha256(bytes_).digest()))
                database.commit()
                self.assertEqual(self.kept(TOKEN).read_bytes(), made)
                self.assertEqual(database.execute("SELECT bytes FROM artifact").fetchone(), stored)

    def test_failures_are_remembered_under_their_options(self):
        for _ in range(2):
            run = self.emitted(FACTORIAL, "--cache", self.cache, code=BAD_INPUT)
            self.assertIn("needs the feature tail-call", run.stderr)
        self.kept(FACTORIAL, "--wasm-features", "+tail-call")
        listed = json.loads(self.writ("cache", "ls", "--json", "--cache", self.cache).stdout)
        self.assertEqual([row["tier"] for row in listed["failures"]], ["wasm"])
        # What only a policy refuses is not.
        run = self.emitted(FACTORIAL, "--cache", self.cache, "--features", "-tail-call",
                           "--wasm-features", "+tail-call,+multi-value", code=BAD_INPUT)
        self.kept(FACTORIAL, "--wasm-features", "+tail-call,+multi-value")

    def test_precompile(self):
        run = self.writ("precompile", TOKEN, MERKLE, "--target", "wasm32", "--schedule", "near",
                        "--wasm-features", "+bulk-memory", "--workers", "2", "-q", "--cache",
                        self.cache)
        self.assertIn("2 modules: 2 artifacts compiled", run.stdout)
        again = self.kept(TOKEN, "--schedule", "near", "--wasm-features", "+bulk-memory")
        self.assertTrue(again.exists())
        self.assertEqual(sorted(row["hits"] for row in self.rows()), [0, 1])
        self.assertIn("has no meaning", self.error("precompile", TOKEN, "--names"))
        self.assertIn("has no meaning", self.error("precompile", TOKEN, "--target", "wasm32",
                                                   "--tiers", "llvm"))

    def test_native_artifacts_are_kept_too(self):
        first = self.writ("compile", TOKEN, "-o", self.path / "a.writ", "--cache", self.cache)
        second = self.writ("compile", TOKEN, "-o", self.path / "b.writ", "--cache", self.cache)
        self.writ("compile", TOKEN, "-o", self.path / "c.writ")
        self.assertNotIn("from the cache", first.stdout)
        self.assertIn("from the cache", second.stdout)
        self.assertEqual(len({(self.path / f"{name}.writ").read_bytes() for name in "abc"}), 1)


@unittest.skipUnless(NODE, "no node 20.15 or later")
class InNode(WasmTargetCase):
    def test_gas_and_results_are_those_of_writ_at_many_limits(self):
        features = ["--wasm-features", "+tail-call,+bulk-memory"]
        for options in (["--size", "0", *features], ["--size", "1000", *features],
                        ["--meter-only", "--size", "0"], ["--meter-only", "--size", "1000"]):
            for module, call in ((TOKEN, ["main", "20"]), (MERKLE, ["main", "5", "40"]),
                                 (FACTORIAL, ["factorial", "21"]), (FACTORIAL, ["choose", "3", "0"])):
                made = self.emitted(module, *options)
                whole = subprocess.run([WRIT, "run", module, *call, "--schedule", "flat"],
                                       capture_output=True, text=True)
                most = int(re.search(r"(?:gas: |after )(\d+)", whole.stderr)[1])
                for gas in {0, 1, most - 1, most, *range(0, most, most // 20 + 1)}:
                    expected = subprocess.run(
                        [WRIT, "run", module, *call, "--gas", str(gas)],
                        capture_output=True, text=True)
                    got = self.node(RUN, made, gas, *call)
                    with self.subTest(module=module.name, gas=gas):
                        self.compare(expected, got)

    def compare(self, expected, got):
        self.assertEqual(got.returncode, expected.returncode, got.stderr)
        trap = re.match(r"trap: (\w+).* after (\d+) gas", expected.stderr)
        if trap:
            self.assertEqual(got.stdout, f"trap: {trap[1]}\ngas: {trap[2]}\n")
        else:
            gas = re.search(r"gas: (\d+)", expected.stderr)[1]
            self.assertEqual(got.stdout, f"{expected.stdout}gas: {gas}\n")

    def test_repricing_gives_what_compiling_with_that_schedule_gives(self):
        for form in (["--size", "0"], ["--meter-only", "--size", "0"]):
            flat = self.emitted(TOKEN, *form, name="flat.wasm")
            for schedule in ("near", "weighted"):
                compiled = self.emitted(TOKEN, *form, "--schedule", schedule)
                repriced = self.path / "repriced.wasm"
                self.writ("reprice", flat, "--schedule", schedule, "-o", repriced)
                self.assertEqual(repriced.read_bytes(), compiled.read_bytes())

    def test_repricing_in_javascript_is_the_same(self):
        flat, here, there = self.emitted(TOKEN), self.path / "a.wasm", self.path / "b.wasm"
        (self.path / "s.json").write_text('{"default": 2, "load": 7000, "frame_unit": 1}')
        (self.path / "s.schedule").write_text(
            "name s\ndefault 2\nprice load 7000\nprice frame_unit 1\n")
        self.writ("reprice", flat, "--schedule", self.path / "s.schedule", "-o", here)
        run = self.node(EXAMPLES / "js" / "reprice.mjs", flat, self.path / "s.json", there)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(here.read_bytes(), there.read_bytes())

    def test_the_commands_of_the_page_work(self):
        text = (ROOT / "docs" / "wasm-target.md").read_text()
        commands = [line for block in re.findall(r"```\n(.*?)```", text, re.S)
                    for line in block.splitlines()]
        os.symlink(EXAMPLES, self.path / "examples")
        for command in commands:
            words = command.replace("writ ", f"{WRIT} ", 1) if command.startswith("writ ") else command
            run = subprocess.run(words, shell=True, cwd=self.path, capture_output=True, text=True)
            self.assertIn(run.returncode, (0, 1), run.stderr)
        self.assertEqual(len(commands), 7)
        run = self.node(RUN, self.path / "token.near.wasm", 10**10, "main", 20)
        self.assertEqual(run.stdout.split("\n")[0], "10")


def sections(path):
    """[(id, contents)] of a module."""
    data, at, found = path.read_bytes(), 8, []
    while at < len(data):
        kind, size, shift, at = data[at], 0, 0, at + 1
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        found.append((kind, data[at:at + size]))
        at += size
    return found


def functions(path):
    """[instructions] of each function."""
    listing = subprocess.run(["wasm-objdump", "-d", path], capture_output=True, text=True).stdout
    found = []
    for line in listing.splitlines():
        if re.match(r"[0-9a-f]+ func\[", line):
            found.append([])
        elif re.match(r" [0-9a-f]+: .*\| *[a-z]", line):
            text = line.split("|", 1)[1].strip()
            if not text.startswith("local["):
                found[-1].append(re.sub(r" <.*>", "", text))
    return found


class InPlace(WasmTargetCase):
    """--meter-only: what was deployed, with metering in between."""

    def test_instructions_are_those_of_the_input_in_their_order(self):
        may_trap = re.compile(r"i(32|64)\.(div|rem|trunc)_[suf]")
        # What metering adds is among these.
        meters = re.compile(r"global\.get|i32\.const|call |block|end|i(32|64)\.(div|rem)_|"
                            r"local\.tee|local\.get")
        for module in (TOKEN, FACTORIAL, MERKLE):
            before, after = functions(module), functions(self.emitted(module, "--meter-only"))
            self.assertGreater(len(after), len(before))
            for old, new in zip(before, after):
                rest = iter(new)
                for text in old:
                    for other in rest:
                        if other == text:
                            break
                        if may_trap.match(text) and re.fullmatch(r"call \d+", other) and \
                                int(other.split()[1]) >= len(before):
                            break
                    else:
                        self.fail(f"{module.name}: no {text}")
                self.assertEqual([text for text in new if not meters.match(text)],
                                 [text for text in old if not meters.match(text)])

    def test_what_has_an_index_keeps_it(self):
        module = self.wasm('''(module (type $unused (func (param f32)))
            (import "env" "f" (func $f)) (import "env" "g" (global $g i32))
            (table 3 funcref) (memory 2) (global $h (mut i64) (i64.const 5))
            (func $a (export "a") (call $b)) (func $b (global.set $h (i64.const 1)))
            (elem (i32.const 0) $a $b) (data (i32.const 8) "data")
            (@custom "note" "kept"))''', "--enable-annotations")
        before, after = sections(module), sections(self.emitted(module, "--meter-only"))
        added = dict.fromkeys((1, 3, 6, 7))
        for kind, contents in before:
            kept = next((c for k, c in after if k == kind and (k != 0 or c == contents)), b"")
            if kind in added:
                self.assertTrue(kept[1:].startswith(contents[1:]), kind)
            elif kind != 10:
                self.assertEqual(kept, contents, kind)
        order = [kind for kind, _ in after]
        self.assertEqual([kind for kind, _ in before if kind], [kind for kind in order if kind])

    def test_what_has_no_meaning_with_it_is_refused(self):
        for option in (["--names"], ["--no-metering"]):
            message = self.error("compile", TOKEN, "--target", "wasm32", "--meter-only", *option,
                                 "-o", self.path / "x")
            self.assertIn("--meter-only", message)

    def test_the_same_bytes_each_time(self):
        options = ["--meter-only", "--positions"]
        self.assertEqual(self.emitted(MERKLE, *options, name="1.wasm").read_bytes(),
                         self.emitted(MERKLE, *options, name="2.wasm").read_bytes())


class Outside(WasmTargetCase):
    def test_the_same_bytes_each_time_and_in_each_folder(self):
        elsewhere = self.path / "elsewhere"
        elsewhere.mkdir()
        shutil.copy(MERKLE, elsewhere / "m.wasm")
        options = ["--names", "--positions", "--wasm-features", "+bulk-memory"]
        first = self.emitted(MERKLE, *options, name="1.wasm").read_bytes()
        self.assertEqual(first, self.emitted(MERKLE, *options, name="2.wasm").read_bytes())
        run = subprocess.run([WRIT, "compile", "m.wasm", "--target", "wasm32", "-o", "-", *options],
                             cwd=elsewhere, capture_output=True)
        self.assertEqual(first, run.stdout)

    def test_what_the_target_lacks_is_refused_with_its_place(self):
        cases = {
            "(func (export \"f\") (result i32 i32) i32.const 1 i32.const 2)":
                r"0x[0-9a-f]+: a function with several results needs the feature multi-value",
            "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))"
            " (export \"f\" (func 0))":
                r"0x[0-9a-f]+: function 'f0': contract.memory_fill needs the feature bulk-memory",
            "(func (export \"f\") (param f64) (result i32) local.get 0 i32.trunc_sat_f64_s)":
                r"0x[0-9a-f]+: function 'f0': .* saturating-float-to-int",
            "(table 1 externref)": r"needs the feature reference-types",
            "(func (export \"writ.settle\"))": r"a name that metering keeps for itself",
        }
        for text, message in cases.items():
            run = self.emitted(self.wasm(f"(module {text})"), code=BAD_INPUT)
            self.assertRegex(run.stderr, message)
        shared = ("(type $t (func)) (table (export \"t\") 1 funcref)"
                  "(func (export \"f\") (return_call_indirect (type $t) (i32.const 0)))")
        run = self.emitted(self.wasm(f"(module {shared})"),
                           "--wasm-features", "+tail-call", code=BAD_INPUT)
        self.assertRegex(run.stderr, r"0x[0-9a-f]+: function 'f0': .* cannot be metered")
        run = self.emitted(TOKEN, "--wasm-features", "+simd", code=BAD_INPUT)
        self.assertIn("'simd' is no feature of the Wasm target", run.stderr)

    def test_options_that_the_target_has_no_use_for_are_refused(self):
        cases = [(["--target", "wasm32", *option], option[0], "with")
                 for option in (["--tier", "llvm"], ["--threads", "2"], ["-O", "1"],
                                ["--key-file", TOKEN])]
        cases += [(option, option[0], "without")
                  for option in (["--size", "100"], ["--schedule", "near"], ["--meter", "import"],
                                 ["--names"], ["--positions"], ["--no-charges"], ["--no-metering"],
                                 ["--wasm-features", "+bulk-memory"])]
        for options, name, word in cases:
            message = self.error("compile", TOKEN, "-o", self.path / "x", *options)
            self.assertIn(f"{name} has no meaning {word} --target wasm32", message)
        message = self.error("compile", TOKEN, "--names", "--positions", "--target", "x86-64-v2")
        self.assertIn("--names, --positions have no meaning without --target wasm32", message)
        self.assertFalse((self.path / "x").exists())

    def test_what_is_kept_in_a_cache_can_be_signed(self):
        cache, key, other = self.path / "signed.db", self.path / "key", self.path / "other"
        for path in (key, other):
            path.write_bytes(path.name.encode() * 32)
            path.chmod(0o600)
        made = self.emitted(TOKEN, "--cache", cache, "--key-file", key).read_bytes()
        self.assertEqual(made, self.emitted(TOKEN).read_bytes())
        done = self.writ("verify", "--cache", cache, "--key-file", key)
        self.assertIn("1 artifact", done.stdout + done.stderr)
        self.writ("verify", "--cache", cache, "--key-file", other, code=BAD_INPUT)
        # What somebody else signed is made again.
        again = self.emitted(TOKEN, "--cache", cache, "--key-file", other).read_bytes()
        self.assertEqual(made, again)
        self.writ("verify", "--cache", cache, "--key-file", other)

    def test_references_to_imports_are_declared(self):
        text = ('(module (import "env" "f" (func $f)) (table 1 funcref) (export "g" (func $f))'
                ' (elem declare func $f)'
                ' (func (export "h") (table.set 0 (i32.const 0) (ref.func $f))))')
        source = self.wasm(text)
        plain = source.read_bytes()
        made = self.emitted(source, "--wasm-features", "+reference-types")
        subprocess.run(["wasm-validate", made], check=True)
        # The same where the export alone declares it: without the section of elements.
        section = plain.index(bytes([9, 5, 1, 3, 0, 1, 0]))
        bare = self.file("bare.wasm", plain[:section] + plain[section + 7:])
        made = self.emitted(bare, "--wasm-features", "+reference-types")
        subprocess.run(["wasm-validate", made], check=True)

    def test_only_what_was_asked_for_is_used(self):
        made = self.emitted(TOKEN)
        for feature in ("bulk-memory", "reference-types", "multi-value",
                        "saturating-float-to-int", "simd"):
            run = subprocess.run(["wasm-validate", f"--disable-{feature}", made])
            self.assertEqual(run.returncode, 0)

    def test_what_is_no_metered_module_is_not_repriced(self):
        for module, message in ((TOKEN, "has no section writ.charges"),
                                (self.emitted(TOKEN, "--no-charges"), "with --no-charges")):
            run = self.writ("reprice", module, "--schedule", "near", "-o", self.path / "x",
                            code=BAD_INPUT)
            self.assertIn(message, run.stderr)

    def test_damaged_modules_are_refused_or_repriced_but_never_worse(self):
        made = self.emitted(TOKEN).read_bytes()
        damaged = self.path / "damaged.wasm"
        for at in range(8, len(made), 37):
            damaged.write_bytes(made[:at] + bytes([made[at] ^ 0xff]) + made[at + 1:])
            run = subprocess.run([WRIT, "reprice", damaged, "--schedule", "near", "-o",
                                  self.path / "x"], capture_output=True)
            self.assertIn(run.returncode, (OK, BAD_INPUT))

    def test_functions_that_nothing_reaches_are_gone_and_twins_are_one(self):
        twin = "(param i32) (result i32) (i32.mul (local.get 0) (i32.const 77777)))"
        module = self.wasm(f'(module (func (export "a") {twin} (func (export "b") {twin}'
                           " (func $unused (result i64) i64.const 123456789))")
        made = self.emitted(module, "--no-metering").read_bytes()
        self.assertEqual(made.count(b"\x41\xd1\xdf\x04"), 1)
        self.assertNotIn(b"\x42\x95\x9a\xef\x3a", made)


if __name__ == "__main__":
    main()
