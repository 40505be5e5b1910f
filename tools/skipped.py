#!/usr/bin/env python3
"""Says which tests of a ctest run were skipped, and why: tools/skipped.py JUNIT_XML

The reason is the last line that a skipped test printed.
"""

import os
import sys
import xml.etree.ElementTree as xml


def main():
    if not os.path.exists(sys.argv[1]):
        return  # ctest only listed the tests.
    skipped = []
    for case in xml.parse(sys.argv[1]).getroot().iter("testcase"):
        mark = case.find("skipped")
        if mark is not None or case.get("status") in ("notrun", "disabled"):
            output = (case.findtext("system-out") or "").strip().splitlines()
            reason = output[-1] if output else (mark.get("message") if mark is not None else "?")
            skipped.append((case.get("name"), reason))
    print(f"{len(skipped)} tests skipped")
    for name, reason in skipped:
        print(f"  {name}: {reason}")


if __name__ == "__main__":
    main()
