#!/usr/bin/env python3
"""Slicing at run time: what a memory limit costs, and what a run then really takes.

  slices.py --program build/bin/tgc [--cases 'regular 120 0,lattice 324 0'] [--parts 1,2,16,256]

Each network of families.py becomes a program of one einsum; `tgc explain --measure` compiles it under a limit of the unsliced
plan's largest intermediate, divided by the part, and runs it. `flops` and `seconds` are ratios to the unsliced plan; `peak` is how
much the process grew while it ran, in bytes, `of limit` that by the limit (part 1: by what the unsliced intermediates take at once).
"""
import argparse
import json
import pathlib
import string
import subprocess
import tempfile

import families


def program_of(network):
    """The network as text of the language, without tensors that have no index."""
    letters = list(string.ascii_letters) + [chr(code) for code in range(0xC0, 0x3000) if chr(code).isalpha()]
    short = dict(zip(network["size_dict"], letters))
    kept = [(f"T{k}", term) for k, term in enumerate(network["inputs"]) if term]
    params = ", ".join(f"{name}: f64[{', '.join(str(network['size_dict'][i]) for i in term)}]" for name, term in kept)
    equation = ",".join("".join(short[i] for i in term) for _, term in kept)
    return f'fn net({params}) {{\n  return einsum("{equation}->", {", ".join(name for name, _ in kept)})\n}}\n'


def explained(arguments, path, limit):
    options = ["--memory", str(limit)] if limit else []
    told = subprocess.run([arguments.program, "explain", str(path), "--measure", "--json", *options], capture_output=True)
    if told.returncode:
        return None
    told = json.loads(told.stdout)
    plan = told["contractions"]
    return {"flops": plan["flops"], "largest": plan["largest"], "seconds": plan["measured_seconds"], "peak": told["peak_bytes"],
            "arena": told["arena_bytes"], "slices": max(step["runs"] for step in plan["networks"][0]["steps"]),
            "launches": told["launches"], "compile": sum(told["stages"].values())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--cases", default="regular 120 0,regular 140 1,lattice 324 0,lattice 400 0,hyper 70 0")
    parser.add_argument("--parts", default="2,16,256")
    arguments = parser.parse_args()
    print(f"{'network':20} {'part':>5} {'limit':>10} {'peak':>10} {'of limit':>8} {'arena':>10} {'slices':>7} {'flops':>7} {'seconds':>8}"
          f" {'compiled':>9}")
    with tempfile.TemporaryDirectory() as scratch:
        for case in arguments.cases.split(","):
            family, size, seed = case.split()
            path = pathlib.Path(scratch) / "net.tg"
            path.write_text(program_of(families.make(family, int(size), int(seed))))
            whole = explained(arguments, path, 0)
            print(f"{case:20} {1:5} {'':>10} {whole['peak']:10} {'':>8} {whole['arena']:10} {1:7} {whole['flops']:.1e} {whole['seconds']:7.4f}s"
                  f" {whole['compile']:8.2f}s", flush=True)
            for part in map(int, arguments.parts.split(",")):
                limit = int(whole["largest"] * 8 / part)
                sliced = explained(arguments, path, limit)
                if not sliced:
                    print(f"{case:20} {part:5} {limit:10}   no slicing was found", flush=True)
                    continue
                print(f"{case:20} {part:5} {limit:10} {sliced['peak']:10} {sliced['peak'] / limit:8.2f} {sliced['arena']:10} {sliced['slices']:7}"
                      f" {sliced['flops'] / whole['flops']:7.2f} {sliced['seconds'] / whole['seconds']:8.2f} {sliced['compile']:8.2f}s", flush=True)


if __name__ == "__main__":
    main()
