// LLVM dialect to an object file for this machine: wrappers, a short pipeline (the vectorising is done), code
// generation.
#pragma once
#include "compiler/Options.h"
#include "mlir/IR/BuiltinOps.h"
#include "tgc/Result.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace tgc::target {

/// What target must know of a kernel once its notes are gone.
struct KernelFacts {
  std::string name;
  unsigned buffers = 0;
  llvm::SmallVector<bool> mayAlias; ///< for each buffer: another one may be the same memory (exec.inplace)
};

struct MachineCode {
  llvm::SmallVector<char, 0> object;
  std::string llvmText, assembly; ///< when asked for
};

/// Seconds of the three parts of `Cpu::compile`.
struct CpuSeconds {
  double translate = 0, optimize = 0, generate = 0;
};

/// The machine tgc runs on, as a code generator. Made once and kept: a target machine costs a millisecond.
/// Not for use by two threads at a time.
class Cpu {
public:
  /// Errors: Unavailable when LLVM does not know this processor.
  static Result<std::unique_ptr<Cpu>> make();
  ~Cpu();

  /// Machine code for a module of LLVM dialect kernels, each callable under its name as
  /// `void name(int64_t begin, int64_t end, void **buffers)`.
  /// Errors: Internal when the module does not translate.
  Result<MachineCode> compile(mlir::ModuleOp module, llvm::ArrayRef<KernelFacts> kernels,
                              const Options &options, CpuSeconds *seconds = nullptr);

  /// Name and features of the processor; part of every kernel's key.
  const std::string &fingerprint() const { return machineName; }

private:
  struct Light; // the short pass pipeline and its analyses
  Cpu();
  void optimize(llvm::Module &module);
  bool emit(llvm::Module &module, bool assembly, llvm::SmallVectorImpl<char> &out);

  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<Light> light;
  std::string machineName;
};

} // namespace tgc::target
