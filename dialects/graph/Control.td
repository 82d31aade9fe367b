// Branches and loops: ops that hold functions of the module and stay what they are through all stages. Bodies
// are functions of their own; what a body reads of its surroundings comes in as `shared` operands. `Form`
// rows are the public calls, for the documentation, `tgc ops` and the language's table of names.

class Control<string mnemonic, dag args>
    : Op<Graph_Dialect, mnemonic, [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let arguments = args;
  let results = (outs Variadic<Tensor>:$results_);
}

def Graph_CondOp : Control<"cond", (ins Variadic<Tensor>:$operands_, FlatSymbolRefAttr:$then,
                                       FlatSymbolRefAttr:$otherwise)> {
  let summary = "one of two functions";
  let description =
      [{ Operands: the predicate, a bool scalar, then what both functions take. Only one of them runs.
    C1: both functions take the operands behind the predicate and give the same types. }];
  let assemblyFormat =
      "$then `,` $otherwise `(` $operands_ `)` attr-dict `:` functional-type($operands_, results)";
}
def Graph_WhileOp : Control<"while", (ins Variadic<Tensor>:$operands_, FlatSymbolRefAttr:$condition,
                                         FlatSymbolRefAttr:$body, I64Attr:$carried, I64Attr:$slots)> {
  let summary = "a function again and again while another one gives true";
  let description =
      [{ Operands: `carried` values that go round, then what both functions share. Reverse mode keeps `slots` of the
    carried values and makes the others again. C1: the condition gives a bool scalar, the body the carried values. }];
  let assemblyFormat =
      "$condition `,` $body `(` $operands_ `)` attr-dict `:` functional-type($operands_, results)";
}
def Graph_ScanOp
    : Control<"scan", (ins Variadic<Tensor>:$operands_, FlatSymbolRefAttr:$body, I64Attr:$carried,
                          I64Attr:$sliced, I64Attr:$length, BoolAttr:$reversed, StrAttr:$memory)> {
  let summary = "a function for every step of a range";
  let description =
      [{ Operands: `carried` values that go round, `sliced` ones with a leading axis of `length`, then what all steps
    share. The body takes the step's number (i64), carried, one element of each sliced, shared; it gives carried and what is
    stacked. Results: carried, stacked. `reversed`: the last step first. `memory` is what reverse mode keeps: "all" (what the
    steps calculate and the way back reads), "carries" (the carried values of every step), "sqrt", "log" (so many of them).
    C1: the types fit. }];
  let assemblyFormat = "$body `(` $operands_ `)` attr-dict `:` functional-type($operands_, results)";
}
def Graph_UnwindOp
    : Control<"unwind", (ins Variadic<Tensor>:$operands_, FlatSymbolRefAttr:$step, FlatSymbolRefAttr:$back,
                            I64Attr:$carried, I64Attr:$sliced, I64Attr:$shared, I64Attr:$adjoints,
                            I64Attr:$length, BoolAttr:$reversed, I64Attr:$slots)> {
  let summary = "a loop taken backward";
  let description =
      [{ What reverse mode leaves of a loop whose values are made again. Operands: the count of steps (i64), then
    `carried`, `sliced`, `shared` as for a scan, `adjoints` that go round backward, and the rest, sliced too, for the way back.
    `step` takes (number, carried, part of sliced, shared) and gives carried; `back` takes the same with the carried values
    before that step, then adjoints and parts of the rest, and gives adjoints and what is stacked. The way back goes from the last
    step of the loop to its first; `reversed`: the loop began at count - 1. `slots` carried values are kept at a time. Results: adjoints, stacked. C1: the types fit; what is sliced
    or stacked has a leading axis of `length`. }];
  let assemblyFormat =
      "$step `,` $back `(` $operands_ `)` attr-dict `:` functional-type($operands_, results)";
}

class Form<string name_, string call_, string text> {
  string name = name_;
  string call = call_;
  string summary = ?;
  string description = text;
}
def Form_Cond : Form<"cond", "cond(p, f, g, *args)",
                     [{ `p` is a bool scalar. Both functions take the arguments and give the same
  types. Only the function taken runs; under vmap with a mapped `p` both run and `where` selects. }]> {
  let summary = "f(*args) where p is true, else g(*args)";
}
def Form_WhileLoop : Form<"while_loop", "while_loop(condition, body, init, shared=[], slots=32)",
                          [{ `condition(carry..., shared...)` gives a
  bool scalar, `body` the next carry. Under vmap with a mapped condition all instances go on until the last one is done; those
  that are done keep their carry. Reverse mode counts the steps, then goes back: `slots` carries are kept, the others are made
  again from them (n steps cost about n^(1 + 1/slots) forward; with slots >= n every carry is kept). }]> {
  let summary = "body again and again while condition holds";
}
def Form_ForiLoop : Form<"fori_loop", "fori_loop(lower, upper, body, init, shared=[], memory=\"all\")",
                         [{ `body(i, carry..., shared...)` gives
  the next carry; `i` is an i64 scalar, `lower` and `upper` are numbers known when the program is compiled. `memory` as for scan. }]> {
  let summary = "body for i = lower .. upper - 1";
}
def Form_Scan : Form<"scan", "scan(f, init, xs=[], shared=[], length=none, reverse=false, memory=\"all\")",
                     [{ `f(carry..., x..., shared...)`
  gives the next carry, then what is stacked along a new leading axis; `x` are the parts of `xs` along their leading axis, which
  all have one extent. Gives the last carry, then the stacks. `length` is needed without `xs`. What reverse mode keeps:
  "all" the values the way back reads, "carries" the carry of every step, "sqrt" about 2 sqrt(n) and "log" about log2(n)
  of them, the others made again. }]> {
  let summary = "f for every step, carrying values on";
}
def Form_Map : Form<"map", "map(f, xs, shared=[], memory=\"all\")",
                    [{ One step after the other: memory of one step, where vmap takes that of all. }]> {
  let summary = "f(x..., shared...) for every x along the leading axis of xs";
}
