"""writ bench: what it measures, reports, and how it fails."""

import csv
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import xml.etree.ElementTree

from harness import BAD_INPUT, EXAMPLES, OK, ROOT, TIERS, TRAP, WRIT, WritTest, main

KERNELS = ROOT / "tests/bench/kernels"
QUICK = ("--runs", "1", "--calls", "1", "--scale", "0.001", "-q")
LONE = ("--peers", "none", "--no-native", *QUICK)

# Prints what wasm3 and its like do; the answer is 3 n + 1, or what {wrong} says.
FAKE_ENGINE = """#!/bin/sh
[ "$1" = --version ] && {{ echo "fake engine 1.2"; exit 0; }}
for last in "$@"; do :; done
echo "Result: $((3 * last + 1{wrong}))" >&2
"""

TRIPLE = '(module (func (export "run") (param i32) (result i32) {}))'
TRIPLE_BODY = "(i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 1))"


class Bench(WritTest):
    def report(self, *args, code=OK):
        """The JSON report, and what was printed."""
        path = pathlib.Path(self.folder.name, "report.json")
        done = self.writ("bench", *args, "--json", path, code=code, timeout=300)
        return json.loads(path.read_text()), done

    def triple(self):
        return self.wasm(TRIPLE.format(TRIPLE_BODY))

    def rows(self, report):
        return {(row["module"], row["configuration"]): row for row in report["results"]}

    def test_every_tier_metered_and_not(self):
        report, done = self.report(KERNELS, "--only", "borsh,sort", *LONE)
        names = [tier + kind for tier in TIERS for kind in (" unmetered", "")]
        self.assertEqual([c["name"] for c in report["configurations"]], names)
        rows = self.rows(report)
        self.assertEqual(set(rows), {(m, n) for m in ("borsh", "sort") for n in names})
        for (module, name), row in rows.items():
            summary = row["summary"]
            for figure in ("run_s", "compile_s", "first_call_s", "peak_bytes"):
                self.assertGreater(summary[figure]["median"], 0, (module, name))
            self.assertGreater(summary["compile_mb_per_s"], 0)
            self.assertGreater(summary["inflation"], 0.5)
            self.assertEqual("gas" in summary, "unmetered" not in name)
            self.assertEqual("run_over_unmetered" in summary, "unmetered" not in name)
            self.assertIn(name, done.stdout)
        for module in ("borsh", "sort"):
            self.assertEqual(len({rows[module, tier]["summary"]["gas"] for tier in TIERS}), 1)

    def test_runs_and_calls_are_counted(self):
        report, _ = self.report(KERNELS, "--only", "sort", "--tiers", "singlepass", "--schedules",
                                "near", "--runs", "3", "--calls", "2", "--scale", "0.001", "-q",
                                "--peers", "none", "--no-native")
        row, = report["results"]
        self.assertEqual(row["configuration"], "singlepass")
        self.assertEqual(len(row["processes"]), 3)
        self.assertEqual(row["summary"]["run_s"]["count"], 6)
        self.assertEqual(row["summary"]["compile_s"]["count"], 3)

    def test_schedules_change_the_gas(self):
        report, _ = self.report(KERNELS, "--only", "sort", "--tiers", "interp", "--schedules",
                                "none,flat,near", *LONE)
        rows = self.rows(report)
        self.assertEqual(set(rows), {("sort", "interp unmetered"), ("sort", "interp"),
                                     ("sort", "interp near")})
        self.assertLess(rows["sort", "interp"]["summary"]["gas"],
                        rows["sort", "interp near"]["summary"]["gas"])

    def test_native_builds_are_what_ratios_refer_to(self):
        if not shutil.which("clang-22"):
            self.skipTest("no clang-22")
        report, done = self.report(KERNELS, "--only", "sort", "--tiers", "singlepass", "--peers",
                                   "none", *QUICK)
        rows = self.rows(report)
        natives = [row["summary"]["run_over_native"] for (_, name), row in rows.items()
                   if name.startswith("native")]
        self.assertEqual(len(natives), 3)
        self.assertEqual(min(natives), 1)
        self.assertGreater(rows["sort", "singlepass"]["summary"]["run_over_native"], 0.2)
        self.assertIn("run/native", done.stdout)

    def test_modules_without_a_kernel_are_compiled_only(self):
        report, done = self.report(EXAMPLES / "token.wasm", "--tiers", "singlepass", *LONE)
        for row in report["results"]:
            self.assertNotIn("run_s", row["summary"])
            self.assertGreater(row["summary"]["compile_s"]["median"], 0)
        self.assertIn("Compile, median", done.stdout)
        self.assertNotIn("Run time", done.stdout)

    def test_csv_has_a_line_for_each_cell(self):
        done = self.writ("bench", KERNELS, "--only", "sort,rlp", "--csv", "-", *LONE)
        lines = list(csv.DictReader(done.stdout.splitlines()))
        self.assertEqual(len(lines), 2 * 2 * len(TIERS))
        for line in lines:
            self.assertGreater(float(line["run_s_median"]), 0)
            self.assertEqual(line["error"], "")

    def test_the_page_needs_nothing_else_and_its_charts_are_well_formed(self):
        path = pathlib.Path(self.folder.name, "report.html")
        self.writ("bench", KERNELS, "--only", "sort,rlp", "--html", path, *LONE)
        page = path.read_text()
        self.assertIn("prefers-color-scheme: dark", page)
        for outside in ("<script", "<link", "src=", "url(", "@import"):
            self.assertNotIn(outside, page)
        charts = re.findall(r"<svg.*?</svg>", page, re.S)
        self.assertGreaterEqual(len(charts), 5)
        for chart in charts:
            root = xml.etree.ElementTree.fromstring(chart)
            width, height = (float(x) for x in root.get("viewBox").split()[2:])
            for text in root.iter("{http://www.w3.org/2000/svg}text"):
                self.assertTrue(0 <= float(text.get("x")) <= width, text.text)
                self.assertTrue(0 <= float(text.get("y")) <= height, text.text)
                # Six pixels a character is what a narrow font needs.
                room = 6 * len(text.text)
                left = float(text.get("x")) - {"start": 0, "middle": room / 2,
                                               "end": room}[text.get("text-anchor")]
                self.assertGreaterEqual(left, 0, text.text)
                self.assertLessEqual(left + room, width, text.text)

    def test_progress_goes_to_standard_error(self):
        done = self.writ("bench", KERNELS, "--only", "sort", "--peers", "none", "--no-native",
                         "--runs", "2", "--calls", "1", "--scale", "0.001")
        self.assertIn("bench: 50%", done.stderr)
        self.assertNotIn("bench:", done.stdout)

    def test_ctrl_c_keeps_what_is_done(self):
        path = pathlib.Path(self.folder.name, "report.json")
        command = [WRIT, "bench", KERNELS, "--only", "sort", "--tiers", "interp", "--runs", "20",
                   "--peers", "none", "--no-native", "--scale", "0.1", "--json", path]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            self.assertIn("bench: 10%", process.stderr.readline())
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted: this is what was done until then", out)
        report = json.loads(path.read_text())
        self.assertFalse(report["complete"])
        self.assertGreater(report["results"][0]["summary"]["run_s"]["median"], 0)

    def test_a_report_is_made_again_from_its_json(self):
        report, done = self.report(KERNELS, "--only", "sort", *LONE)
        path = pathlib.Path(self.folder.name, "report.json")
        again = self.writ("bench", "--from", path)
        self.assertEqual(again.stdout, done.stdout)
        copy = self.writ("bench", "--from", path, "--json", "-")
        self.assertEqual(json.loads(copy.stdout), report)
        self.assertIn("Where compile time goes", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^llvm: read \d+ %, import \d+ %")
        other = self.file("other.json", b"{}")
        self.assertIn("is no report", self.error("bench", "--from", other))


class Peers(WritTest):
    def bench(self, *args, wrong="", code=OK, peers="wasm3"):
        """A report with engines that are not there for real."""
        folder = pathlib.Path(self.folder.name, "bin")
        folder.mkdir(exist_ok=True)
        for name in ("wasm3", "iwasm", "wasmtime", "wasmer", "wasmedge"):
            program = folder / name
            program.write_text(FAKE_ENGINE.format(wrong=wrong))
            program.chmod(0o755)
        module = self.wasm(TRIPLE.format(TRIPLE_BODY))
        report = pathlib.Path(self.folder.name, "report.json")
        environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
        done = subprocess.run([WRIT, "bench", module, "--tiers", "interp", "--size", "5", "--peers",
                               peers, "--no-native", "--runs", "1", "--calls", "1", "-q", "--json",
                               report, *args],
                              env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return json.loads(report.read_text()), done

    def test_engines_on_path_join_with_their_version(self):
        report, _ = self.bench(peers="wasm3,iwasm,wasmtime,wasmer,wasmedge")
        versions = {c["name"]: c["version"] for c in report["configurations"]}
        for name in ("wasm3", "iwasm", "wasmtime", "wasmer", "wasmedge"):
            self.assertEqual(versions[name], "fake engine 1.2")
        for row in report["results"]:
            self.assertNotIn("error", row["summary"])
            self.assertEqual(row["processes"][0]["checksum"], 16)

    def test_a_wrong_checksum_is_an_error(self):
        report, done = self.bench(wrong=" + 1", code=TRAP)
        self.assertIn("error: t on wasm3: checksum 17, but interp unmetered gives 16", done.stdout)
        summary = {row["configuration"]: row["summary"] for row in report["results"]}
        self.assertNotIn("run_s", summary["wasm3"])

    def test_node(self):
        if not shutil.which("node"):
            self.skipTest("no node")
        report, _ = self.bench(peers="node-liftoff,node-turbofan")
        for row in report["results"]:
            self.assertEqual(row["processes"][0]["checksum"], 16)
            self.assertGreater(row["summary"]["compile_s"]["median"], 0)

    def test_wasm2c(self):
        if not shutil.which("wasm2c") or not shutil.which("clang-22"):
            self.skipTest("no wasm2c or no clang-22")
        report, _ = self.bench(peers="wasm2c-clang")
        self.assertEqual({row["processes"][0]["checksum"] for row in report["results"]}, {16})


class Failures(WritTest):
    def failing(self, body, *args):
        done = self.writ("bench", self.wasm(TRIPLE.format(body)), "--tiers", "singlepass", *LONE,
                         *args, code=TRAP)
        return done.stdout

    def test_a_trap_is_an_error_line(self):
        self.assertIn("error: t on singlepass: trap: unreachable", self.failing("unreachable"))

    def test_an_endless_loop_is_killed(self):
        self.assertIn("error: t on singlepass unmetered: took more than 1 s",
                      self.failing("(loop (br 0)) unreachable", "--timeout", "1", "--schedules",
                                   "none"))

    def test_a_kernel_that_does_not_repeat_itself_is_an_error(self):
        # Memory is new for each call, so it takes a clock.
        if not shutil.which("clang-22"):
            self.skipTest("no clang-22")
        module = self.wasm(TRIPLE.format("(i32.const 1)"))
        source = module.with_suffix(".c")
        source.write_text("unsigned run(unsigned n) { return __builtin_ia32_rdtsc() + n; }")
        done = self.writ("bench", module, "--tiers", "interp", "--peers", "none", *QUICK, code=TRAP)
        self.assertRegex(done.stdout, r"error: t on native O3: checksum \d+ at first, then \d+")

    def test_a_crash_is_an_error_line(self):
        if not shutil.which("clang-22"):
            self.skipTest("no clang-22")
        module = self.wasm(TRIPLE.format("(i32.const 1)"))
        module.with_suffix(".c").write_text(
            "unsigned run(unsigned n) { return *(volatile unsigned *)8 + n; }")
        done = self.writ("bench", module, "--tiers", "interp", "--peers", "none", *QUICK, code=TRAP)
        self.assertIn("error: t on native O3: killed by signal 11", done.stdout)

    def test_bad_arguments_are_one_line(self):
        folder = pathlib.Path(self.folder.name)
        for args, said in [
            ([], "no module given"),
            ([folder], "no valid .wasm module"),
            ([folder / "none.wasm"], "No such file"),
            ([KERNELS, "--tiers", "interpp"], "no tier 'interpp'; did you mean 'interp'?"),
            ([KERNELS, "--peers", "wasmtim"], "no peer 'wasmtim'; did you mean 'wasmtime'?"),
            ([KERNELS, "--schedules", "nowhere"], "no such schedule"),
            ([KERNELS, "--only", "tokn"], "no module 'tokn'; did you mean 'token'?"),
            ([KERNELS, "--json", folder / "no" / "where.json"], "No such file or directory"),
            ([KERNELS, "--sizes", folder / "none"], "no such file"),
            ([KERNELS, "--cc", "no-such-compiler"], "no compiler 'no-such-compiler'"),
            ([KERNELS, "--runs", "0"], "--runs"),
            ([KERNELS, "--tier", "llvm"], "unknown option '--tier'; did you mean '--tiers'?"),
        ]:
            self.assertIn(said, self.error("bench", *args), args)

    def test_sizes_must_be_numbers(self):
        sizes = self.file("sizes.txt", b"sort 3\n# nothing\nrlp many\n")
        self.assertIn("sizes.txt:3: expected a name and a number",
                      self.error("bench", KERNELS, "--sizes", sizes))


if __name__ == "__main__":
    main()
