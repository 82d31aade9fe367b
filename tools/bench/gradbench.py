#!/usr/bin/env python3
"""GradBench's evaluations by tgc beside jax.jit and PyTorch (eager): same inputs, same run, in turns, f64.

  tools/bench/gradbench.py [--tgc build/bin/tgc] [--threads 1] [--rounds 3] [--peers jax,torch] [NAME[:SIZES]]...
  tools/bench/gradbench.py gmm:10,25,1000 lse:160000

Every value and gradient of tgc is compared first with a NumPy program of its own: values directly, gradients along random
directions by complex steps (exact to rounding), k-means' direction and bundle adjustment's blocks element by element.
Prints seconds of a call and the ratio of each peer's time to tgc's. Problem statements: gradbench/gradbench, evals/.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SIZES = ["gmm:2,5,1000", "gmm:10,25,1000", "ba:49,7776,31843", "lstm:2,32", "kmeans:10,1000,8", "kmeans:100,10000,16", "lse:10000",
         "lse:640000", "llsq:128,1024", "llsq:128,16392", "ode:1000,10", "ode:10000,10"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tgc", default="build/bin/tgc")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="jax,torch")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each timing")
    parser.add_argument("problems", nargs="*", default=SIZES)
    return parser.parse_args()


OPTIONS = arguments()
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = str(OPTIONS.threads)
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=" + ("true" if OPTIONS.threads > 1 else "false"))
if OPTIONS.threads == 1:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # XLA has threads of its own
import numpy as np  # noqa: E402  (after the thread counts)


class Problem:
    """Inputs by name, what is differentiated by, and a program's text."""

    def __init__(self, name, size, inputs, wrt, text):
        self.name, self.size, self.inputs, self.wrt, self.text = name, size, inputs, wrt, text


def random(*shape):
    return np.random.rand(*shape)


