"""What is compared: an expression of the language, and the same by NumPy (or, where it has none, by the definition)."""
import math
import re
from dataclasses import dataclass, field

import numpy as np

import inputs
from differences import DIFFERENCES

USED = set()


def differs(name):
    USED.add(name)
    return name


WITHOUT = {
    **{name: "random numbers: beside jax.random in tests/programs/random.tg, their distribution in tests/unit/dialects/graph/RandomTest.cpp"
       for name in ("bernoulli", "categorical", "dropout", "fold_in", "gamma", "multinomial", "normal", "permutation", "random_bits",
                    "random_key", "split_key", "truncated_normal", "uniform")},
    "digamma": "NumPy has none; SciPy's numbers are in tests/programs/special.tg, MPFR's are compared by the test accuracy",
    "stop_gradient": "the identity for values",
    **{name: "complex numbers: beside NumPy in tests/numpy/complex.py" for name in ("angle", "complex", "conj", "imag", "real")},
    **{name: "takes a function: its values are in tests/programs/control.tg, beside the reference in tests/unit/frontend/ControlTest.cpp"
       for name in ("cond", "fori_loop", "map", "scan", "while_loop")},
}


class Inputs:
    def __init__(self, values, dtype):
        self.__dict__.update(values)
        self.dtype = dtype
        self.kind = inputs.kind(dtype)


@dataclass
class Case:
    family: str
    text: str
    numpy: object
    kinds: str
    results: int = 1
    ulps: float = 4
    scaled: float = 0  # units of the last place of the largest element
    absolute: float = 0  # units of the last place of 1, for results that cancel
    only: tuple = ()   # dtypes, where the kind does not say it all
    skip: tuple = ()   # families of odd extents it does not take
    words: list = field(default_factory=list)

    def __post_init__(self):
        self.words = re.findall(r"[a-z_0-9]+", self.text)

    def takes(self, dtype, family):
        groups = ("tensors", "ones", "empty") if self.family == "tensors" else (self.family,)
        return (family in groups and family not in self.skip and inputs.kind(dtype) in self.kinds
                and (not self.only or dtype in self.only))


CASES = []


def add(family, text, function, kinds, **more):
    CASES.append(Case(family, text, function, kinds, **more))


def each(function, *arrays):
    """By the definition, a number at a time, with Python's math."""
    def safe(*numbers):
        try:
            return function(*numbers)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf
    return np.vectorize(safe, otypes=[np.float64])(*arrays)


def bessel(x):
    """exp(-|x|) I0(x) = 1/pi int_0^pi exp(|x| (cos u - 1)) du by the trapezoidal rule; beyond 1000 two terms of the series."""
    size = np.abs(x)
    near = np.minimum(np.nan_to_num(size, nan=0, posinf=0), 1000)
    angle = np.pi * np.arange(2001) / 2000
    weight = np.where((angle == 0) | (angle == np.pi), 0.5, 1)
    mean = (weight * np.exp(-2 * near[:, None] * np.sin(angle / 2) ** 2)).sum(axis=1) / 2000
    return np.where(size <= 1000, mean, (1 + 1 / (8 * size)) / np.sqrt(2 * np.pi) / np.sqrt(size))


# ---- one element ----
def point(text, function, kinds, **more):
    add("points", text, function, kinds, **more)


for name in ("exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh sqrt cbrt").split():
    point(f"{name}(a)", lambda v, f=getattr(np, name): f(v.a), "f")
for name, other in {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}.items():
    point(f"{name}(a)", lambda v, f=getattr(np, other): f(v.a), "f")
for name in ("negative", "positive", "abs", "sign", "square", "floor", "ceil", "trunc", "isfinite", "isinf", "isnan"):
    def whole(v, f=getattr(np, name), rounds=name in ("floor", "ceil", "trunc")):
        return v.a if rounds and v.kind != "f" else f(v.a)  # NumPy 1.24 makes f64 of large integers
    point(f"{name}(a)", whole, "fiu")
point("round(a)", lambda v: np.rint(v.a).astype(v.a.dtype) if v.kind == "f" else v.a, "fiu")
point("signbit(a)", lambda v: np.signbit(v.a), "f")
point("reciprocal(a)", lambda v: 1 / v.a, "f")
point("rsqrt(a)", lambda v: 1 / np.sqrt(v.a), "f")
point("erf(a)", lambda v: each(math.erf, v.a), "f")
point("erfc(a)", lambda v: each(math.erfc, v.a), "f")
point("i0e(a)", lambda v: bessel(v.a), "f", ulps=16)
point("erf(erf_inv(where(abs(a) < 0.9, a, 0.5)))", lambda v: np.where(np.abs(v.a) < 0.9, v.a, 0.5), "f", ulps=16)
point("lgamma(a)", lambda v: each(lambda x: math.inf if np.isinf(x) or (x <= 0 and x == np.floor(x)) else math.lgamma(x), v.a), "f",
      ulps=16, absolute=16)
