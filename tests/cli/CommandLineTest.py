"""What holds for every subcommand: help, errors in options, files that are no modules."""

import os
import signal
import subprocess
import time

from harness import BAD_INPUT, EXAMPLES, FAILURE, TIERS, WRIT, WritTest, main

SUBCOMMANDS = ("run", "inspect", "validate", "completion")


class CommandLine(WritTest):
    def test_help_has_examples_everywhere(self):
        for args in ([], *([sub] for sub in SUBCOMMANDS)):
            text = self.writ(*args, "--help").stdout
            self.assertIn("Examples:", text)
            self.assertIn("writ " + (args[0] if args else "run"), text)

    def test_version(self):
        self.assertRegex(self.writ("--version").stdout, r"^writ \d+\.\d+\.\d+ \(LLVM 22\.")

    def test_unknown_words_get_suggestions(self):
        for args, said in [
            (["rnu"], "unknown subcommand 'rnu'; did you mean 'run'?"),
            (["inspekt", "x"], "unknown subcommand 'inspekt'; did you mean 'inspect'?"),
            (["run", "x", "--gass", "5"], "unknown option '--gass'; did you mean '--gas'?"),
            (["validate", "x", "--jsno"], "unknown option '--jsno'; did you mean '--json'?"),
            (["validate", "x", "--limits", "nera"], "did you mean 'near'?"),
            (["validate", "x", "--features", "tailcall"], "did you mean 'tail-call'?"),
        ]:
            self.assertIn(said, self.error(*args))

    def test_wrong_command_lines_are_bad_input(self):
        for args, said in [
            ([], "no subcommand given"),
            (["frobnicate"], "unknown subcommand 'frobnicate' (see"),
            (["run"], "FILE is required"),
            (["validate"], "FILE is required"),
            (["inspect"], "FILE is required"),
            (["inspect", "a", "b"], "unexpected argument 'b'"),
            (["run", "x", "--tier", "jit"], "jit not in {interp,singlepass,llvm,auto}"),
            (["run", "x", "--gas"], "--gas"),
            (["inspect", "x", "--emit", "magic"], "magic not in"),
            (["inspect", "x", "--emit", "metered", "--json"], "excludes"),
            (["completion", "tcsh"], "tcsh not in {bash,zsh,fish}"),
        ]:
            self.assertIn(said, self.error(*args))

    def test_files_that_are_no_modules_get_one_clear_line(self):
        huge = self.file("huge.wasm", b"")
        os.truncate(huge, 2 << 30)
        for path, said in [
            ("nowhere.wasm", "No such file or directory"),
            (EXAMPLES, "is a directory"),
            ("/dev/zero", "is a device"),
            (huge, "more than 1073741824 bytes"),
            (self.file("empty.wasm", b""), "is empty"),
            (self.file("elf.wasm", b"\x7fELF\x02\x01"), "is not a WebAssembly module"),
            (EXAMPLES / "factorial.wat", "is WebAssembly text"),
            (self.file("short.wasm", b"\0as"), "unexpected end"),
            (self.file("version.wasm", b"\0asm\2\0\0\0"), "version"),
            (self.file("count.wasm", b"\0asm\1\0\0\0\x01\x05\xff\xff\xff\xff\x0f"), "0x"),
        ]:
            for sub in ("run", "inspect"):
                message = self.error(sub, path)
                self.assertIn(said, message)
                self.assertTrue(message.startswith(str(path)), message)

    def test_a_file_that_cannot_be_read(self):
        if os.geteuid() == 0:
            self.skipTest("root can read every file")
        path = self.file("secret.wasm", b"\0asm\1\0\0\0")
        path.chmod(0)
        self.assertIn("Permission denied", self.error("run", path))

    def test_every_truncation_of_a_module_is_refused_or_valid(self):
        module = (EXAMPLES / "factorial.wasm").read_bytes()
        for size in range(0, len(module), 7):
            done = subprocess.run([WRIT, "validate", "-"], input=module[:size], capture_output=True)
            self.assertIn(done.returncode, (0, BAD_INPUT), size)
            self.assertEqual(done.stdout.count(b"\n"), 1)

    def test_a_module_from_standard_input(self):
        module = (EXAMPLES / "factorial.wasm").read_bytes()
        self.assertEqual(self.writ("run", "-", "factorial", "5", stdin=module).stdout, "120\n")

    def test_a_full_disk_is_a_failure(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([WRIT, "inspect", EXAMPLES / "token.wasm"], stdout=full,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, FAILURE)
        self.assertIn(b"cannot write to standard output", done.stderr)

    def test_an_interrupt_ends_with_130(self):
        loop = self.wasm('(module (func (export "main") (loop (br 0))))')
        for tier in TIERS:
            process = subprocess.Popen([WRIT, "run", loop, "--tier", tier])
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=20), 130)


if __name__ == "__main__":
    main()