def gmm(d, k, n):
    inputs = dict(alpha=random(k), mu=random(k, d), q=random(k, d), l=random(k, d * (d - 1) // 2), x=random(n, d), m=np.float64(0),
                  gamma=np.float64(1))
    return Problem("gmm", (d, k, n), inputs, ["alpha", "mu", "q", "l"], (HERE / "gradbench/gmm.tg").read_text())


def ba(n, m, p):
    camera = np.array([0.0157, -0.0127, -0.0044, -0.0340, -0.1075, 1.1202, 399.75, 0.1, -0.2, -3.177e-07, 5.882e-13])
    inputs = dict(cameras=np.tile(camera, (n, 1)), points=np.tile([-0.612, 0.5717, -1.8470], (m, 1)), weights=np.ones(p) * 0.9,
                  features=np.tile([-332.65, 262.09], (p, 1)), camera=np.arange(p) % n, point=np.arange(p) % m)
    inputs["cameras"] += 1e-3 * random(n, 11) * camera
    return Problem("ba", (n, m, p), inputs, None, (HERE / "gradbench/ba.tg").read_text())


def lstm(layers, steps, bits=14):
    inputs = dict(main=random(2 * layers, 4 * bits), extra=random(3, bits), state=random(2 * layers, bits),
                  sequence=np.random.randint(0, 2, (steps, bits)).astype(float))
    lines = ["", f"fn lstm(main: f64[{2 * layers}, {4 * bits}], extra: f64[3, {bits}], state: f64[{2 * layers}, {bits}], "
                 f"sequence: f64[{steps}, {bits}]) {{"]
    hidden = [f"state[{2 * layer}]" for layer in range(layers)]
    memory = [f"state[{2 * layer + 1}]" for layer in range(layers)]
    scores = []
    for step in range(steps - 1):
        inner = f"sequence[{step}] * extra[0]"
        for layer in range(layers):
            lines.append(f"  h{layer}_{step}, c{layer}_{step} = cell({inner}, {hidden[layer]}, {memory[layer]}, main[{2 * layer}], main[{2 * layer + 1}])")
            hidden[layer], memory[layer] = f"h{layer}_{step}", f"c{layer}_{step}"
            inner = hidden[layer]
        lines.append(f"  s{step} = score({inner}, extra, sequence[{step + 1}])" + (f" + s{step - 1}" if step else ""))
    lines += [f"  return -s{steps - 2} / {float((steps - 1) * bits)}", "}", ""]
    return Problem("lstm", (layers, steps), inputs, ["main", "extra"], (HERE / "gradbench/lstm.tg").read_text() + "\n".join(lines))


def kmeans(k, n, d):
    points = random(n, d)
    return Problem("kmeans", (k, n, d), dict(points=points, centroids=points[-k:].copy()), None, (HERE / "gradbench/kmeans.tg").read_text())


def lse(n):
    return Problem("lse", (n,), dict(x=random(n)), ["x"], (HERE / "gradbench/lse.tg").read_text())


def llsq(m, n):
    return Problem("llsq", (m, n), dict(x=random(m), like=np.zeros(n)), ["x"], (HERE / "gradbench/llsq.tg").read_text())


def ode(n, steps):
    lines = ["", f"fn ode(x: f64[{n}]) {{", f"  y0 = zeros([{n}])"]
    lines += [f"  y{k + 1} = step(x, y{k}, {2 / steps!r})" for k in range(steps)]
    lines += [f"  return y{steps}[-1]", "}", ""]
    return Problem("ode", (n, steps), dict(x=random(n)), ["x"], (HERE / "gradbench/ode.tg").read_text() + "\n".join(lines))


MAKERS = dict(gmm=gmm, ba=ba, lstm=lstm, kmeans=kmeans, lse=lse, llsq=llsq, ode=ode)


# The functions once for NumPy, jax.numpy and torch: `np` is the module, `tools` what has other names there.

class NumpyTools:
    arange = staticmethod(np.arange)

    @staticmethod
    def top(x, axis):  # of complex numbers by their real parts
        at = np.argmax(x.real, axis=axis)
        return np.take_along_axis(x, np.expand_dims(at, axis), axis)

    @staticmethod
    def scan(step, carry, xs):
        total = 0
        for x in xs:
            carry, one = step(carry, x)
            total = total + one
        return carry, total

    @staticmethod
    def repeat(step, carry, count):
        for _ in range(count):
            carry = step(carry)
        return carry


def log_sum_exp(np, tools, x, axis):
    top = tools.top(x, axis)
    return np.log(np.exp(x - top).sum(axis)) + top.squeeze(axis)


def gmm_value(np, tools, alpha, mu, q, l, x, m, gamma):
    from math import lgamma, log, pi
    k, d = mu.shape
    n = x.shape[0]
    row, column = tools.arange(d)[:, None], tools.arange(d)[None]
    place = column * d - column * (column + 1) // 2 + row - column - 1
    below = row > column
    lower = np.where(below, l[:, np.where(below, place, 0)], np.zeros_like(l[:, :1, None])) if l.shape[1] else 0
    Q = lower + np.exp(q)[:, :, None] * np.where(row == column, 1.0, 0.0)
    away = np.einsum("kij,nj->nki", Q, x + 0 * alpha[0]) - np.einsum("kij,kj->ki", Q, mu)
    beta = alpha + q.sum(1) - 0.5 * (away * away).sum(2)
    freedom = d + float(m) + 1
    constant = freedom * d * log(float(gamma) / 2**0.5) - d * (d - 1) / 4 * log(pi) - sum(lgamma((freedom - j) / 2) for j in range(d))
    return (log_sum_exp(np, tools, beta, 1).sum() - n * (d / 2 * log(2 * pi) + log_sum_exp(np, tools, alpha, 0)) + k * constant
            - float(gamma)**2 / 2 * (Q * Q).sum() + float(m) * q.sum())


def lstm_value(np, tools, main, extra, state, sequence):
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))
    bits, layers = extra.shape[1], main.shape[0] // 2

    def step(carry, pair):
        inner, carry = pair[0] * extra[0], list(carry)
        for layer in range(layers):
            w, b = main[2 * layer].reshape(4, bits), main[2 * layer + 1].reshape(4, bits)
            hidden, memory = carry[2 * layer], carry[2 * layer + 1]
            change = np.tanh(hidden * w[3] + b[3])
            memory = memory * sigmoid(inner * w[0] + b[0]) + sigmoid(hidden * w[1] + b[1]) * change
            hidden = sigmoid(inner * w[2] + b[2]) * np.tanh(memory)
            carry[2 * layer], carry[2 * layer + 1], inner = hidden, memory, hidden
        guess = inner * extra[1] + extra[2]
        return tuple(carry), (pair[1] * (guess - np.log(np.exp(guess).sum() + 2))).sum()
    _, scores = tools.scan(step, tuple(state[k] + 0 * main[0, :bits] for k in range(2 * layers)), tools.pairs(sequence))
    return -scores.sum() / ((sequence.shape[0] - 1) * bits)


