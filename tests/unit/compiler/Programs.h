// Hand-written programs in loop form, and the few lines that compile and run them.
#pragma once
#include "compiler/Compiler.h"
#include "compiler/Pipeline.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "runtime/Run.h"
#include <doctest/doctest.h>

namespace tgc::test {

/// A context with threading off, a compiler that lives in it, and what the last parse said.
struct Bench {
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  Compiler compiler{context};

  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text) {
    return mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }

  /// Kernels in loop form, outer function on tensors: only the plan and the target are left to do.
  Result<Compiled> compile(llvm::StringRef text, Options options = {}, Trace *trace = nullptr) {
    options.from = Stage::Schedule;
    options.verifyEach = true;
    auto module = parse(text);
    REQUIRE(module);
    return compiler.compile({*module}, options, trace);
  }
};

inline void runOn(const Program &program, std::vector<View> arguments, std::vector<MutableView> results,
                  int threads = 1) {
  Workspace workspace(program);
  RunOptions options;
  options.threads = threads;
  auto done = run(program, arguments, results, workspace, options);
  INFO((done ? std::string() : done.error().text()));
  REQUIRE(bool(done));
}

} // namespace tgc::test
