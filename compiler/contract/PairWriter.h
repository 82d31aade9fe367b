// Contractions of one or two tensors as ops, whatever the number of their indices.
#pragma once
#include "compiler/contract/AxisGroups.h"
#include "compiler/contract/Network.h"
#include "dialects/graph/Ops.h"

namespace tgc::contract {

/// The network of a contraction, its operands in order.
Network networkOf(graph::ContractOp op);

/// Contractions of two tensors without a sum become products of views, which share kernels with what is
/// pointwise around them.
void multiplyElementwise(mlir::func::FuncOp function);

class PairWriter {
public:
  PairWriter(mlir::OpBuilder &builder, mlir::Location loc, const std::vector<std::int64_t> &extents)
      : builder(builder), loc(loc), extents(extents) {}

  /// The contraction of tensors whose row-major elements are ordered by `inputs`; the result has an axis for
  /// each index of `output` up to eight, beyond that neighbours are merged. Null with an error if the result
  /// has 2^48 elements or more.
  mlir::Value contract(llvm::ArrayRef<mlir::Value> tensors, const std::vector<IndexList> &inputs,
                       const IndexList &output);

  /// A view of the same elements with the given extents.
  mlir::Value reshape(mlir::Value tensor, llvm::ArrayRef<std::int64_t> shape);

private:
  mlir::Value merged(mlir::Value tensor, const AxisGroups &groups, const IndexList &axes);
  mlir::Value grouped(llvm::ArrayRef<mlir::Value> tensors, const AxisGroups &groups);
  mlir::Value permute(mlir::Value tensor, IndexList from, const IndexList &to);
  mlir::Value byProducts(llvm::ArrayRef<mlir::Value> tensors, const std::vector<IndexList> &inputs,
                         const IndexList &output);
  mlir::Value plain(llvm::ArrayRef<mlir::Value> tensors, const std::vector<IndexList> &inputs,
                    const IndexList &output, std::size_t indices);
  std::vector<std::int64_t> shapeOf(const IndexList &list) const;

  mlir::OpBuilder &builder;
  mlir::Location loc;
  const std::vector<std::int64_t> &extents;
};

} // namespace tgc::contract
