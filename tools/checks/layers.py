#!/usr/bin/env python3
"""Reads #include lines against the table of who may include whom, and looks for state of the process in libraries.

Usage: layers.py [--self-test]   (from anywhere; checks the tracked and new files of this repository)
A line that must break a rule about state carries `// state: <reason>`, on itself or on the line above.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGES = ["algebra", "autodiff", "batch", "contract", "fuse", "lower", "schedule", "target"]

# What an include line names. The first pattern that fits wins; the project's own folders are resolved by file.
KINDS = [
    (r"^(mlir/(Pass|Transforms|Conversion|ExecutionEngine|Target|Tools)/)", "mlir-pass"),
    (r"^mlir(-c)?/", "mlir"),
    (r"^llvm/(ADT|Support)/", "llvm-support"),
    (r"^(llvm|llvm-c|clang|lld)/", "llvm"),
    (r"^(oneapi/dnnl/|dnnl)", "dnnl"),
    (r"^(doctest|benchmark)/", "test"),
]
STD = {"std"}
MLIR_HEADERS = {"mlir", "llvm-support"}
ALL_LLVM = {"mlir", "mlir-pass", "llvm-support", "llvm"}
ANY = {"*"}

# folder: what its files may include. The longest folder that holds the file decides.
MAY = {
    "runtime/tgc": STD | {"runtime/tgc"},
    "runtime": STD | {"runtime/tgc", "runtime"},
    "dialects": STD | MLIR_HEADERS | {"dialects"},
    "compiler": STD | ALL_LLVM | {"dialects", "runtime/tgc", "runtime", "compiler", *(f"compiler/{s}" for s in STAGES)},
    **{f"compiler/{s}": STD | ALL_LLVM | {"dialects", "runtime/tgc", "runtime", "compiler", f"compiler/{s}"} for s in STAGES},
    "frontend/tgc": STD | {"runtime/tgc", "frontend/tgc"},
    "frontend": STD | MLIR_HEADERS | {"frontend", "frontend/tgc", "compiler", "dialects", "runtime/tgc", "runtime"},
    "frontend/Path.cpp": STD | {"frontend/tgc", "runtime/tgc", "dialects", "compiler/contract"},  # the planner's own door
    "examples": STD | {"runtime/tgc", "frontend/tgc", "examples"},
    "tools": ANY,
    "tests": ANY,
}
LIBRARIES = ("runtime/", "dialects/", "compiler/", "frontend/")
STATE = [
    (r"\b(secure_)?getenv\s*\(", "reads the environment"),
    (r"\b(setenv|putenv|unsetenv)\s*\(", "changes the environment"),
    (r"\bcl::(opt|list|alias|bits)\b", "registers a command-line option of LLVM, which is process-wide"),
    (r"\b(setlocale|std::locale::global|signal|sigaction|fesetround|fesetenv|feenableexcept)\s*\(", "changes the process"),
    (r"\b(std::)?(exit|_exit|quick_exit)\s*\(", "stops the host's process"),
    (r"^\s*(static|thread_local|constinit|inline)\b(?!.*\b(const|constexpr|using|struct|class|enum)\b)[^()]*(;|=|\{)\s*", "is state that outlives a call"),
]


def kind_of(include, including):
    for pattern, kind in KINDS:
        if re.match(pattern, include):
            return kind
    for base in ("", "runtime/", "frontend/"):
        path = base + include
        if (ROOT / path).exists() or (base == "" and re.match(r"(runtime|dialects|compiler|frontend|tools|tests)/", path)):
            return folder_of(path, {**MAY, **{m: None for m in ("dialects", "compiler")}})
    if (including.parent / include).exists() or include.endswith(".inc"):
        return folder_of(str(including.relative_to(ROOT)), MAY)
    if include.startswith("tgc/"):
        return "frontend/tgc"  # generated
    return "std"


def folder_of(path, folders):
    fitting = [f for f in folders if path == f or path.startswith(f + "/")]
    best = max(fitting, key=len, default="?")
    return best.rsplit("/", 1)[0] if best.endswith(".cpp") else best


def rule_of(path):
    return max((f for f in MAY if path == f or path.startswith(f + "/")), key=len, default=None)


def excused(lines, number):
    """Whether the comment right above line `number` says what state it is and why."""
    above = number - 2
    while above >= 0 and lines[above].lstrip().startswith("//"):
        if "// state:" in lines[above]:
            return True
        above -= 1
    return False


def check_text(path, text):
    """Complaints about one file; `path` is relative to the repository's root."""
    complaints, rule, lines = [], rule_of(path), text.splitlines()
    for number, line in enumerate(lines, 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found and rule and "*" not in MAY[rule]:
            kind = kind_of(found[1], ROOT / path)
            family = kind if kind not in ("runtime/cpu",) else "runtime"
            if family not in MAY[rule] and not (family.startswith("dialects/") and "dialects" in MAY[rule]):
                complaints.append(f"{path}:{number}: {rule} may not include {found[1]} ({kind})")
        if not path.startswith(LIBRARIES) or "// state:" in line or excused(lines, number):
            continue
        code = re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])
        for pattern, why in STATE:
            if re.search(pattern, code):
                complaints.append(f"{path}:{number}: {why}: {line.strip()}")
    return complaints


