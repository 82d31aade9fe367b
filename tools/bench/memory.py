#!/usr/bin/env python3
"""Reverse mode through scans under memory budgets: predicted and measured peak, resident memory, time.

  tools/bench/memory.py [--tgc build/bin/tgc] [STEPS:WIDTH]...

For each number of steps: without a budget, then with an eighth and a 64th of what that takes. `arena` is what `tgc explain` says
before anything runs, `written` the highest byte that a call wrote (by two patterns), `resident` how much more memory the process
had at its peak than the one with the least arena, beside how much larger its arena is.
"""
import argparse
import json
import os
import subprocess
import tempfile

PROGRAM = """fn step(x: f64[w], rate: f64) {
  next = x + 0.01 * rate * sin(x)
  return next, sum(next)
}
fn run(x: f64[w], rates: f64[n]) {
  last, sums = scan(step, x, rates)
  return sum(last * last) + mean(sums)
}
"""


def call(*words):
    """Standard output and the peak of resident bytes."""
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(" ".join(words) + " failed")
    return text, usage.ru_maxrss * 1024


def measured(tgc, path, steps, width, budget):
    where = [path, "--fn", "grad(run, wrt=x)", "--size", f"n={steps}", "--size", f"w={width}", "--json"]
    if budget:
        where += ["--memory", str(budget)]
    predicted = json.loads(call(tgc, "explain", *where)[0])["arena_bytes"]
    text, resident = call(tgc, "bench", *where, "--threads", "1", "--seconds", "2")
    return predicted, json.loads(text), resident


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tgc", default="build/bin/tgc")
    parser.add_argument("cases", nargs="*", default=["1000:8192", "100000:256"])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "scan.tg")
        with open(path, "w") as file:
            file.write(PROGRAM)
        for steps, width in (map(int, case.split(":")) for case in args.cases):
            rows, whole = [], None
            for share in (1, 8, 64):
                budget = None if share == 1 else whole // share
                predicted, bench, resident = measured(args.tgc, path, steps, width, budget)
                whole = whole or predicted
                rows.append((budget, predicted, bench, resident))
            least = rows[-1]
            for budget, predicted, bench, resident in rows:
                more, larger = resident - least[3], predicted - least[1]
                print(f"{steps} steps of f64[{width}]: budget {budget or 'none':>10}  arena {predicted:>11}  written {bench['touched_bytes']:>11}"
                      f"  resident +{more:>10} of +{larger:>10}  {1e3 * bench['seconds']:9.2f} ms"
                      f"  ({bench['seconds'] / rows[0][2]['seconds']:.2f} times the first)")


main()
