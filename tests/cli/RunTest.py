"""writ run: arguments, results, gas, limits, traps, imports."""

import re

from harness import BAD_INPUT, EXAMPLES, SHARED, TIERS, TRAP, WritTest, main

IDENTITIES = """(module
  (func (export "i32") (param i32) (result i32) local.get 0)
  (func (export "i64") (param i64) (result i64) local.get 0)
  (func (export "f32") (param f32) (result f32) local.get 0)
  (func (export "f64") (param f64) (result f64) local.get 0)
  (func (export "funcref") (param funcref) (result funcref) local.get 0)
  (func (export "externref") (param externref) (result externref) local.get 0)
  (func $f (export "self") (result funcref) ref.func $f)
  (func (export "swap") (param i32 i64) (result i64 i32) local.get 1 local.get 0))"""

VALUES = [
    ("i32", "7", "7"), ("i32", "-1", "-1"), ("i32", "4294967295", "-1"), ("i32", "0xff", "255"),
    ("i32", "-0x80000000", "-2147483648"), ("i32", "1_000", "1000"), ("i32", "+5", "5"),
    ("i64", "18446744073709551615", "-1"), ("i64", "-9223372036854775808", "-9223372036854775808"),
    ("f32", "0.1", "0.1"), ("f32", "-0", "-0"), ("f32", "inf", "inf"), ("f32", "-inf", "-inf"),
    ("f32", "nan", "nan"), ("f32", "-nan", "-nan"), ("f32", "nan:0x200001", "nan:0x200001"),
    ("f32", "0x1p-149", "1e-45"), ("f32", "3.4028235e38", "3.4028235e+38"),
    ("f64", "-.5", "-0.5"), ("f64", "0x1.8p3", "12"), ("f64", "1e100", "1e+100"),
    ("f64", "nan:canonical", "nan"), ("f64", "-nan:0x4", "-nan:0x4"),
    ("funcref", "ref.null", "ref.null"), ("externref", "ref.null", "ref.null"),
    ("externref", "42", "42"),
]

NOT_VALUES = [
    ("i32", "4294967296"), ("i32", "-2147483649"), ("i32", "1.5"), ("i32", "abc"), ("i32", ""),
    ("i32", "0x"), ("i32", "1__0"), ("i32", "_1"), ("i64", "18446744073709551616"), ("f32", "1e39"),
    ("f32", "nan:0x0"), ("f32", "nan:0x800000"), ("f32", "nan:7"), ("f64", "1.5x"), ("f64", "0xg"),
    ("funcref", "1"), ("externref", "0"),
]


