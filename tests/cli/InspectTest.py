"""writ inspect: tables, JSON and stages."""

import time

from harness import EXAMPLES, WritTest, main

TOKEN = EXAMPLES / "token.wasm"


class Inspect(WritTest):
    def assertSays(self, said, text, stage):
        """As assertIn, without the whole text when it fails."""
        self.assertTrue(said in text, f"{stage}: no '{said}' in {text[:300]} ...")

    def test_tables(self):
        text = self.writ("inspect", TOKEN).stdout
        self.assertRegex(text, r"token\.wasm: \d+ bytes, \d+ functions, \d+ bytes of code, 0 imports")
        self.assertIn("features: mvp\n", text)
        self.assertIn('export', text)
        self.assertIn('function "transfer" (i64, i64, i64) -> (i32)\n', text)
        self.assertRegex(text, r'custom "name"\n')
        self.assertRegex(text, r"(?m)^ +\d+ +0x[0-9a-f]+ +\d+ +\d+  transfer\(i64, i64, i64\)")

    def test_json_has_the_same(self):
        report = self.json("inspect", TOKEN)
        self.assertEqual(report["bytes"], TOKEN.stat().st_size)
        self.assertEqual(report["features"], ["mvp"])
        self.assertIn({"name": "balance", "kind": "function", "index": 0, "type": "(i64) -> (i64)"},
                      report["exports"])
        self.assertEqual([f["index"] for f in report["functions"]],
                         list(range(len(report["functions"]))))

    def test_frames_are_64_bytes_and_locals_and_operands(self):
        module = self.wasm("(module (func $f (param i32 f64) (local i32 i64) "
                           "(drop (i64.add (i64.const 1) (i64.const 2)))))")
        (function,) = self.json("inspect", module)["functions"]
        self.assertEqual(function["frame_bytes"], 64 + 4 + 8 + 4 + 8 + 16)
        self.assertEqual(function["name"], "f")

    def test_features_are_those_without_which_the_module_is_refused(self):
        for body, feature in [
            ("(func (result i32) (i32.extend8_s (i32.const 1)))", "sign-extension"),
            ("(func (result i32) (i32.trunc_sat_f32_s (f32.const 1)))", "saturating-float-to-int"),
            ("(func (result i32 i32) (i32.const 1) (i32.const 2))", "multi-value"),
            ("(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
             "bulk-memory"),
            ("(func (result funcref) (ref.null func))", "reference-types"),
            ("(func $f (return_call $f))", "tail-call"),
            ('(global (export "g") (mut i32) (i32.const 0))', "mutable-globals"),
        ]:
            features = self.json("inspect", self.wasm(f"(module {body})"))["features"]
            self.assertEqual(features, ["mvp", feature])

    def test_imports_and_odd_names(self):
        module = self.wasm('(module (import "a\\22b" "\\n" (memory 1 2)) '
                           '(import "t" "t" (table 1 funcref)) (import "g" "g" (global (mut i64))))')
        text = self.writ("inspect", module).stdout
        self.assertIn('memory "a\\"b" "\\0a" {min 1, max 2}\n', text)
        self.assertIn('table "t" "t" funcref {min 1}\n', text)
        self.assertIn('global "g" "g" mut i64\n', text)

    def test_many_functions_and_exports_take_no_time(self):
        count = 20000
        functions = "(func)" * count
        exports = " ".join(f'(export "f{i}" (func {i}))' for i in range(count))
        start = time.monotonic()
        text = self.writ("inspect", self.wasm(f"(module {functions} {exports})")).stdout
        self.assertIn(f"f{count - 1}()", text)
        self.error("inspect", self.wasm(f"(module {functions} {exports})"), "--func", "nobody")
        self.assertLess(time.monotonic() - start, 30)

    def test_one_function_by_name_export_or_index(self):
        for name in ("transfer", "1"):
            (function,) = self.json("inspect", TOKEN, "--func", name)["functions"]
            self.assertEqual(function["name"], "transfer")
        self.assertIn("has no function 'transfr'; did you mean 'transfer'?",
                      self.error("inspect", TOKEN, "--func", "transfr"))
        self.assertIn("has no function '99'", self.error("inspect", TOKEN, "--func", "99"))
        imports = self.wasm('(module (import "a" "b" (func $f)) (func))')
        self.assertIn("f is imported", self.error("inspect", imports, "--func", "f"))

    def test_every_stage_of_the_whole_module(self):
        for stage, said in STAGES:
            self.assertSays(said, self.writ("inspect", TOKEN, "--emit", stage).stdout, stage)

    def test_every_stage_of_one_function(self):
        for stage, said in STAGES:
            whole = self.writ("inspect", TOKEN, "--emit", stage).stdout
            text = self.writ("inspect", TOKEN, "--emit", stage, "--func", "balance").stdout
            self.assertSays(said, text, stage)
            self.assertLess(len(text), len(whole) / 2, stage)

    def test_output_is_deterministic(self):
        for stage, _ in STAGES:
            texts = {self.writ("inspect", TOKEN, "--emit", stage).stdout for _ in range(2)}
            self.assertEqual(len(texts), 1, stage)


STAGES = [
    ("contract", "contract.func @balance"),
    ("metered", "contract.charge <"),
    ("bytecode", "function 0: "),
    ("singlepass", "retq"),
    ("llvm", "define"),
    ("llvm-opt", "define"),
    ("asm", "ret"),
]

if __name__ == "__main__":
    main()
