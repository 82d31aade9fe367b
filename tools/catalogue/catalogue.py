"""Catalogue rows (llvm-tblgen --dump-json of Graph.td) -> Rows.inc, Rules.h.inc, Ops.h and the documentation page.

Usage: catalogue.py ROWS.json --rows F --rules F --api F --docs F --coverage F   (each output is optional)
"""
import argparse
import json
import os
import re
import sys

import facts

KINDS = ("Pointwise", "Linear", "Composite", "Custom", "Leaf")
# call kind -> (ParamKind, C++ type over Sym, public C++ type)
PARAMS = {
    "tensor": ("Tensor", "Sym", "Arg"),
    "tensors": ("Tensors", "const Syms &", "std::vector<Arg>"),
    "rest": ("Rest", "const Syms &", "std::vector<Arg>"),
    "int": ("Int", "int64_t", "std::int64_t"),
    "real": ("Real", "double", "double"),
    "flag": ("Flag", "bool", "bool"),
    "text": ("Text", "llvm::StringRef", "std::string_view"),
    "dtype": ("DType", "mlir::Type", "DType"),
    "ints": ("Ints", "llvm::ArrayRef<int64_t>", "Ints"),
    "axis": ("Axis", "int64_t", "std::int64_t"),
    "axes": ("Axes", "std::optional<llvm::ArrayRef<int64_t>>", "Axes"),
    "shape": ("Shape", "llvm::ArrayRef<int64_t>", "Ints"),
    "axis_list": ("AxisList", "std::optional<llvm::ArrayRef<int64_t>>", "Axes"),
    "pairs": ("Pairs", "llvm::ArrayRef<int64_t>", "Pairs"),
    # the same, or one number; a list of integers, or one
    "nested": ("Pairs", "llvm::ArrayRef<int64_t>", "Arg"),
    "places": ("Ints", "llvm::ArrayRef<int64_t>", "Axes"),
    # none where left out; the ParamKind is that of the plain kind
    "optional_int": ("Int", "std::optional<int64_t>", "std::optional<std::int64_t>"),
    "optional_real": ("Real", "std::optional<double>", "std::optional<double>"),
    # a number that stays integer or real
    "number": ("Number", "const Argument &", "Arg"),
    # a number, pairs or a text
    "padding": ("Padding", "const Argument &", "Arg"),
    # a number or a text
    "order": ("Order", "const Argument &", "Arg"),
    # one integer (parts) or a list of integers (positions)
    "cuts": ("Cuts", "const Argument &", "Arg"),
}
# TableGen constraint -> call kind where a row writes no kind
DEFAULT_KIND = {"I64Attr": "int", "F64Attr": "real", "Real": "real", "BoolAttr": "flag", "StrAttr": "text",
                "TypeAttr": "dtype", "DenseI64ArrayAttr": "ints", "Number": "number", "Cuts": "cuts", "Padding": "padding",
                "Order": "order"}
TENSORS = ("Tensor", "FloatTensor", "BoolTensor", "IntTensor", "FreeTensor")


def quote(text):
    return json.dumps(re.sub(r"\s+", " ", text or "").strip(), ensure_ascii=False)


class Row:
    def __init__(self, records, name):
        r = records[name]
        self.record = r
        self.name = r["opName"]
        self.kind = next(k for k in KINDS if k in r["!superclasses"])
        self.args = []  # (name, constraint, optional, variadic)
        for value, arg in r["arguments"]["args"]:
            self.args.append((arg,) + self.constraint(records, value["def"]))
        self.operands = [a for a in self.args if a[1] in TENSORS]
        self.internal = bool(r["internal"])
        self.elementwise = self.kind == "Pointwise" or bool(r.get("elementwise")) or bool(r.get("indexable"))
        self.many_results = "Variadic" in records[r["results"]["args"][0][0]["def"]].get("!superclasses", [])
        self.broadcasts = bool(r["broadcasts"])
        self.params = self.parse_call(r["call"])
        types = r.get("types")
        self.types = records[types["def"]]["words"] if isinstance(types, dict) else (types or "any")
        loc = r.get("!locs", ["?:0"])[-1]
        found = re.search(r"(\w+\.td):(\d+)", loc)
        self.file, self.line = ("dialects/graph/" + found.group(1), found.group(2)) if found else ("", "0")

    @staticmethod
    def constraint(records, name):
        record = records[name]
        supers = record["!superclasses"]
        if "Variadic" in supers or "Optional" in supers:
            return record["baseType"]["def"], "Optional" in supers, "Variadic" in supers
        if "OptionalAttr" in supers:
            return record["baseAttr"]["def"], True, False
        return name, False, False

    def parse_call(self, call):
        by_name = {a[0]: a for a in self.args}
        if not call:
            parts = [a[0] for a in self.args if a[1] in TENSORS or a[1] in DEFAULT_KIND]
            self.call = f"{self.name}({', '.join(parts)})"
        else:
            inside = call[call.index("(") + 1:call.rindex(")")]
            parts = [p.strip() for p in re.split(r",(?![^\[]*\])", inside) if p.strip()]
            self.call = call
        params, self.attribute = [], {}  # a part is `[argument as] name[: kind] [= default]`
        for part in parts:
            left, _, fallback = (p.strip() for p in part.partition("="))
            name, _, kind = (p.strip() for p in left.partition(":"))
            attribute, _, name = name.rpartition(" as ") if " as " in name else (name, "", name)
            _, base, optional, variadic = by_name[attribute]
            if not kind:
                kind = ("tensors" if variadic else "tensor") if base in TENSORS else DEFAULT_KIND[base]
            self.attribute[name] = attribute
            params.append((name, kind, fallback or None))
        shown = []
        for name, kind, fallback in params:
            text = name.rstrip("_")
            if kind == "rest":
                text = "*" + text
            shown.append(text + ("=" + fallback if fallback else ""))
        self.call = f"{self.name}({', '.join(shown)})"
        return params


