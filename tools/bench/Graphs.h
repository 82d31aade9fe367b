// Programs in the language, compiled through the whole pipeline, and called.
#pragma once
#include "compiler/Compiler.h"
#include "mlir/IR/MLIRContext.h"
#include "runtime/Run.h"
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tgc::bench {

/// What to build: text of the language, and the function or transformation in it (empty: the last).
struct Graph {
  std::string text, function = {};
};

/// A straight program of about `ops` operations on f32[64, 64], different at every place and all of them
/// alive: pointwise operations, row reductions and a product of matrices in every sixteenth.
/// With a `period` the same steps come again after that many, as in an unrolled loop; 0 never repeats.
Graph generated(int ops, int period = 0);

/// A context, the compiler that lives in it, and where the time of one compilation went.
class Workshop {
public:
  Workshop();
  /// Text to program. Stops the benchmark with the message if it is an error. `stages` gets seconds by
  /// stage; "build" is everything before the compiler and "total" is all; "kernels" counts them.
  std::shared_ptr<const Program> compile(const Graph &graph, const Options &options,
                                         std::map<std::string, double> *stages = nullptr);

private:
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<Compiler> compiler;
};

/// A program with its own buffers, filled with fixed random numbers in [-1, 1).
class Call {
public:
  Call(std::shared_ptr<const Program> program, int threads);
  void operator()();

  std::vector<Buffer> arguments, results;

private:
  std::shared_ptr<const Program> program;
  std::vector<View> in;
  std::vector<MutableView> out;
  Workspace workspace;
  RunOptions options;
};

/// Ends the process with a message; a benchmark that cannot run has no figure.
[[noreturn]] void stop(const std::string &message);

} // namespace tgc::bench
