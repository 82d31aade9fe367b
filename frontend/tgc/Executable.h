// Compiling a Function and calling it on the caller's buffers.
#pragma once
#include "tgc/Executor.h"
#include "tgc/Function.h"
#include "tgc/View.h"
#include "tgc/Workspace.h"
#include <initializer_list>

namespace tgc {

struct CompileOptions {
  /// Threads of a call; 0 takes all cores, 1 creates none.
  int threads = 0;
  /// The host's own parallel-for; tgc then creates no thread.
  Executor executor = {};
  /// 0: no fusion, plain loops (the reference); 2: everything.
  int level = 2;
  /// Most bytes of one contraction network's intermediates alive at once; 0 is unlimited. Beyond it indices
  /// are sliced and the network runs one value of them after another.
  std::int64_t contractionBytes = 0;
};

/// What was compiled, for people and tools.
struct Summary {
  std::int64_t arenaBytes = 0, constantBytes = 0, launches = 0;
  std::int64_t kernels = 0;
  double compileSeconds = 0;
};

/// A compiled function: immutable, re-entrant, cheap to copy.
class Executable {
public:
  const std::vector<Param> &params() const;
  const std::vector<Param> &results() const;
  /// Bytes of scratch one call needs; see Workspace.
  std::int64_t workspaceBytes() const;
  const Summary &summary() const;

  /// Runs on the caller's buffers: no allocation, no lock but that of a foreign function whose calls must not
  /// overlap. Arguments may have any alignment and any strides.
  /// Errors: Invalid where count, dtype or extents differ, a result overlaps another or an argument, or the
  /// workspace is in use or too small; Unavailable with the words of a foreign function that failed.
  Result<void> run(std::span<const View> arguments, std::span<const MutableView> results,
                   Workspace &workspace) const;
  Result<void> run(std::initializer_list<View> arguments, std::initializer_list<MutableView> results,
                   Workspace &workspace) const {
    return run(std::span(arguments.begin(), arguments.size()), std::span(results.begin(), results.size()),
               workspace);
  }

  struct State;
  explicit Executable(std::shared_ptr<const State> state) : state(std::move(state)) {}

private:
  std::shared_ptr<const State> state;
};

/// Compiles for the machine it runs on.
/// Errors: the first error of building, at the caller's line; Unsupported, Limit, Internal as the compiler
/// says.
Result<Executable> compile(const Function &function, const CompileOptions &options = {});

} // namespace tgc
