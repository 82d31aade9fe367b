// The `sample` of a row, read: which tensors and attributes the generated tests call the op with.
#pragma once
#include "dialects/graph/Call.h"
#include "dialects/graph/HostTensor.h"

namespace tgc::catalogue {

/// A tensor to make: of a fixed shape or, without one, of every shape of the sweep; numbers from a range.
struct TensorSpec {
  std::optional<llvm::SmallVector<int64_t>> shape;
  mlir::Type element;        ///< where the row names one; else that of the sweep
  double low = -2, high = 2; ///< both included
  bool any = false;          ///< every bit pattern of an integer
  bool ranged = false;       ///< the row names the range
  bool apart = false;        ///< reals evenly spaced over the range in a random order: no ties, none near
  bool sorted = false;       ///< ascending along the last axis
  bool dominant = false;     ///< the extent of the last axis is added on the diagonals of the last two axes
};

/// One argument: tensors (several where the parameter takes a list) or a literal.
struct Entry {
  std::string name;
  std::vector<TensorSpec> tensors;
  bool list = false;
  bool attribute = false; ///< no parameter of the call: numbers the op holds itself
  graph::Argument literal;
};

struct Sample {
  std::string text;
  std::vector<Entry> entries;
};

/// The alternatives of a row's sample. `error` says what cannot be read.
std::vector<Sample> parseSamples(const graph::Row &row, mlir::MLIRContext *context, std::string &error);

/// Numbers for a spec in a dtype; the same for the same seed.
graph::HostTensor randomTensor(mlir::RankedTensorType type, const TensorSpec &spec, uint64_t seed);

/// Whether the row's sample is `none: REASON`: no generated test calls it.
inline bool isUntried(const graph::Row &row) { return llvm::StringRef(row.sample).starts_with("none: "); }

} // namespace tgc::catalogue
