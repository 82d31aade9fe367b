// A random graph: calls of catalogue rows on earlier values, evaluated as it grows.
#pragma once
#include "tests/catalogue/Case.h"
#include "tests/random/Random.h"
#include <map>

namespace tgc::random {

/// How many calls were tried, and why some were not taken.
struct Tally {
  uint64_t tried = 0, taken = 0, refused = 0, wild = 0, large = 0;
  std::map<std::string, uint64_t> rows; ///< taken, by name
};

struct RandomGraph {
  catalogue::Written written;
  graph::HostTensors inputs;
  llvm::SmallVector<mlir::RankedTensorType> types; ///< of the results
  unsigned calls = 0;
};

/// The same graph for the same seed.
RandomGraph makeGraph(mlir::MLIRContext *context, uint64_t seed, Tally &tally);

/// Gives arguments for a call of `row`: earlier values, numbers, and attributes small enough to be legal
/// often. Where the row's sample is used, tensors of its shapes come from `input`.
class ArgumentMaker {
public:
  using NewInput = llvm::function_ref<graph::Sym(mlir::RankedTensorType, const catalogue::TensorSpec &)>;
  ArgumentMaker(Random &random, graph::Ink &ink, const llvm::SmallVectorImpl<mlir::Value> &values,
                NewInput input)
      : random(random), ink(ink), values(values), input(input) {}

  graph::NamedArguments arguments(const graph::Row &row);

private:
  graph::NamedArguments bySample(const graph::Row &row, const catalogue::Sample &sample);
  graph::NamedArguments byKind(const graph::Row &row);
  graph::Argument ofKind(const graph::Row &row, const graph::Param &param);
  graph::Argument tensor(const graph::Row &row, const graph::Param &param);
  graph::Argument tensors(const graph::Row &row, const graph::Param &param);
  graph::Argument integers(int64_t low, int64_t high, int64_t count);
  std::string equation(const graph::Argument::List &operands);
  mlir::Value existing(const graph::Row &row, llvm::StringRef constraint);

  Random &random;
  graph::Ink &ink;
  const llvm::SmallVectorImpl<mlir::Value> &values;
  NewInput input;
  mlir::Value first; ///< the first tensor of this call
};

} // namespace tgc::random