point("sigmoid(a)", lambda v: 1 / (1 + np.exp(-v.a)), "f", ulps=8)
point("softplus(a)", lambda v: np.logaddexp(v.a, 0), "f", ulps=8)
point("log_sigmoid(a)", lambda v: -np.logaddexp(-v.a, 0), "f", ulps=8)
point("relu(a)", lambda v: np.maximum(v.a, 0), "fiu")
point("relu6(a)", lambda v: np.clip(v.a, 0, 6), "fiu")
point("leaky_relu(a, negative_slope=0.25)", lambda v: np.where(v.a >= 0, v.a, 0.25 * v.a), "f")
point("elu(a, alpha=0.5)", lambda v: np.where(v.a > 0, v.a, 0.5 * np.expm1(v.a)), "f", ulps=8)
point("celu(a, alpha=0.5)", lambda v: np.maximum(v.a, 0) + np.minimum(0, 0.5 * np.expm1(v.a / 0.5)), "f", ulps=8)
SELU = (1.0507009873554804934193349852946, 1.6732632423543772848170429916717)
point("selu(a)", lambda v: SELU[0] * np.where(v.a > 0, v.a, SELU[1] * np.expm1(v.a)), "f", ulps=8)
point("hard_tanh(a)", lambda v: np.clip(v.a, -1, 1), "f")
point("hard_sigmoid(a)", lambda v: np.clip(v.a + 3, 0, 6) / 6, "f", ulps=8)


def inside(v, bound=1e4):
    """Where products of a and a function of it do not overflow on the way."""
    return np.abs(v.a) < bound


point("where(abs(a) < 100, silu(a), 0)", lambda v: np.where(np.abs(v.a) < 100, v.a / (1 + np.exp(-v.a)), 0), "f", ulps=8)
point("where(abs(a) < 100, softsign(a), 0)", lambda v: np.where(np.abs(v.a) < 100, v.a / (1 + np.abs(v.a)), 0), "f", ulps=8)
point("where(abs(a) < 100, mish(a), 0)", lambda v: np.where(np.abs(v.a) < 100, v.a * np.tanh(np.logaddexp(v.a, 0)), 0), "f", ulps=16)
point("where(abs(a) < 100, gelu(a), 0)",
      lambda v: np.where(np.abs(v.a) < 100, v.a / 2 * each(math.erfc, -v.a / math.sqrt(2)), 0), "f", ulps=16, scaled=4)
point("where(abs(a) < 100, gelu(a, approximate=\"tanh\"), 0)",
      lambda v: np.where(np.abs(v.a) < 100, v.a / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (v.a + 0.044715 * v.a**3))), 0), "f",
      ulps=16, scaled=4)


def integer_power(v):
    """Products that wrap; a negative exponent by the rule of the row."""
    differs("power")
    out = np.where(v.b < 0, 0, np.power(v.a, np.where(v.b < 0, 0, v.b)))
    odd = np.where(v.b % 2 != 0, v.a, np.ones_like(v.a))
    return np.where((v.b < 0) & ((v.a == 1) | ((v.a + 1) == 0)), odd, out).astype(v.a.dtype)


point("power(a, b)", lambda v: np.power(v.a, v.b) if v.kind == "f" else integer_power(v), "fiu")
point("add(a, b)", lambda v: v.a + v.b, "fiub")
point("subtract(a, b)", lambda v: v.a - v.b, "fiu")
point("multiply(a, b)", lambda v: v.a * v.b, "fiub")
point("divide(a, b)", lambda v: v.a / v.b, "f")
point("floor_divide(a, b)", lambda v: np.floor_divide(v.a, v.b), "fiu", only=("f64", "i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8"))
point("remainder(a, b)", lambda v: np.remainder(v.a, v.b), "fiu")
point("maximum(a, b)", lambda v: np.maximum(v.a, v.b), "fiu")
point("minimum(a, b)", lambda v: np.minimum(v.a, v.b), "fiu")
point("atan2(a, b)", lambda v: np.arctan2(v.a, v.b), "f")
point("copysign(a, b)", lambda v: np.copysign(v.a, v.b), "f")
point("hypot(a, b)", lambda v: np.hypot(v.a, v.b), "f")
point("logaddexp(a, b)", lambda v: np.logaddexp(v.a, v.b), "f", ulps=8, scaled=0)
point("nextafter(a, b)", lambda v: np.nextafter(v.a.astype(inputs.STORED[v.dtype]), v.b.astype(inputs.STORED[v.dtype])), "f",
      ulps=0, only=("f64", "f32", "f16"))
for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
    point(f"{name}(a, b)", lambda v, f=getattr(np, name): f(v.a, v.b), "fiub")
for name in ("logical_and", "logical_or", "logical_xor"):
    point(f"{name}(a, b)", lambda v, f=getattr(np, name): f(v.a, v.b), "b")
point("logical_not(a)", lambda v: ~v.a, "b")
for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
    point(f"{name}(a, b)", lambda v, f=getattr(np, name): f(v.a, v.b), "iub")
point("bitwise_invert(a)", lambda v: ~v.a, "iub")


def shifted(v, left):
    differs("shift")
    out = np.left_shift(v.a, v.b) if left else np.right_shift(v.a, v.b)
    beyond = np.where(v.a < 0, -1, 0).astype(v.a.dtype) if not left else np.zeros_like(v.a)
    return np.where(v.b < 0, beyond, out)


