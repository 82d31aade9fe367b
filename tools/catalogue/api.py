"""The public C++ functions: one declared, documented and defined function for each row of the catalogue (tgc/Ops.h)."""
import re
import textwrap

from catalogue import PARAMS

ARGUMENTS = ("Arg", "Number", "Cuts")  # an Arg by itself, with the place it was made at
MAY_BE_NOTHING = ARGUMENTS + ("Axes",)  # types with an empty value of their own
KEYWORDS = {"and", "or", "not", "xor", "default", "union", "new", "delete", "this", "operator", "template"}
RENAMED = {"std": "stddev"}  # beside `using namespace tgc`, a name std would be the namespace's too
HANDWRITTEN = {"einsum", "constant"}  # Einsum.h; literals


def safe(name):
    name = name.rstrip("_")
    return name + "_" if name in KEYWORDS else name


def parameter(name, kind, fallback):
    """(declaration, default or None)"""
    spelled = PARAMS[kind][2]
    if fallback == "none" and spelled not in MAY_BE_NOTHING and not spelled.startswith("std::optional"):
        spelled = f"std::optional<{spelled}>"
    if spelled == "Pairs" and fallback and fallback.isdigit():
        spelled = "Arg"  # a number of axes, or pairs: what tensordot takes
    value = fallback
    if fallback in ("none", "[]"):
        value = "{}"
    elif fallback and spelled in ("Ints", "Axes", "Pairs"):
        value = fallback.replace("[", "{").replace("]", "}") if "[" in fallback else "{" + fallback + "}"
    elif fallback and kind == "text":
        value = '"' + fallback.strip('"') + '"'
    return f"{spelled} {safe(name)}", value


def comment(row):
    record = row.record
    lines = [record["summary"][:1].upper() + record["summary"][1:] + ".", re.sub(r"\s+", " ", record["description"] or "").strip(),
             f"Language: {row.call}; {row.types} elements."]
    if record["source"]:
        lines.append(f"Source: {record['source']}.")
    return "\n".join(textwrap.fill(line, 104, initial_indent="/// ", subsequent_indent="/// ") for line in lines if line)


def function(row):
    declared = [parameter(*p) for p in row.params]
    last_needed = max((i for i, (_, value) in enumerate(declared) if value is None), default=-1)
    parts = [text + (f" = {value}" if value is not None and i > last_needed else "") for i, (text, value) in enumerate(declared)]
    tensors = [safe(n) for n, k, _ in row.params if k == "tensor"]
    if tensors:
        here = f"{tensors[0]}.here"  # where the caller's value became an Arg
    else:
        here = "here"
        parts.append("Arg::Here here = Arg::Here::current()")
    # an Arg brings its own place, everything else gets the call's
    values = [safe(n) if text.split(" ")[0] in ARGUMENTS else f"Arg({safe(n)}, {here})" for (n, _, _), (text, _) in zip(row.params, declared)]
    passed = ", ".join(f'{{"{n.rstrip("_")}", {value}}}' for (n, _, _), value in zip(row.params, values))
    several = row.many_results
    returns, call = ("std::vector<Expr>", "applyAll") if several else ("Expr", "apply")
    return (f"{comment(row)}\ninline {returns} {RENAMED.get(row.name, safe(row.name))}({', '.join(parts)}) {{\n"
            f'  return {call}("{row.name}", {{{passed}}}, {here});\n}}\n')


def header(rows):
    by_hand = lambda row: row.name in HANDWRITTEN or any(kind == "rest" for _, kind, _ in row.params)
    shown = [row for row in rows if not row.internal and not by_hand(row)]
    return ("// Generated from the catalogue, dialects/graph/*.td. One function for each operation.\n#pragma once\n"
            '#include "tgc/Expr.h"\n\nnamespace tgc {\n\n' + "\n".join(function(row) for row in shown) + "\n} // namespace tgc\n")
