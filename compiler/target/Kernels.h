// From kernels in loop form to callable addresses: the ones built before are remembered, the others share one
// module.
#pragma once
#include "compiler/Options.h"
#include "compiler/Trace.h"
#include "compiler/target/Cpu.h"
#include "compiler/target/Executable.h"
#include "llvm/ADT/StringSet.h"

namespace mlir {
class PassManager;
} // namespace mlir

namespace tgc::target {

/// What became of a module's kernels.
struct BuiltKernels {
  llvm::StringMap<ReadyKernel> ready;
  std::shared_ptr<void> code; ///< keeps every address alive
  llvm::StringSet<> reused;
  std::string dialectText, llvmText, assembly;
};

class KernelBuilder {
public:
  explicit KernelBuilder(std::unique_ptr<Cpu> cpu) { cpus.push_back(std::move(cpu)); }

  /// Builds every kernel of the module that an outer function launches; `lowering` is the stage's pass list.
  /// The kernels are moved out of the module. Errors: Internal.
  Result<BuiltKernels> build(mlir::ModuleOp module, mlir::PassManager &lowering, const Options &options,
                             Trace *trace);

  void forget() {
    known.clear();
    knownRoutines.clear();
  }

private:
  struct Known {
    Kernel function = nullptr;
    std::shared_ptr<void> code;
  };
  struct KnownRoutine {
    std::string key;
    void *address = nullptr;
    std::shared_ptr<void> code;
  };
  struct Shard;
  struct Fresh;
  std::string keyOf(mlir::func::FuncOp kernel, const Options &options) const;
  Result<std::size_t> shardCount(std::size_t kernels, const Options &options);
  std::vector<std::shared_ptr<void>> collect(mlir::ModuleOp module, const Options &options, Fresh &fresh,
                                             BuiltKernels &built);
  void collectCalls(mlir::ModuleOp module, const Options &options, Fresh &fresh);
  Result<void> compileFresh(Fresh &fresh, mlir::PassManager &lowering, const Options &options, Trace *trace,
                            BuiltKernels &built);
  Result<void> link(Fresh &fresh, std::vector<Shard> &shards, BuiltKernels &built);
  Result<void> generateAll(std::vector<Shard> &shards, const Options &options);

  std::vector<std::unique_ptr<Cpu>> cpus;      ///< one for each thread that generates code
  llvm::StringMap<Known> known;                ///< by hash of the kernel's text, the options and the machine
  llvm::StringMap<KnownRoutine> knownRoutines; ///< by name; the key is such a hash
};

} // namespace tgc::target
