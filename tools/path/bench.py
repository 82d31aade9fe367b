#!/usr/bin/env python3
"""Contraction orders beside opt_einsum and cotengra, in one run.

  bench.py time    --program build/bin/tgc-path [--sizes 10,100,1000] [--peer-limit 10000]
  bench.py quality --program build/bin/tgc-path [--networks FILE.json ...] [--sizes 200] [--seeds 20]
                   [--seconds 0.1,1,30] [--peer-seconds 60] [--threads 1] [--peer-file FILE.json]

The peers come from the Python that runs this file; those it lacks are left out and named. `time` is the greedy
order alone, microseconds for each tensor, the least of three runs in fresh processes of ours and of three calls of theirs; reading
the network is not counted for anybody. `quality` is log10 of flops (a multiply-add is two) after a time limit, with as many
threads for us as processes for cotengra (1: it searches in its own process). `--peer-file` keeps cotengra's figures by case and
limit, and reads them where they are there: an improved search is compared again without its minutes.
"""
import argparse
import importlib
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import families


def peer(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name}: not installed, left out", file=sys.stderr)
        return None


def ours(program, path, *options):
    text = subprocess.run([program, str(path), "--json", *options], check=True, capture_output=True).stdout
    return json.loads(text)


def least(call, times=3):
    best = math.inf
    for _ in range(times):
        begin = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begin)
        if best > 5:
            break
    return best


def single_letters(network):
    """cotengra's Rust core takes one character for an index."""
    short = {name: chr(0xC0 + k + (0x800 if k >= 0xD740 else 0)) for k, name in enumerate(network["size_dict"])}
    return {"inputs": [[short[name] for name in term] for term in network["inputs"]],
            "output": [short[name] for name in network["output"]],
            "size_dict": {short[name]: size for name, size in network["size_dict"].items()}}


def path_time(arguments, scratch):
    cotengra, opt_einsum = peer("cotengrust"), peer("opt_einsum")
    print(f"{'family':8} {'tensors':>8} {'tgc us':>9} {'cotengra us':>12} {'opt_einsum us':>14}   for each tensor; tgc seconds")
    for size in (int(size) for size in arguments.sizes.split(",")):
        for family in families.FAMILIES:
            network = families.make(family, size, 0)
            path = scratch / "network.json"
            path.write_text(json.dumps(network))
            count = len(network["inputs"])
            options = ("--effort", "greedy" if count > 8 else "auto", "--threads", "1")
            seconds = min(ours(arguments.program, path, *options)["search_seconds"] for _ in range(3))
            theirs = [math.nan, math.nan]
            if count <= arguments.peer_limit:
                network = single_letters(network)  # not counted
                inputs, output, sizes = network["inputs"], network["output"], network["size_dict"]
                if cotengra:
                    theirs[0] = least(lambda: cotengra.optimize_greedy(inputs, output, sizes, use_ssa=True))
                if opt_einsum:
                    sets = [frozenset(term) for term in inputs]
                    greedy = opt_einsum.paths.greedy
                    theirs[1] = least(lambda: greedy(sets, frozenset(output), sizes), 1 if count > 2000 else 3)
            micros = [1e6 * value / count for value in (seconds, *theirs)]
            print(f"{family:8} {count:8} {micros[0]:9.2f} {micros[1]:12.2f} {micros[2]:14.2f}   {seconds:.6f}", flush=True)


def peer_quality(cotengra, network, seconds, threads):
    optimizer = cotengra.HyperOptimizer(max_time=seconds, max_repeats=10**6, parallel=threads if threads > 1 else False,
                                        minimize="flops", reconf_opts={}, progbar=False, on_trial_error="raise")
    network = single_letters(network)
    tree = optimizer.search(network["inputs"], network["output"], network["size_dict"])
    return tree.get_path()


