"""writ completion: the scripts parse and complete."""

import shutil
import subprocess

from harness import WritTest, main


class Completion(WritTest):
    def complete(self, *words):
        """What bash offers after `words`."""
        script = self.file("writ.bash", self.writ("completion", "bash").stdout.encode())
        line = " ".join(f"'{word}'" for word in words)
        program = (f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
                   '_writ; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_bash_completes_subcommands_options_and_words(self):
        self.assertEqual(self.complete("writ", "in"), ["inspect"])
        self.assertEqual(self.complete("writ", "run", "x.wasm", "--sch"), ["--schedule"])
        self.assertEqual(self.complete("writ", "run", "--tier", ""), ["interp", "singlepass", "llvm", "auto"])
        self.assertEqual(self.complete("writ", "validate", "--limits", "n"), ["near"])
        self.assertEqual(self.complete("writ", "completion", ""), ["bash", "zsh", "fish"])
        self.assertIn("--stub-imports", self.complete("writ", "run", "--"))
        self.assertNotIn("--stub-imports", self.complete("writ", "inspect", "--"))

    def test_scripts_parse_in_their_shells(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.writ("completion", shell).stdout
            for word in ("run", "inspect", "validate", "completion", "schedule", "flat"):
                self.assertIn(word, script)
            if shutil.which(shell):
                path = self.file("writ." + shell, script.encode())
                subprocess.run([shell, "-n", path], check=True)


if __name__ == "__main__":
    main()
