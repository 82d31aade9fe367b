#!/usr/bin/env python3
"""Runs every program of this folder and of tools/bench/gradbench through the driver and compares its results with the values stated in it.

Usage: run.py DRIVER [--level N]...
In a program:  # run OPTIONS            a call of `tgc run FILE --json OPTIONS`
               # gives NAME DTYPE DATA  its results in order, DATA as JSON; integers and bools exactly, floats to 1e-12 (f32, c64: 1e-6); complex numbers are pairs
"""
import json
import pathlib
import shlex
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
TOLERANCE = {"f64": 1e-12, "f32": 1e-6, "bf16": 1e-2, "f16": 1e-3, "c128": 1e-12, "c64": 1e-6}


def cases(path):
    found = []
    for line in path.read_text().splitlines():
        if line.startswith("# run"):
            found.append((shlex.split(line[5:]), []))
        elif line.startswith("# gives "):
            name, dtype, data = line[8:].split(" ", 2)
            found[-1][1].append((name, dtype, json.loads(data)))
    return found


def same(a, b, tolerance):
    if isinstance(a, list) or isinstance(b, list):
        return isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and all(
            same(x, y, tolerance) for x, y in zip(a, b))
    if isinstance(a, (str, bool)) or isinstance(b, (str, bool)) or tolerance == 0:
        return type(a) is type(b) and a == b
    return abs(a - b) <= tolerance * max(1.0, abs(b))


def check(driver, path, options, expected):
    command = [driver, "run", str(path), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr.strip()}"
    results = [(r["name"], r["dtype"], r["data"]) for r in json.loads(done.stdout)["results"]]
    if [r[:2] for r in results] != [e[:2] for e in expected]:
        return f"results {[r[:2] for r in results]}, expected {[e[:2] for e in expected]}"
    for (name, dtype, data), (_, _, wanted) in zip(results, expected):
        if not same(data, wanted, TOLERANCE.get(dtype, 0)):
            return f"{name} is {data}, expected {wanted}"
    return None


def main():
    count = wrong = 0
    for path in sorted([*FOLDER.glob("*.tg"), *(FOLDER.parents[1] / "tools/bench/gradbench").glob("*.tg")]):
        stated = cases(path)
        if not stated:
            print(f"{path.name}: states no case")
            count += 1
            wrong += 1
        for options, expected in stated:
            count += 1
            said = check(sys.argv[1], path, options, expected)
            if said:
                wrong += 1
                print(f"{path.name}: {' '.join(options)}: {said}")
    print(f"{count - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong or not count else 0)


main()
