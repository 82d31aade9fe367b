// What a compilation tries, one after the other, to keep to a memory budget.
#pragma once
#include "compiler/Options.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace tgc {

struct Way {
  Options options;
  /// What reverse mode keeps of loops that would keep all: "carries", "sqrt" or "log"; empty: what they say.
  std::string loops;
};

/// From the fastest on: as asked; loops that keep less for reverse mode; contractions in ever smaller slices;
/// maps in ever smaller pieces. Only what the program has is tried. One way without a budget.
std::vector<Way> waysToFit(mlir::ModuleOp module, const Options &options);

/// Sets what loops keep.
void prepare(mlir::ModuleOp module, const Way &way);

} // namespace tgc
