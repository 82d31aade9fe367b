// The questions every op answers. One more, "which type?", is MLIR's InferTypeOpInterface.
#ifndef TGC_GRAPH_INTERFACES
#define TGC_GRAPH_INTERFACES

include "mlir/IR/OpBase.td"

def GraphOp : OpInterface<"GraphOp"> {
  let cppNamespace = "::tgc::graph";
  let description = [{ What a catalogue row says about its op; kinds (Kinds.td) answer most of it. }];
  let methods = [
    StaticInterfaceMethod<"Which of the five kinds the row is of.", "::tgc::graph::Kind", "kind">,
    InterfaceMethod<[{
        Value on host arrays: the reference every other way of computing is compared with.
      }],
      "::tgc::graph::HostTensors", "evaluate", (ins "::tgc::graph::HostTensorsRef":$operands_)>,
    InterfaceMethod<[{
        Tangents of the results from tangents of the operands; a tangent may be a symbolic zero.
        Fails, with a diagnostic at the op, where the op has no rule.
      }],
      "::llvm::FailureOr<::tgc::graph::Syms>", "tangent",
      (ins "::tgc::graph::Ink &":$ink, "::tgc::graph::SymsRef":$tangents_)>,
    InterfaceMethod<[{
        Cotangents of the operands from cotangents of the results. `wanted` says which operands are asked for; the
        others may stay zero. Fails like `tangent`.
      }],
      "::llvm::FailureOr<::tgc::graph::Syms>", "cotangent",
      (ins "::tgc::graph::Ink &":$ink, "::tgc::graph::SymsRef":$cotangents_, "::llvm::ArrayRef<bool>":$wanted_)>,
    InterfaceMethod<[{
        The op with one more leading axis of extent `extent` on its results; `operands_` are given with that axis
        where `mapped_` is true.
      }],
      "::llvm::FailureOr<::tgc::graph::Syms>", "batch",
      (ins "::tgc::graph::Ink &":$ink, "::tgc::graph::SymsRef":$operands_, "::llvm::ArrayRef<bool>":$mapped_,
           "int64_t":$extent_)>,
    InterfaceMethod<[{
        The op in linalg on storage types (bool as i8, unsigned as signless); operands are lowered values.
      }],
      "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>", "lower",
      (ins "::tgc::graph::Lowering &":$lowering, "::mlir::ValueRange":$operands_)>,
    InterfaceMethod<[{
        A composite's results built from smaller ops at the ink's insertion point; empty for the other kinds.
      }],
      "::tgc::graph::Syms", "formula", (ins "::tgc::graph::Ink &":$ink)>,
    InterfaceMethod<[{
        Where element i of the result is read in operand 0, of an op that only reads elsewhere: a view, which costs
        nothing in a kernel that reads through it. Null for all other ops.
      }],
      "::mlir::AffineMap", "viewMap", (ins), "", "return {};">,
    InterfaceMethod<[{
        Whether the result is operand 0 in the same row-major order under other extents: between kernels another name
        for the same bytes.
      }],
      "bool", "renames", (ins), "", "return false;">,
    InterfaceMethod<[{
        Whether each element of the result is made of elements of the operands without a loop; where those lie is
        the op's matter, or for kind Pointwise at the same index.
      }],
      "bool", "isMap", (ins), "", "return ConcreteOp::kind() == Kind::Pointwise || ConcreteOp::kind() == Kind::Leaf;">,
    InterfaceMethod<[{
        About how many instructions of a vector unit a register of results takes: what making a value again costs,
        where storing it is the other choice.
      }],
      "int64_t", "instructions", (ins), "", "return $_op.isMap() && ConcreteOp::kind() != Kind::Pointwise ? 1 : 16;">,
    InterfaceMethod<[{
        The axes of operand 0 whose elements become one, in any grouping; nothing for ops that do not reduce.
      }],
      "::std::optional<::llvm::SmallVector<int64_t>>", "reducedAxes", (ins), "", "return ::std::nullopt;">,
    InterfaceMethod<[{
        Which elements of operand `which_` an element of the result is made of, as far as the op and its constants say:
        what the pattern of a sparse derivative is composed of. Never too few. Nothing where each may be made of all.
      }],
      "::std::optional<::tgc::graph::Relation>", "reads", (ins "unsigned":$which_), "",
      "return ::tgc::graph::usualReads($_op, which_);">,
    InterfaceMethod<[{
        Whether numbers may give what is not finite, other than by a product or sum that overflows.
      }],
      "bool", "breaks", (ins), "", "return false;">,
    InterfaceMethod<[{
        Whether elements of operands may be left out, so that their cotangents are zero whatever they are.
      }],
      "bool", "hides", (ins), "", "return false;">,
    InterfaceMethod<[{
        The size of the numbers that rounding errors of the results are relative to, where that is neither the size of
        operands nor of results: what cancels inside, or is multiplied by a condition number. Infinite where rounding
        decides whether there is a result at all; 0 for ops without. Tests judge by it.
      }],
      "double", "roundingScale", (ins "::tgc::graph::HostTensorsRef":$operands_), "", "return 0;">,
  ];
}

#endif
