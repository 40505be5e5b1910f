#!/usr/bin/env python3
"""How long a whole `writ run` of a small module takes on the interpreter; at most 15 ms.

    start_up.py WRIT

The least of many runs: what the program takes, not what else the machine does. On a machine that
is busy with other things, wall time says nothing; there the processor time must keep the limit.
"""

import os
import pathlib
import sys
import time

EXAMPLE = pathlib.Path(__file__).resolve().parent.parent.parent / "examples" / "factorial.wasm"
LIMIT_MS = 15.0
RUNS = 60


def run_once(command):
    """Wall and processor time in ms."""
    null = os.open(os.devnull, os.O_RDWR)
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ,
                         file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    _, status, usage = os.wait4(pid, 0)
    spent = time.perf_counter() - start
    os.close(null)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"start_up: {' '.join(command)} returned {os.waitstatus_to_exitcode(status)}")
    return spent * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def main():
    writ = sys.argv[1]
    if not os.path.exists(writ):
        print(f"{writ} is not built (tools/build release writ)")
        sys.exit(77)
    runs = [run_once([writ, "run", str(EXAMPLE), "factorial", "20"]) for _ in range(RUNS)]
    walls, processors = (sorted(times) for times in zip(*runs))
    busy = os.getloadavg()[0] > os.cpu_count()
    print(f"whole process: least {walls[0]:.1f} ms, median {walls[RUNS // 2]:.1f} ms of {RUNS} runs; "
          f"processor time {processors[0]:.1f} ms; at most {LIMIT_MS:.0f} ms"
          f"{' of processor time, for the machine is busy' if busy else ''}")
    sys.exit(0 if (processors if busy else walls)[0] <= LIMIT_MS else 1)


if __name__ == "__main__":
    main()
