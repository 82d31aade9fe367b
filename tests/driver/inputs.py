"""Claims about what goes into a run: literals, generators, files, sizes; and about the graph files of `compile`."""
import json
import signal
import subprocess
import time

from harness import G, PROGRAM, claim, expect, npy


@claim
def literals_take_the_type_of_their_parameter(tgc):
    """Cotangents have the dtype of a result, tangents of tangents that of the first parameter."""
    (tgc.folder / "d.tg").write_text("fn g(x: f64, y: f64) {\n  return x * y\n}\nfn s(x: f32[n]) {\n  return x * 2\n}\n")
    expect(tgc.results("d.tg", "--fn", "vjp(g, wrt=x)", "--in", "x=3", "--in", "y=2", "--in", "ct_out0=1")[1][3] == 2)
    expect(tgc.results("d.tg", "--fn", "vjp(s, wrt=x)", "--in", "x=[3,4]", "--in", "ct_out0=[1,2]")[1][1:] == ("f32", [2], [2, 4]))
    twice = tgc.results("d.tg", "--fn", "jvp(jvp(g, wrt=x), wrt=x)", "--in", "x=3", "--in", "y=2", "--in", "d_x=1", "--in", "d_x_2=1")
    expect([value[3] for value in twice] == [6, 2, 2, 0], twice)
    tgc("run", "d.tg", "--fn", "vjp(s, wrt=x)", "--in", "x=[3,4]", "--in", "ct_out0=[1,2,3]", code=1)


@claim
def literals_out_of_range_are_refused(tgc):
    (tgc.folder / "t.tg").write_text("".join(f"fn of_{dtype}(x: {dtype}) {{\n  return x\n}}\n" for dtype in "f64 f32 f16 bf16 i64 u64 i8 u8 bool".split()))
    wrong = [("bool", "0.5"), ("bool", "1.7"), ("bool", "nan"), ("bool", "2"), ("f32", "1e39"), ("f16", "70000"), ("bf16", "1e39"), ("f64", "1e400"),
             ("i64", "9223372036854775808"), ("u64", "18446744073709551616"), ("u64", "-1"), ("i8", "128"), ("u8", "256"), ("i8", "0.5")]
    for dtype, text in wrong:
        told = tgc.error("run", "t.tg", "--fn", f"of_{dtype}", "--in", f"x={text}", code=2)
        expect("--in x: " in told["message"], told)
    right = [("bool", "true", True), ("bool", "1", True), ("f32", "inf", "inf"), ("f16", "2048", 2048), ("i64", "-9223372036854775808", -2**63),
             ("u64", "18446744073709551615", 2**64 - 1), ("i8", "-128", -128), ("i8", "+127", 127), ("f64", "-0.5", -0.5),
             ("f64", "1e-400", 0), ("f32", "1e-60", 0)]
    for dtype, text, value in right:
        expect(tgc.results("t.tg", "--fn", f"of_{dtype}", "--in", f"x={text}")[0][3] == value, dtype, text)


@claim
def expectations_beyond_the_finite_and_of_integers(tgc):
    (tgc.folder / "e.tg").write_text("fn r(x: f64[n]) {\n  return x\n}\nfn i(x: i64[n]) {\n  return x\n}\n")
    (tgc.folder / "inf.npy").write_bytes(npy([float("inf")]))
    (tgc.folder / "big.npy").write_bytes(npy([10000000001], "<i8", "q"))
    tgc("run", "e.tg", "--fn", "r", "--in", "x=[1]", "--expect", "out0=inf.npy", code=2) # results keep their names
    for text, code in (("[1]", 3), ("[-inf]", 3), ("[nan]", 3), ("[inf]", 0)):
        tgc("run", "e.tg", "--fn", "r", "--in", f"x={text}", "--expect", "x=inf.npy", code=code)
    tgc("run", "e.tg", "--fn", "i", "--in", "x=[10000000000]", "--expect", "x=big.npy", "--rtol", "0.1", code=3)
    tgc("run", "e.tg", "--fn", "i", "--in", "x=[10000000001]", "--expect", "x=big.npy")


@claim
def empty_tensors_print_in_bounded_text(tgc):
    (tgc.folder / "z.tg").write_text("fn f(x: f64[a, b]) {\n  return x\n}\n")
    expect(tgc.results("z.tg", "--in", "x=zeros:f64[2,0]") == [("x", "f64", [2, 0], [[], []])])
    expect(tgc.results("z.tg", "--in", "x=zeros:f64[0,1000000000000]") == [("x", "f64", [0, 1000000000000], [])])
    expect(tgc.results("z.tg", "--in", "x=zeros:f64[1000000000000,0]") == [("x", "f64", [1000000000000, 0], [])])
    for more in ([], ["--full"]):
        out, _ = tgc("run", "z.tg", "--in", "x=zeros:f64[1000000000000,0]", *more)
        expect(out == "x: f64[1000000000000, 0]\n[[], [], [], ..., [], [], []]\n", out)


@claim
def arrays_from_standard_input(tgc):
    out, _ = tgc("run", "p.tg", "--fn", "f", "--in", "x=-", stdin=npy([1, 2, 3]))
    expect(out == "out0: f64 14.0\n", out)
    told = tgc.error("run", "-", "--in", "x=-", code=2)
    expect("once" in told["message"], told)
    _, err = tgc("run", "p.tg", "--fn", "f", "--in", "x=-", stdin=npy([1, 2, 3])[:-1], code=5)
    expect(err.startswith("<stdin>: error: truncated"), err)


