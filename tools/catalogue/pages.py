"""The documentation page of the catalogue: one section for each row, in the groups of the catalogue."""
import re
import textwrap

import facts

# The order of reading; groups that are not listed follow by name.
ORDER = ("arithmetic", "exponential, trigonometric", "special", "rounding, tests", "logic, bits", "choice", "activations",
         "contraction", "reductions", "cumulative", "shape", "slicing, indexing", "ordering", "creation", "softmax family",
         "windows", "attention", "losses", "random", "linear algebra", "sparse matrices", "control", "derivative control", "conversion")
SOURCES = {"array-api": "Python array API standard 2024.12", "numpy": "NumPy", "jax.lax": "jax.lax", "jax.nn": "jax.nn",
           "jax.numpy": "jax.numpy", "torch": "torch", "c++": "C++"}
KINDS = {"Pointwise": "a function of one element", "Linear": "linear in its tensors", "Composite": "a formula of other operations",
         "Custom": "rules of its own", "Leaf": "takes no tensors"}
HEAD = """# Operations

Written from the rows of `dialects/graph/*.td`; do not edit. Names, defaults and meaning are the same in the language, in C++
(`tgc::NAME`) and in the `graph` dialect (`graph.NAME`). Tensors broadcast and promote in calls as NumPy and the array API standard have it.
`tgc ops NAME` prints one section. `coverage.md` beside this page is the table of what each operation has.
"""


def squeeze(text):
    return re.sub(r"\s+", " ", text or "").strip()


def rule(row):
    """How the row says its derivative, as the row writes it."""
    record = row.record
    names = [name for name, *_ in row.operands]
    if facts.no_derivative(row):
        return "none: " + facts.no_derivative(row)
    if row.kind == "Pointwise":
        if record["adjoints"]:
            rules = [f"`{name}`: {f'`{text}`' if text != 'none' else 'none'}" for name, text in zip(names, record["adjoints"])]
            return "linear; cotangents from `ct`: " + ", ".join(rules)
        rules = [f"`{name}`: `{text}`" for name, text in zip(names, record["partials"]) if text != "none"]
        if not rules:
            return facts.forward(row)
        return "partials (`y` is the result): " + ", ".join(rules) + ("; products with 0 are 0" if record["singular"] else "")
    if row.kind == "Composite":
        return f"of the formula `{squeeze(record['formula'])}`"
    return KINDS[row.kind]


def section(row):
    record = row.record
    facts = [("types", row.types), ("kind", KINDS[row.kind]), ("derivative", rule(row)),
             ("source", SOURCES.get(record["source"], record["source"])), ("tested with", f"`{record['sample']}`" if record["sample"] else ""),
             ("row", f"`{row.file}`, line {row.line}")]
    lines = [f"### {row.name}", "", f"`{row.call}`", "", textwrap.fill(squeeze(record["summary"])[:1].upper() + squeeze(record["summary"])[1:] + ".", 120)]
    if squeeze(record["description"]):
        lines += ["", textwrap.fill(squeeze(record["description"]), 120)]
    lines += [""] + [f"* {name}: {text}" for name, text in facts if text]
    return "\n".join(lines) + "\n"


def form_section(form):
    lines = [f"### {form.name}", "", f"`{form.call}`", "", textwrap.fill(squeeze(form.summary)[:1].upper() + squeeze(form.summary)[1:] + ".", 120),
             "", textwrap.fill(squeeze(form.description), 120), "", "* derivative: both modes, any order; nests with everything else"]
    return "\n".join(lines) + "\n"


def page(rows, forms):
    public = [row for row in rows if not row.internal]
    groups = {}
    for row in public:
        groups.setdefault(row.record["group"] or "other", []).append(row)
    names = sorted(groups, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    out = [HEAD, f"{len(public) + len(forms)} operations.\n", "| group | operations |\n|---|---|"]
    for name in names:
        links = " ".join(f"[{row.name}](#{row.name})" for row in groups[name])
        out.append(f"| {name} | {links} |")
    out.append("| control | " + " ".join(f"[{form.name}](#{form.name})" for form in forms) + " |")
    out.append("")
    out.append("## Control\n")
    out += [form_section(form) for form in forms]
    for name in names:
        out.append(f"## {name[0].upper()}{name[1:]}\n")
        out += [section(row) for row in groups[name]]
    inner = ", ".join(f"`graph.{row.name}`" for row in rows if row.internal)
    out.append(f"## Inner operations\n\nWithout a public call; rules and the compiler use them: {inner}.\n")
    return "\n".join(out)