def files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [f for f in listed.stdout.splitlines() if f.endswith((".h", ".cpp", ".def")) and (ROOT / f).exists()]


def self_test():
    """Planted violations must be found, and their lawful neighbours left alone."""
    bad = [
        ("runtime/tgc/X.h", '#include "mlir/IR/Value.h"'),
        ("runtime/tgc/X.h", '#include "runtime/Program.h"'),
        ("runtime/X.cpp", "#include <oneapi/dnnl/dnnl.h>"),
        ("runtime/X.cpp", '#include "dialects/graph/Graph.h"'),
        ("dialects/graph/X.cpp", '#include "runtime/Calls.h"'),
        ("dialects/graph/X.cpp", '#include "mlir/Pass/Pass.h"'),
        ("compiler/fuse/X.cpp", '#include "compiler/schedule/Offsets.h"'),
        ("compiler/fuse/X.cpp", '#include "frontend/tgc/Expr.h"'),
        ("frontend/tgc/X.h", '#include "compiler/Options.h"'),
        ("frontend/X.cpp", '#include "compiler/fuse/Groups.h"'),
        ("examples/X.cpp", '#include "compiler/Options.h"'),
        ("compiler/X.cpp", 'const char *home = std::getenv("HOME");'),
        ("compiler/X.cpp", "static llvm::cl::opt<int> level;"),
        ("runtime/X.cpp", "static int counter = 0;"),
        ("runtime/X.cpp", "thread_local bool inside = false;"),
        ("frontend/X.cpp", "  static std::map<int, int> cache;"),
    ]
    good = [
        ("compiler/Pipeline.cpp", '#include "compiler/fuse/Groups.h"'),
        ("compiler/fuse/X.cpp", '#include "runtime/Calls.h"'),
        ("frontend/tgc/X.h", '#include "tgc/Shape.h"'),
        ("tests/unit/X.cpp", '#include "compiler/schedule/Offsets.h"'),
        ("runtime/X.cpp", "static constexpr int limit = 3;"),
        ("runtime/X.cpp", "static int count(int x) {"),
        ("runtime/X.cpp", "thread_local bool inside = false; // state: a mark of the thread"),
    ]
    wrong = [f"not found: {path}: {line}" for path, line in bad if not check_text(path, line)]
    wrong += [f"wrongly found: {c}" for path, line in good for c in check_text(path, line)]
    return wrong


def main():
    complaints = self_test() if "--self-test" in sys.argv else []
    if not complaints and "--self-test" not in sys.argv:
        for path in files():
            complaints += check_text(path, (ROOT / path).read_text(errors="replace"))
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
