"""The tensors of each family of inputs, and dtypes NumPy does not have."""
import numpy

DTYPES = ("f64", "f32", "bf16", "f16", "i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8", "bool")
STORED = {"f64": "f8", "f32": "f4", "f16": "f2", "i64": "i8", "i32": "i4", "i16": "i2", "i8": "i1", "u64": "u8", "u32": "u4",
          "u16": "u2", "u8": "u1", "bool": "?"}
FAMILIES = ("points", "tensors", "ones", "empty", "sparse", "matrices", "images")
COUNT = 20  # random inputs


def kind(dtype):
    return {"f": "f", "b": "f", "i": "i", "u": "u"}[dtype[0]] if dtype != "bool" else "b"


def largest(dtype):
    return {"f64": numpy.finfo("f8").max, "f32": float(numpy.finfo("f4").max), "f16": 65504.0, "bf16": (2 - 2.0**-7) * 2.0**127}[dtype]


def rounded(value, dtype):
    """f64 to the nearest number of the dtype, ties to even, still as f64."""
    with numpy.errstate(all="ignore"):
        if dtype == "bf16":
            # Rounding to odd first, so that the second rounding does not round again.
            wide = numpy.atleast_1d(value)
            narrow = wide.astype(numpy.float32)
            bits = narrow.view(numpy.uint32)
            off = (narrow.astype(numpy.float64) != wide) & numpy.isfinite(narrow) & numpy.isfinite(wide)
            bits = numpy.where(off & (numpy.abs(narrow) > numpy.abs(wide)), bits - 1, bits)
            bits = numpy.where(off, bits | 1, bits).astype(numpy.int64)
            up = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16
            up = numpy.where(numpy.isnan(wide), bits, up)
            return up.astype(numpy.uint32).view(numpy.float32).astype(numpy.float64).reshape(numpy.shape(value))
        return numpy.asarray(value).astype(STORED[dtype]).astype(numpy.float64)


def encoded(value, dtype):
    """As the driver reads it."""
    if dtype == "bf16":
        return (value.astype(numpy.float32).view(numpy.uint32) >> 16).astype(numpy.uint16).view("V2")
    return numpy.ascontiguousarray(value.astype(STORED[dtype])).reshape(value.shape)


def save(path, value, dtype):
    numpy.save(path, encoded(value, dtype))


def load(path):
    return numpy.load(path)


def widened(value, dtype):
    """What NumPy calculates with: f64 for every float, integers and bools themselves."""
    return rounded(value, dtype) if kind(dtype) == "f" else value.astype(STORED[dtype])


def decoded(array, dtype):
    """A result's dtype, and its elements as NumPy calculates with them."""
    if array.dtype.kind == "V":
        bits = numpy.frombuffer(array.tobytes(), numpy.uint16).astype(numpy.uint32) << 16
        return "bf16", bits.view(numpy.float32).astype(numpy.float64).reshape(array.shape)
    if array.dtype.kind == "f":
        return f"f{array.dtype.itemsize * 8}", array.astype(numpy.float64)
    return array.dtype.str, array


def declared(value, dtype):
    return f"{dtype}[{', '.join(map(str, value.shape))}]" if value.shape else dtype


def random_numbers(generator, dtype, shape):
    if kind(dtype) == "b":
        return generator.integers(0, 2, shape).astype(bool)
    if kind(dtype) == "f":
        return rounded(generator.standard_normal(shape) * 2, dtype)
    low = 0 if kind(dtype) == "u" else -6
    return generator.integers(low, 7, shape).astype(STORED[dtype])


