// Functions compiled and run on host arrays.
#pragma once
#include "compiler/Compiler.h"
#include "tests/catalogue/Case.h"

namespace tgc::catalogue {

/// Calls a program; `types` are those of its results.
Result<graph::HostTensors> runProgram(const Program &program, graph::HostTensorsRef inputs,
                                      llvm::ArrayRef<mlir::RankedTensorType> types, int threads);

/// Compiles and calls `main` of the module, which is consumed.
Result<graph::HostTensors> runCompiled(Compiler &compiler, Written written, graph::HostTensorsRef inputs,
                                       const Options &options);

/// One function of all the cases, in order.
Written functionOf(llvm::ArrayRef<const Case *> cases, mlir::MLIRContext *context);

} // namespace tgc::catalogue