class Run(WritTest):
    def test_values_go_in_and_come_out(self):
        module = self.wasm(IDENTITIES)
        for export, given, printed in VALUES:
            self.assertEqual(self.writ("run", module, export, given).stdout, printed + "\n")

    def test_values_on_the_llvm_tier(self):
        module = self.wasm(IDENTITIES)
        for export, given, printed in VALUES[::5]:
            done = self.writ("run", module, export, given, "--tier", "llvm")
            self.assertEqual(done.stdout, printed + "\n")

    def test_what_is_no_value_of_the_type_is_refused(self):
        module = self.wasm(IDENTITIES)
        for export, given in NOT_VALUES:
            message = self.error("run", module, export, given)
            self.assertIn(f"argument 1 of {export}: '{given}' is not a value of type {export}",
                          message)

    def test_several_results_come_on_lines_of_their_own(self):
        module = self.wasm(IDENTITIES)
        for tier in TIERS:
            done = self.writ("run", module, "swap", "1", "2", "--tier", tier)
            self.assertEqual(done.stdout, "2\n1\n")

    def test_a_function_reference_is_printed_by_index(self):
        self.assertEqual(self.writ("run", self.wasm(IDENTITIES), "self").stdout, "ref.func 6\n")

    def test_wrong_number_of_arguments(self):
        for args, said in [(["1"], "expected 2 arguments, not 1"),
                           (["1", "2", "3"], "expected 2 arguments, not 3")]:
            message = self.error("run", self.wasm(IDENTITIES), "swap", *args)
            self.assertIn("swap is (i32, i64) -> (i64, i32): " + said, message)

    def test_results_on_standard_output_and_gas_on_standard_error(self):
        for tier in TIERS:
            done = self.writ("run", EXAMPLES / "factorial.wasm", "factorial", "20", "--tier", tier)
            self.assertEqual(done.stdout, "2432902008176640000\n")
            self.assertRegex(done.stderr, r"^gas: \d+\n$")

    def test_verbose_prints_times(self):
        done = self.writ("run", EXAMPLES / "factorial.wasm", "factorial", "3", "-v")
        for stage in ("read", "import", "meter", "interp", "run"):
            self.assertRegex(done.stderr, rf"(?m)^{stage}: \d+\.\d+ ms$")

    def test_without_an_export_main_or_start_or_the_only_one_is_called(self):
        one = '(func (export "{}") (result i32) i32.const {})'
        for exports, printed in [([("main", 1), ("x", 2)], "1\n"), ([("_start", 3), ("x", 2)], "3\n"),
                                 ([("only", 4)], "4\n")]:
            module = self.wasm("(module " + " ".join(one.format(*e) for e in exports) + ")")
            self.assertEqual(self.writ("run", module).stdout, printed)

    def test_without_an_export_and_a_choice_the_exports_are_listed(self):
        message = self.error("run", EXAMPLES / "factorial.wasm")
        self.assertIn("say which export to call: factorial(i64) -> (i64), recursive(i64)", message)
        self.assertIn("exports no function", self.error("run", self.wasm("(module)")))

    def test_of_very_many_exports_the_first_are_listed(self):
        exports = " ".join(f'(export "f{i}" (func 0))' for i in range(100))
        message = self.error("run", self.wasm(f"(module (func) {exports})"))
        self.assertIn("f39() -> () and 60 more", message)

    def test_an_unknown_export_gets_a_suggestion(self):
        self.assertIn("exports no function 'factoral'; did you mean 'factorial'?",
                      self.error("run", EXAMPLES / "factorial.wasm", "factoral", "3"))
        self.assertIn("it exports balance(i64) -> (i64), ",
                      self.error("run", EXAMPLES / "token.wasm", "memory"))


class Traps(WritTest):
    def trap(self, *args, tier):
        done = self.writ("run", *args, "--tier", tier, code=TRAP)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_a_trap_is_one_line_with_kind_place_and_gas(self):
        module = EXAMPLES / "factorial.wasm"
        for tier in TIERS:
            self.assertRegex(self.trap(module, "factorial", "21", tier=tier),
                             rf"^trap: unreachable in factorial \({module}:0x[0-9a-f]+\) after \d+ gas\n$")
            self.assertRegex(self.trap(module, "recursive", "9999999", tier=tier),
                             rf"^trap: stack_exhausted in recursive \({module}:0x[0-9a-f]+\) after \d+ gas\n$")

    def test_out_of_gas_uses_up_the_limit(self):
        for tier in TIERS:
            line = self.trap(EXAMPLES / "token.wasm", "main", "1000", "--gas", "5000", tier=tier)
            self.assertRegex(line, r"^trap: out_of_gas in \w+ \(.*:0x[0-9a-f]+\) after 5000 gas\n$")

    def test_the_same_trap_and_gas_in_all_tiers_at_every_gas_limit(self):
        args = (EXAMPLES / "factorial.wasm", "choose", "3", "5")
        for gas in (0, 1, 2, 10, 20, 30, 50, 100, 200):
            lines = [self.trap(*args, "--gas", gas, tier=tier) for tier in TIERS]
            # Where among ops without effects (calls of such included) the gas ended is not part
            # of the outcome.
            seen = {re.sub(r" in \w+ \(.*\)", "", line) for line in lines}
            self.assertEqual(len(seen), 1, lines)

    def test_a_deeper_stack_lets_recursion_go_on(self):
        args = ("run", EXAMPLES / "factorial.wasm", "recursive", "10000")
        for tier in TIERS:
            self.writ(*args, "--tier", tier, code=TRAP)
            self.writ(*args, "--tier", tier, "--stack", "10_000_000")

    def test_a_trap_in_the_start_function(self):
        module = self.wasm('(module (func $boom unreachable) (start $boom) (func (export "main")))')
        for tier in TIERS:
            self.assertRegex(self.trap(module, tier=tier), r"^trap: unreachable in boom \(")

    def test_a_trap_as_json(self):
        for tier in TIERS:
            report = self.json("run", EXAMPLES / "factorial.wasm", "factorial", "21", "--tier", tier,
                               code=TRAP)
            self.assertEqual(report["outcome"], "trap")
            self.assertEqual(report["values"], [])
            self.assertEqual(report["trap"]["kind"], "unreachable")
            self.assertEqual(report["trap"]["function"], "factorial")
            self.assertEqual(report["trap"]["function_index"], 0)
            self.assertGreater(report["trap"]["offset"], 8)


