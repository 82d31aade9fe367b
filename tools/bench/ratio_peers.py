#!/usr/bin/env python3
"""What derivatives cost beside values, by tgc and by jax.jit: same inputs, same run, in turns, f64.

  tools/bench/ratio_peers.py [--threads 1] [--samples 7] [NAME]...

Prints for each case gradient/value and hvp/gradient of both, and the times of jax over those of tgc.
"""
import argparse
import os
import time
from math import exp, log

from beside import Tgc, argument, confine, middle


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tgc", default="build/bin/tgc-bench-ratios")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--samples", type=int, default=7)
    parser.add_argument("cases", nargs="*")
    return parser.parse_args()


def suite(jax):
    """Name: shapes, positions to differentiate by, the function; as in ratios/*.tg."""
    jnp, nn = jax.numpy, jax.nn

    def logistic(X, y, w):
        return nn.softplus(-y * (X @ w)).mean() + 0.05 * (w * w).sum()

    def digits(X, T, A, a, B, b):
        return -(T * nn.log_softmax(nn.relu(X @ A + a) @ B + b, axis=-1)).sum(1).mean()

    def attention(x, Q, K, V):
        q, k, v = (jnp.einsum("bij,hje->bhie", x, w) for w in (Q, K, V))
        share = nn.softmax(jnp.einsum("bhie,bhje->bhij", q, k) / 4, axis=-1)
        out = jnp.einsum("bhij,bhje->bhie", share, v)
        return 0.5 * (out * out).sum()

    def rbf(X, C, a, y):
        far = ((X[:, None] - C[None]) ** 2).sum(2)
        error = jnp.exp(-0.5 * far) @ a - y
        return (error * error).mean()

    def heat(u, goal):
        for _ in range(20):
            u = jnp.concatenate([u[:1], u[1:-1] + 0.25 * (u[2:] - 2 * u[1:-1] + u[:-2]), u[-1:]])
        error = u**2 - goal
        return 0.5 * (error * error).sum()

    def factors(M, U, V):
        R = M - U @ V.T
        return (R * R).sum() + 0.1 * ((U * U).sum() + (V * V).sum())

    def logsumexp(x):
        return nn.logsumexp(x)

    return {
        "logistic": ([(4000, 100), (4000,), (100,)], (2,), logistic),
        "digits": ([(1797, 64), (1797, 10), (64, 64), (64,), (64, 10), (10,)], (2, 3, 4, 5), digits),
        "attention": ([(4, 128, 64)] + [(8, 64, 16)] * 3, (1, 2, 3), attention),
        "rbf": ([(2000, 8), (50, 8), (50,), (2000,)], (1, 2), rbf),
        "heat": ([(4096,), (4096,)], (0,), heat),
        "factors": ([(500, 400), (500, 10), (400, 10)], (1, 2), factors),
        "logsumexp": ([(200000,)], (0,), logsumexp),
    }


def calls(jax, f, wrt, arrays, vectors):
    """Value, value and gradient, Hessian times vector."""

    def hvp(args, vs):
        chosen = [args[k] for k in wrt]

        def slope(*parts):
            full = list(args)
            for k, part in zip(wrt, parts):
                full[k] = part
            return jax.grad(f, argnums=wrt)(*full)

        return jax.jvp(slope, tuple(chosen), tuple(vs))[1]

    value, gradient, product = jax.jit(f), jax.jit(jax.value_and_grad(f, argnums=wrt)), jax.jit(hvp)
    return [
        lambda: jax.block_until_ready(value(*arrays)),
        lambda: jax.block_until_ready(gradient(*arrays)),
        lambda: jax.block_until_ready(product(arrays, vectors)),
    ]


def timed(call):
    start = end = time.perf_counter()
    count = 0
    while end - start < 1e-2 or count == 0:
        call()
        count += 1
        end = time.perf_counter()
    return (end - start) / count


def main():
    args = arguments()
    confine(args.threads)
    import numpy as np
    import jax

    jax.config.update("jax_enable_x64", True)
    tgc, known = Tgc(args.tgc), suite(jax)
    print(f"f64, {args.threads} thread(s), load {os.getloadavg()[0]:.1f}, jax {jax.__version__}")
    print(f"{'':10} {'tgc: grad/value':>16} {'hvp/grad':>9} {'jax: grad/value':>16} {'hvp/grad':>9}   jax over tgc: value, gradient, hvp")
    logs = []
    for name in args.cases or tgc.words("names"):
        shapes, wrt, f = known[name]
        arrays = [jax.device_put(argument(np, k, shape)) for k, shape in enumerate(shapes)]
        vectors = [jax.device_put(argument(np, len(shapes) + k, shapes[p])) for k, p in enumerate(wrt)]
        tgc.words(f"load {name} {args.threads}")
        peers = calls(jax, f, wrt, arrays, vectors)
        wrong = ""
        for got, peer in zip(tgc.ask("sums"), peers):
            flat = [np.asarray(leaf) for leaf in jax.tree_util.tree_leaves(peer())]
            scale = sum(np.abs(leaf).sum() for leaf in flat) + 1e-300
            if abs(got - sum(leaf.sum() for leaf in flat)) > 1e-9 * scale:
                wrong = "  DIFFERS"
        ours, theirs = [], []
        for _ in range(args.samples):
            ours.append(tgc.ask("run"))
            theirs.append([timed(peer) for peer in peers])
        mine, other = ([middle([sample[k] for sample in samples]) for k in range(3)] for samples in (ours, theirs))
        row = [mine[1] / mine[0], mine[2] / mine[1], other[1] / other[0], other[2] / other[1]]
        row += [b / a for a, b in zip(mine, other)]
        logs.append([log(number) for number in row])
        print(f"{name:10} {row[0]:16.2f} {row[1]:9.2f} {row[2]:16.2f} {row[3]:9.2f}   {row[4]:.2f} {row[5]:.2f} {row[6]:.2f}{wrong}", flush=True)
    tgc.process.stdin.write("quit\n")
    means = [exp(sum(column) / len(column)) for column in zip(*logs)]
    print(f"{'mean':10} {means[0]:16.2f} {means[1]:9.2f} {means[2]:16.2f} {means[3]:9.2f}   {means[4]:.2f} {means[5]:.2f} {means[6]:.2f}")


if __name__ == "__main__":
    main()
