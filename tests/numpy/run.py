#!/usr/bin/env python3
"""Compiled operations beside NumPy: 20 random inputs each, special values and odd extents, in every dtype.

Usage: run.py DRIVER [--dtype NAME]... [--keep DIR]
The cases are in cases.py. All cases of one dtype and one family of inputs are one program, run once.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy

import cases
import inputs

EPSILON = {"f64": 2.0**-53, "f32": 2.0**-24, "f16": 2.0**-11, "bf16": 2.0**-8}
LEAST = {"f64": 2.0**-1074, "f32": 2.0**-149, "f16": 2.0**-24, "bf16": 2.0**-133}


def compare(case, dtype, got, want):
    """Nothing, or what is wrong. `want` is in f64 where the dtype is a float, else exact."""
    want = numpy.asarray(want)
    if got.shape != want.shape:
        return f"shape {got.shape}, not {want.shape}"
    if dtype not in EPSILON or want.dtype == bool:
        bad = got != want
        at = tuple(int(k) for k in numpy.argwhere(bad)[0]) if bad.any() else None
        return f"{at}: {got[at]}, not {want[at]}" if bad.any() else None
    want = inputs.rounded(want.astype(numpy.float64), dtype)
    finite = numpy.abs(want[numpy.isfinite(want)])
    scale = max(1.0, finite.max()) if case.scaled and finite.size else 0.0
    with numpy.errstate(all="ignore"):
        allowed = 2 * EPSILON[dtype] * (case.ulps * numpy.abs(want) + case.scaled * scale + case.absolute) + case.ulps * LEAST[dtype]
        near = (got == want) | (numpy.isnan(got) & numpy.isnan(want)) | (numpy.abs(got - want) <= allowed)
        # Next to the end of the range, one unit is the step to infinity.
        most = inputs.largest(dtype)
        near |= (numpy.abs(numpy.clip(got, -most, most) - numpy.clip(want, -most, most)) <= allowed) & ~numpy.isnan(got)
    if near.all():
        return None
    at = tuple(int(k) for k in numpy.argwhere(~near)[0])
    return f"{at}: {got[at]!r}, not {want[at]!r}"


def program(family, chosen):
    """One function with a result or several for each case."""
    head = ", ".join(f"{name}: {inputs.declared(value, kind)}" for name, (value, kind) in family.items())
    lines, results = [f"fn main({head}) {{"], []
    for k, case in enumerate(chosen):
        names = [f"r{k}_{j}" for j in range(case.results)]
        lines.append(f"  {', '.join(names)} = {case.text}")
        results += names
    return "\n".join(lines + [f"  return {', '.join(results)}", "}"]) + "\n", results


def run(driver, folder, family, chosen):
    text, results = program(family, chosen)
    path = folder / "program.tg"
    path.write_text(text)
    command = [driver, "run", str(path)]
    for name, (value, kind) in family.items():
        inputs.save(folder / f"{name}.npy", value, kind)
        command += ["--in", f"{name}={folder / name}.npy"]
    for name in results:
        command += ["--out", f"{name}={folder / name}.npy"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode:
        return None, done.stderr.strip() + "\n" + text
    return {name: inputs.load(folder / f"{name}.npy") for name in results}, None


def check(driver, folder, dtype, name, counts):
    chosen = [case for case in cases.CASES if case.takes(dtype, name)]
    if not chosen:
        return
    family = inputs.family(name, dtype)
    got, wrong = run(driver, folder, family, chosen)
    if wrong:
        print(f"{dtype}, {name}: {wrong}")
        counts[1] += len(chosen)
        return
    values = {key: inputs.widened(value, kind) for key, (value, kind) in family.items()}
    for k, case in enumerate(chosen):
        with numpy.errstate(all="ignore"):
            want = case.numpy(cases.Inputs(values, dtype))
        want = want if case.results > 1 else [want]
        said = [compare(case, *inputs.decoded(got[f"r{k}_{j}"], dtype), one) for j, one in enumerate(want)]
        said = next((one for one in said if one), None)
        counts[bool(said)] += 1
        if said:
            print(f"{dtype}, {name}: {case.text}: {said}")


def covered(driver):
    """Every operation is compared, or says why not; every reason is needed."""
    done = subprocess.run([driver, "ops", "--json"], capture_output=True, text=True, check=True)
    names = {row["name"] for row in json.loads(done.stdout)["operations"]}
    used = {word for case in cases.CASES for word in case.words} & names
    wrong = [f"{name} is neither compared nor is there a reason" for name in sorted(names - used - set(cases.WITHOUT))]
    wrong += [f"{name} has a reason and is compared, or is no operation" for name in cases.WITHOUT
              if name in used or name not in names]
    wrong += [f"the difference {name} is used by no case" for name in sorted(set(cases.DIFFERENCES) - cases.USED)]
    for line in wrong:
        print(line)
    return len(used), len(wrong)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--dtype", action="append")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the programs and their inputs")
    options = parser.parse_args()
    counts = [0, 0]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        for dtype in options.dtype or inputs.DTYPES:
            for name in inputs.FAMILIES:
                check(options.driver, folder, dtype, name, counts)
    compared, wrong = covered(options.driver)
    print(f"{compared} operations compared, {len(cases.WITHOUT)} without a counterpart, {len(cases.DIFFERENCES)} deliberate differences")
    print(f"{counts[0]} passed, {counts[1] + wrong} failed")
    sys.exit(1 if counts[1] or wrong else 0)


main()