def specials(dtype):
    if kind(dtype) == "b":
        return numpy.array([False, True])
    if kind(dtype) == "f":
        top, least = largest(dtype), {"f64": 2.0**-1074, "f32": 2.0**-149, "f16": 2.0**-24, "bf16": 2.0**-133}[dtype]
        return numpy.array([0.0, -0.0, 1, -1, numpy.inf, -numpy.inf, numpy.nan, top, -top, least, 0.5, -2.5, 3, 11])
    info = numpy.iinfo(STORED[dtype])
    return numpy.array([0, 1, 2, 3, info.max, info.max - 1, info.min, info.max // 2, info.bits - 1, info.bits] +
                       ([-1, -3] if info.min else []), STORED[dtype])


def points(dtype, generator):
    """Pairs and triples: 20 random ones, then every pair of special values."""
    odd = specials(dtype)
    first, second = numpy.repeat(odd, odd.size), numpy.tile(odd, odd.size)
    make = lambda special: numpy.concatenate([random_numbers(generator, dtype, COUNT), special])
    a, b = make(first), make(second)
    return {"a": (a, dtype), "b": (b, dtype), "c": (make(numpy.roll(first, 5)), dtype),
            "m": (generator.integers(0, 2, a.shape).astype(bool), "bool")}


def tensors(dtype, generator, shape=(COUNT, 3, 4)):
    some, columns = shape[1], shape[2]
    x = random_numbers(generator, dtype, shape)
    if kind(dtype) == "f" and x.size > 50:
        x[3, 1, 2], x[4, 0, 1], x[5, 2, 3], x[6, 1, 1], x[7] = numpy.nan, numpy.inf, -numpy.inf, -0.0, 0.0
    return {"x": (x, dtype), "y": (random_numbers(generator, dtype, shape), dtype),
            "v": (random_numbers(generator, dtype, (columns,)), dtype),
            "m": (generator.integers(0, 2, shape).astype(bool), "bool"),
            "one": (numpy.array([1]), "i64"),
            "i": (generator.integers(-some, max(some, 1), (2,)), "i64"),
            "k": (generator.integers(-columns, max(columns, 1), (shape[0], some, 2)), "i64"),
            "n": (generator.integers(0, columns + 1, (some,)), "i64")}


def matrices(dtype, generator):
    """Well-conditioned square matrices, positive definite ones and right sides."""
    a = rounded(generator.uniform(-1, 1, (COUNT, 4, 4)) + 4 * numpy.eye(4), dtype)
    s = rounded(numpy.eye(4) * 3 + 0.2 * (a + numpy.swapaxes(a, 1, 2)), dtype)
    wide = rounded(generator.uniform(-1, 1, (COUNT, 4, 4))[:, :3] + 3 * numpy.eye(4)[:3], dtype)
    return {"a": (a, dtype), "s": (s, dtype), "w": (wide, dtype),
            "b": (rounded(generator.uniform(-1, 1, (COUNT, 4, 2)), dtype), dtype)}


def images(dtype, generator):
    normal = lambda *shape: (rounded(generator.standard_normal(shape), dtype), dtype)
    return {"x": normal(COUNT, 4, 6, 5), "kernel": normal(6, 2, 3, 2), "line": normal(COUNT, 2, 9), "short": normal(3, 2, 4),
            "q": normal(COUNT, 2, 3, 4), "key": normal(COUNT, 2, 5, 4), "value": normal(COUNT, 2, 5, 4),
            "bias": normal(3, 5), "labels": (generator.integers(0, 4, (COUNT, 3)), "i64"),
            "mask": (numpy.tri(3, 5, 1).astype(bool), "bool"), "scale": normal(4), "shift": normal(4),
            "part": (rounded(generator.uniform(0.05, 0.95, (COUNT, 3, 4)), dtype), dtype),
            "target": (rounded(generator.uniform(0.05, 0.95, (COUNT, 3, 4)), dtype), dtype),
            "scores": normal(COUNT, 3, 4)}


def sparse(dtype, generator):
    """A matrix of 12 x 9 by rows, by places out of order, and dense ones; 20 columns to multiply with."""
    rows = numpy.sort(generator.integers(0, 12, 40))
    offsets = numpy.searchsorted(rows, numpy.arange(13))
    numbers = lambda *shape: (random_numbers(generator, dtype, shape), dtype)
    dense = random_numbers(generator, dtype, (12, 9)) * generator.integers(0, 2, (12, 9)).astype(bool)
    return {"offsets": (offsets, "i64"), "rows": (rows, "i64"), "columns": (generator.integers(0, 9, 40), "i64"), "values": numbers(40),
            "mixed": (generator.permutation(rows), "i64"), "dense": numbers(9, COUNT), "left": numbers(12, 4), "right": numbers(9, 4),
            "image": (dense, dtype)}


def family(name, dtype):
    """name -> (values, dtype)"""
    generator = numpy.random.default_rng([DTYPES.index(dtype), FAMILIES.index(name)])
    if name == "tensors":
        return tensors(dtype, generator)
    if name == "ones":
        return tensors(dtype, generator, (1, 1, 1))
    if name == "empty":
        return tensors(dtype, generator, (2, 0, 4))
    return globals()[name](dtype, generator)
