// What reverse mode keeps: values of the forward part that cotangents are computed from.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tgc/Error.h"
#include <string>
#include <vector>

namespace tgc {

struct SavedValue {
  std::string op, type; ///< what made it, and what it is: "tanh", "f64[64, 8]"
  std::int64_t bytes = 0;
  Place place;
  std::vector<std::string> readers; ///< the kinds of op that cotangents go back through with it; each once
};

/// The values that ops outside the reverse part of the function make and ops of it read, in the order they
/// are made; views are counted as what they show. Arguments and constants are not kept, they are there. The
/// function is in form graph without requests. A kernel may compute a cheap value again instead of keeping
/// it.
std::vector<SavedValue> savedValues(mlir::func::FuncOp function);

} // namespace tgc
