// What an op needs to say itself in linalg: storage types and one generic at a time.
#pragma once
#include "dialects/graph/Scalar.h"
#include "dialects/graph/Types.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/AffineMap.h"

namespace tgc::graph {

class Lowering {
public:
  Lowering(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}

  /// The type in memory: bool as i8, unsigned as signless.
  static mlir::RankedTensorType storage(mlir::Type graphType);

  using ElementRule = llvm::function_ref<Scalar(ScalarInk &, llvm::ArrayRef<Scalar>)>;

  /// out[i] = rule(in...[map(i)]) over the result's index space; `types` are the operands' graph types.
  mlir::Value map(mlir::Type resultType, mlir::ValueRange inputs, mlir::TypeRange types,
                  llvm::ArrayRef<mlir::AffineMap> maps, ElementRule rule);
  /// One result of `op`, all operands read at the same index.
  llvm::FailureOr<llvm::SmallVector<mlir::Value>> pointwise(mlir::Operation *op, mlir::ValueRange inputs,
                                                            ElementRule rule);
  /// out[i] = in[map(i)].
  mlir::Value view(mlir::Type resultType, mlir::Value input, mlir::Type inputType, mlir::AffineMap map);

  /// out[outMap(i)] = combine(out[outMap(i)], rule(in...[map(i)])) from `init`, over loops of the given
  /// extents. Floats of 16 bits accumulate in f32 and are rounded once at the end.
  mlir::Value reduce(mlir::Type resultType, mlir::ValueRange inputs, mlir::TypeRange types,
                     llvm::ArrayRef<mlir::AffineMap> maps, mlir::AffineMap outMap,
                     llvm::ArrayRef<mlir::utils::IteratorType> iterators, mlir::TypedAttr init,
                     ElementRule rule, llvm::function_ref<Scalar(Scalar, Scalar)> combine);

  /// The loop index of an axis, and an element of `tensor` read at indices that are in range: for bodies that
  /// read where no affine map points.
  static Scalar position(ScalarInk &ink, int64_t axis);
  Scalar read(ScalarInk &ink, mlir::Value tensor, mlir::Type graphType, llvm::ArrayRef<Scalar> at);
  /// A splat of zero: results without elements, padding of nothing.
  mlir::Value zeros(mlir::Type resultType);

  /// Loads a stored element into computing form (halves to f32, i8 to i1) and back.
  Scalar enter(ScalarInk &ink, mlir::Value stored, mlir::Type graphElement);
  mlir::Value leave(Scalar computed, mlir::Type graphElement);
  /// The computing type: f32 for halves, i1 for bool, signless integers.
  static mlir::Type computing(mlir::Type graphElement);

  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace tgc::graph
