"""writ validate: one line a file."""

from harness import BAD_INPUT, EXAMPLES, WritTest, main

GOOD = EXAMPLES / "token.wasm"


class Validate(WritTest):
    def test_valid_files(self):
        files = sorted(EXAMPLES.glob("*.wasm"))
        done = self.writ("validate", *files)
        self.assertEqual(done.stdout, "".join(f"{file}: valid\n" for file in files))
        self.assertEqual(done.stderr, "")

    def test_one_bad_file_of_several(self):
        bad = self.file("bad.wasm", b"\0asm\1\0\0\0\x0a\x01\x01")
        done = self.writ("validate", GOOD, bad, "nowhere", GOOD, code=BAD_INPUT)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], f"{GOOD}: valid")
        self.assertRegex(lines[1], rf"^{bad}:0x[0-9a-f]+: ")
        self.assertEqual(lines[2], "nowhere: No such file or directory")
        self.assertEqual(lines[3], f"{GOOD}: valid")

    def test_errors_say_the_function_and_the_position(self):
        bad = self.wasm("(module (func $sum (result i32) (i64.const 1)))", "--no-check")
        line = self.writ("validate", bad, code=BAD_INPUT).stdout
        self.assertRegex(line, rf"^{bad}:0x[0-9a-f]+: function 0 'sum': ")

    def test_json(self):
        verdicts = self.json("validate", GOOD, "nowhere", code=BAD_INPUT)
        self.assertEqual(verdicts[0], {"file": str(GOOD), "valid": True})
        self.assertEqual(verdicts[1], {"file": "nowhere", "valid": False,
                                       "error": "nowhere: No such file or directory"})

    def test_features_are_added_taken_away_or_listed(self):
        module = EXAMPLES / "factorial.wasm"
        for features, code in [("mvp", 2), ("mvp,tail-call", 0), ("tail-call", 0),
                               ("-tail-call", 2), ("-tail-call,+tail-call", 0)]:
            self.writ("validate", module, f"--features={features}", code=code)
        self.assertIn("unknown feature 'x'", self.error("validate", module, "--features=x"))

    def test_limits_of_near(self):
        deep = "(module (func (param " + "i32 " * 65 + ")))"
        module = self.wasm(deep)
        self.writ("validate", module)
        line = self.writ("validate", module, "--limits", "near", code=BAD_INPUT).stdout
        self.assertIn("number of parameters 65 exceeds the limit of 64", line)


if __name__ == "__main__":
    main()
