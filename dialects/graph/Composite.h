// Formulas longer than a line, over Sym; the rows of Composite.td name them.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Sym.h"

namespace tgc::graph {

/// `x` over the distinct indices of `operand`, written onto the diagonal where an index stands twice; zero
/// elsewhere.
Sym ontoDiagonal(Ink &ink, Sym x, llvm::ArrayRef<Index> operand, llvm::ArrayRef<Index> distinct,
                 llvm::ArrayRef<int64_t> extents);
/// The sum of products by plain loops over all indices.
HostTensor contractByLoops(const Equation &equation, llvm::ArrayRef<int64_t> extents, HostTensorsRef in,
                           mlir::RankedTensorType type);

namespace formulas {
Sym einsum(Ink &ink, llvm::StringRef equation, const Syms &operands);
} // namespace formulas
} // namespace tgc::graph