class Limits(WritTest):
    def test_a_memory_limit_makes_growth_fail(self):
        module = self.wasm('(module (memory 1) (func (export "main") (result i32) '
                           "(memory.grow (i32.const 4))))")
        for tier in TIERS:
            for pages, printed in (("5", "1\n"), ("4", "-1\n")):
                done = self.writ("run", module, "--memory-pages", pages, "--tier", tier)
                self.assertEqual(done.stdout, printed)
        self.assertIn("memory", self.error("run", module, "--memory-pages", "0"))

    def test_limits_must_be_numbers_in_range(self):
        module = EXAMPLES / "factorial.wasm"
        for option, value, said in [
            ("--gas", "lots", "gas limit 'lots' is not a number"),
            ("--gas", "-1", "gas limit '-1' is not a number"),
            ("--gas", str(1 << 62), "gas limit 4611686018427387904 is more than"),
            ("--stack", "1e6", "stack limit '1e6' is not a number"),
            ("--stack", "99999999999", "stack limit 99999999999 is more than"),
            ("--memory-pages", "65537", "memory limit 65537 is more than"),
        ]:
            self.assertIn(said, self.error("run", module, "factorial", "3", f"{option}={value}"))

    def test_features_and_limits_of_modules(self):
        module = EXAMPLES / "factorial.wasm"
        self.assertIn("tail-call", self.error("run", module, "factorial", "3", "--limits", "near"))
        self.writ("run", module, "factorial", "3", "--limits", "near", "--features", "+tail-call")
        self.writ("run", module, "factorial", "3", "--features", "mvp,tail-call")


