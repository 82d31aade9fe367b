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
class LLVMContext;
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

/// A module of LLVM IR with the context that owns it, so that it can go to another thread.
struct Unit {
  Unit();
  Unit(Unit &&) noexcept;
  Unit &operator=(Unit &&) noexcept;
  ~Unit();
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
};

/// The machine tgc runs on, as a code generator. Made once and kept: a target machine costs a millisecond.
/// Not for use by two threads at a time.
class Cpu {
public:
  /// Errors: Unavailable when LLVM does not know this processor.
  static Result<std::unique_ptr<Cpu>> make();
  ~Cpu();

  /// LLVM IR for a module of LLVM dialect kernels, each callable under its name as
  /// `void name(int64_t begin, int64_t end, void **buffers)`. Reads MLIR, so it belongs to the context's
  /// thread. Errors: Internal when the module does not translate.
  Result<Unit> translate(mlir::ModuleOp module, llvm::ArrayRef<KernelFacts> kernels,
                         const Options &options) const;

  /// The short pipeline and code generation. Touches no MLIR: may run on any thread, one unit at a time.
  Result<MachineCode> generate(Unit &unit, const Options &options);

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
