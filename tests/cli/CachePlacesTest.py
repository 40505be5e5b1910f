"""The cache where it cannot be as it should: full disks, no permission, locks, other things in its place."""

import contextlib
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess

from harness import BAD_INPUT, EXAMPLES, FAILURE, OK, WRIT, WritTest, main

PARTIAL = 4
READERS = (["ls"], ["stats"], ["verify"], ["sql", "SELECT 1"])
WRITERS = (["gc", "--keep", "0"], ["verify", "--repair"])


def without_rights():
    """Permissions do not hold for root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def with_little_space():
    """As a disk that gets full at 100 kB, for each file."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


class CachePlaces(WritTest):
    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.folder.name)
        self.path.chmod(0o755)
        self.modules = self.path / "modules"
        self.modules.mkdir()
        for module in ("token", "merkle", "factorial"):
            shutil.copy(EXAMPLES / f"{module}.wasm", self.modules)
        self.cache = self.path / "cache" / "cache.db"
        self.cache.parent.mkdir()
        self.writ(*self.precompile("singlepass"))

    def precompile(self, tier, *options):
        return ["precompile", self.modules, "-q", "--tiers", tier, "--cache", self.cache, *options]

    def start(self, *args, limit=None):
        return subprocess.Popen([WRIT, *map(str, args)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, preexec_fn=limit)

    def refused(self, process, said, code=FAILURE):
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, out + err)
        lines = (err + out).splitlines()
        self.assertTrue(any(said in line for line in lines), out + err)
        self.assertLessEqual(len(err.splitlines()), 1)

    def sql(self, place, statement):
        database = sqlite3.connect(place, isolation_level=None)
        database.execute(statement)
        database.close()

    def assertWhole(self, artifacts=3):
        self.assertIn(f"{artifacts} artifacts: nothing is wrong",
                      self.writ("cache", "verify", "--cache", self.cache).stdout)

    def test_full_disk(self):
        rows = ["cache", "sql", "SELECT hex(key), hex(contents), made FROM artifact", "--json", "--cache",
                self.cache]
        before = self.writ(*rows).stdout
        big = self.wasm("(module (memory 1)" + '(func (result i32) (i32.const 1) (i32.load) (i32.load))' * 3000 + ")")
        shutil.copy(big, self.modules / "big.wasm")
        self.refused(self.start(*self.precompile("singlepass"), limit=with_little_space),
                     "what was there is intact", PARTIAL)
        self.refused(self.start("cache", "export", self.path / "other.db", "--cache", self.path / "x",
                                limit=with_little_space), "there is no cache", BAD_INPUT)
        self.assertEqual(self.writ(*rows).stdout, before)
        self.assertWhole()
        self.writ(*self.precompile("singlepass"))
        self.assertWhole(4)

    def test_no_permission(self):
        for mode, folder_mode in ((0o444, 0o755), (0o444, 0o555), (0o644, 0o555)):
            self.cache.chmod(mode)
            self.cache.parent.chmod(folder_mode)
            for action in READERS:
                process = self.start("cache", *action, "--cache", self.cache, limit=without_rights)
                out, err = process.communicate(timeout=60)
                self.assertEqual((process.returncode, err), (OK, ""), f"{action}")
            for args in (*(["cache", *action, "--cache", self.cache] for action in WRITERS),
                         self.precompile("llvm")):
                with self.subTest(args=args, mode=mode, folder=folder_mode):
                    self.refused(self.start(*args, limit=without_rights),
                                 "make the file and its folder writable")
            self.cache.parent.chmod(0o755)
            self.assertWhole()
        self.cache.parent.chmod(0o700)
        self.refused(self.start("cache", "export", self.path / "cache" / "other.db", "--cache", self.cache,
                                limit=without_rights), "there is no cache", BAD_INPUT)

    def test_nothing_can_be_made_there(self):
        self.refused(self.start("cache", "export", self.path / "other.db", "--cache", self.cache,
                                limit=without_rights), "cannot be opened or made: Permission denied")
        self.refused(self.start("cache", "export", self.path / "nowhere" / "other.db", "--cache",
                                self.cache), "cannot be opened or made: No such file or directory")

    def test_locked(self):
        with contextlib.closing(sqlite3.connect(self.cache)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = [self.start("cache", *action, "--cache", self.cache) for action in WRITERS]
            waiting.append(self.start(*self.precompile("llvm")))
            for action in READERS: # They need not wait.
                self.writ("cache", *action, "--cache", self.cache, timeout=9)
            for process in waiting:
                self.refused(process, "is locked by another process; try again")
            other.rollback()
        self.assertWhole()
        self.writ(*self.precompile("llvm"))
        self.assertWhole(6)

    def test_other_things_in_its_place(self):
        newer = self.path / "newer.db"
        shutil.copy(self.cache, newer)
        self.sql(newer, "PRAGMA user_version = 2")
        stranger = self.path / "stranger.db"
        self.sql(stranger, "CREATE TABLE t (x)")
        other = self.file("other.db", b"no database at all" * 100)
        for place, said in ((newer, "is of cache version 2"), (stranger, "no cache of writ"),
                            (other, "not a database"), (self.cache.parent, "is a directory")):
            before = place.read_bytes() if place.is_file() else None
            for args in (*(["cache", *action, "--cache", place] for action in (*READERS, *WRITERS)),
                         ["cache", "export", place, "--cache", self.cache],
                         ["cache", "import", place, "--cache", self.cache],
                         ["verify", "-q", "--cache", place],
                         ["precompile", self.modules, "-q", "--cache", place]):
                self.assertIn(said, self.error(*args))
            self.assertEqual(place.read_bytes() if place.is_file() else None, before)
        self.assertWhole()


if __name__ == "__main__":
    main()
