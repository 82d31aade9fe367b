// Runs kernels of this folder's tests: parse, emit, lower, compile, call on plain memory.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "runtime/Program.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tgc::testing {

using Emitter = std::function<mlir::LogicalResult(mlir::func::FuncOp)>;

// One kernel as machine code.
class Compiled {
public:
  // `text` is a module with one function `k` in form linalg. Null if anything fails (`error` then says what).
  static std::unique_ptr<Compiled> build(const std::string &text, const Emitter &emit,
                                         std::string *error = nullptr, bool keepAssembly = false);

  // Items [begin, end) on the inputs, then the results, each a pointer to its first element.
  void call(int64_t begin, int64_t end, std::vector<void *> buffers) const {
    entry(begin, end, buffers.data());
  }
  void call(std::vector<void *> buffers) const { entry(0, items, buffers.data()); }

  int64_t items = 0;
  std::string loops;    // the kernel in form loops, as text
  std::string assembly; // when kept

private:
  std::shared_ptr<void> code;
  Kernel entry = nullptr;
};

} // namespace tgc::testing
