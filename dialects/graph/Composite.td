// CATALOGUE: formulas of other ops. Formulas longer than a line are functions in Composite.cpp (namespace formulas),
// references in Reference.cpp (namespace reference).

def Graph_EinsumOp : Composite<"einsum", (ins Variadic<Tensor>:$tensors, Text:$equation)> {
  let summary = "Einstein summation";
  let description = [{ NumPy's meaning: implicit and explicit output, ellipsis, repeated letters, broadcasting of
    extent 1, any Unicode letter. }];
  let group = "contraction";
  let source = "numpy";
  let types = Anything;
  let call = "einsum(equation: text, tensors: rest)";
  let formula = "formulas::einsum(ink, equation, tensors)";
  let value = "reference::einsum(equation, tensors)";
  let sample = "equation: \"ij,jk->ik\", tensors: [2x3, 3x4]";
}
