#!/usr/bin/env python3
"""Complex numbers beside NumPy's: values in c128 and c64, both sides of branch cuts, and derivatives beside differences.

Usage: complex.py DRIVER
Gradients are JAX's: for a real f(x + iy) the conjugate of the direction of steepest ascent, df/dx - i df/dy.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

random = np.random.default_rng(3)


def numbers(*shape):
    return random.normal(size=shape) + 1j * random.normal(size=shape)


X = random.normal(size=(3, 4))
Z, W, M, B, V = numbers(3, 4), numbers(3, 4), numbers(4, 4), numbers(4, 2), numbers(4)
H = M @ M.conj().T + np.eye(4)
I = np.array([2, 0, 1])
TENSORS = {"x": X, "z": Z, "w": W, "m": M, "h": H, "b": B, "v": V, "i": I}
DTYPES = {"complex128": "c128", "complex64": "c64", "float64": "f64", "float32": "f32", "int64": "i64"}

FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh,
             "cosh": np.cosh, "tanh": np.tanh, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "asinh": np.arcsinh,
             "acosh": np.arccosh, "atanh": np.arctanh, "expm1": np.expm1, "log1p": np.log1p, "log2": np.log2, "log10": np.log10,
             "exp2": lambda z: 2 ** z, "square": np.square, "reciprocal": np.reciprocal, "rsqrt": lambda z: 1 / np.sqrt(z),
             "abs": np.abs, "conj": np.conj, "real": np.real, "imag": np.imag, "angle": np.angle, "negative": np.negative,
             "positive": np.positive, "sign": lambda z: z / np.abs(z), "isfinite": np.isfinite, "isnan": np.isnan, "isinf": np.isinf,
             "sigmoid": lambda z: 1 / (1 + np.exp(-z))}
# Each with values on both sides of its cut, told apart by the sign of a zero.
CUTS = ("log", "sqrt", "asin", "acos", "atan", "asinh", "acosh", "atanh", "log1p", "log2", "rsqrt", "angle")
POINTS = [-2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0]
GRID = np.array([complex(a, b) for a in POINTS for b in POINTS])

VALUES = [  # of the language, of NumPy
    *[(f"{name}(z)", rule(Z)) for name, rule in FUNCTIONS.items()],
    *[(f"z {op} {text}", rule(Z, other)) for op, rule in (("+", np.add), ("-", np.subtract), ("*", np.multiply), ("/", np.divide))
      for text, other in (("w", W), ("x", X), ("(1 + 2j)", 1 + 2j), ("2", 2), ("0.5", 0.5))],
    ("2 - z", 2 - Z), ("x / z", X / Z), ("1j * x", 1j * X), ("z ** w", Z ** W), ("z ** 3", Z ** 3), ("z ** -2", Z ** -2.0),
    ("z ** 0.5", Z ** 0.5), ("z ** x", Z ** X), ("z ** 0", Z ** 0), ("x ** z", (X + 0j) ** Z), ("z == w", Z == W), ("z == z", Z == Z),
    ("z != w", Z != W), ("where(x > 0, z, w)", np.where(X > 0, Z, W)), ("where(x > 0, z, 0)", np.where(X > 0, Z, 0)),
    ("where(x > 0, x, 1j)", np.where(X > 0, X, 1j)), ("masked_fill(z, x > 0, 2j)", np.where(X > 0, 2j, Z)), ("fma(z, w, z)", Z * W + Z),
    ("lerp(z, w, 0.5)", Z + 0.5 * (W - Z)), ("sum(z)", Z.sum()), ("sum(z, axis=1)", Z.sum(1)), ("mean(z, axis=0)", Z.mean(0)),
    ("prod(z)", Z.prod()), ("prod(z, axis=1)", Z.prod(1)), ("prod(z, axis=0, keepdims=true)", Z.prod(0, keepdims=True)),
    ("prod(z[:0], axis=0)", np.ones(4)), ("var(z)", Z.var()), ("std(z, axis=1)", Z.std(1)), ("norm(z)", np.linalg.norm(Z)),
    ("norm(z, 1, axis=0)", np.abs(Z).sum(0)), ("cumulative_sum(z, axis=1)", Z.cumsum(1)), ("any(z, axis=1)", Z.any(1)),
    ("all(z * 0)", False), ("count_nonzero(z)", 12), ("reshape(z, [4, 3])", Z.reshape(4, 3)), ("permute_dims(z, [1, 0])", Z.T),
    ("z[1:, ::2]", Z[1:, ::2]), ("z[::-1]", Z[::-1]), ("z[0]", Z[0]), ("z[i]", Z[I]), ("z[i, none, 1]", Z[I, None, 1]),
    ("flip(z)", np.flip(Z)), ("roll(z, 1)", np.roll(Z, 1)), ("concat([z, w], axis=1)", np.concatenate([Z, W], 1)),
    ("stack([z, x])", np.stack([Z, X])), ("tile(z, [2, 1])", np.tile(Z, (2, 1))), ("broadcast_to(z, [2, 3, 4])", np.broadcast_to(Z, (2, 3, 4))),
    ("repeat(z, 2, axis=0)", Z.repeat(2, 0)), ("pad(z, [1, 1])", np.pad(Z, 1)), ("tril(m)", np.tril(M)), ("trace(m)", np.trace(M)),
    ("diagonal(m)", np.diagonal(M)), ("diag(v)", np.diag(V)), ("expand_dims(z, 0)", Z[None]), ("take(z, i, axis=0)", Z[I]),
    ("set(z[i], w)", W[np.argsort(I)]), ("z @ m", Z @ M), ("m @ v", M @ V), ("v @ v", V @ V),
    ("x @ m", X @ M), ("outer(v, v)", np.outer(V, V)), ("vecdot(z, w)", (Z.conj() * W).sum(-1)), ("tensordot(z, m, 1)", np.tensordot(Z, M, 1)),
    ("kron(z, m)", np.kron(Z, M)), ('einsum("ij,jk,kl->il", z, m, m)', np.einsum("ij,jk,kl->il", Z, M, M)),
    ('einsum("ij,ij->", z, conj(z))', np.einsum("ij,ij->", Z, Z.conj())), ('einsum("ii->i", m)', np.einsum("ii->i", M)),
    ('einsum("ij->", z)', Z.sum()), ('einsum("ij,jk,kl,l->i", z, m, real(m), v)', Z @ M @ M.real @ V), ("solve(m, b)", np.linalg.solve(M, B)),
    ("solve(m, v)", np.linalg.solve(M, V)), ("solve(m, real(b))", np.linalg.solve(M, B.real)), ("inverse(m)", np.linalg.inv(M)),
    ("cholesky(h)", np.linalg.cholesky(H)), ("cholesky(h, upper=true)", np.linalg.cholesky(H).conj().T), ("eigvalsh(h)", np.linalg.eigvalsh(H)),
    ("svdvals(m)", np.linalg.svd(M, compute_uv=False)), ("svdvals(z)", np.linalg.svd(Z, compute_uv=False)),
    ("matrix_power(m, 3)", np.linalg.matrix_power(M, 3)), ("matrix_power(m, -2)", np.linalg.matrix_power(M, -2)), ("zeros_like(z)", np.zeros_like(Z)),
    ("full_like(z, 2)", np.full_like(Z, 2)), ("ones_like(z)", np.ones_like(Z)), ("astype(z, c64)", Z), ("astype(x, c128)", X + 0j),
    ("complex(x, 2 * x)", X + 2j * X), ("stop_gradient(z)", Z), ("q @ r", M), ("conj(permute_dims(q, [1, 0])) @ q", np.eye(4)), ("tril(r, -1)", np.zeros((4, 4))), ("imag(diagonal(r))", np.zeros(4)), ("det(m)", np.linalg.det(M)),
    *[(f"matrix_norm(m, {order!r})".replace("'", '"'), np.linalg.norm(M, order)) for order in ("fro", "nuc", 1, 2)], ("matrix_norm(m, inf)", np.linalg.norm(M, np.inf)),
    ("d", np.linalg.slogdet(M)[0]), ("e", np.linalg.slogdet(M)[1]), ("l", np.linalg.eigvalsh(H)), ("h @ o - o * l", np.zeros((4, 4))),
    ("conj(permute_dims(o, [1, 0])) @ o", np.eye(4)), ("(u * s) @ vh", Z), ("s", np.linalg.svd(Z)[1]), ("vh @ conj(permute_dims(vh, [1, 0]))", np.eye(3)),
    ("conj(permute_dims(u2, [1, 0])) @ u2", np.eye(3)), ("(u2 * s2) @ vh2", Z.T), ("sum(zeros([2], c128)) + eye(2, dtype=c128)", np.eye(2)),
]
def fixed(vectors):
    """Columns with a positive first large element."""
    out = vectors.copy()
    for k in range(out.shape[1]):
        first = out[np.argmax(abs(out[:, k]) >= 0.9 * abs(out[:, k]).max()), k]
        out[:, k] *= first.conj() / abs(first)
    return out


def of_eigh(z):
    values, vectors = np.linalg.eigh((z + z.conj().T) / 2)
    return np.sum((fixed(vectors) * (W4 * values)).real)


def of_svd(z):
    u, s, vh = np.linalg.svd(z, full_matrices=False)
    v = fixed(vh.conj().T)
    u = u * np.diag(vh @ v)
    return np.sum((u * W4[:, :z.shape[1]] * s).real) + np.sum((v.conj().T * W4[:z.shape[1], :z.shape[1]]).imag)


def of_slogdet(z):
    sign, size = np.linalg.slogdet(z)
    return sign.real + size


W4 = numbers(4, 4)
DERIVED = [  # real scalars of z, 4 x 4
    ("l, o = eigh(z)\n  return sum(real(o * (w * l)))", of_eigh), ("u, s, vh = svd(z)\n  return sum(real(u * w * s)) + sum(imag(vh * w))", of_svd),
    ("d, e = slogdet(z)\n  return real(d) + e", of_slogdet),
    ("sum(real(z * z * conj(z)))", lambda z: np.sum((z * z * z.conj()).real)), ("sum(abs(exp(z) * z + sin(z) / z))", lambda z: np.sum(abs(np.exp(z) * z + np.sin(z) / z))),
    ("sum(imag(log(z) + sqrt(z) * tan(z)))", lambda z: np.sum((np.log(z) + np.sqrt(z) * np.tan(z)).imag)),
    ("sum(angle(z) + real(z ** 3))", lambda z: np.sum(np.angle(z) + (z ** 3).real)), ("sum(real(z @ z @ conj(z)))", lambda z: np.sum((z @ z @ z.conj()).real)),
    ("sum(real(tanh(z) + asin(z) + acosh(z) + atanh(z)))", lambda z: np.sum((np.tanh(z) + np.arcsin(z) + np.arccosh(z) + np.arctanh(z)).real)),
    ("sum(abs(inverse(z)))", lambda z: np.sum(abs(np.linalg.inv(z)))), ("sum(abs(solve(z, z @ z + 1)))", lambda z: np.sum(abs(np.linalg.solve(z, z @ z + 1)))),
    ("real(einsum(\"ij,jk,ki->\", z, z, conj(z)))", lambda z: np.einsum("ij,jk,ki->", z, z, z.conj()).real), ("real(prod(z))", lambda z: np.prod(z).real),
    ("sum(abs(cholesky(z @ conj(permute_dims(z, [1, 0])) + eye(4, dtype=c128))))", lambda z: np.sum(abs(np.linalg.cholesky(z @ z.conj().T + np.eye(4))))),
    ("sum(eigvalsh(z @ conj(permute_dims(z, [1, 0]))) ** 2)", lambda z: np.sum(np.linalg.eigvalsh(z @ z.conj().T) ** 2)),
    ("abs(det(z)) + imag(det(z))", lambda z: abs(np.linalg.det(z)) + np.linalg.det(z).imag),
    ("sum(svdvals(z) ** 3)", lambda z: np.sum(np.linalg.svd(z, compute_uv=False) ** 3)), ("norm(z) + var(z)", lambda z: np.linalg.norm(z) + z.var()),
]


class Runner:
    def __init__(self, driver, folder):
        self.driver, self.folder = driver, pathlib.Path(folder)

    def results(self, text, name, tensors):
        program = self.folder / "p.tg"
        program.write_text(text)
        command = [self.driver, "run", str(program), "--json", "--fn", name]
        for key, value in tensors.items():
            np.save(self.folder / f"{key}.npy", value)
            command += ["--in", f"{key}={self.folder / key}.npy"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode:
            sys.exit(f"{text}\n{done.stdout}{done.stderr}")
        return [self.array(one) for one in json.loads(done.stdout)["results"]]

    @staticmethod
    def array(one):
        if one["dtype"] not in ("c64", "c128"):
            return np.array(one["data"], dtype=bool if one["dtype"] == "bool" else float).reshape(one["shape"])
        parts = np.array([float(part) for part in np.array(one["data"], dtype=object).reshape(-1)]).reshape(one["shape"] + [2])
        return parts.view(complex)[..., 0] if parts.size else np.zeros(one["shape"], complex)


def declared(tensors):
    return ", ".join(f"{name}: {DTYPES[str(value.dtype)]}{list(value.shape) if value.ndim else ''}" for name, value in tensors.items())


def compare(label, text, got, expected, tolerance):
    expected = np.asarray(expected)
    if got.shape != expected.shape:
        return [f"{label} {text}: shape {got.shape}, NumPy's is {expected.shape}"]
    got, expected = np.atleast_1d(got) * 1, np.atleast_1d(expected) * 1
    compared = np.isfinite(expected)
    off = np.abs(got[compared] - expected[compared]).max(initial=0)
    allowed = tolerance * max(1.0, np.abs(expected[compared]).max(initial=0))
    return [] if off <= allowed else [f"{label} {text}: off by {off:.3g}, {allowed:.3g} allowed\n{got}\n{expected}"]


def values(runner, narrow):
    tensors = {name: value.astype({"c": "c8", "f": "f4"}[value.dtype.kind]) if narrow and value.dtype.kind in "cf" else value
               for name, value in TENSORS.items()}
    chosen = [(text, expected) for text, expected in VALUES if not (narrow and ("c128" in text or "c64" in text))]
    lines = "\n".join(f"  y{k} = {text}" for k, (text, _) in enumerate(chosen))
    program = f"fn f({declared(tensors)}) {{\n  q, r = qr(m)\n  l, o = eigh(h)\n  u, s, vh = svd(z)\n  u2, s2, vh2 = svd(permute_dims(z, [1, 0]))\n  d, e = slogdet(m)\n{lines}\n  return {', '.join(f'y{k}' for k in range(len(chosen)))}\n}}\n"
    got = runner.results(program, "f", tensors)
    label, tolerance = ("c64", 2e-4) if narrow else ("c128", 2e-12)
    wrong = []
    for (text, expected), one in zip(chosen, got):
        wrong += compare(label, text, one, expected, 1e-6 if "c64" in text else tolerance)
    return len(chosen), wrong


def cuts(runner):
    lines = "\n".join(f"  {name}_z = {name}(z)" for name in CUTS)
    program = f"fn f(z: c128[64]) {{\n{lines}\n  return {', '.join(name + '_z' for name in CUTS)}\n}}\n"
    wrong = []
    with np.errstate(all="ignore"):
        for name, got in zip(CUTS, runner.results(program, "f", {"z": GRID})):
            wrong += compare("cut", name, got, FUNCTIONS[name](GRID), 1e-15 * 8)
    return len(CUTS), wrong


def slopes(rule, z, step=1e-6):
    out = np.zeros_like(z)
    for at in np.ndindex(z.shape):
        for unit in (1, 1j):
            d = np.zeros_like(z)
            d[at] = step * unit
            out[at] += (rule(z + d) - rule(z - d)) / (2 * step) / (1 if unit == 1 else 1j)
    return out  # d/dx - i d/dy


def derivatives(runner):
    wrong = []
    z, v = M, numbers(4, 4)
    for text, rule in DERIVED:
        body = text if "return" in text else "return " + text
        program = (f"fn f(z: c128[4, 4], w: c128[4, 4]) {{\n  {body}\n}}\n"
                   "fn d(z: c128[4, 4], v: c128[4, 4], w: c128[4, 4]) {\n  g = grad(f, wrt=z)(z, w)\n"
                   "  y, dy = jvp(f, wrt=z)(z, w, v)\n  h = hvp(f, wrt=z)(z, w, v)\n  m = vmap(grad(f, wrt=z), axes=(0, none))(stack([z, v]), w)\n"
                   "  return g, dy, h, m\n}\n")
        tensors = {"z": z, "v": v, "w": W4}
        gradient, tangent, second, mapped = runner.results(program, "d", tensors)
        expected = slopes(rule, z)
        wrong += compare("gradient", text, gradient, expected, 1e-6)
        wrong += compare("tangent", text, tangent, np.sum(gradient * v).real, 1e-12)
        other = runner.results(program, "d", {**tensors, "z": v})[0]
        wrong += compare("map", text, mapped, np.stack([gradient, other]), 1e-11)
        along = [runner.results(program, "d", {**tensors, "z": z + sign * 1e-6 * v})[0] for sign in (1, -1)]
        wrong += compare("second derivative", text, second, (along[0] - along[1]) / 2e-6, 1e-5)
    return 4 * len(DERIVED), wrong


def main():
    total, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(sys.argv[1], folder)
        for count, found in (values(runner, False), values(runner, True), cuts(runner), derivatives(runner)):
            total, wrong = total + count, wrong + found
    print("\n".join(wrong))
    print(f"{total - len(wrong)} of {total} as NumPy has them")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
