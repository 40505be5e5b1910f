"""writ compile, writ-run, writ verify, writ precompile and writ cache, from outside."""

import contextlib
import hashlib
import json
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time

from harness import BAD_INPUT, EXAMPLES, FAILURE, OK, TRAP, WRIT, WritTest, main

WRIT_RUN = str(pathlib.Path(WRIT).parent / "writ-run")
PARTIAL, INTERRUPTED = 4, 130
TOKEN, MERKLE = EXAMPLES / "token.wasm", EXAMPLES / "merkle.wasm"


class ArtifactCase(WritTest):
    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.folder.name)
        self.cache = self.path / "cache.db"

    def compiled(self, module, tier, *options):
        artifact = self.path / f"{pathlib.Path(module).stem}.{tier}.writ"
        self.writ("compile", module, "--tier", tier, "-o", artifact, *options)
        return artifact

    def run_artifact(self, *args):
        return subprocess.run([WRIT_RUN, *map(str, args)], capture_output=True, text=True)

    def modules(self, count=6):
        """A folder of small modules, all different."""
        folder = self.path / "modules"
        (folder / "below").mkdir(parents=True)
        for i in range(count):
            made = self.wasm(f'(module (func (export "f") (result i32) (i32.const {i})))')
            shutil.copy(made, folder / ("below" if i % 2 else ".") / f"m{i}.wasm")
        return folder

    def precompile(self, *args, code=OK):
        return self.writ("precompile", *args, "--cache", self.cache, "-q", code=code)


class Compile(ArtifactCase):
    def test_artifacts_do_what_the_module_does_at_every_gas_limit(self):
        for module, call in ((TOKEN, ["main", "20"]), (MERKLE, ["main", "5", "40"])):
            for tier in ("singlepass", "llvm"):
                artifact = self.compiled(module, tier)
                whole = self.writ("run", module, *call, "--tier", tier).stderr
                most = int(whole.split("gas: ")[1])
                for gas in {0, 1, most - 1, most, *range(0, most, most // 40)}:
                    expected = subprocess.run(
                        [WRIT, "run", module, *call, "--tier", tier, "--gas", str(gas)],
                        capture_output=True, text=True)
                    got = self.run_artifact(artifact, *call, "--gas", gas)
                    self.assertEqual(got.returncode, expected.returncode)
                    self.assertEqual(got.stdout, expected.stdout)
                    self.assertEqual(got.stderr.replace(str(artifact), "M"),
                                     expected.stderr.replace(str(module), "M"))

    def test_the_same_bytes_again(self):
        for tier in ("singlepass", "llvm"):
            first = self.compiled(MERKLE, tier).read_bytes()
            self.assertEqual(self.compiled(MERKLE, tier, "--threads", "2").read_bytes(), first)

    def test_errors(self):
        self.assertIn("interp", self.error("compile", TOKEN, "--tier", "interp"))
        self.assertIn("cannot be written",
                      self.error("compile", TOKEN, "-o", "/nowhere/x.writ", code=FAILURE))
        self.assertIn("is not a WebAssembly module", self.error("compile", self.file("x.wasm", b"\0asn\1\0\0\0")))

    def test_what_is_no_artifact_does_not_run(self):
        artifact = self.compiled(TOKEN, "llvm").read_bytes()
        for name, bytes_ in (("empty", b""), ("module", TOKEN.read_bytes()),
                             ("short", artifact[:-1]), ("long", artifact + b"\0"),
                             ("flipped", artifact[:900] + bytes([artifact[900] ^ 1]) + artifact[901:])):
            done = self.run_artifact(self.file(name, bytes_), "main", "1")
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), name)
            self.assertEqual(done.stderr.count("\n"), 1)


