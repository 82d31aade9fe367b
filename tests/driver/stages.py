"""Claims about the text of stages: what `--emit` and `--dump-stages` write, `--from` reads."""
from harness import claim, expect

STAGES = ("graph", "algebra", "autodiff", "batch", "contract", "fuse", "lower", "schedule", "target", "llvm")
LOOP = """fn step(c: f64, x: f64[4]) {
  return c * 0.5 + sum(sin(x)), c
}
fn chain(y: f64[64]) {
  return sum((y[1:] - y[:-1] ** 2) ** 2)
}
fn f(c: f64, x: f64[3, 4], y: f64[64]) {
  last, all = scan(step, init=c, xs=x)
  return last, all, hessian(chain, wrt=y)(y), sum(y) > 1
}
"""


def file_of(stage):
    return "asm.s" if stage == "asm" else "llvm.ll" if stage == "llvm" else f"{STAGES.index(stage) + 1}-{stage}.mlir"


@claim
def every_stage_resumes(tgc):
    """All that the program was stays: branches and loops, constants of many elements, what kernels may overwrite."""
    for name, text, words in (("loop.tg", LOOP, ()), ("p.tg", None, ("--fn", "g", "--shape", "x=f64[3]"))):
        if text:
            (tgc.folder / name).write_text(text)
        tgc("compile", name, *words, "--dump-stages=dump")
        wanted = {file.name: file.read_text() for file in (tgc.folder / "dump").iterdir()}
        for k, stage in enumerate(STAGES):
            for later in ("schedule", "target", "asm"):
                if later == "asm" or later in STAGES[k:]:
                    found, _ = tgc("compile", "dump/" + file_of(stage), f"--from={stage}", f"--emit={later}")
                    # What is optimised once more may be told in other words.
                    expect(found == wanted[file_of(later)] or (stage == "llvm" and "k0_" in found), later, "from", stage, "of", name)
        found, _ = tgc("compile", "dump/0-ast.tg", "--from=ast", *words, "--emit=asm")
        expect(found == wanted["asm.s"], "asm from ast")
        for stage in ("graph", "lower", "target", "llvm"):
            found, _ = tgc("compile", "dump/" + file_of(stage), f"--from={stage}", f"--emit={stage}")
            expect(found == wanted[file_of(stage)], stage, "from itself")
        found, _ = tgc("compile", "-", "--from=schedule", "--emit=asm", stdin=wanted[file_of("schedule")].encode())
        expect(found == wanted["asm.s"], "asm from standard input")


@claim
def a_program_without_kernels_resumes(tgc):
    (tgc.folder / "same.tg").write_text("fn f(x: f64[3]) {\n  return x\n}\n")
    tgc("compile", "same.tg", "--dump-stages=dump")
    for stage in STAGES:
        found, _ = tgc("compile", "dump/" + file_of(stage), f"--from={stage}", "--emit=asm")
        expect(found == "", stage, found)


@claim
def no_stage_before_that_of_the_file(tgc):
    common = ("compile", "p.tg", "--fn", "g", "--shape", "x=f64[3]")
    tgc(*common, "--dump-stages=dump")
    for stage, earlier in (("fuse", "graph"), ("fuse", "ast"), ("algebra", "graph"), ("target", "schedule"), ("llvm", "target"), ("fuse", "svg"), ("schedule", "dot")):
        told = tgc.error("compile", "dump/" + file_of(stage), f"--from={stage}", f"--emit={earlier}", code=2)
        expect(earlier in told["message"] and stage in told["message"], told)
    told = tgc.error("compile", "dump/asm.s", "--from=asm", "--emit=asm", code=2)
    expect("nothing comes after" in told["message"], told)
    out, _ = tgc("compile", "dump/5-contract.mlir", "--from=contract", "--emit=dot")
    expect("digraph" in out)