def lse_value(np, tools, x):
    return log_sum_exp(np, tools, x, 0)


def llsq_value(np, tools, x, like):
    n, m = like.shape[0], x.shape[0]
    t = -1 + 2 * tools.arange(n) / (n - 1)
    powers = tools.powers(t, m)
    residual = np.sign(t) - powers @ x
    return 0.5 * (residual * residual).sum()


def ode_value(np, tools, x, steps):
    h = 2 / steps

    def slope(y):
        return x * tools.shifted(y)

    def step(y):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return tools.repeat(step, 0 * x, steps)[-1]


def kmeans_value(np, tools, points, centroids):
    away = points[:, None] - centroids[None]
    return tools.least((away * away).sum(2)).sum()


def reproject(np, tools, cameras, points, weights, features):
    """Of all observations at once: 2 numbers each."""
    turn, away, f = cameras[:, 0:3], points - cameras[:, 3:6], cameras[:, 6:7]
    theta = np.sqrt((turn * turn).sum(1))[:, None]
    axis = turn / theta
    crossed = tools.cross(axis, away)
    rotated = away * np.cos(theta) + crossed * np.sin(theta) + axis * ((axis * away).sum(1)[:, None] * (1 - np.cos(theta)))
    flat = rotated[:, 0:2] / rotated[:, 2:3]
    square = (flat * flat).sum(1)[:, None]
    flat = flat * (1 + cameras[:, 9:10] * square + cameras[:, 10:11] * square * square) * f + cameras[:, 7:9]
    return weights[:, None] * (flat - features)


NumpyTools.pairs = staticmethod(lambda sequence: list(zip(sequence[:-1], sequence[1:])))
NumpyTools.powers = staticmethod(lambda t, m: t[:, None] ** np.arange(m))
NumpyTools.shifted = staticmethod(lambda y: np.concatenate([np.ones(1), y[:-1]]))
NumpyTools.cross = staticmethod(np.cross)
VALUES = dict(gmm=gmm_value, lstm=lstm_value, lse=lse_value, llsq=llsq_value, ode=ode_value, kmeans=kmeans_value)


def call(module, tools, problem, **values):
    extra = {"steps": problem.size[1]} if problem.name == "ode" else {}
    return VALUES[problem.name](module, tools, **values, **extra)


class Tgc:
    name = "tgc"

    def __init__(self, problem, folder):
        self.problem, self.folder = problem, folder
        (folder / "program.tg").write_text(problem.text)
        self.inputs = []
        for name, value in problem.inputs.items():
            np.save(folder / f"{name}.npy", value)
            self.inputs += ["--in", f"{name}={folder}/{name}.npy"]

    def start(self, command, function, *more):
        line = [OPTIONS.tgc, command, str(self.folder / "program.tg"), "--fn", function, f"--threads={OPTIONS.threads}", *self.inputs, *more]
        done = subprocess.run(line, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"gradbench: {' '.join(line)}\n{done.stderr}")
        return done.stdout

    def run(self, function, names):
        self.start("run", function, *(word for name in names for word in ("--out", f"{name}={self.folder}/{name}.npy")))
        return [np.load(self.folder / f"{name}.npy") for name in names]

    def seconds(self, function):
        return json.loads(self.start("bench", function, "--json"))["p10"]


def functions(problem):
    """Label, --fn and names of the results of what is timed."""
    if problem.name == "ba":
        return [("errors", "errors", ["projected", "out1"]), ("jacobian", "blocks", ["by_camera", "by_point", "by_weight", "out3"])]
    if problem.name == "kmeans":
        return [("cost", "cost", ["out0"]), ("dir", "dir", ["out0"])]
    wrt = ", ".join(problem.wrt)
    return [("value", problem.name, ["out0"]),
            ("gradient", f"grad({problem.name}, wrt=({wrt},))", [f"out{k}" for k in range(len(problem.wrt))])]