class Verify(ArtifactCase):
    def test_what_a_module_compiles_to_and_what_not(self):
        for tier in ("singlepass", "llvm"):
            artifact = self.compiled(TOKEN, tier)
            self.assertIn("is what", self.writ("verify", artifact, TOKEN).stdout)
            self.assertIn("made from contract", self.error("verify", artifact, MERKLE))
        self.assertIn("needs its module", self.error("verify", artifact))

    def test_signatures(self):
        key, other = self.file("key", b"k" * 32), self.file("other", b"o" * 32)
        for file in (key, other):
            file.chmod(0o600)
        artifact = self.compiled(TOKEN, "singlepass", "--key-file", key)
        self.writ("verify", artifact, TOKEN, "--key-file", key)
        self.assertIn("signed", self.error("verify", artifact, TOKEN, "--key-file", other))
        unsigned = self.compiled(MERKLE, "singlepass")
        self.assertIn("signed", self.error("verify", unsigned, MERKLE, "--key-file", key))
        self.assertEqual(self.run_artifact(artifact, "main", "1", "--key-file", other).returncode,
                         BAD_INPUT)
        self.assertEqual(self.run_artifact(artifact, "main", "1", "--key-file", key).returncode, OK)


class Precompile(ArtifactCase):
    def test_a_folder_once_and_again(self):
        folder = self.modules()
        first = self.precompile(folder, "--tiers", "singlepass,llvm").stdout
        self.assertIn("6 modules: 12 artifacts compiled, 0 in the cache before, 0 failed", first)
        again = self.precompile(folder, "--tiers", "singlepass,llvm").stdout
        self.assertIn("0 artifacts compiled, 12 in the cache before", again)
        self.assertIn("nothing is wrong", self.writ("cache", "verify", "--cache", self.cache).stdout)
        self.assertIn("12 artifacts are what", self.writ("verify", "-q", "--cache", self.cache).stdout)

    def test_what_would_be_refused_is_replaced(self):
        folder = self.modules(3)
        self.precompile(folder, "--tiers", "singlepass")
        with contextlib.closing(sqlite3.connect(self.cache)) as database, database:
            good = database.execute("SELECT id, bytes FROM artifact ORDER BY id").fetchall()
            for (row, bytes_), at in zip(good[:2], (8, len(good[1][1]) // 2)):
                bad = bytes_[:at] + bytes([bytes_[at] ^ 1]) + bytes_[at + 1:]
                database.execute("UPDATE artifact SET bytes = ?, contents = ? WHERE id = ?",
                                 (bad, hashlib.sha256(bad).digest(), row))
        self.assertIn("2 artifacts compiled, 1 in the cache before",
                      self.precompile(folder, "--tiers", "singlepass").stdout)
        self.assertIn("3 artifacts are what", self.writ("verify", "-q", "--cache", self.cache).stdout)

    def test_bad_modules_stop_nobody(self):
        folder = self.modules()
        (folder / "bad.wasm").write_bytes(b"\0asm\1\0\0\0\xff")
        report = self.path / "report.json"
        done = self.precompile(folder, "--tiers", "singlepass", "--json", report, code=PARTIAL)
        self.assertIn("bad.wasm", done.stdout)
        outcomes = json.loads(report.read_text())
        self.assertEqual((outcomes["compiled"], outcomes["failed"]), (6, 1))
        self.assertEqual(len(outcomes["outcomes"]), 7)
        only = self.file("only.wasm", b"\0asm\1\0\0\0\xff")
        self.precompile(only, code=BAD_INPUT)

    def test_what_takes_too_long_is_remembered(self):
        body = "(i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.const 3)) (local.set 0)" * 60000
        slow = self.wasm(f'(module (func (export "f") (param i32) {body}))')
        first = self.precompile(slow, "--tiers", "singlepass", "--timeout", "0.01", code=BAD_INPUT)
        self.assertIn("took more than 0.01 s", first.stdout)
        again = self.precompile(slow, "--tiers", "singlepass", code=BAD_INPUT)
        self.assertIn("took more than 0.01 s", again.stdout)
        self.assertIn("took more than", self.writ("cache", "ls", "--cache", self.cache).stdout)
        self.precompile(slow, "--tiers", "singlepass", "--retry")

    def test_lists(self):
        folder = self.modules()
        paths = "\n".join(map(str, sorted(folder.glob("*.wasm"))))
        done = self.writ("precompile", "@-", "-q", "--tiers", "singlepass", "--cache", self.cache,
                         stdin=paths.encode())
        self.assertIn("3 modules: 3 artifacts compiled", done.stdout)
        self.assertIn("No such file", self.error("precompile", folder / "nothing"))

    def test_interrupted_and_resumed(self):
        folder = self.modules(60)
        command = [WRIT, "precompile", folder, "-q", "--cache", self.cache]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.count("artifact") < 5:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED)
        self.assertIn("interrupted", text)
        before = self.count("artifact")
        self.assertIn(f"{60 - before} artifacts compiled, {before} in the cache before",
                      self.precompile(folder).stdout)

    def count(self, table):
        try:
            with sqlite3.connect(f"file:{self.cache}?mode=ro", uri=True) as database:
                return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        except sqlite3.Error:
            return 0


class Cache(ArtifactCase):
    def cached(self, *args, code=OK):
        return self.writ("cache", *args, "--cache", self.cache, code=code).stdout

    def test_looking(self):
        self.precompile(self.modules(2), "--tiers", "singlepass")
        listed = self.json("cache", "ls", "--cache", self.cache)["artifacts"]
        self.assertEqual([row["tier"] for row in listed], ["singlepass"] * 2)
        code = listed[0]["code"]
        shown = self.json("cache", "show", code[:16], "--cache", self.cache)
        self.assertEqual((shown["code"], len(shown["artifacts"])), (code, 1))
        self.assertGreater(shown["artifacts"][0]["sections"]["code"], 100)
        self.assertIn("singlepass x86-64-v2: module ", self.cached("show", code[:16]))
        self.assertIn("artifacts  2,", self.cached("stats"))
        self.assertEqual(self.cached("sql", "SELECT tier, count(*) AS n FROM artifact GROUP BY tier"),
                         "tier        n\nsinglepass  2\n")
        self.assertIn("cannot be written to", self.error("cache", "sql", "DELETE FROM artifact", "--cache",
                                             self.cache, code=FAILURE))

    def test_copying_and_shrinking(self):
        self.precompile(self.modules(3), "--tiers", "singlepass")
        other = self.path / "other.db"
        code = self.json("cache", "ls", "--cache", self.cache)["artifacts"][0]["code"]
        self.assertIn("1 contracts and 1 artifacts written", self.cached("export", other, code))
        self.assertIn("3 contracts and 2 artifacts written; 1 artifacts were there",
                      self.cached("export", other))
        self.assertIn("3 artifacts removed", self.cached("gc", "--keep", "0"))
        self.assertIn("3 artifacts added", self.cached("import", other))

    def test_damage_is_found_and_removed(self):
        self.precompile(self.modules(3), "--tiers", "singlepass")
        with sqlite3.connect(self.cache) as database:
            database.execute("UPDATE artifact SET bytes = zeroblob(size) WHERE id = 2")
        self.assertIn("1 wrong", self.cached("verify", code=BAD_INPUT))
        self.assertIn("1 wrong, removed", self.cached("verify", "--repair"))
        self.assertIn("nothing is wrong", self.cached("verify"))

    def test_errors(self):
        self.assertIn("there is no cache", self.error("cache", "ls", "--cache", self.cache))
        self.assertIn("unknown action 'lss'; did you mean 'ls'?", self.error("cache", "lss"))
        self.assertIn("needs --keep", self.error("cache", "gc", "--cache", self.cache))
        self.cache.write_bytes(b"no database at all" * 100)
        self.error("cache", "ls", "--cache", self.cache)
        self.cache.unlink()
        self.cache.mkdir()
        self.assertIn("is a directory", self.error("cache", "ls", "--cache", self.cache))


if __name__ == "__main__":
    main()
