#!/usr/bin/env python3
"""Hessians by tgc beside jax.jit(jax.hessian) and torch.func.hessian: same inputs, same run, in turns, f64.

  tools/bench/hessian_peers.py [--threads 2] [--samples 7] [--peers jax,torch,compiled,casadi] [NAME:SIZE]...

Sparse ones (rosenbrock, luksan, chain: values of the nonzeros) are beside CasADi's, which is left out where building its
Hessian would take longer than --casadi-limit variables allow. `compressed` has no peer.

Prints wall and processor time of one call, the fraction of the symmetric-flop bound at the multiply-add peak of the same
run, the ratio of every peer's times to tgc's and their geometric means. Peers that are not installed are left out.
"""
import argparse
import os
import time
from math import exp, log

from beside import Tgc, argument, confine, middle

CASES = ["logistic:100", "logistic:300", "logistic:1000", "logistic:2000", "network:10", "network:30", "gaussian:500", "factors:300"]
SPARSE = ["rosenbrock:1000", "rosenbrock:100000", "luksan:1000", "luksan:100000", "chain:1000", "chain:100000", "compressed:10000"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tgc", default="build/bin/tgc-bench-hessian")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--samples", type=int, default=7)
    parser.add_argument("--peers", default="jax,torch,compiled,casadi")
    parser.add_argument("--casadi-limit", type=int, default=100000, help="most variables of a CasADi graph")
    parser.add_argument("--sparse", action="store_true", help="the sparse and compressed cases")
    parser.add_argument("cases", nargs="*", default=CASES)
    args = parser.parse_args()
    if args.sparse and args.cases == CASES:
        args.cases = SPARSE
    return args


def shapes(name, n):
    return {
        "logistic": [(2 * n, n), (2 * n,), (n,), ()],
        "network": [(n,), (n,)] + [(n, n)] * 10,
        "factors": [(n, n), (n, 10), (n, 10)],
        "gaussian": [(n, 8), (n,), (10,)],
        "rosenbrock": [(n,)],
        "luksan": [(n,), (n - 2,)],
        "chain": [(n, 2)],
        "compressed": [(n, 10), (n, 10)],
    }[name]


WITH_RESPECT_TO = {"logistic": 2, "network": 2, "factors": 1, "gaussian": 2}


def function(name, np, relu, softplus, log_softmax, solve_lower):
    """The losses, for any of the libraries."""

    def logistic(x, y, w, strength):
        margin = y * (x @ w)
        return softplus(-margin).mean() + 0.5 * strength * (w * w).sum()

    def network(x, t, *weights):
        h = x
        for weight in weights[:-1]:
            h = relu(weight @ h)
        return -(t * log_softmax(weights[-1] @ h)).sum()

    def factors(m, u, v):
        r = m - u @ v.T
        return (r * r).sum()

    def gaussian(x, y, theta):
        z = x * np.exp(theta[:8])
        squares = (z * z).sum(1)
        far = squares[:, None] + squares[None, :] - 2 * z @ z.T
        covariance = np.exp(2 * theta[8] - 0.5 * far) + (np.exp(2 * theta[9]) + 1e-6) * np.eye(len(y), dtype=x.dtype)
        lower = np.linalg.cholesky(covariance)
        a = solve_lower(lower, y)
        return 0.5 * (a * a).sum() + np.log(np.diagonal(lower)).sum()

    return {"logistic": logistic, "network": network, "factors": factors, "gaussian": gaussian}[name]