class Schedules(WritTest):
    def gas(self, schedule, tier):
        return self.json("run", EXAMPLES / "factorial.wasm", "factorial", "20", "--schedule", schedule,
                         "--tier", tier)["gas_used"]

    def test_shipped_schedules_give_other_amounts(self):
        for tier in TIERS:
            amounts = [self.gas(name, tier) for name in ("flat", "near", "weighted")]
            self.assertEqual(len(set(amounts)), 3)
            self.assertEqual(amounts[1] % 822756, 0)

    def test_gas_by_hand_under_near(self):
        module = self.wasm("""(module (memory 1)
          (func (export "main") (param i32) (result i32)
            (memory.fill (i32.const 0) (i32.const 1) (local.get 0)) (memory.grow (i32.const 9))))""")
        # A frame of 64 + 4 + 3 * 4 bytes is 10 regular ops; five ops; the fill and its bytes. `end` is
        # free.
        fill = 26328192
        for size, printed, code in (("100", "1\n", 0), ("70000", "", TRAP)):
            regular = 10 + 5 + 100 if code == 0 else 10 + 3 + 70000
            for tier in TIERS:
                done = self.writ("run", module, "main", size, "--schedule", "near", "--tier", tier,
                                 code=code)
                self.assertEqual(done.stdout, printed)
                self.assertIn(str(fill + 822756 * regular), done.stderr)

    def test_entering_a_frame_is_paid_before_it_is_refused(self):
        module = self.wasm('(module (func (export "main")))')
        for tier in TIERS:
            done = self.writ("run", module, "--stack", "0", "--schedule", "near", "--tier", tier,
                             code=TRAP)
            self.assertRegex(done.stderr, rf"^trap: stack_exhausted in main .* after {8 * 822756} gas")

    def test_a_schedule_from_a_file(self):
        twice = self.file("twice.schedule", b"name twice\ndefault 2\n")
        for tier in TIERS:
            self.assertEqual(self.gas(twice, tier), 2 * self.gas("flat", tier))

    def test_bad_schedules_are_bad_input(self):
        args = ("run", EXAMPLES / "factorial.wasm", "factorial", "3", "--schedule")
        self.assertIn("no such schedule", self.error(*args, "nowhere"))
        bad = self.file("bad.schedule", b"name bad\nprice kittens 3\n")
        self.assertIn("bad.schedule:2:7: no cost class 'kittens'", self.error(*args, bad))


class Imports(WritTest):
    MODULE = """(module
      (import "env" "read" (func (param i32) (result i64)))
      (import "env" "counter" (global i32))
      (func (export "main") (drop (call 0 (i32.const 1)))))"""

    FUNCTION = """(module (import "env" "read" (func $read (param i32) (result i64)))
      (func (export "main") (drop (call $read (i32.const 1))))
      (func (export "other") (result i32) (i32.const 7)))"""

    def test_missing_imports_are_listed(self):
        done = self.writ("run", self.wasm(self.MODULE), code=BAD_INPUT)
        self.assertIn("cannot be linked: nobody gives these imports:\n"
                      '  function "env" "read" (i32) -> (i64)\n  global "env" "counter" i32\n',
                      done.stderr)
        self.assertIn("--stub-imports", done.stderr)

    def test_stubs_are_for_functions_only(self):
        done = self.writ("run", self.wasm(self.MODULE), "--stub-imports", code=BAD_INPUT)
        self.assertIn('nobody gives this import:\n  global "env" "counter" i32\n', done.stderr)

    def test_a_stub_traps_when_it_is_called(self):
        module = self.wasm(self.FUNCTION)
        for tier in TIERS:
            done = self.writ("run", module, "other", "--stub-imports", "--tier", tier)
            self.assertEqual(done.stdout, "7\n")
            done = self.writ("run", module, "main", "--stub-imports", "--tier", tier, code=TRAP)
            self.assertRegex(done.stderr, r"^trap: host \(call of the stub for env\.read\) ")

    def test_the_clock_has_to_be_asked_for(self):
        module = self.wasm('(module (import "env" "clock_ms" (func (result i32))) '
                           '(export "main" (func 0)))')
        self.writ("run", module, code=BAD_INPUT)
        for tier in TIERS:
            self.writ("run", module, "--host-clock", "--tier", tier)

    def test_coremark_gives_a_score(self):
        path = SHARED / "contracts/bench/wasmi-labs+wasmi-benchmarks/res_wasm_coremark.wasm"
        if not path.is_file():
            self.skipTest(f"{path} is not there")
        def score(tier):
            done = self.writ("run", path, "run", "--host-clock", "--tier", tier, timeout=300)
            return float(done.stdout)

        for tier in TIERS:
            # It answers 0 if the machine's speed changed under it: with `auto`, the code's does.
            least = 0 if tier == "auto" else 10
            self.assertTrue(any(score(tier) >= least for _ in range(5)), tier)


if __name__ == "__main__":
    main()
