"""What the catalogue knows of each operation beside its meaning: dtypes, derivatives in both modes, batching, source.

`table` is the page build/docs/coverage.md. No cell is empty: where an operation has none, the cell says why, and the
reason comes from the row. A row that leaves a cell empty stops the build (`Blank`).
"""
DTYPES = {"floating-point": "f64 f32 bf16 f16", "signed integer": "i64 i32 i16 i8", "integer": "i64 i32 i16 i8 u64 u32 u16 u8",
          "numeric": "f64 f32 bf16 f16 i64 i32 i16 i8 u64 u32 u16 u8", "signed numeric": "f64 f32 bf16 f16 i64 i32 i16 i8",
          "bool": "bool", "integer or bool": "i64 i32 i16 i8 u64 u32 u16 u8 bool",
          "any": "f64 f32 bf16 f16 i64 i32 i16 i8 u64 u32 u16 u8 bool"}
SHORT = {DTYPES["any"]: "all", DTYPES["numeric"]: "all but bool", DTYPES["integer"]: "integers", DTYPES["signed integer"]: "signed integers",
         DTYPES["integer or bool"]: "integers, bool", DTYPES["signed numeric"]: "floats, signed integers",
         DTYPES["floating-point"]: "f64 f32 bf16 f16"}
COLUMNS = ("operation", "dtypes", "forward", "reverse", "batch", "meaning")


class Blank(Exception):
    """A cell without an answer or a reason."""


def takes_tensors(row):
    return any(kind in ("tensor", "tensors", "rest") for _, kind, _ in row.params) or (row.internal and row.operands)


def no_derivative(row):
    """Why the row has no derivative; empty where it has one."""
    record = row.record
    if record["noDerivative"]:
        return record["noDerivative"]
    if not takes_tensors(row):
        return "it takes no tensors"
    if record.get("result") == "bool":
        return "its result is bool"
    if row.types in ("bool", "integer", "integer or bool", "signed integer"):
        return f"its operands are {row.types}"
    return ""


def forward(row):
    why = no_derivative(row)
    if why:
        return "none: " + why
    record = row.record
    if row.kind == "Pointwise":
        if record["adjoints"]:
            return "linear: the operation itself"
        flat = record["partials"] and all(text in ("0", "none") for text in record["partials"])
        return "0 wherever there is one" if flat else "by partials" if record["partials"] else ""
    return {"Linear": "linear: the operation itself", "Composite": "of its formula", "Custom": "by a rule of its own"}.get(row.kind, "")


def reverse(row):
    ahead = forward(row)
    return {"linear: the operation itself": "by its adjoint"}.get(ahead, ahead)


def batch(row):
    if not takes_tensors(row):
        return "none: it takes no tensors"
    return {"Pointwise": "an axis in front", "Linear": "by a rule of its own", "Custom": "by a rule of its own",
            "Composite": "of its formula"}.get(row.kind, "")


def cells(row, sources):
    dtypes = row.record["dtypes"] or DTYPES.get(row.types, "")
    source = row.record["source"]
    complex_too = ", c64 c128" if dtypes and row.record["complex"] else ""
    out = (row.name, SHORT.get(dtypes, dtypes) + complex_too, forward(row), reverse(row), batch(row), sources.get(source, source))
    for column, cell in zip(COLUMNS, out):
        if not (cell or "").strip():
            raise Blank(f"{row.file}:{row.line}: {row.name} leaves `{column}` empty: the row has to say it, or why there is none")
    return out


def table(rows, sources):
    public = [row for row in rows if not row.internal]
    lines = ["# What every operation has", "", f"{len(public)} operations; written from the rows of `dialects/graph/*.td`, do not edit. "
             "`tests/catalogue` holds each cell against the operation: values in every", "dtype, tangents against slopes, cotangents against "
             "tangents, batches against loops.", "", "| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for row in public:
        name, *rest = cells(row, sources)
        lines.append("| " + " | ".join([f"[{name}](ops.md#{name})"] + rest) + " |")
    return "\n".join(lines) + "\n"
