#!/usr/bin/env python3
"""The twelve kernels of others, small: every configuration gives the native checksum."""
import os
import subprocess
import sys


def main():
    writ, shared = sys.argv[1:]
    if not os.path.isdir(f"{shared}/bench/wasm"):
        print(f"skipped: no {shared}/bench/wasm")
        return 77
    return subprocess.run([writ, "bench", f"{shared}/bench/wasm", "--native",
                           f"{shared}/bench/kernels", "--peers", "none", "--runs", "1", "--calls",
                           "1", "--scale", "0.002", "-q"]).returncode


if __name__ == "__main__":
    sys.exit(main())
