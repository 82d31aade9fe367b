// Which emitter a kernel is for, read off its index maps.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::schedule {

enum class Family {
  Contraction, // sums of products of two arrays
  Map,         // every element of the results on its own
  Items,       // code for one item, by exec.items
  Reduction,   // rows of elements combined, and what is computed from those
  Other        // nothing we have an emitter for
};

// Form `linalg`; changes nothing.
Family familyOf(mlir::func::FuncOp kernel);

} // namespace tgc::schedule
