// Compiles one contraction kernel from einsum notation straight through emitter and code generator, for tests
// and for the benchmark of the kernels alone; no graph and no outer program are involved.
#pragma once
#include "compiler/schedule/Machine.h"
#include "runtime/Program.h"
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tgc::test {

/// Two operands: einsum text such as "ij,jk->ik", extents of its letters, element type as MLIR writes it
/// ("i1" is bool).
struct ContractCase {
  std::string equation, element;
  std::map<char, int64_t> extents;
  /// MLIR text of the body of an elementwise tail on %x (element type `element`), yielding %y; empty: none.
  std::string tail;
  bool tailBias = false; // the tail also reads %b, an array over the last output index
  /// Both operands are one array; with `scale`, letters of a third factor between them.
  bool twice = false;
  std::string scale = "";

  std::string letters(int operand) const; // 0, 1: inputs; 2: output
  int inputs() const;                     // arguments of the kernel: operands, scale, bias
  int64_t elements(int operand) const;
  std::string kernelText() const;
};

/// One step of the kernels a contraction becomes (packing may come before the product).
struct ContractStep {
  Kernel call = nullptr;
  int64_t items = 0, nanoseconds = 0;
  std::vector<int> buffers; // 0.. inputs, then the output, then scratch
};

struct CompiledContract {
  std::vector<ContractStep> steps;
  std::vector<int64_t> scratchBytes;
  std::shared_ptr<void> code;
  std::string error, tile, loops, llvm, assembly;
  double emitSeconds = 0, compileSeconds = 0;

  /// Runs everything on this thread; items in chunks of `chunk` (0: all at once), last chunk first when
  /// `backwards`.
  void run(std::vector<void *> buffers, int64_t chunk = 0, bool backwards = false) const;

  /// Runs each step by `call(step, its buffers)`.
  void runWith(std::vector<void *> buffers,
               const std::function<void(const ContractStep &, void **)> &call) const;

  int64_t nanoseconds() const; // the model's time of all steps

private:
  mutable std::vector<std::vector<char>> scratch;
};

CompiledContract compileContract(const ContractCase &test, const schedule::Machine &machine,
                                 bool keepText = false);

} // namespace tgc::test
