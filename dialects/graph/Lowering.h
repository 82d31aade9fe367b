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

  /// Code that no linalg body can say (exec.items): `count` independent items, each written by `rule` over
  /// flat memory. `scratch` are further outputs nobody reads afterwards; `inplace` are pairs (input, output)
  /// that may share memory. `nanoseconds` estimates all items on one core.
  struct ItemsPlan {
    int64_t count = 1;
    double nanoseconds = 0;
    llvm::SmallVector<mlir::Type> scratch = {};
    llvm::SmallVector<int64_t> inplace = {};
  };
  mlir::Value items(mlir::Type resultType, mlir::ValueRange inputs, mlir::TypeRange types,
                    const ItemsPlan &plan, llvm::function_ref<void(class ItemInk &)> rule);

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

/// The code of one item. Positions are index values in row-major order of a whole tensor.
class ItemInk {
public:
  struct Memory {
    mlir::Value flat;
    mlir::Type element; ///< of the graph
    bool splat;         ///< one element stands for all
  };
  ItemInk(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc), scalars(builder, loc) {}
  mlir::OpBuilder &builder;
  mlir::Location loc;
  ScalarInk scalars;
  mlir::Value item;
  llvm::SmallVector<Memory> inputs, outputs;

  mlir::Value number(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value multiply(mlir::Value a, int64_t b);
  mlir::Value divide(mlir::Value a, int64_t b);
  mlir::Value modulo(mlir::Value a, int64_t b);
  Scalar load(const Memory &memory, mlir::Value at);
  void store(const Memory &memory, Scalar value, mlir::Value at);
  void loop(mlir::Value low, mlir::Value high, llvm::function_ref<void(mlir::Value)> body);
  void when(mlir::Value condition, llvm::function_ref<void()> body);
  /// The address of an element, as i64: what the runtime's functions take.
  mlir::Value address(const Memory &memory, mlir::Value at);
  /// Calls a function of runtime/Calls.def that takes i64s and gives nothing.
  void call(llvm::StringRef name, llvm::ArrayRef<mlir::Value> arguments);
};

} // namespace tgc::graph