point("bitwise_left_shift(a, b)", lambda v: shifted(v, True), "iu")
point("bitwise_right_shift(a, b)", lambda v: shifted(v, False), "iu")
point("where(m, a, b)", lambda v: np.where(v.m, v.a, v.b), "fiub")
point("masked_fill(a, m, 1)", lambda v: np.where(v.m, np.ones_like(v.a), v.a), "fiu")
point("clip(a, min=1, max=3)", lambda v: np.clip(v.a, 1, 3).astype(v.a.dtype), "fiu")
point("fma(a, b, 1.5)", lambda v: v.a * v.b + 1.5, "f", only=("f32", "f16", "bf16"), ulps=2)
point("lerp(a, b, 0.25)", lambda v: 0.75 * v.a + 0.25 * v.b, "f", scaled=0, ulps=1e3)


def converted(v, dtype):
    """NumPy's conversion where it has one, else the row's rule."""
    if dtype == "bool":
        return v.a != 0
    if inputs.kind(dtype) == "f" or v.kind != "f":
        return v.a.astype(inputs.STORED.get(dtype, "f8"))
    differs("convert")
    info = np.iinfo(inputs.STORED[dtype])
    # The largest i64 and u64 are no f64.
    top = float(info.max) + 1
    inner = np.clip(np.nan_to_num(np.trunc(v.a), nan=0, posinf=0, neginf=0), info.min, float(info.max) if info.bits < 64 else top * (1 - 2**-53))
    out = np.array([int(x) for x in inner.ravel()], dtype=object).reshape(inner.shape)
    out = np.where(v.a >= top, info.max, np.where(np.trunc(v.a) < info.min, info.min, out))
    return np.where(np.isnan(v.a), 0, out).astype(inputs.STORED[dtype])


for to in inputs.DTYPES:
    point(f"astype(a, {to})", lambda v, to=to: converted(v, to), "fiub", ulps=0)


def bits(v, to):
    differs("bits")
    stored = v.a.astype(inputs.STORED[v.dtype])
    if v.kind == "f":
        stored = np.where(np.isnan(stored), np.array(np.nan, stored.dtype), stored)
    return stored.view(to)


for name, to in {"f64": "i64", "f32": "u32", "f16": "i16", "i32": "u32", "u8": "i8"}.items():
    point(f"bitcast(a, {to})", lambda v, to=inputs.STORED[to]: bits(v, to), "fiu", only=(name,))
for name, to in {"i64": "f64", "u32": "f32", "u16": "f16"}.items():
    point(f"bitcast(a, {to})", lambda v, to=inputs.STORED[to]: v.a.view(to), "iu", ulps=0, only=(name,))


# ---- tensors ----
def tensor(text, function, kinds="fiub", **more):
    add("tensors", text, function, kinds, **more)


def total(v):
    """The dtype sums and products have."""
    differs("narrow")
    return {"f": np.float64, "i": np.int64, "b": np.int64, "u": np.uint64}[v.kind]


ROUNDED = {"ulps": 8, "scaled": 16}
tensor("sum(x, axis=1)", lambda v: v.x.sum(axis=1, dtype=total(v)), **ROUNDED)
tensor("sum(x, axis=[0, 2], keepdims=true)", lambda v: v.x.sum(axis=(0, 2), keepdims=True, dtype=total(v)), ulps=8, scaled=64)
tensor("prod(x, axis=2)", lambda v: v.x.prod(axis=2, dtype=total(v)), **ROUNDED)
tensor("mean(x, axis=2)", lambda v: (differs("halves"), v.x.mean(axis=2))[1], "f", **ROUNDED)
tensor("var(x, axis=2, correction=1)", lambda v: v.x.var(axis=2, ddof=1), "f", **ROUNDED)
tensor("std(x, axis=2)", lambda v: v.x.std(axis=2), "f", **ROUNDED)
for name in ("max", "min", "argmax", "argmin"):
    tensor(f"{name}(x, axis=2)", lambda v, f=getattr(np, name): f(v.x, axis=2))
    tensor(f"{name}(x, axis=1)", lambda v, f=getattr(np, name): f(v.x, axis=1), skip=("empty",))
tensor("max(x, axis=[1, 2], keepdims=true)", lambda v: v.x.max(axis=(1, 2), keepdims=True), skip=("empty",))
tensor("any(x, axis=1)", lambda v: v.x.any(axis=1))
tensor("all(x, axis=2)", lambda v: v.x.all(axis=2))
tensor("count_nonzero(x, axis=[1, 2])", lambda v: np.count_nonzero(v.x, axis=(1, 2)))
tensor("logsumexp(x, axis=2)", lambda v: np.logaddexp.reduce(v.x, axis=2), "f", **ROUNDED)
for order in ("1", "2", "3", "0", "inf", "-inf"):
    tensor(f"norm(x, ord={order}, axis=2)", lambda v, o=float(order): np.linalg.norm(v.x, o, axis=2), "f", **ROUNDED)


def finite(x):
    return np.where(np.isfinite(x), x, 0) if x.dtype.kind == "f" else x


