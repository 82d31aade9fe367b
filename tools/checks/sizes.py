#!/usr/bin/env python3
"""Holds files to 600 lines (tests and catalogues 1,000) and functions to 60, and prints the longest so that growth is seen early.

Usage: sizes.py [--self-test]
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("compiler/", "dialects/", "examples/", "frontend/", "runtime/", "tests/", "tools/")
FILE_LINES, WIDE_FILE_LINES, FUNCTION_LINES = 600, 1000, 60


def limit_of(path):
    catalogue = path.startswith("dialects/graph/") and path.endswith(".td")
    return WIDE_FILE_LINES if catalogue or path.startswith("tests/") else FILE_LINES


def functions(lines):
    """(length, line, name) of each function; relies on clang-format: the closing brace stands where the opening line starts."""
    found, number = [], 0
    while number < len(lines):
        line = lines[number]
        opened = re.match(r"^( {0,6})(?!namespace|class|struct|enum|union|extern|if|for|while|switch|else|do|return|using|#|//)(\S.*)", line)
        if not (opened and "(" in line and not line.rstrip().endswith((";", "}"))):
            number += 1
            continue
        start, indent = number, opened[1]
        while number < len(lines) and not lines[number].rstrip().endswith(("{", ";", "}", ":")) and number - start < 12:
            number += 1
        if number >= len(lines) or not lines[number].rstrip().endswith("{") or "= {" in lines[number] or "return" in lines[number]:
            number = start + 1
            continue
        end = next((i for i in range(number + 1, len(lines)) if re.match(rf"^{indent}}}", lines[i])), None)
        if end is None:
            number = start + 1
            continue
        name = re.search(r"([\w:~]+)\s*\(", opened[2])
        table = name and name[1].isupper() and name[1] != "TEST_CASE"  # rows of a macro, not a function
        if not table:
            found.append((end - start + 1, start + 1, name[1] if name else "?"))
        number = end + 1 if indent or not re.match(r"^}\s*;", lines[end]) else start + 1
    return found


def files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = (".h", ".cpp", ".td", ".def", ".py", ".mlir", ".tg")
    return [f for f in listed.stdout.splitlines() if f.startswith(FOLDERS) and f.endswith(wanted) and (ROOT / f).exists()]


def self_test():
    body = "\n".join(["  x();"] * 80)
    text = f"namespace a {{\nint longOne(int x,\n            int y) {{\n{body}\n}}\nint shortOne() {{\n  x();\n}}\n}}\n"
    wanted = [(83, 2, "longOne"), (3, 85, "shortOne")]
    got = functions(text.splitlines())
    return [] if got == wanted else [f"functions() found {got}, not {wanted}"]


def main():
    if "--self-test" in sys.argv:
        wrong = self_test()
        print("\n".join(wrong))
        return 1 if wrong else 0
    sizes, bodies, complaints = [], [], []
    for path in files():
        lines = (ROOT / path).read_text(errors="replace").splitlines()
        sizes.append((len(lines), path))
        if len(lines) > limit_of(path):
            complaints.append(f"{path}: {len(lines)} lines, over the limit of {limit_of(path)}")
        if path.endswith((".h", ".cpp")):
            for length, line, name in functions(lines):
                bodies.append((length, f"{path}:{line} {name}"))
                if length > FUNCTION_LINES and not path.startswith("tests/"):
                    complaints.append(f"{path}:{line}: {name} has {length} lines, over the limit of {FUNCTION_LINES}")
    for title, rows in (("longest files", sizes), ("longest functions", bodies)):
        print(f"{title}:")
        for length, what in sorted(rows, reverse=True)[:10]:
            print(f"  {length:5} {what}")
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
