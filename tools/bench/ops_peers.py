#!/usr/bin/env python3
"""Single operations by tgc beside torch and jax: same inputs, same run, in turns.

  tools/bench/ops_peers.py [--threads 1] [--rounds 3] [--seconds 0.3] [--only WORD] [--peers torch,jax]

Every case is a line of the language, compiled by `tgc bench`, and the peers' own best call for it (jax under jit, torch
without gradients). Results are compared before anything is timed. A time is the fastest round's median; the ratio is the
fastest peer's time over tgc's. Peers that are not installed are left out.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from math import exp, log

from beside import confine


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tgc", default="build/bin/tgc")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each case, program and round")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--peers", default="torch,jax")
    return parser.parse_args()


class Case:
    """`signature` and `body` are a function of the language; torch and jax get the inputs and give the same results."""

    results = 1

    def __init__(self, name, signature, body, inputs, torch=None, jax=None, tolerance=1e-4):
        if body.startswith("topk"):
            body, self.results = f"first, second = {body}\n  return first, second", 2
        else:
            body = f"first = {body}\n  return first"
        self.name, self.text, self.inputs = name, f"fn f({signature}) {{\n  {body}\n}}\n", inputs
        self.torch, self.jax, self.tolerance = torch, jax, tolerance


def indexing(np, random):
    table, picks = random.random((100_000, 64), np.float32), random.integers(0, 100_000, 200_000)
    yield Case("gather rows", "x: f32[100000, 64], i: i64[200000]", "take(x, i, axis=0)", {"x": table, "i": picks},
               lambda t, x, i: t.index_select(x, 0, i), lambda j, x, i: j.numpy.take(x, i, axis=0))
    line, spots = random.random(1_000_000, np.float32), random.integers(0, 1_000_000, 1_000_000)
    yield Case("gather elements", "x: f32[1000000], i: i64[1000000]", "take(x, i, axis=0)", {"x": line, "i": spots},
               lambda t, x, i: t.index_select(x, 0, i), lambda j, x, i: j.numpy.take(x, i, axis=0))
    rows, into = random.random((100_000, 64), np.float32), random.integers(0, 10_000, 100_000)
    yield Case("scatter-add rows", "i: i64[100000], v: f32[100000, 64]", "index_add(zeros([10000, 64], dtype=f32), i, v, axis=0)",
               {"i": into, "v": rows}, lambda t, i, v: t.zeros(10_000, 64).index_add_(0, i, v),
               lambda j, i, v: j.numpy.zeros((10_000, 64), "float32").at[i].add(v))
    many, few = random.random(1_000_000, np.float32), random.integers(0, 100_000, 1_000_000)
    yield Case("scatter-add elements", "i: i64[1000000], v: f32[1000000]", "index_add(zeros([100000], dtype=f32), i, v, axis=0)",
               {"i": few, "v": many}, lambda t, i, v: t.zeros(100_000).index_add_(0, i, v),
               lambda j, i, v: j.numpy.zeros(100_000, "float32").at[i].add(v))


def ordering(np, random):
    line, square = random.random(1_000_000, np.float32), random.random((1000, 1000), np.float32)
    wide = random.random((1000, 10_000), np.float32)
    yield Case("sort one row", "x: f32[1000000]", "sort(x)", {"x": line}, lambda t, x: t.sort(x)[0], lambda j, x: j.numpy.sort(x))
    yield Case("sort rows", "x: f32[1000, 1000]", "sort(x)", {"x": square}, lambda t, x: t.sort(x)[0], lambda j, x: j.numpy.sort(x))
    yield Case("topk 10", "x: f32[1000, 10000]", "topk(x, 10)", {"x": wide}, lambda t, x: t.topk(x, 10), lambda j, x: j.lax.top_k(x, 10))
    yield Case("topk 100 of one row", "x: f32[1000000]", "topk(x, 100)", {"x": line}, lambda t, x: t.topk(x, 100),
               lambda j, x: j.lax.top_k(x, 100))
    for name, x, axis in (("cumsum along rows", square, 1), ("cumsum along columns", square, 0), ("cumsum one row", line, 0)):
        shape = ", ".join(str(extent) for extent in x.shape)
        yield Case(name, f"x: f32[{shape}]", f"cumulative_sum(x, axis={axis})", {"x": x},
                   lambda t, x, axis=axis: t.cumsum(x, axis), lambda j, x, axis=axis: j.numpy.cumsum(x, axis), 1e-3)


def windows(np, random):
    shapes = (("conv 3x3 64 at 56", (8, 64, 56, 56), (64, 64, 3, 3), 1, 1, 1), ("conv 3x3 256 at 14", (8, 256, 14, 14), (256, 256, 3, 3), 1, 1, 1),
              ("conv 7x7 stride 2", (8, 3, 224, 224), (64, 3, 7, 7), 2, 3, 1), ("conv 1x1", (8, 256, 56, 56), (64, 256, 1, 1), 1, 0, 1),
              ("conv 3x3 stride 2", (8, 128, 56, 56), (128, 128, 3, 3), 2, 1, 1), ("depthwise 3x3", (8, 128, 56, 56), (128, 1, 3, 3), 1, 1, 128),
              ("depthwise 3x3 stride 2", (8, 128, 56, 56), (128, 1, 3, 3), 2, 1, 128))
    for name, x, kernel, stride, padding, groups in shapes:
        types = [f"f32[{', '.join(map(str, shape))}]" for shape in (x, kernel)]
        yield Case(name, f"x: {types[0]}, k: {types[1]}", f"conv(x, k, stride={stride}, padding={padding}, groups={groups})",
                   {"x": random.random(x, np.float32) - 0.5, "k": random.random(kernel, np.float32) - 0.5},
                   lambda t, x, k, s=stride, p=padding, g=groups: t.nn.functional.conv2d(x, k, stride=s, padding=p, groups=g),
                   lambda j, x, k, s=stride, p=padding, g=groups: j.lax.conv_general_dilated(
                       x, k, (s, s), ((p, p), (p, p)), feature_group_count=g), 1e-3)
    x, c = random.random((32, 64, 56, 56), np.float32), random.random(64, np.float32)
    yield Case("batch norm", "x: f32[32, 64, 56, 56], s: f32[64], b: f32[64]",
               "batch_norm(x, mean(x, axis=[0, 2, 3]), var(x, axis=[0, 2, 3]), s, b)", {"x": x, "s": c, "b": c},
               lambda t, x, s, b: t.nn.functional.batch_norm(x, None, None, s, b, True), jax_batch_norm, 1e-3)


def jax_batch_norm(j, x, s, b):
    n = j.numpy
    mean, var = n.mean(x, (0, 2, 3), keepdims=True), n.var(x, (0, 2, 3), keepdims=True)
    return (x - mean) * (s[:, None, None] * j.lax.rsqrt(var + 1e-5)) + b[:, None, None]


def factors(np, random):
    for name, dtype in (("f64", np.float64), ("f32", np.float32)):
        a = random.random((512, 512)).astype(dtype)
        a = (a @ a.T / 512 + np.eye(512)).astype(dtype)
        yield Case(f"cholesky 512 {name}", f"a: {name}[512, 512]", "cholesky(a)", {"a": a}, lambda t, a: t.linalg.cholesky(a),
                   lambda j, a: j.numpy.linalg.cholesky(a), 1e-3)
        many = (random.random((10_000, 8, 8)) + 8 * np.eye(8)).astype(dtype)
        right = random.random((10_000, 8, 1)).astype(dtype)
        yield Case(f"solve 8x8 {name}", f"a: {name}[10000, 8, 8], b: {name}[10000, 8, 1]", "solve(a, b)", {"a": many, "b": right},
                   lambda t, a, b: t.linalg.solve(a, b), lambda j, a, b: j.numpy.linalg.solve(a, b), 1e-3)


def sparse(np, random):
    n = 10_000
    for density in (0.001, 0.01, 0.1):
        row = int(n * density)
        columns = np.sort(random.integers(0, n, (n, row)), axis=1).reshape(-1)
        offsets, values = np.arange(n + 1) * row, random.random(n * row, np.float32)
        for name, width in (("csr x 64 columns", 64), ("csr x vector", 1)):
            yield Case(f"{name}, {density * 100:g} %", f"o: i64[{n + 1}], c: i64[{n * row}], v: f32[{n * row}], x: f32[{n}, {width}]",
                       f"csr(o, c, v, [{n}, {n}]) @ x",
                       {"o": offsets, "c": columns, "v": values, "x": random.random((n, width), np.float32)},
                       lambda t, o, c, v, x: t.sparse_csr_tensor(o, c, v, (n, n)) @ x, jax_sparse, 1e-3)


def jax_sparse(j, o, c, v, x):
    from jax.experimental.sparse import BCSR

    return BCSR((v, c, o), shape=(o.shape[0] - 1, x.shape[0])) @ x


class Torch:
    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.torch = torch

    def call(self, case):
        inputs = [self.torch.from_numpy(x) for x in case.inputs.values()]
        if not case.torch:
            return None
        if "csr" in case.text:  # built once: a framework keeps its matrix
            matrix = self.torch.sparse_csr_tensor(*inputs[:3], (inputs[0].numel() - 1, inputs[3].shape[0]))
            return lambda: matrix @ inputs[3]
        return lambda: case.torch(self.torch, *inputs)

    @staticmethod
    def arrays(result):
        return [x.numpy() for x in (result if isinstance(result, tuple) else (result,))]


class Jax:
    def __init__(self, threads):
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax = jax

    def call(self, case):
        if not case.jax:
            return None
        inputs = [self.jax.device_put(x) for x in case.inputs.values()]
        compiled = self.jax.jit(lambda *xs: case.jax(self.jax, *xs))
        return lambda: self.jax.block_until_ready(compiled(*inputs))

    @staticmethod
    def arrays(result):
        import numpy

        return [numpy.asarray(x) for x in (result if isinstance(result, (tuple, list)) else (result,))]


def timed(call, seconds):
    call()
    samples, end = [], time.perf_counter() + seconds
    while len(samples) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        samples.append(time.perf_counter() - start)
    return sorted(samples)[len(samples) // 2]


class Tgc:
    def __init__(self, driver, threads, folder):
        self.driver, self.threads, self.folder = driver, threads, pathlib.Path(folder)

    def prepare(self, np, case):
        (self.folder / "f.tg").write_text(case.text)
        self.inputs = []
        for name, value in case.inputs.items():
            np.save(self.folder / f"{name}.npy", value)
            self.inputs += ["--in", f"{name}={self.folder / (name + '.npy')}"]

    def tool(self, command, *options):
        done = subprocess.run([self.driver, command, str(self.folder / "f.tg"), *self.inputs, "--threads", str(self.threads), *options],
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"ops_peers: tgc {command}: {done.stderr}")
        return done.stdout

    def results(self, np, count):
        words = ("first", "second")[:count]
        self.tool("run", *(part for word in words for part in ("--out", f"{word}={self.folder / word}.npy")))
        return [np.load(self.folder / f"{word}.npy") for word in words]

    def seconds(self, seconds):
        return json.loads(self.tool("bench", "--json", "--seconds", str(seconds)))["seconds"]


def same(np, ours, theirs, tolerance):
    return all(a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=tolerance * max(1.0, float(np.abs(b).max(initial=0))))
               for a, b in zip(ours, theirs))


def peers(args):
    found = {}
    for name, make in (("torch", Torch), ("jax", Jax)):
        try:
            if name in args.peers.split(","):
                found[name] = make(args.threads)
        except ImportError:
            pass
    return found


def main():
    args = arguments()
    confine(args.threads)
    import numpy as np

    others, ratios = peers(args), []
    random = np.random.default_rng(1)
    print(f"{args.threads} thread(s), load {os.getloadavg()[0]:.1f}, " + ", ".join(
        f"{name} {getattr(peer, name).__version__}" for name, peer in others.items()))
    with tempfile.TemporaryDirectory() as folder:
        tgc = Tgc(args.tgc, args.threads, folder)
        for group in (indexing, ordering, windows, factors, sparse):
            for case in group(np, random):
                if args.only not in case.name:
                    continue
                tgc.prepare(np, case)
                calls = {name: peer.call(case) for name, peer in others.items()}
                calls = {name: call for name, call in calls.items() if call}
                wrong = False
                for name, call in calls.items():
                    expected = others[name].arrays(call())
                    # of topk the values: places of equal elements may differ
                    wrong |= not same(np, tgc.results(np, case.results)[:1], expected[:1], case.tolerance)
                best = {name: float("inf") for name in ["tgc", *calls]}
                for _ in range(args.rounds):
                    best["tgc"] = min(best["tgc"], tgc.seconds(args.seconds))
                    for name, call in calls.items():
                        best[name] = min(best[name], timed(call, args.seconds))
                line = f"{case.name:24} tgc {best['tgc'] * 1e3:9.3f} ms"
                for name in calls:
                    line += f"  {name} {best[name] * 1e3:9.3f} ms"
                if calls:
                    ratios.append(min(best[name] for name in calls) / best["tgc"])
                    line += f"  ratio {ratios[-1]:5.2f}"
                print(line + ("  DIFFERS" if wrong else ""), flush=True)
    if ratios:
        print(f"{len(ratios)} cases, geometric mean {exp(sum(map(log, ratios)) / len(ratios)):.2f}, least {min(ratios):.2f}")


if __name__ == "__main__":
    main()