def off(got, want):
    return float(np.max(np.abs(got - want)) / max(1e-300, np.max(np.abs(want))))


def check(problem, label, results):
    """The largest relative error against NumPy's own program."""
    values, tools = problem.inputs, NumpyTools
    if problem.name == "ba":
        per = [values["cameras"][values["camera"]], values["points"][values["point"]], values["weights"]]
        if label == "errors":
            return max(off(results[0], reproject(np, tools, *per, values["features"])), off(results[1], 1 - per[2]**2))
        worst = off(results[3], -2 * per[2])
        for which, width in enumerate((11, 3, 1)):
            block = results[which].reshape(len(per[2]), 2, width)
            for k in range(width):
                moved = [p.astype(complex) for p in per]
                step = np.zeros(width, complex)
                step[k] = 1e-30j
                moved[which] = moved[which] + (step if width > 1 else step[0])
                want = reproject(np, tools, *moved, values["features"]).imag / 1e-30
                worst = max(worst, float(np.max(np.abs(block[:, :, k] - want)) / np.max(np.abs(block))))
        return worst
    if label == "dir":
        points, centroids = values["points"], values["centroids"]
        near = ((points[:, None] - centroids[None])**2).sum(2).argmin(1)
        want = np.stack([centroids[k] - points[near == k].mean(0) for k in range(len(centroids))])
        return off(results[0], want)
    if label in ("value", "cost"):
        return off(results[0], call(np, tools, problem, **values))
    worst = 0.0
    for _ in range(3):
        along = {name: np.random.randn(*values[name].shape) for name in problem.wrt}
        moved = {name: value + 1e-30j * along[name] if name in along else value for name, value in values.items()}
        want = call(np, tools, problem, **moved).imag / 1e-30
        terms = [g * along[name] for g, name in zip(results, problem.wrt)]
        worst = max(worst, abs(sum(t.sum() for t in terms) - want) / max(1e-300, sum(np.abs(t).sum() for t in terms)))
    return worst