@claim
def broken_arrays_are_5(tgc):
    whole = npy([1, 2])
    for name, raw in (("short.npy", whole[:-1]), ("long.npy", whole + b"x"), ("magic.npy", b"NUMPY" + whole), ("none.npy", b""),
                      ("header.npy", whole.replace(b"'shape'", b"'shade'"))):
        (tgc.folder / name).write_bytes(raw)
        told = tgc.error("run", "p.tg", "--fn", "f", "--in", f"x={name}", code=5)
        expect(told["file"] == name and told["kind"] == "unavailable", told)
        tgc("run", "p.tg", "--fn", "f", "--in", "x=[1,2]", "--expect", f"out0={name}", code=5)


@claim
def malformed_values_are_2(tgc):
    for words in (["--in", "x=randn:f64[3]:seed="], ["--in", "x=randn:f64[3]:seed=-1"], ["--in", "x=randn:f64[3]:seed=99999999999999999999"],
                  ["--in", "x=randn:f64[3]:"], ["--in", "x=[1]", "--fn", ""], ["--in", "x=[1]", "--fn="], ["--in", "x=[1]", "--level="],
                  ["--in", "x=[1]", "--size", "zzz=2"], ["--shape", "x=f46[3]"]):
        tgc("run", "p.tg", "--fn", "f", *words, code=2)
    told = tgc.error("run", "p.tg", "--fn", "vmap(f)", "--size", "bacth=2", code=2)
    expect(told["notes"][0]["message"] == "did you mean batch?", told)
    told = tgc.error("run", "p.tg", "--in", "x=onse:f64[2]", "--fn", "f", code=2)
    expect("there is no generator onse" in told["message"] and told["notes"][0]["message"] == "did you mean ones?", told)
    tgc("doctor", "foo", code=2)
    told = tgc.error("run", "p.tg", "--in", "x=zeros:f64[1,1,1,1,1,1,1,1,1]", code=4)
    expect(told["kind"] == "limit", told)
    tgc("run", "p.tg", "--shape", "x=f64[1,1,1,1,1,1,1,1,1]", code=4)


@claim
def stages_and_a_dump_in_one_call(tgc):
    call = ["compile", "p.tg", "--fn", "f", "--size", "n=3"]
    for stage in ("ast", "graph", "fuse", "llvm", "asm", "dot", "svg"):
        alone, _ = tgc(*call, "--emit", stage)
        expect(tgc(*call, "--emit", stage, "--dump-stages=both")[0] == alone, stage)
    out, _ = tgc("compile", "-", "--fn", "f", "--size", "n=3", "--emit=ast", "--dump-stages=both", stdin=PROGRAM.encode())
    expect("fn f" in out, out)


@claim
def transformations_of_a_graph_file(tgc):
    (tgc.folder / "q.tg").write_text("fn q(x: f64[3], w: f64[3]) {\n  return sum(exp(x) * w * w)\n}\n")
    tgc("compile", "q.tg", "--emit=graph", "-o", "q.mlir")
    inputs = ["--in", "x=[0.1,0.2,0.3]", "--in", "w=[1,2,3]"]
    more = {"hvp(q, wrt=w)": ["--in", "d_w=[1,0,1]"], "vjp(q, wrt=x)": ["--in", "ct_out0=2"]}
    for fn in ("grad(q, wrt=w)", "value_and_grad(q, wrt=(x, w))", "hvp(q, wrt=w)", "vjp(q, wrt=x)", "hessian(q, wrt=x)", "jacobian(grad(q, wrt=w), wrt=x)"):
        call = ["--fn", fn, *inputs, *more.get(fn, [])]
        wanted, found = tgc.results("q.tg", *call), tgc.results("q.mlir", *call)
        expect([value[1:3] for value in wanted] == [value[1:3] for value in found], fn, wanted, found)
        expect(str(wanted)[:60] == str(found)[:60], fn, wanted, found)
    tgc("compile", "q.mlir", "--fn", "grad(q, wrt=w)", "--emit=graph", "-o", "slope.mlir")
    expect(tgc.results("slope.mlir", *inputs) == tgc.results("q.tg", "--fn", "grad(q, wrt=w)", *inputs), "a transformed function written and read")
    mapped = ["--fn", "vmap(q, axes=(0, none))", "--in", "x=zeros:f64[2,3]", "--in", "w=[1,2,3]"]
    expect(tgc.results("q.mlir", *mapped, "--size", "batch=2")[0][3] == [14, 14])
    tgc("run", "q.mlir", *mapped, code=2)
    told = tgc.error("run", "q.mlir", "--fn", "grda(q, wrt=w)", code=1)
    expect(told["notes"][0]["message"] == "did you mean grad?", told)
    tgc.error("run", "q.mlir", "--fn", "nope", code=1)
    tgc("compile", "q.mlir", "--size", "n=3", "--emit=graph", code=2)
    tgc("compile", "q.mlir", "--shape", "x=f64[4]", "--emit=graph", code=1)
    tgc("compile", "q.mlir", "--shape", "x=f64[3]", "--emit=graph")
    told = tgc.error("run", "q.mlir", "--in", "x=[1,2", code=2)
    expect(told["message"].startswith("--in x: "), told)


@claim
def interrupts_are_130(tgc):
    """A measurement of a minute, interrupted after a moment."""
    running = subprocess.Popen([tgc.path, "bench", *G, "--seconds", "60"], cwd=tgc.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    expect(running.returncode == 130, running.returncode)