@claim
def stages_from_a_later_one_are_numbered_as_ever(tgc):
    tgc("compile", "p.tg", "--fn", "g", "--shape", "x=f64[3]", "--dump-stages=dump")
    for stage in ("graph", "fuse", "schedule", "target", "llvm"):
        tgc("compile", "dump/" + file_of(stage), f"--from={stage}", "--dump-stages=again")
        names = sorted(file.name for file in (tgc.folder / "again").iterdir())
        expect(names == sorted([file_of(later) for later in STAGES[STAGES.index(stage):]] + ["asm.s"]), stage, names)
        for name in names:
            same = (tgc.folder / "again" / name).read_text() == (tgc.folder / "dump" / name).read_text()
            expect(same or (stage == "llvm" and name == "asm.s"), name, "from", stage)
            (tgc.folder / "again" / name).unlink()


@claim
def text_that_no_stage_wrote_is_refused(tgc):
    """With what is missing and where; nothing is cast before it is looked at."""
    tensor, memory = "tensor<3xf64>", "memref<3xf64>"
    foreign = f"module {{\n  func.func @f(%a: {tensor}) -> {tensor} {{\n    %0 = math.sin %a : {tensor}\n    return %0 : {tensor}\n  }}\n}}\n"
    (tgc.folder / "foreign.mlir").write_text(foreign)
    (tgc.folder / "unplanned.mlir").write_text(f"module {{\n  func.func @f(%a: {memory}) {{\n    return\n  }}\n}}\n")
    for stage in STAGES[1:]:
        told = tgc.error("compile", "foreign.mlir", f"--from={stage}", "--emit=asm", code=1)
        expect(told["kind"] == "invalid" and told["file"] == "foreign.mlir" and told["line"] >= 1, told)
        if stage != "llvm":
            expect("after stage " + stage in told["message"] and "math.sin" in told["message"] + foreign, told)
            expect(f"--emit={stage}" in told["notes"][-1]["message"], told)
        tgc("compile", "p.tg", f"--from={stage}", "--emit=asm", code=1)
    (tgc.folder / "elided.mlir").write_text("module {\n  func.func @f() -> tensor<99xf64> {\n    %0 = graph.constant {value = dense_resource<__elided__> : tensor<99xf64>} : () -> tensor<99xf64>\n"
                                            "    return %0 : tensor<99xf64>\n  }\n}\n")
    told = tgc.error("run", "elided.mlir", code=1)
    expect("not in the file" in told["message"] and told["line"] == 3, told)
    told = tgc.error("compile", "unplanned.mlir", "--from=schedule", "--emit=asm", code=1)
    expect("exec.arguments" in told["message"], told)
    tgc("compile", "p.tg", "--fn", "g", "--shape", "x=f64[3]", "--dump-stages=dump")
    for stage in STAGES: # each as each other: refused or done, no more
        for other in STAGES[5:]:
            words = ("compile", "dump/" + file_of(stage), f"--from={other}", "--emit=asm")
            tgc(*words, code=0 if stage == other else 1)


@claim
def kernels_alone_have_no_function_to_choose(tgc):
    tgc("compile", "p.tg", "--fn", "g", "--shape", "x=f64[3]", "--dump-stages=dump")
    for stage in ("target", "llvm"):
        for words in (("--fn", "g"), ("--in", "x=[1,2,3]"), ("--size", "n=3")):
            told = tgc.error("compile", "dump/" + file_of(stage), f"--from={stage}", "--emit=asm", *words, code=2)
            expect(words[0] in told["message"], told)
    told = tgc.error("compile", "dump/6-fuse.mlir", "--from=fuse", "--emit=asm", "--fn", "k0_divide", code=1)
    expect("kernel" in told["message"], told)
    told = tgc.error("compile", "dump/6-fuse.mlir", "--from=fuse", "--emit=asm", "--fn", "grad(g, wrt=x)", code=1)
    expect("--from=graph" in told["message"], told)