def timed(run):
    run()
    run()
    spent, times = 0.0, []
    while spent < OPTIONS.seconds or len(times) < 3:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
        spent += times[-1]
    return sorted(times)[len(times) // 10]  # as p10 of tgc bench: other work on the machine disturbs little


class Jax:
    name = "jax"

    def __init__(self, problem):
        import jax
        import jax.numpy as jnp
        jax.config.update("jax_enable_x64", True)
        self.jax, self.values = jax, {name: jnp.asarray(value) for name, value in problem.inputs.items()}

        class Tools:
            arange = staticmethod(jnp.arange)
            top = staticmethod(lambda x, axis: x.max(axis, keepdims=True))
            least = staticmethod(lambda x: x.min(1))
            cross = staticmethod(jnp.cross)
            pairs = staticmethod(lambda s: (s[:-1], s[1:]))
            scan = staticmethod(lambda step, carry, xs: jax.lax.scan(step, carry, xs))
            repeat = staticmethod(lambda step, carry, count: jax.lax.fori_loop(0, count, lambda _, y: step(y), carry))
            powers = staticmethod(lambda t, m: t[:, None] ** jnp.arange(m))
            shifted = staticmethod(lambda y: jnp.concatenate([jnp.ones(1), y[:-1]]))
        fixed = {name: float(self.values.pop(name)) for name in ("m", "gamma") if name in self.values}

        def value(values):
            return call(jnp, Tools, problem, **values, **fixed)

        def part(values, wrt):
            return value({**values, **wrt})
        if problem.name == "ba":
            def one(camera, point, weight, feature):
                return reproject(jnp, Tools, camera[None], point[None], weight[None], feature[None])[0]

            def gathered(v):
                return v["cameras"][v["camera"]], v["points"][v["point"]], v["weights"], v["features"]
            self.calls = {"errors": lambda v: (reproject(jnp, Tools, *gathered(v)), 1 - v["weights"]**2),
                          "jacobian": lambda v: (jax.vmap(jax.jacrev(one, argnums=(0, 1, 2)))(*gathered(v)), -2 * v["weights"])}
        elif problem.name == "kmeans":
            def direction(v):
                slope = jax.grad(lambda c: value({**v, "centroids": c}))
                g, h = jax.jvp(slope, (v["centroids"],), (jnp.ones_like(v["centroids"]),))
                return g / h
            self.calls = {"cost": value, "dir": direction}
        else:
            self.calls = {"value": value, "gradient": lambda v: jax.grad(lambda w: part(v, w))({n: v[n] for n in problem.wrt})}

    def seconds(self, label):
        compiled = self.jax.jit(self.calls[label])
        return timed(lambda: self.jax.block_until_ready(compiled(self.values)))


class Torch:
    name = "torch"

    def __init__(self, problem):
        import torch
        torch.set_num_threads(OPTIONS.threads)
        torch.set_default_dtype(torch.float64)
        self.torch, self.problem = torch, problem
        self.values = {name: torch.as_tensor(value) for name, value in problem.inputs.items()}

        class Tools(NumpyTools):
            arange = staticmethod(torch.arange)
            top = staticmethod(lambda x, axis: x.max(axis, keepdim=True).values)
            least = staticmethod(lambda x: x.min(1).values)
            cross = staticmethod(lambda a, b: torch.linalg.cross(a, b))
            powers = staticmethod(lambda t, m: t[:, None] ** torch.arange(m))
            shifted = staticmethod(lambda y: torch.cat([torch.ones(1, dtype=y.dtype), y[:-1]]))
        self.tools = Tools

    def seconds(self, label):
        torch, problem, values = self.torch, self.problem, self.values
        with torch.no_grad():
            if problem.name == "ba" and label == "errors":
                return timed(lambda: (reproject(torch, self.tools, values["cameras"][values["camera"]], values["points"][values["point"]],
                                                values["weights"], values["features"]), 1 - values["weights"]**2))
            if label in ("value", "cost"):
                return timed(lambda: call(torch, self.tools, problem, **values))
        if problem.name == "ba":
            per = [values["cameras"][values["camera"]], values["points"][values["point"]], values["weights"]]

            def jacobian():
                leaves = [p.clone().requires_grad_() for p in per]
                out = reproject(torch, self.tools, *leaves, values["features"])
                return [torch.autograd.grad(out[:, k].sum(), leaves, retain_graph=True) for k in range(2)]
            return timed(jacobian)
        wrt = ["centroids"] if problem.name == "kmeans" else problem.wrt

        def gradient(again=False):
            leaves = {name: values[name].clone().requires_grad_() for name in wrt}
            out = call(torch, self.tools, problem, **{**values, **leaves})
            return list(leaves.values()), torch.autograd.grad(out, list(leaves.values()), create_graph=again)

        def direction():
            leaves, (g,) = gradient(True)
            (h,) = torch.autograd.grad(g.sum(), leaves)
            return g.detach() / h
        return timed(direction if label == "dir" else gradient)


NumpyTools.least = staticmethod(lambda x: np.take_along_axis(x, x.real.argmin(1)[:, None], 1)[:, 0])


def main():
    peers = []
    for name, peer in (("jax", Jax), ("torch", Torch)):
        try:
            if name in OPTIONS.peers.split(","):
                __import__(name)
                peers.append(peer)
        except ImportError:
            print(f"gradbench: no {name} here")
    print(f"threads {OPTIONS.threads}; seconds of a call, fastest of {OPTIONS.rounds} rounds; error against NumPy; peer's time over tgc's")
    wrong = 0
    for text in OPTIONS.problems:
        name, _, sizes = text.partition(":")
        np.random.seed(31337)
        problem = MAKERS[name](*(int(s) for s in sizes.split(",")))
        with tempfile.TemporaryDirectory() as folder:
            ours = Tgc(problem, pathlib.Path(folder))
            others = [peer(problem) for peer in peers]
            for label, function, names in functions(problem):
                error = check(problem, label, ours.run(function, names))
                wrong += not error < 1e-9
                best = {}
                for _ in range(OPTIONS.rounds):
                    for who in [ours, *others]:
                        seconds = ours.seconds(function) if who is ours else who.seconds(label)
                        best[who.name] = min(best.get(who.name, 1e9), seconds)
                row = f"{text:22} {label:9} error {error:.1e}{'' if error < 1e-9 else ' WRONG'}  tgc {best['tgc']:.3e} s"
                print(row + "".join(f"  {p.name} {best[p.name]:.3e} s ({best[p.name] / best['tgc']:.2f}x)" for p in others), flush=True)
    return 3 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
