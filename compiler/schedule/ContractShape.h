// What a contraction kernel computes, as plain loops over plain strides: which loops exist, how far one step
// of each moves in every array, what is summed, and which elementwise tail follows. Read off the kernel's
// index maps; from here on nobody asks whether a loop is "rows", "columns" or "batch": a stride of zero says
// it all.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace tgc::schedule {

/// One loop. `strides[a]` is the distance in elements that one step moves in array a; 0 where the array lacks
/// the index.
struct ContractIndex {
  int64_t extent = 0;
  bool summed = false;
  llvm::SmallVector<int64_t, 8> strides;
};

/// How products and sums are made.
enum class ContractArithmetic { Float, Integer, Boolean };

/// A place in memory the kernel reads or writes through one index map. Arrays 0 and 1 are the two factors; 2
/// is the scale, if there is one.
struct ContractArray {
  mlir::OpOperand *use = nullptr; // the read, perhaps of a copy; null for a result
  int argument = -1;              // function argument number of a read
  int result = -1;                // function result number of a write
  mlir::Value written;            // the tensor stored, for a result
  int64_t offset = 0;             // constant part of the map, in elements
};

/// A matched kernel: out[...] = tail(sum over summed indices of left * right), or of left * scale * right
/// where both factors are one array and the scale has only what they share: then the result is symmetric.
struct Contraction {
  mutable mlir::linalg::GenericOp product;                 // MLIR's handles have no const accessors
  mutable llvm::SmallVector<mlir::linalg::GenericOp> tail; // elementwise, in program order
  llvm::SmallVector<ContractArray> arrays;
  llvm::SmallVector<ContractIndex> indices; // extents of 1 dropped, neighbours merged
  ContractArithmetic arithmetic = ContractArithmetic::Float;
  bool scaled = false;    // array 2 is the scale
  mlir::Type sumType;     // element type of the accumulators
  mlir::Type productType; // element type of the untailed value
};

/// Reads the kernel; nothing if it is not a contraction this folder can emit (then another family takes it).
std::optional<Contraction> matchContraction(mlir::func::FuncOp kernel);

/// Whether a generic sums products of two tensors.
bool isProduct(mlir::linalg::GenericOp op);

/// Whether a generic only says where its elements lie in another tensor.
bool isCopy(mlir::linalg::GenericOp op);

/// The tensor whose elements a value's are, through copies.
mlir::Value contractSource(mlir::Value value);

/// The two indices whose exchange gives the same sums: `row` of array 0, `column` of array 1, both the only
/// ones of their array alone.
struct ContractSymmetry {
  int row = -1, column = -1;
};

/// Whether both factors are one array, read alike; nothing for products whose result is not symmetric, that
/// have a tail, or whose elements are too small for squares of registers.
std::optional<ContractSymmetry> symmetryOf(const Contraction &contraction);

/// Drops extents of 1 and merges loops that walk every array like one longer loop.
void mergeIndices(llvm::SmallVectorImpl<ContractIndex> &indices);

} // namespace tgc::schedule
