"""Claims about how errors read."""
from harness import G, claim, expect


@claim
def file_errors_have_one_form(tgc):
    """FILE: error: what: reason; in JSON the file stands in a field of its own."""
    for words, file in ((["run", "none.tg"], "none.tg"), (["run", "p.tg", "--fn", "f", "--in", "x=none.npy"], "none.npy"), (["run", "."], "."),
                        (["compile", "p.tg", "--fn", "f", "--size", "n=3", "--emit=graph", "-o", "no/x"], "no/x"), (["path", "none.json"], "none.json"),
                        (["run", *G, "--out", "y=no/y.npy"], "no/y.npy")):
        told = tgc.error(*words, code=5)
        expect(told["file"] == file and told["message"].startswith("cannot "), words, told)
        _, err = tgc(*words, code=5)
        expect(err.startswith(f"{file}: error: cannot "), words, err)


@claim
def options_are_named_as_they_were_written(tgc):
    _, err = tgc("compile", "p.tg", "-o", code=2)
    expect("-o needs a value" in err and "--output" not in err, err)


@claim
def stages_and_operations_have_nearest_names(tgc):
    for words, code, near in ((["compile", "p.tg", "--emit=grpah"], 2, "graph"), (["compile", "p.tg", "--emit=graph", "--from=autodif"], 2, "autodiff"),
                              (["ops", "sni"], 1, "sin"), (["ops", "Sin"], 1, "sin"), (["ops", "concatenate"], 1, "concat"), (["run", "p.tg", "--in", "X=1"], 2, "x")):
        told = tgc.error(*words, code=code)
        expect(told["notes"] and told["notes"][0]["message"] == f"did you mean {near}?", words, told)


@claim
def long_texts_are_cut(tgc):
    (tgc.folder / "s.tg").write_text('fn g(x: f64[3]) {\n  return x\n}\nfn f(x: f64[3]) {\n  return jacobian(g, wrt=x, form="' + "y" * 100000 + '")(x)\n}\n')
    for words in (["run", "s.tg", "--in", "x=[1,2,3]"], ["run", "p.tg", "--in", "x" * 100000 + "=1"]):
        _, err = tgc(*words, code=1 if words[1] == "s.tg" else 2)
        expect(len(err) < 3000, len(err))


@claim
def a_bug_leaves_a_file_that_reproduces_it(tgc):
    """A kernel in the form of its stage that no stage makes: a later one gives up on it."""
    text = ("module {\n  func.func @f(%a: tensor<3xf64>) -> tensor<3xf64> {\n    %0 = exec.run @k(%a) : (tensor<3xf64>) -> tensor<3xf64>\n    return %0 : tensor<3xf64>\n  }\n"
            "  func.func private @k(%a: tensor<3xf64>) -> tensor<3xf64> attributes {exec.kernel} {\n    %c = exec.constant dense<1.0> : tensor<3xf64> to tensor<3xf64>\n"
            "    %0 = graph.add %a, %c : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>\n    return %0 : tensor<3xf64>\n  }\n}\n")
    (tgc.folder / "bug.mlir").write_text(text)
    told = tgc.error("compile", "bug.mlir", "--emit=llvm", "--from=fuse", code=70)
    files = list(tgc.folder.glob("tgc-bug-*.mlir"))
    expect(len(files) == 1 and files[0].name in told["notes"][-1]["message"], told, files)
    left = files[0].read_text()
    expect(left.endswith(text) and "// tgc compile bug.mlir --emit=llvm --from=fuse --json\n" in left, left)
    told = tgc.error("compile", files[0].name, "--emit=llvm", "--from=fuse", code=70)
    expect(told["kind"] == "internal", told)


@claim
def files_of_other_dialects_are_refused(tgc):
    (tgc.folder / "math.mlir").write_text("module {\n  func.func @f(%arg0: tensor<3xf64>) -> tensor<3xf64> {\n    %0 = math.sin %arg0 : tensor<3xf64>\n    return %0 : tensor<3xf64>\n  }\n}\n")
    told = tgc.error("run", "math.mlir", "--in", "arg0=[1,2,3]", code=1)
    expect((told["file"], told["line"]) == ("math.mlir", 3) and "math.sin" in told["message"], told)
    (tgc.folder / "open.mlir").write_text("module {\n  func.func @f(%arg0: tensor<3xf64>) -> tensor<3xf64> {\n    %0 = call @g(%arg0) : (tensor<3xf64>) -> tensor<3xf64>\n    return %0 : tensor<3xf64>\n  }\n  func.func private @g(tensor<3xf64>) -> tensor<3xf64>\n}\n")
    tgc.error("run", "open.mlir", "--in", "arg0=[1,2,3]", code=1)


@claim
def operations_are_told_from_unknown_functions(tgc):
    for expression in ("sum", "grad(sum, wrt=x)"):
        told = tgc.error("run", "p.tg", "--fn", expression, code=1)
        expect("sum is an operation" in told["message"] and "return sum(" in told["notes"][0]["message"], told)
    told = tgc.error("run", "p.tg", "--fn", "smu", code=1)
    expect("no function" in told["message"], told)