def scalar_losses(ca):
    """The sparse losses over CasADi's scalar expressions; `chain` has its coordinates one after the other."""

    def rosenbrock(x):
        return ca.sum1(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    def luksan(x, y):
        a, b, c = x[:-2], x[1:-1], x[2:]
        bound = 3 * b**3 + 2 * c - 5 + ca.sin(b - c) * ca.sin(b + c) + 4 * b - a * ca.exp(a - b) - 3
        return ca.sum1(100 * (x[:-1] ** 2 - x[1:]) ** 2 + (x[:-1] - 1) ** 2) + ca.dot(y, bound)

    def chain(x):
        u, v = x[0::2], x[1::2]
        du, dv = u[1:] - u[:-1], v[1:] - v[:-1]
        return ca.sum1(50 * (ca.sqrt(du * du + dv * dv) - 0.3) ** 2) + 9.81 * ca.sum1(v)

    return {"rosenbrock": rosenbrock, "luksan": luksan, "chain": chain}


def casadi_call(np, name, arrays):
    """A call of CasADi's compiled-to-tape Hessian, values of both triangles; and the seconds to build it."""
    import casadi as ca

    start = time.perf_counter()
    symbols = [ca.SX.sym(f"a{k}", a.size) for k, a in enumerate(arrays)]
    hessian, _ = ca.hessian(scalar_losses(ca)[name](*symbols), symbols[0])
    function = ca.Function("hessian", symbols, [hessian])
    buffer, evaluate = function.buffer()
    flat = [np.ascontiguousarray(a.reshape(-1)) for a in arrays]
    values = np.zeros(hessian.nnz())
    for k, array in enumerate(flat):
        buffer.set_arg(k, memoryview(array))
    buffer.set_res(0, memoryview(values))

    def call():
        evaluate()
        return values

    call.keeps = buffer, flat
    return call, time.perf_counter() - start


def contenders(names, np, name, arrays, args):
    found, threads = {}, args.threads
    if name in ("rosenbrock", "luksan", "chain"):
        if "casadi" in names and arrays[0].size <= args.casadi_limit:
            try:
                found["casadi"], seconds = casadi_call(np, name, arrays)
                found["casadi"].seconds = seconds
            except ImportError:
                pass
        return found
    if name == "compressed":
        return found
    which = WITH_RESPECT_TO[name]
    if "jax" in names:
        try:
            import jax

            jax.config.update("jax_enable_x64", True)
            from jax.scipy.linalg import solve_triangular

            loss = function(name, jax.numpy, jax.nn.relu, jax.nn.softplus, jax.nn.log_softmax, lambda a, b: solve_triangular(a, b, lower=True))
            device = [jax.device_put(a) for a in arrays]
            call = jax.jit(jax.hessian(loss, argnums=which))
            found["jax"] = lambda: np.asarray(call(*device).block_until_ready())
        except ImportError:
            pass
    if "torch" in names or "compiled" in names:
        try:
            import torch

            torch.set_num_threads(threads)
            functional = torch.nn.functional
            loss = function(name, torch, torch.relu, functional.softplus, lambda x: functional.log_softmax(x, -1),
                            lambda a, b: torch.linalg.solve_triangular(a, b[:, None], upper=False)[:, 0])
            tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in arrays]
            call_torch = torch.func.hessian(loss, argnums=which)
            if "torch" in names:
                found["torch"] = lambda: call_torch(*tensors).numpy()
            if "compiled" in names:
                call_compiled = torch.compile(call_torch)
                found["compiled"] = lambda: call_compiled(*tensors).numpy()
        except ImportError:
            pass
    return found


def timed(call):
    wall, processor = time.perf_counter(), time.process_time()
    calls, end = 0, wall
    while end - wall < 2e-2 or calls == 0:
        call()
        calls += 1
        end = time.perf_counter()
    return (end - wall) / calls, (time.process_time() - processor) / calls


def versions():
    from importlib.metadata import PackageNotFoundError, version

    for name in ("numpy", "jax", "jaxlib", "torch", "casadi"):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            pass


def main():
    args = arguments()
    confine(args.threads)
    import numpy as np

    tgc = Tgc(args.tgc)
    print(f"f64, {args.threads} thread(s), load {os.getloadavg()[0]:.1f}; " + ", ".join(versions()))
    logs = {}
    for text in args.cases:
        name, size = text.split(":")
        arrays = [argument(np, number, shape) for number, shape in enumerate(shapes(name, int(size)))]
        if name == "network":  # products of ten layers keep their size
            arrays[2:] = [weight * (6 / int(size)) ** 0.5 for weight in arrays[2:]]
        seconds, flops = tgc.ask(f"load {name} {size} {args.threads}")
        others = contenders(args.peers.split(","), np, name, arrays, args)
        wrong, got = "", tgc.ask("sums")
        for key, call in others.items():
            flat = np.asarray(call(), dtype=np.float64).reshape(-1)
            expected = flat.sum(), (flat * (np.arange(flat.size) % 3 + 1)).sum()
            scale = np.abs(flat).sum() + 1e-300
            if any(abs(a - b) > 1e-9 * scale for a, b in zip(expected, got)):
                wrong += f"  DIFFERS from {key}"
        times, peak = {key: [] for key in ["tgc", *others]}, 0.0
        for _ in range(args.samples):
            peak = max(peak, tgc.ask("peak")[0])
            times["tgc"].append(tuple(tgc.ask("run")))
            for key, call in others.items():
                times[key].append(timed(call))
        wall = {key: middle([t[0] for t in values]) for key, values in times.items()}
        processor = {key: middle([t[1] for t in values]) for key, values in times.items()}
        line = f"{text:14} wall {wall['tgc'] * 1e3:10.4f} ms  processor {processor['tgc'] * 1e3:10.4f} ms"
        if flops:
            line += f"  {flops / peak / args.threads / wall['tgc'] * 1e-7:5.1f}% / {flops / peak / processor['tgc'] * 1e-7:5.1f}% of bound"
        for key in others:
            ratios = wall[key] / wall["tgc"], processor[key] / processor["tgc"]
            logs.setdefault(key, []).append([log(r) for r in ratios])
            line += f"  {key} {ratios[0]:.2f} / {ratios[1]:.2f}"
        for key, call in others.items():
            if hasattr(call, "seconds"):
                line += f"  {key} builds in {call.seconds * 1e3:.0f} ms"
        print(line + f"  compile {seconds * 1e3:.0f} ms" + wrong, flush=True)
    tgc.process.stdin.write("quit\n")
    for key, values in logs.items():
        means = [exp(sum(v[which] for v in values) / len(values)) for which in (0, 1)]
        print(f"{key} over tgc, geometric mean: wall {means[0]:.2f}, processor {means[1]:.2f}")


if __name__ == "__main__":
    main()
