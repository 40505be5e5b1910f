"""The shipped examples: built from their sources, with the results that they should have."""

import hashlib
import math
import os
import pathlib
import re
import subprocess

from harness import EXAMPLES, ROOT, TIERS, TRAP, WRIT, WritTest, main


def merkle_root(count):
    digest = lambda data: hashlib.sha256(data).digest()
    level = [digest(b"\0" + index.to_bytes(4, "little")) for index in range(count)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2])
        level = [digest(b"\1" + a + b) for a, b in pairs] + level[len(level) & ~1:]
    return int.from_bytes(level[0][:8], "big", signed=True)


class Examples(WritTest):
    def all_tiers(self, file, *args, code=0):
        """The report of a call, which must be the same in all tiers."""
        reports = [self.json("run", EXAMPLES / file, *args, "--tier", tier, code=code)
                   for tier in TIERS]
        for report in reports:
            report.pop("tier")
            if report.get("trap", {}).get("kind") == "out_of_gas":
                # Where in a run of ops without effects the gas ended is not part of the outcome.
                report["trap"].pop("offset")
        for report in reports[1:]:
            self.assertEqual(report, reports[0])
        return reports[0]

    def value(self, file, *args):
        (value,) = self.all_tiers(file, *args)["values"]
        return int(value["value"])

    def test_the_modules_are_what_their_sources_build_to(self):
        out = pathlib.Path(self.folder.name)
        subprocess.run([EXAMPLES / "build", out], check=True)
        built = {path.name: path.read_bytes() for path in out.glob("*.wasm")}
        kept = {path.name: path.read_bytes() for path in EXAMPLES.glob("*.wasm")}
        self.assertEqual(built, kept)

    def test_factorial(self):
        for n in (0, 1, 5, 20):
            for export in ("factorial", "recursive", "tail"):
                self.assertEqual(self.value("factorial.wasm", export, n), math.factorial(n))
        self.assertEqual(self.value("factorial.wasm", "choose", 10, 3), math.comb(10, 3))
        wrapped = math.factorial(30) % 2**64
        self.assertEqual(self.value("factorial.wasm", "tail", 30), wrapped - (wrapped >> 63 << 64))

    def test_factorial_fails_as_it_says(self):
        for args, kind in [(("factorial", 21), "unreachable"), (("recursive", 100000), "stack_exhausted"),
                           (("tail", 100000, "--gas", 1000), "out_of_gas")]:
            report = self.all_tiers("factorial.wasm", *args, code=TRAP)
            self.assertEqual(report["trap"]["kind"], kind)

    def test_gas_of_factorial_by_hand(self):
        # Under flat: get, const, gt_u, if; const, set; block, loop; n rounds of get, eqz, br_if,
        # get, get, mul, set, get, const, sub, set, br; then get, eqz, br_if; get, end.
        for n in (0, 1, 7, 20):
            self.assertEqual(self.all_tiers("factorial.wasm", "factorial", n)["gas_used"], 13 + 12 * n)

    def test_token(self):
        self.assertEqual(self.value("token.wasm", "balance", 1), 1_000_000_000)
        self.assertEqual(self.value("token.wasm", "balance", 2), 0)
        self.assertEqual(self.value("token.wasm", "transfer", 1, 7, 250), 1)
        self.assertEqual(self.value("token.wasm", "transfer", 7, 1, 250), 0)
        self.assertEqual(self.value("token.wasm", "total"), 1_000_000_000)
        self.assertGreater(self.value("token.wasm", "main", 2000), 1000)

    def test_merkle(self):
        for leaves in (1, 2, 3, 64, 100):
            self.assertEqual(self.value("merkle.wasm", "root", leaves), merkle_root(leaves))
        for index, leaves in ((0, 1), (4, 5), (98, 100)):
            self.assertEqual(self.value("merkle.wasm", "main", index, leaves), 1)
        self.all_tiers("merkle.wasm", "main", 5, 5, code=TRAP)


class Readme(WritTest):
    def test_what_the_readme_shows_is_what_writ_prints(self):
        text = (ROOT / "README.md").read_text()
        shown = re.findall(r"^\$ (writ .*)\n((?:(?!\$|```).*\n)*)", text, re.M)
        self.assertGreater(len(shown), 3)
        path = f"{pathlib.Path(WRIT).parent}:{os.environ['PATH']}"
        for command, output in shown:
            done = subprocess.run(["bash", "-c", f"{command} 2>&1"], cwd=ROOT, capture_output=True,
                                  text=True, env={**os.environ, "PATH": path})
            self.assertIn(done.returncode, (0, TRAP), command)
            if output:
                self.assertEqual(done.stdout, output, command)


if __name__ == "__main__":
    main()
