#!/usr/bin/env python3
"""Contractions by tgc beside NumPy (optimize), jax.jit and torch.einsum: same inputs, same run, in turns.

  tools/bench/peers.py [--dtype f32] [--threads 1] [--samples 5] [--only NAME] LIST...

LIST is a file of tools/bench/networks. With one thread the time is processor time, which other work on the machine
disturbs least; with more it is wall time. Prints a table with the ratio of every peer's time to tgc's and geometric
means. Peers that are not installed are left out. Needs only the Python packages of the peers themselves.
"""
import argparse
import os
import time
from math import exp, log

from beside import Tgc, confine, middle


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tgc", default="build/bin/tgc-bench-einsum")
    parser.add_argument("--dtype", default="f32", choices=["f32", "f64"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", default="numpy,jax,torch")
    parser.add_argument("lists", nargs="+")
    return parser.parse_args()


def cases(files):
    for file in files:
        for line in open(file):
            words = line.split()
            if len(words) == 3 and words[0] not in ("#", "permute") and not words[0].startswith("#"):
                yield words[0], words[1], {p[0]: int(p[2:]) for p in words[2].split(",")}, words[2]


def operands(np, equation, extents, dtype):
    """The same formula as elementAt in Einsum.cpp."""
    made = []
    for number, letters in enumerate(equation.split("->")[0].split(",")):
        shape = tuple(extents[letter] for letter in letters)
        index = np.arange(int(np.prod(shape)), dtype=np.uint32)
        mixed = (index * np.uint32(2654435761) + np.uint32(number * 97)) >> np.uint32(16)
        made.append(((mixed % np.uint32(7)).astype(dtype) - 3).reshape(shape))
    return made


def sums(np, result):
    flat = np.asarray(result, dtype=np.float64).reshape(-1)
    return flat.sum(), (flat * (np.arange(flat.size) % 3 + 1)).sum()


def contenders(names, np, equation, arrays, threads):
    found = {}
    if "numpy" in names:
        path = np.einsum_path(equation, *arrays, optimize="optimal" if len(arrays) < 9 else "greedy")[0]
        found["numpy"] = lambda: np.einsum(equation, *arrays, optimize=path)
    if "jax" in names:
        try:
            import jax

            jax.config.update("jax_enable_x64", True)
            device = [jax.device_put(a) for a in arrays]
            call = jax.jit(lambda *xs: jax.numpy.einsum(equation, *xs, optimize="optimal", precision="highest"))
            call(*device).block_until_ready()
            found["jax"] = lambda: call(*device).block_until_ready()
        except ImportError:
            pass
    if "torch" in names:
        try:
            import torch

            torch.set_num_threads(threads)
            tensors = [torch.from_numpy(a) for a in arrays]
            if equation == "bij,bjk->bik":
                found["bmm"] = lambda: torch.bmm(*tensors)
            found["torch"] = lambda: torch.einsum(equation, *tensors)
        except ImportError:
            pass
    return found


def timed(call, threads):
    clock = time.process_time if threads == 1 else time.perf_counter
    start = end = clock()
    calls = 0
    while end - start < 5e-3 or calls == 0:
        call()
        calls += 1
        end = clock()
    return (end - start) / calls


def flops_of(np, equation, arrays, extents):
    if len(arrays) == 2:
        product = 2.0
        for extent in extents.values():
            product *= extent
        return product
    try:
        import opt_einsum

        return float(opt_einsum.contract_path(equation, *arrays, optimize="optimal")[1].opt_cost)
    except ImportError:
        return float("nan")


def versions():
    from importlib.metadata import PackageNotFoundError, version

    for name in ("numpy", "jax", "jaxlib", "torch", "opt_einsum"):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            pass


def main():
    args = arguments()
    confine(args.threads)
    import numpy as np

    dtype = np.float32 if args.dtype == "f32" else np.float64
    tgc = Tgc(args.tgc)
    peak = tgc.ask(f"peak {args.dtype}")[0] * args.threads
    load = os.getloadavg()[0]
    print(f"{args.dtype}, {args.threads} thread(s), peak {peak:.0f} GFLOP/s, load {load:.1f}; " + ", ".join(versions()))
    logs, fractions = {}, []
    for name, equation, extents, text in cases(args.lists):
        if args.only and args.only not in name:
            continue
        arrays = operands(np, equation, extents, dtype)
        tgc.ask(f"load {args.dtype} {args.threads} {equation} {text}")
        others = contenders(args.peers.split(","), np, equation, arrays, args.threads)
        expected = sums(np, next(iter(others.values()))()) if others else None
        got = tgc.ask("sums")
        scale = max(abs(expected[1]), abs(expected[0]), 1.0) if others else 1.0
        wrong = others and any(abs(a - b) > 1e-3 * scale for a, b in zip(expected, got))
        for call in others.values():
            call()
        times = {key: [] for key in ["tgc", *others]}
        for _ in range(args.samples):
            times["tgc"].append(tgc.ask("run")[0])
            for key, call in others.items():
                times[key].append(timed(call, args.threads))
        time_of = {key: middle(values) for key, values in times.items()}
        flops = flops_of(np, equation, arrays, extents)
        fractions.append(flops / time_of["tgc"] * 1e-9 / peak)
        line = f"{name:20} {equation[:40]:40} {time_of['tgc'] * 1e3:10.3f} ms {fractions[-1] * 100:6.1f}%"
        for key in others:
            ratio = time_of[key] / time_of["tgc"]
            logs.setdefault(key, []).append(log(ratio))
            line += f"  {key} {ratio:6.2f}"
        print(line + ("  DIFFERS" if wrong else ""), flush=True)
    tgc.process.stdin.write("quit\n")
    if fractions:
        mean = exp(sum(log(f) for f in fractions) / len(fractions))
        print(f"geometric mean {mean * 100:.1f}% of peak, least {min(fractions) * 100:.1f}%; time of a peer over tgc's: "
              + ", ".join(f"{key} {exp(sum(v) / len(v)):.2f}" for key, v in logs.items()))


if __name__ == "__main__":
    main()