def read(path):
    records = json.load(open(path))
    names = [n for n in records["!instanceof"]["Graph_Op"]]
    return sorted((Row(records, n) for n in names), key=lambda row: row.name)


class Form:
    """A public call that takes functions."""
    def __init__(self, record):
        self.name, self.call = record["name"], record["call"]
        self.summary, self.description = record["summary"], record["description"]


def read_forms(path):
    records = json.load(open(path))
    return [Form(records[n]) for n in records["!instanceof"]["Form"]]


# attribute constraint -> how a rule on complex tensors reads it
COMPLEX_ATTRIBUTE = {"I64Attr": "integer", "DenseI64ArrayAttr": "integers", "Real": "real", "BoolAttr": "flag", "StrAttr": "text",
                     "TypeAttr": "type"}


def complex_rule(row):
    """The function that answers for complex operands, or nullptr."""
    text = row.record["complex"]
    if text in ("", "parts", "formula"):
        return {"": "nullptr", "parts": "complexByParts", "formula": "complexByFormula"}[text]
    lines = ["[[maybe_unused]] Ink &ink = call.ink;"]
    operand = 0
    for name, constraint, optional, variadic in row.args:
        shown = name.rstrip("_")
        if constraint in TENSORS:
            lines.append(f"[[maybe_unused]] auto {shown} = call.{'list' if variadic else 'one'}({operand});")
            operand += 1
        elif constraint in COMPLEX_ATTRIBUTE and not optional:
            lines.append(f"[[maybe_unused]] auto {shown} = call.{COMPLEX_ATTRIBUTE[constraint]}(\"{name}\");")
    return f"[](ComplexCall &call) -> Syms {{ {' '.join(lines)} return call.results({text}); }}"


def rows_inc(rows, forms):
    out = []
    for row in rows:
        params = ", ".join(f"{{{quote(n.rstrip('_'))}, ParamKind::{PARAMS[k][0]}, {quote(f) if f else 'nullptr'}, "
                           f"{quote(row.attribute[n])}}}" for n, k, f in row.params)
        operands = ", ".join(f"{{{quote(n.rstrip('_'))}, {quote(c)}, {str(o).lower()}, {str(v).lower()}}}"
                             for n, c, o, v in row.operands)
        if row.params:
            out.append(f"static const Param params_{row.name}[] = {{{params}}};")
        if row.operands:
            out.append(f"static const OperandRow operands_{row.name}[] = {{{operands}}};")
    out.append("static const Row table[] = {")
    for row in rows:
        r = row.record
        texts = [row.name, row.kind.lower(), r["group"], r["summary"], r["description"], r["source"], row.call,
                 r["sample"], row.types, r["noDerivative"], facts.forward(row), facts.reverse(row), facts.batch(row), row.file]
        out.append("  {" + ", ".join(quote(t) for t in texts) + f", {row.line}, {str(row.broadcasts).lower()}, "
                   f"{str(row.internal).lower()}, {str(row.elementwise).lower()}, {complex_rule(row)}, {str(bool(r['whole'])).lower()}, "
                   + (f"params_{row.name}, " if row.params else "{}, ")
                   + (f"operands_{row.name}" if row.operands else "{}") + "},")
    out.append("};")
    out.append("static const FormRow formTable[] = {")
    for form in forms:
        out.append("  {" + ", ".join(quote(t) for t in (form.name, form.call, form.summary, form.description)) + "},")
    out.append("};")
    return "\n".join(out) + "\n"


def default(kind, fallback):
    """A C++ default argument for a public or Sym function, or None where it has to be given."""
    if fallback is None:
        return None
    if kind in ("tensor",):
        return "{}" if fallback == "none" else fallback
    if kind == "axes" or fallback in ("none", "[]"):
        return "{}"
    return fallback


