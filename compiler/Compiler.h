// The door: a module of graph functions goes in, a program for the runtime comes out.
#pragma once
#include "compiler/Options.h"
#include "compiler/Trace.h"
#include "mlir/IR/BuiltinOps.h"
#include "runtime/Program.h"
#include "tgc/Result.h"
#include <memory>
#include <string>
#include <vector>

namespace tgc {

/// An argument or result that is not row-major: the entry takes or gives it as it lies in memory, callers
/// have views of `shape` with `strides` (elements, 0 where they repeat).
struct StoredPort {
  bool isResult = false;
  std::uint32_t position = 0;
  Shape shape;
  std::vector<std::int64_t> strides;
};

/// What to compile. The module is consumed: hand in a clone to keep the original.
struct CompileInput {
  mlir::ModuleOp module;
  std::string entry = "main";
  /// Names of the ports, in order; missing ones are called arg0, arg1, ... and result0, result1, ...
  std::vector<std::string> argumentNames = {}, resultNames = {};
  /// Results that callers may have in the memory of an argument of the same type: positions of both.
  std::vector<Donation> donated = {};
  std::vector<StoredPort> stored = {};
};

/// One kernel as `explain` shows it.
struct KernelReport {
  std::string name;
  std::int64_t items = 0, nanoseconds = 0;
  int launches = 0;
  bool reused = false; ///< taken from this Compiler's memory
  std::string form;    ///< what the schedule made of it, in words
  std::string why;     ///< why its first launch is not part of the kernel before it
};

/// A result that could not be computed in the caller's memory.
struct CopyReport {
  std::string result;
  std::int64_t bytes = 0;
  std::string why;
};

struct Report {
  std::int64_t arenaBytes = 0; ///< exactly what a call touches, of its workspace
  /// Launches that compute a value again instead of keeping it, and their time on one core.
  std::int64_t again = 0, againNanoseconds = 0;
  std::vector<CopyReport> copies;
  bool inOrder = true;               ///< launches run in the order in which the graph was cut into kernels
  std::int64_t contractionBytes = 0; ///< the limit under which contractions were sliced; 0: none
  std::int64_t constantBytes = 0;
  std::int64_t launches = 0;
  std::vector<KernelReport> kernels;
  /// The kernels in the LLVM dialect, in LLVM IR and in assembly, when Options asked for them.
  std::string dialectText, llvmText, assembly;
};

struct Compiled {
  std::shared_ptr<const Program> program; ///< null when Options::upTo ends before target
  Report report;
};

/// Compiles for the machine it runs on. Keeping one keeps its context warm: dialects, pass lists, the code
/// generator and kernels already built. One thread at a time; different Compilers with different contexts do
/// not touch each other.
class Compiler {
public:
  /// `context` must outlive the compiler and have threading disabled; dialects are loaded into it.
  explicit Compiler(mlir::MLIRContext &context);
  ~Compiler();

  /// Errors: Invalid, Unsupported, Limit as the stages say, at the user's place; Internal for our own
  /// mistakes. With `Options::upTo` before target the module holds that stage's result afterwards.
  Result<Compiled> compile(const CompileInput &input, const Options &options = {}, Trace *trace = nullptr);

  /// Forgets kernels kept in memory.
  void forgetKernels();

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace tgc