class PeerFigures:
    """cotengra's log10 flops by case, threads and seconds; kept in a file if there is one."""

    def __init__(self, arguments):
        self.cotengra = peer("cotengra") if arguments.peer_seconds > 0 else None
        self.file = pathlib.Path(arguments.peer_file) if arguments.peer_file else None
        self.known = json.loads(self.file.read_text()) if self.file and self.file.exists() else {}
        self.seconds, self.threads = arguments.peer_seconds, arguments.threads

    def of(self, name, network):
        key = f"{name}, {self.threads} threads, {self.seconds:g} s"
        if key not in self.known and self.cotengra:
            order = peer_quality(self.cotengra, network, self.seconds, self.threads)
            self.known[key] = flops_of(network, order)
            if self.file:
                self.file.write_text(json.dumps(self.known, indent=1))
        return self.known.get(key, math.nan)


def flops_of(network, path):
    """log10, each step the product of all extents of both operands, twice that if an index is summed."""
    sizes = {name: math.log10(size) for name, size in network["size_dict"].items()}
    left = {}
    for term in network["inputs"]:
        for name in set(term):
            left[name] = left.get(name, 0) + 1
    for name in network["output"]:
        left[name] += 1
    terms = [{name: 1 for name in term} for term in network["inputs"]]
    logs = []
    for pair in path:
        first, second = (terms.pop(place) for place in sorted(pair, reverse=True))
        both = {name: first.get(name, 0) + second.get(name, 0) for name in first.keys() | second.keys()}
        rest = {name: count for name, count in both.items() if count != left[name]}
        logs.append(sum(sizes[name] for name in both) + (math.log10(2) if len(rest) < len(both) else 0))
        terms.append(rest)
    top = max(logs)
    return top + math.log10(sum(10 ** (value - top) for value in logs))


def quality(arguments, scratch):
    figures = PeerFigures(arguments)
    limits = arguments.seconds.split(",")
    print(f"{'network':28}", *(f"{'tgc ' + limit + ' s':>12}" for limit in limits), f"{'cotengra':>12}")
    cases = [(pathlib.Path(name).stem, json.loads(pathlib.Path(name).read_text())) for name in arguments.networks]
    for size in (int(size) for size in arguments.sizes.split(",") if size):
        for family in arguments.families.split(","):
            cases += [(f"{family} {size} seed {seed}", families.make(family, size, seed)) for seed in range(arguments.seeds)]
    gaps = [[] for _ in limits]
    for name, network in cases:
        path = scratch / "network.json"
        path.write_text(json.dumps(network))
        found = [ours(arguments.program, path, "--max-time", limit, "--threads", str(arguments.threads))["log10_flops"]
                 for limit in limits]
        theirs = figures.of(name, network)
        if not math.isnan(theirs):
            for gap, value in zip(gaps, found):
                gap.append(value - theirs)
        print(f"{name:28}", *(f"{value:12.3f}" for value in found), f"{theirs:12.3f}", flush=True)
    if gaps[0]:
        print(f"{'mean of ours less theirs':28}", *(f"{statistics.mean(gap):12.3f}" for gap in gaps))
        print(f"{'worst of ours less theirs':28}", *(f"{max(gap):12.3f}" for gap in gaps))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("time", "quality"))
    parser.add_argument("--program", required=True)
    parser.add_argument("--sizes", default="")
    parser.add_argument("--families", default="regular,tree,lattice,chain,hyper")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--networks", nargs="*", default=[])
    parser.add_argument("--seconds", default="0.1,1,30")
    parser.add_argument("--peer-seconds", type=float, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peer-file")
    parser.add_argument("--peer-limit", type=int, default=10000)
    arguments = parser.parse_args()
    for name in ("cotengra", "cotengrust", "opt_einsum", "kahypar"):
        try:
            print(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            print(name, "not installed")
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.what == "time":
            arguments.sizes = arguments.sizes or "8,10,100,1000,10000,100000,580000"
            path_time(arguments, pathlib.Path(scratch))
        else:
            quality(arguments, pathlib.Path(scratch))


if __name__ == "__main__":
    import importlib.metadata

    main()