def rules_inc(rows):
    """Functions over Sym, declared and defined. A row without tensor operands takes the ink first."""
    heads, bodies = ["namespace tgc::graph {"], ["namespace tgc::graph {"]
    for row in rows:
        tensors = [n for n, k, _ in row.params if k in ("tensor", "tensors", "rest")]
        declared, passed = [], []
        for name, kind, fallback in row.params:
            n = name.rstrip("_") + "_" if name.rstrip("_") in ("default", "union") else name
            value = default(kind, fallback)
            if kind == "dtype" and fallback:
                value = "{}"
            declared.append(f"{PARAMS[kind][1]} {n}" + (f" = {value}" if value is not None else ""))
            shown = name.rstrip("_")
            if kind in ("tensors",):
                passed.append(f'{{"{shown}", Argument(llvm::ArrayRef<Sym>({n}))}}')
            elif kind == "rest":
                passed.append((n,))
            elif kind == "axes":
                passed.append(f'{{"{shown}", {n} ? Argument(*{n}) : Argument()}}')
            elif kind == "dtype":
                passed.append(f'{{"{shown}", {n} ? Argument({n}) : {dtype_default(fallback, "INK")}}}')
            else:
                passed.append(f'{{"{shown}", Argument({n})}}')
        # a parameter without a default after one with: give up the defaults
        seen = False
        for part in declared:
            if "=" in part:
                seen = True
            elif seen:
                declared = [p.split(" = ")[0] for p in declared]
                break
        rest = [p[0] for p in passed if isinstance(p, tuple)]
        named = ", ".join(p for p in passed if not isinstance(p, tuple))
        if row.name == "constant":
            continue  # Ink::constant
        creation = not tensors
        if creation:
            declared.insert(0, "Ink &ink")
            ink = "ink"
        elif row.params and any(k in ("tensors", "rest") for _, k, _ in row.params):
            many = next(n for n, k, _ in row.params if k in ("tensors", "rest"))
            ink = f"*{many}.front().ink()"
        else:
            ink = "inkAmong({" + ", ".join(tensors) + "})"
        positional = f"Arguments({rest[0]}.begin(), {rest[0]}.end())" if rest else "{}"
        many_results = row.many_results
        returns, tail = ("Syms", "callAll") if many_results else ("Sym", "callOne")
        if rest:  # the rest parameter comes after the others: pass those by position
            others = [p[1:-1].split(", ", 1)[1] for p in passed if not isinstance(p, tuple)]
            body = (f"Arguments all_{{{', '.join(others)}}}; all_.insert(all_.end(), {rest[0]}.begin(), {rest[0]}.end()); "
                    f"return {tail}({ink}, \"{row.name}\", all_);")
        else:
            body = f"return {tail}({ink}, \"{row.name}\", {positional}, NamedArguments{{{named}}});"
        body = body.replace("INK.", f"({ink}).")
        # after a failure operands are absent: so is the result
        for name, kind, fallback in row.params:
            if kind == "tensor" and not fallback:
                body = f"if (!{name}) return {{}}; " + body
            elif kind in ("tensors", "rest"):
                body = f"if ({name}.empty() || !llvm::all_of({name}, [](const Sym &s) {{ return bool(s); }})) return {{}}; " + body
        bare = ", ".join(p.split(" = ")[0] for p in declared)
        heads.append(f"/// {row.record['summary']}\n{returns} {cpp_name(row.name)}({', '.join(declared)});")
        bodies.append(f"{returns} {cpp_name(row.name)}({bare}) {{ {body} }}")
    end = "} // namespace tgc::graph\n"
    return "\n".join(heads + [end]), "\n".join(bodies + [end])


def dtype_default(fallback, ink):
    if fallback in (None, "none"):
        return "Argument()"
    return f'Argument(typeNamed({ink}.context(), "{fallback}"))'


def cpp_name(name):
    return name + "_" if name in ("not", "and", "or", "xor") else name


def write(path, text):
    if path and not (os.path.exists(path) and open(path).read() == text):  # what is unchanged builds nothing
        with open(path, "w") as file:
            file.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("json")
    for option in ("rows", "rules", "definitions", "api", "docs", "coverage"):
        parser.add_argument("--" + option)
    options = parser.parse_args()
    rows, forms = read(options.json), read_forms(options.json)
    write(options.rows, rows_inc(rows, forms))
    heads, bodies = rules_inc(rows)
    write(options.rules, heads)
    write(options.definitions, bodies)
    if options.api:
        import api
        write(options.api, api.header(rows))
    if options.docs:
        import pages
        write(options.docs, pages.page(rows, forms))
    if options.coverage:
        import pages
        try:
            write(options.coverage, facts.table(rows, pages.SOURCES))
        except facts.Blank as blank:
            sys.exit(str(blank))


if __name__ == "__main__":
    main()
