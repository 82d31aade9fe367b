// Functions that stay whole until the last transformation: those with rules of their own, and those of the host.

def Graph_CallOp : Op<Graph_Dialect, "call", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function with derivative and batching rules of its own";
  let description = [{
    Operands and results are the callee's; the last `residuals` results are seen by rules only. With x the arguments, y all results:
    `jvp`: (x, y, a tangent of each floating-point x) to a tangent of each floating-point y; linear in the tangents.
    `vjp`: (x, y, a cotangent of each floating-point y) to a cotangent of each floating-point x; linear in the cotangents.
    Both leave residuals out of their tangents and cotangents.
    `batch`: for one extent each, (x with one more leading axis) to (y with one more leading axis).
    A rule left out follows from the others: jvp and vjp are each other's transpose, the callee's body answers the rest. Stage autodiff
    asks the derivative rules, stage batch the batching rules; at the end of batch the callee's ops stand in the call's place.
  }];
  let arguments = (ins Variadic<Tensor>:$operands_, FlatSymbolRefAttr:$callee, OptionalAttr<FlatSymbolRefAttr>:$jvp,
                       OptionalAttr<FlatSymbolRefAttr>:$vjp, OptionalAttr<FlatSymbolRefArrayAttr>:$batch,
                       DefaultValuedAttr<I64Attr, "0">:$residuals, OptionalAttr<StrAttr>:$title);
  let extraClassDeclaration = [{
    /// What people call the function: `title`, or the callee's symbol.
    ::llvm::StringRef name() { return getTitle().value_or(getCallee()); }
  }];
  let results = (outs Variadic<Tensor>:$results_);
  let assemblyFormat = "$callee `(` $operands_ `)` attr-dict `:` functional-type($operands_, results)";
}

def Graph_ForeignOp : Op<Graph_Dialect, "foreign", [Pure]> {
  let summary = "a function of the host's program, called with buffers";
  let description = [{
    `target` names an entry of the context's table (ForeignFunction.h); its types are those of the operands and results without the
    axes that maps put in front: `leading` are their extents, outermost first, on all results and on the operands with `mapped` true.
    It is called once for each place of those axes. A function of its operands: calls nobody reads are dropped, equal ones are one.
    It has no derivative; a `graph.call` around it may have rules.
  }];
  let arguments = (ins Variadic<Tensor>:$operands_, StrAttr:$target, DenseBoolArrayAttr:$mapped, DenseI64ArrayAttr:$leading);
  let results = (outs Variadic<Tensor>:$results_);
  let assemblyFormat = "$target `(` $operands_ `)` attr-dict `:` functional-type($operands_, results)";
  let hasVerifier = 1;
}
