#!/usr/bin/env python3
"""Adds up a ctest run: a doctest binary counts as its test cases, lit as its tests,
a script whose last line is `N passed, N failed` as that, anything else as one.

Usage: summary.py JUNIT.xml COUNTS   (writes "passed failed" to COUNTS, prints what failed)
       summary.py --self-test
"""
import re
import sys
import xml.etree.ElementTree as tree

DOCTEST = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed")
LIT = {"passed": re.compile(r"^\s*(?:Passed|Expectedly Failed)\s*:\s*(\d+)", re.M),
       "failed": re.compile(r"^\s*(?:Failed|Unresolved|Timed Out|Unexpectedly Passed)\s*:\s*(\d+)", re.M)}
TALLY = re.compile(r"(?:^|\n)(\d+) passed, (\d+) failed\s*\Z")


def count(status, output):
    """(passed, failed) of one ctest test. A test that failed without telling a failed case, a crash for example, is one failure."""
    output = re.sub(r"\x1b\[[0-9;]*m", "", output)
    told = DOCTEST.findall(output)
    if told:
        passed, failed = sum(int(p) for p, _ in told), sum(int(f) for _, f in told)
    elif "Total Discovered Tests" in output:
        passed, failed = (sum(int(n) for n in LIT[k].findall(output)) for k in ("passed", "failed"))
    elif tally := TALLY.search(output):
        passed, failed = int(tally[1]), int(tally[2])
    else:
        passed, failed = (1, 0) if status == "run" else (0, 0)
    if status != "run" and failed == 0:
        failed = 1
    return passed, failed


def self_test():
    doctest = "[doctest] test cases: 5 | 4 passed | 1 failed | 0 skipped\n"
    lit = "Total Discovered Tests: 9\n  Passed: 7 (77.78%)\n  Failed: 2 (22.22%)\n"
    cases = [(("run", doctest.replace("4 passed | 1", "5 passed | 0")), (5, 0)), (("fail", doctest), (4, 1)), (("fail", lit), (7, 2)),
             (("run", "9 passed, 9 failed\n57 passed, 0 failed\n"), (57, 0)), (("fail", "--- a\n55 passed, 2 failed\n"), (55, 2)),
             (("fail", "57 passed, 0 failed\n"), (57, 1)), (("run", ""), (1, 0)), (("fail", "Segmentation fault"), (0, 1))]
    return [f"count{given} is {count(*given)}, not {wanted}" for given, wanted in cases if count(*given) != wanted]


def main():
    if sys.argv[1] == "--self-test":
        wrong = self_test()
        print("\n".join(wrong))
        return 1 if wrong else 0
    passed = failed = 0
    try:
        cases = list(tree.parse(sys.argv[1]).getroot().iter("testcase"))
    except (OSError, tree.ParseError) as error:
        print(f"ctest left no report: {error}")
        cases, failed = [], 1
    for case in cases:
        if case.get("status") == "disabled":
            continue
        output = case.findtext("system-out") or ""
        good, bad = count(case.get("status"), output)
        passed, failed = passed + good, failed + bad
        if bad:
            print(f"--- {case.get('name')}: {bad} failed\n" + "\n".join(output.splitlines()[-60:]))
        for line in output.splitlines():
            if line.startswith("tgc-count:"):  # a test's own figure for the summary
                print("      " + line.removeprefix("tgc-count:").strip())
    with open(sys.argv[2], "w") as counts:
        counts.write(f"{passed} {failed}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
