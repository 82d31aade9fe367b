// Transformations asked for: ops that hold a function symbol. The stages autodiff and batch replace them.
// Types are those of the callee; a tensor of integers or bool has neither tangent nor cotangent.

class Request<string mnemonic, dag extra> : Op<Graph_Dialect, mnemonic, [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let arguments = !con((ins Variadic<Tensor>:$operands_, FlatSymbolRefAttr:$callee), extra);
  let results = (outs Variadic<Tensor>:$results_);
  let assemblyFormat = "$callee `(` $operands_ `)` attr-dict `:` functional-type($operands_, results)";
}

def Graph_JvpOp : Request<"jvp", (ins DenseI64ArrayAttr:$wrt)> {
  let summary = "values and tangents of a function";
  let description = [{ Operands: the callee's arguments, then one tangent for each argument in `wrt`.
    Results: the callee's results, then one tangent for each floating-point result. }];
}
def Graph_VjpOp : Request<"vjp", (ins DenseI64ArrayAttr:$wrt)> {
  let summary = "values of a function and cotangents of its arguments";
  let description = [{ Operands: the callee's arguments, then one cotangent for each floating-point result.
    Results: the callee's results, then the cotangent of each argument in `wrt`. }];
}
def Graph_VmapOp : Request<"vmap", (ins DenseI64ArrayAttr:$axes, I64Attr:$extent)> {
  let summary = "a function mapped over an axis of some of its arguments";
  let description = [{ `axes` has one entry for each argument: the mapped axis, or -1 where the argument is shared.
    Results have a leading axis of extent `extent`. }];
}
def Graph_JacobianOp : Request<"jacobian", (ins DenseI64ArrayAttr:$wrt, StrAttr:$mode)> {
  let summary = "all partial derivatives of a function's results";
  let description = [{ Operands: the callee's arguments. Results: for each result of the callee, all floating-point,
    and each argument in `wrt`: a tensor of the result's extents, then the argument's. `mode` is `forward`,
    `reverse`, or `auto`, which takes the one with fewer directions. }];
}
def Graph_HessianOp : Request<"hessian", (ins DenseI64ArrayAttr:$wrt)> {
  let summary = "all second derivatives of a scalar function";
  let description = [{ Operands: the callee's arguments. Results: for each pair of arguments in `wrt`, row by row, the
    second derivatives of the callee's first result, a scalar: the first argument's extents, then the second's. }];
}
def Graph_SparseDerivativeOp : Request<"sparse_derivative", (ins DenseI64ArrayAttr:$wrt, I64Attr:$order, DenseI64ArrayAttr:$pattern)> {
  let summary = "a Jacobian or Hessian as the values of its pattern";
  let description = [{ Operands: the callee's arguments. `order` 1: rows are the elements of the callee's results, one
    after the other; `order` 2: the second derivatives of its first result, a scalar, rows are columns. Columns are the
    elements of the arguments in `wrt`, one after the other. `pattern` is a tgc::Pattern, coded. Results, as in CSR: the
    values, the rows' first positions (i64, one more than rows) and the values' columns (i64). }];
}
def Graph_CheckpointOp : Request<"checkpoint", (ins)> {
  let summary = "a function whose inner values reverse mode computes again";
  let description = [{ Operands and results: the callee's. Reverse mode keeps the operands only; forward mode and
    maps go inside. }];
}
def Graph_BarrierOp : Op<Graph_Dialect, "barrier", [Pure, AllTypesMatch<["tensors", "results_"]>]> {
  let summary = "the same values, from where all of them are there";
  let description = [{ What reads a result is computed after everything that makes an operand, and is never merged with
    what reads the operand itself: recomputed values wait behind one until the cotangents come. It costs nothing
    when a program runs. }];
  let arguments = (ins Variadic<Tensor>:$tensors);
  let results = (outs Variadic<Tensor>:$results_);
  let assemblyFormat = "$tensors attr-dict `:` type($tensors)";
  let hasCanonicalizer = 1;
}