CALM = "where(isfinite(x), x, 0)"
for method in ("linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf", "averaged_inverted_cdf", "closest_observation",
               "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased", "normal_unbiased"):
    tensor(f"quantile({CALM}, 0.3, axis=0, method=\"{method}\")",
           lambda v, m=method: np.quantile(finite(v.x), 0.3, axis=0, method=m), "f", only=("f64", "f32"), **ROUNDED)


def median(v):
    """Of three numbers, or one: the middle one."""
    differs("median")
    middle = np.sort(v.x, axis=1)[:, v.x.shape[1] // 2]
    return np.where(np.isnan(v.x).any(axis=1), np.nan, middle)


tensor("median(x, axis=1)", median, "f", skip=("empty",))
tensor("cumulative_sum(x, axis=2)", lambda v: v.x.cumsum(axis=2, dtype=total(v)), **ROUNDED)
tensor("cumulative_sum(x, axis=1, include_initial=true)",
       lambda v: np.concatenate([np.zeros((len(v.x), 1, 4), total(v))[..., :v.x.shape[2]], v.x.cumsum(axis=1, dtype=total(v))], axis=1), **ROUNDED)
tensor("cumulative_prod(x, axis=2, reverse=true)", lambda v: np.flip(np.flip(v.x, 2).cumprod(axis=2, dtype=total(v)), 2), **ROUNDED)
tensor("cummax(x, axis=2)", lambda v: np.maximum.accumulate(v.x, axis=2))
tensor("cummin(x, axis=1)", lambda v: np.minimum.accumulate(v.x, axis=1))
tensor("logcumsumexp(x, axis=2)", lambda v: np.logaddexp.accumulate(v.x, axis=2), "f", **ROUNDED)


def recurrence(v):
    out, held = [], np.zeros_like(v.x[..., 0])
    for k in range(v.x.shape[-1]):
        held = v.x[..., k] * held + v.y[..., k]
        out.append(held)
    return np.stack(out, axis=-1)


tensor(f"linear_recurrence({CALM}, y)", lambda v: recurrence(Inputs({"x": finite(v.x), "y": v.y}, v.dtype)), "f", ulps=8, scaled=64)

tensor("flatten(x)", lambda v: v.x.ravel())
tensor("reshape(x, [-1, 4])", lambda v: v.x.reshape(-1, 4), skip=("ones", "empty"))
tensor("permute_dims(x, [2, 0, 1])", lambda v: np.transpose(v.x, (2, 0, 1)))
tensor("swapaxes(x, 0, -1)", lambda v: np.swapaxes(v.x, 0, -1))
tensor("moveaxis(x, [0], [2])", lambda v: np.moveaxis(v.x, 0, 2))
tensor("expand_dims(x, axis=[0, -1])", lambda v: np.expand_dims(v.x, (0, -1)))
tensor("squeeze(x[:1], axis=0)", lambda v: np.squeeze(v.x[:1], axis=0))
tensor("broadcast_to(v, [2, 3, 4])", lambda v: np.broadcast_to(v.v, (2, 3, 4)), skip=("ones",))
tensor("concat([x, y], axis=2)", lambda v: np.concatenate([v.x, v.y], axis=2))
tensor("stack([x, y], axis=1)", lambda v: np.stack([v.x, v.y], axis=1))
tensor("split(x, [1, -1], axis=2)", lambda v: np.split(v.x, [1, -1], axis=2), results=3)
tensor("unstack(x[:2], axis=0)", lambda v: list(v.x[:2]), results=2, skip=("ones",))
tensor("tile(x, [2, 1, 2])", lambda v: np.tile(v.x, (2, 1, 2)))
tensor("repeat(x, 3, axis=1)", lambda v: np.repeat(v.x, 3, axis=1))
tensor("roll(x, [1, -5], axis=[0, 2])", lambda v: np.roll(v.x, (1, -5), axis=(0, 2)))
tensor("flip(x, axis=[0, 2])", lambda v: np.flip(v.x, axis=(0, 2)))
tensor("pad(x, [[1, 0], [0, 2], [3, 1]])", lambda v: np.pad(v.x, ((1, 0), (0, 2), (3, 1))))
tensor("pad(x, [[1, 2], [0, 0], [2, 1]], mode=\"edge\")", lambda v: np.pad(v.x, ((1, 2), (0, 0), (2, 1)), mode="edge"))
tensor("pad(x, [[1, 2], [0, 0], [2, 1]], mode=\"reflect\")", lambda v: np.pad(v.x, ((1, 2), (0, 0), (2, 1)), mode="reflect"),
       skip=("ones", "empty"))
tensor("tril(x, k=1)", lambda v: np.tril(v.x, 1))
tensor("triu(x, k=-1)", lambda v: np.triu(v.x, -1))
tensor("diagonal(x, offset=1)", lambda v: (differs("diagonal"), np.diagonal(v.x, 1, -2, -1))[1], skip=("ones", "empty"))
tensor("trace(x)", lambda v: np.trace(v.x, axis1=-2, axis2=-1, dtype=total(v)), **ROUNDED)
tensor("diag(v, k=-1)", lambda v: np.diag(v.v, -1))
tensor("meshgrid([v, x[0, 0], v[:1]])", lambda v: np.meshgrid(v.v, v.x[0, 0], v.v[:1]), results=3, skip=("empty",))
tensor("kron(x[0], y[1])", lambda v: np.kron(v.x[0], v.y[1]), skip=("ones",))
tensor("outer(v, x[0, 0])", lambda v: np.outer(v.v, v.x[0, 0]), skip=("empty",))
tensor("vecdot(y, v)", lambda v: (v.y * v.v).sum(axis=-1, dtype=v.y.dtype) if v.kind != "b" else (v.y & v.v).any(axis=-1), **ROUNDED)
tensor("matmul(y, permute_dims(y, [0, 2, 1]))", lambda v: np.matmul(v.y, np.swapaxes(v.y, 1, 2)), **ROUNDED)
tensor("tensordot(y, y, axes=[[0, 2], [0, 2]])", lambda v: np.tensordot(v.y, v.y, axes=((0, 2), (0, 2))), ulps=8, scaled=128)
tensor("einsum(\"bij,bkj,j->bik\", y, y, v)", lambda v: np.einsum("bij,bkj,j->bik", v.y, v.y, v.v), ulps=8, scaled=64)
tensor("einsum(\"...ij->...j\", y)", lambda v: np.einsum("...ij->...j", v.y), **ROUNDED)
tensor("bilinear(y[:, :1], y[:, :1], y[:2, 0][..., None] * v)",
       lambda v: np.einsum("bum,bun,omn->buo", v.y[:, :1], v.y[:, :1], v.y[:2, 0, :, None] * v.v), "f", ulps=8, scaled=64,
       skip=("ones", "empty"))

tensor("x[::-2, 0, 1:]", lambda v: v.x[::-2, 0, 1:], skip=("empty",))
tensor("x[..., None, -1]", lambda v: v.x[..., None, -1])
tensor("x[:, i]", lambda v: v.x[:, v.i], skip=("empty",))
tensor("x[:, i, 0]", lambda v: v.x[:, v.i, 0], skip=("empty",))
tensor("slice(x, [0, 0, 0], [1, 1, 1], [1, 1, 1])", lambda v: v.x[0:1:1, 0:1:1, 0:1:1], skip=("empty",))
tensor("take(x, i, axis=1)", lambda v: np.take(v.x, v.i, axis=1), skip=("empty",))
tensor("take(x, i * 3, axis=1)", lambda v: (differs("outside"), np.take(v.x, np.where(v.i < 0, np.maximum(v.i * 3 + v.x.shape[1], 0), v.i * 3),
       axis=1, mode="clip"))[1], skip=("empty",))
tensor("take(x, i * 3, axis=1, mode=\"wrap\")", lambda v: np.take(v.x, v.i * 3, axis=1, mode="wrap"), skip=("empty",))
tensor("take_along_axis(x, k, axis=2)", lambda v: np.take_along_axis(v.x, v.k, axis=2))
tensor("gather(x, [i], axes=[1])", lambda v: np.moveaxis(np.take(v.x, v.i, axis=1), 1, 0), skip=("empty",))


def put(v):
    out = v.x.copy()
    np.put_along_axis(out, v.k, v.y[..., :2], axis=2)
    return out


tensor("put_along_axis(x, k, y[..., :2], axis=2)", put, skip=("ones",))


def added(v, values):
    out = np.swapaxes(v.x, 0, 1).copy()
    np.add.at(out, v.i, values)
    return np.swapaxes(out, 0, 1)


tensor("index_add(x, i, y[:, :2], axis=1)", lambda v: added(v, np.swapaxes(v.y[:, :2], 0, 1)), skip=("ones", "empty"), **ROUNDED)


def scattered(v, function):
    out = np.swapaxes(v.x, 0, 1).copy()
    values = np.swapaxes(v.y[:, :2], 0, 1)
    for place, value in zip(v.i, values):
        out[place] = function(out[place], value)
    return np.swapaxes(out, 0, 1)


for how, function in {"set": lambda a, b: b, "add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}.items():
    tensor(f"scatter(x, [i], permute_dims(y[:, :2], [1, 0, 2]), axes=[1], how=\"{how}\")",
           lambda v, f=function: scattered(v, f), skip=("ones", "empty"), **ROUNDED)


def box(v):
    starts = [min(max(int(s), 0), e - w) for s, e, w in zip((1, v.i[0] if v.i[0] >= 0 else v.i[0] + v.x.shape[1], v.i[1] if v.i[1] >= 0
              else v.i[1] + v.x.shape[2]), v.x.shape, (1, 2, 2))]
    return tuple(slice(s, s + w) for s, w in zip(starts, (1, 2, 2)))


def updated(v):
    out = v.x.copy()
    out[box(v)] = v.y[:1, :2, :2]
    return out


tensor("dynamic_slice(x, concat([one, i]), [1, 2, 2])", lambda v: v.x[box(v)], skip=("ones", "empty"))
tensor("dynamic_update_slice(x, y[:1, :2, :2], concat([one, i]))", updated, skip=("ones", "empty"))
tensor("one_hot(n, 4, dtype=f32)", lambda v: np.eye(5)[np.minimum(v.n, 4)][..., :4], only=("f32",), kinds="f")


def padded(values, size, fill=0):
    differs("bounded")
    out = np.full((size,), fill, values.dtype)
    out[:min(size, values.size)] = values[:size]
    return out


def nonzeros(v):
    found = np.nonzero(v.x)
    return [padded(axis, 99) for axis in found] + [np.int64(found[0].size)]


tensor("nonzero(x, size=99)", nonzeros, results=4)
tensor("masked_select(x, m, size=99)", lambda v: [padded(v.x[v.m], 99), np.int64(np.count_nonzero(v.m))], results=2)
tensor("unique(x, size=50)", lambda v: (differs("nan"), [padded(np.unique(v.x, equal_nan=False), 50), np.int64(np.unique(v.x, equal_nan=False).size)])[1],
       results=2)


def counted(v):
    values, counts = np.unique(v.x, return_counts=True, equal_nan=False)
    return [padded(values, 50), padded(counts, 50), np.int64(values.size)]


def placed(v):
    values, places = np.unique(v.x, return_inverse=True, equal_nan=False)
    return [padded(values, 50), places.reshape(v.x.shape), np.int64(values.size)]


tensor("unique_counts(x, size=50)", counted, results=3)
tensor(f"unique_inverse({CALM}, size=50)" , lambda v: placed(Inputs({"x": finite(v.x)}, v.dtype)), kinds="f", results=3)
tensor("unique_inverse(x, size=50)", placed, kinds="iub", results=3)
tensor("length_mask(n, 5)", lambda v: np.arange(5) < v.n[:, None], kinds="f", only=("f64",))
tensor("causal_mask(3, columns=5, offset=1)", lambda v: np.tri(3, 5, 1).astype(bool), kinds="f", only=("f64",))


def descending(x, axis):
    differs("descending")
    last = x.shape[axis] - 1
    return np.flip(last - np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)


tensor("sort(x, axis=1)", lambda v: np.sort(v.x, axis=1))
tensor("sort(x, axis=0, descending=true)", lambda v: np.take_along_axis(v.x, descending(v.x, 0), 0))
tensor("argsort(x, axis=2)", lambda v: np.argsort(v.x, axis=2, kind="stable"))
tensor("argsort(x, axis=0, descending=true)", lambda v: descending(v.x, 0))
tensor("topk(x, 2, axis=2)", lambda v: [np.take_along_axis(v.x, descending(v.x, 2)[..., :2], 2), descending(v.x, 2)[..., :2]], results=2,
       skip=("ones",))
tensor("searchsorted(sort(v), x)", lambda v: np.searchsorted(np.sort(v.v), v.x))
tensor("searchsorted(sort(v), x, side=\"right\")", lambda v: np.searchsorted(np.sort(v.v), v.x, side="right"))

# ---- sparse matrices ----
def sparse(text, function, **more):
    add("sparse", text, function, "fiub", **more)


def scattered_sum(rows, columns, values, shape):
    out = np.zeros(shape, values.dtype)
    np.add.at(out, (rows, columns), values)
    return out


def by_rows(rows, columns, values, count):
    """Offsets, columns and values in the order of the rows."""
    order = np.argsort(rows, kind="stable")
    return [np.searchsorted(rows[order], np.arange(count + 1)), columns[order], values[order]]


def places(v, by_row):
    rows, columns = np.nonzero(v.image)
    fill = lambda found, value: padded(found, 110, value)
    first = np.searchsorted(rows, np.arange(13)) if by_row else fill(rows, 12)
    return [first, fill(columns, 9), fill(v.image[rows, columns], 0), np.int64(rows.size)]


SUMS = {"ulps": 8, "scaled": 32}
sparse("coo(mixed, columns, values, [12, 9])", lambda v: scattered_sum(v.mixed, v.columns, v.values, (12, 9)), **SUMS)
sparse("csr(offsets, columns, values, [12, 9])", lambda v: scattered_sum(v.rows, v.columns, v.values, (12, 9)), **SUMS)
sparse("coo_matmul(mixed, columns, values, dense, 12)",
       lambda v: np.matmul(scattered_sum(v.mixed, v.columns, v.values, (12, 9)), v.dense), **SUMS)
sparse("csr_matmul(offsets, columns, values, dense)",
       lambda v: np.matmul(scattered_sum(v.rows, v.columns, v.values, (12, 9)), v.dense), **SUMS)
sparse("sampled_matmul(rows, columns, left, right)", lambda v: np.matmul(v.left, v.right.T)[v.rows, v.columns], **SUMS)
sparse("csr_rows(offsets, 43)", lambda v: padded(v.rows, 43, 12))
sparse("to_coo(image, 110)", lambda v: places(v, False), results=4)
sparse("to_csr(image, 110)", lambda v: places(v, True), results=4)
sparse("coo_to_csr(mixed, columns, values, 12)", lambda v: by_rows(v.mixed, v.columns, v.values, 12), results=3)
sparse("csr_transpose(offsets, columns, values, 9)", lambda v: by_rows(v.columns, v.rows, v.values, 9), results=3)

# ---- creation: the dtype is the argument ----
NUMPY_DTYPE = {**inputs.STORED, "bf16": "f8"}
for made in inputs.DTYPES:
    own, stored = {"only": (made,), "kinds": inputs.kind(made), "skip": ("ones", "empty")}, NUMPY_DTYPE[made]
    tensor(f"zeros([2, 0, 3], dtype={made})", lambda v, s=stored: np.zeros((2, 0, 3), s), **own)
    tensor(f"ones([2, 3], dtype={made})", lambda v, s=stored: np.ones((2, 3), s), **own)
    tensor(f"eye(3, n_cols=5, k=1, dtype={made})", lambda v, s=stored: np.eye(3, 5, 1, s), **own)
    tensor("zeros_like(x)", lambda v: np.zeros_like(v.x), **own)
    tensor("ones_like(x)", lambda v: np.ones_like(v.x), **own)
    tensor("full_like(x, 1)", lambda v: np.full_like(v.x, 1), **own)
    if made != "bool":
        tensor(f"full([2, 3], 7, dtype={made})", lambda v, s=stored: np.full((2, 3), 7, s), **own)
        tensor(f"arange(2, 20, 3, dtype={made})", lambda v, s=stored: np.arange(2, 20, 3, s), **own)
        tensor(f"iota([2, 3], axis=1, dtype={made})", lambda v, s=stored: np.indices((2, 3), s)[1], **own)
    if inputs.kind(made) == "f":
        tensor(f"linspace(-1, 2, 7, endpoint=false, dtype={made})", lambda v: np.linspace(-1, 2, 7, endpoint=False), **own, ulps=8)

# ---- linear algebra: well-conditioned matrices ----
SOLVED = {"ulps": 16, "scaled": 64}


def matrix(text, function, **more):
    add("matrices", text, function, "f", **{**SOLVED, **more})


def signed(vectors, values=None):
    """Columns with the first large element positive."""
    differs("signs")
    size = np.abs(vectors)
    first = np.argmax(size >= 0.9 * size.max(axis=-2, keepdims=True), axis=-2)
    return vectors * np.sign(np.take_along_axis(vectors, first[..., None, :], -2))


def qr(v):
    q, r = np.linalg.qr(v.a)
    sign = np.sign(np.diagonal(r, axis1=-2, axis2=-1))
    return [q * sign[..., None, :], r * sign[..., :, None]]


def svd(v):
    u, s, vt = np.linalg.svd(v.w, full_matrices=False)
    turned = signed(u)  # wider than high
    sign = np.sign((turned * u).sum(axis=-2))
    return [turned, s, vt * sign[..., :, None]]


def symmetric(v):
    return (v.s + np.swapaxes(v.s, -1, -2)) / 2


matrix("cholesky(s)", lambda v: np.linalg.cholesky(symmetric(v)))
matrix("det(a)", lambda v: np.linalg.det(v.a))
matrix("slogdet(a)", lambda v: list(np.linalg.slogdet(v.a)), results=2)
matrix("inverse(a)", lambda v: np.linalg.inv(v.a))
matrix("solve(a, b)", lambda v: np.linalg.solve(v.a, v.b))
matrix("solve_triangular(a, b, lower=true)", lambda v: np.linalg.solve(np.tril(v.a), v.b))
matrix("solve_triangular(a, b, transposed=true)", lambda v: np.linalg.solve(np.swapaxes(np.triu(v.a), 1, 2), v.b))
matrix("qr(a)", qr, results=2)
matrix("eigvalsh(s)", lambda v: np.linalg.eigvalsh(symmetric(v)))
matrix("svdvals(w)", lambda v: np.linalg.svd(v.w, compute_uv=False))
matrix("matrix_power(a, 3)", lambda v: np.linalg.matrix_power(v.a, 3))
matrix("matrix_power(a, -2)", lambda v: np.linalg.matrix_power(v.a, -2))
for order in ("\"fro\"", "\"nuc\"", "2", "-2", "1", "-1", "inf", "-inf"):
    matrix(f"matrix_norm(w, ord={order})",
           lambda v, o=order.strip('"'): np.linalg.norm(v.w, o if o in ("fro", "nuc") else float(o), axis=(-2, -1)))
# The vectors of close eigenvalues are not determined in 16 bits.
matrix("eigh(s)", lambda v: [np.linalg.eigh(symmetric(v))[0], signed(np.linalg.eigh(symmetric(v))[1])], results=2, only=("f64",), scaled=1e5)
matrix("svd(w)", svd, results=3, only=("f64",), scaled=1e5)


# ---- layers: the definitions in NumPy ----
def layer(text, function, **more):
    add("images", text, function, "f", **{"ulps": 16, "scaled": 64, **more})


def softmax(x, axis=-1):
    shifted = np.exp(x - x.max(axis=axis, keepdims=True))
    return shifted / shifted.sum(axis=axis, keepdims=True)


def normal(x, axis, eps=1e-5):
    return (x - x.mean(axis=axis, keepdims=True)) / np.sqrt(x.var(axis=axis, keepdims=True) + eps)


def windows(x, sizes, strides, dilation=None, pad=None, fill=0.0):
    """x (batch, channels, *space) -> (batch, channels, *places, *sizes)."""
    space = tuple(range(2, x.ndim))
    dilation = dilation or (1,) * len(sizes)
    x = np.pad(x, ((0, 0), (0, 0)) + tuple(pad or ((0, 0),) * len(sizes)), constant_values=fill)
    reach = tuple((s - 1) * d + 1 for s, d in zip(sizes, dilation))
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, axis=space)
    seen = seen[(slice(None),) * 2 + tuple(slice(None, None, s) for s in strides)]
    return seen[(Ellipsis,) + tuple(slice(None, None, d) for d in dilation)]


def conv2(v, x, kernel, groups, **how):
    seen = windows(x, kernel.shape[2:], **how)
    out, inner = kernel.shape[0] // groups, kernel.shape[1]
    return np.concatenate([np.einsum("bcpqij,ocij->bopq", seen[:, g * inner:(g + 1) * inner], kernel[g * out:(g + 1) * out])
                           for g in range(groups)], axis=1)


def conv_transposed(x, kernel, stride):
    """By the definition: every input adds its kernel to the output."""
    batch, _, length = x.shape
    out = np.zeros((batch, kernel.shape[1], (length - 1) * stride + kernel.shape[2]))
    for at in range(length):
        out[:, :, at * stride:at * stride + kernel.shape[2]] += np.einsum("bc,cok->bok", x[:, :, at], kernel)
    return out


def attention(v, mask=None, bias=0.0, scale=None):
    scores = np.einsum("bhid,bhjd->bhij", v.q, v.key) * (scale or 1 / math.sqrt(4)) + bias
    scores = scores if mask is None else np.where(mask, scores, -np.inf)
    return np.einsum("bhij,bhjd->bhid", softmax(scores), v.value)


layer("softmax(scores)", lambda v: softmax(v.scores))
layer("softmax(scores, axis=1)", lambda v: softmax(v.scores, 1))
layer("log_softmax(scores)", lambda v: np.log(softmax(v.scores)))
layer("softmax(where(part < 2, -inf, scores))", lambda v: np.full_like(v.scores, np.nan))
layer("layer_norm(scores, scale=scale, bias=shift)", lambda v: normal(v.scores, -1) * v.scale + v.shift)
layer("rms_norm(scores, scale=scale)", lambda v: v.scores / np.sqrt((v.scores**2).mean(-1, keepdims=True) + 1e-6) * v.scale)
layer("batch_norm(x, scale, abs(shift), scale=shift, bias=scale)",
      lambda v: ((v.x - v.scale[:, None, None]) / np.sqrt(np.abs(v.shift)[:, None, None] + 1e-5)) * v.shift[:, None, None] + v.scale[:, None, None],
      scaled=256)
layer("group_norm(x, 2, scale=scale)",
      lambda v: normal(v.x.reshape(inputs.COUNT, 2, -1), -1).reshape(v.x.shape) * v.scale[:, None, None])
layer("conv(x, kernel, stride=[2, 1], padding=[[1, 0], [0, 1]], groups=2)",
      lambda v: conv2(v, v.x, v.kernel, 2, strides=(2, 1), pad=((1, 0), (0, 1))))
layer("conv(x, kernel, dilation=2, padding=2, groups=2)",
      lambda v: conv2(v, v.x, v.kernel, 2, strides=(1, 1), dilation=(2, 2), pad=((2, 2), (2, 2))))
layer("conv(permute_dims(x, [0, 2, 3, 1]), kernel, groups=2, layout=\"NHWC\")",
      lambda v: np.moveaxis(conv2(v, v.x, v.kernel, 2, strides=(1, 1)), 1, -1))
layer("conv(line, short, padding=\"same\")",
      lambda v: np.einsum("bcpk,ock->bop", windows(v.line, (4,), (1,), pad=((1, 2),)), v.short))
layer("conv_transpose(line, permute_dims(short, [1, 0, 2]), stride=2)",
      lambda v: conv_transposed(v.line, np.swapaxes(v.short, 0, 1), 2))
layer("max_pool(x, [2, 3], stride=[1, 2], padding=1)",
      lambda v: windows(v.x, (2, 3), (1, 2), pad=((1, 1), (1, 1)), fill=-np.inf).max(axis=(-2, -1)))
layer("avg_pool(x, 2)", lambda v: windows(v.x, (2, 2), (2, 2)).mean(axis=(-2, -1)))
layer("attention(q, key, value)", lambda v: attention(v))
layer("attention(q, key, value, mask=mask, bias=bias, scale=0.3)", lambda v: attention(v, v.mask, v.bias, 0.3))
layer("attention(q, key, value, causal=true)", lambda v: attention(v, np.tri(3, 5).astype(bool)))
layer("mse_loss(part, target)", lambda v: ((v.part - v.target) ** 2).mean())
layer("huber_loss(part, target, delta=0.3, reduction=\"sum\")",
      lambda v: np.where(np.abs(v.part - v.target) <= 0.3, (v.part - v.target) ** 2 / 2, 0.3 * (np.abs(v.part - v.target) - 0.15)).sum(), scaled=256)
layer("binary_cross_entropy(part, target)", lambda v: -(v.target * np.log(v.part) + (1 - v.target) * np.log(1 - v.part)).mean())
layer("cross_entropy(reshape(scores, [-1, 4]), reshape(labels, [-1]))",
      lambda v: -np.log(np.take_along_axis(softmax(v.scores), v.labels[..., None], -1)).mean())
layer("kl_divergence(log(part), target, reduction=\"none\")", lambda v: v.target * (np.log(v.target) - np.log(v.part)))
