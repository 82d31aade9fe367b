// Functions compiled and run on host arrays.
#pragma once
#include "compiler/Compiler.h"
#include "tests/catalogue/Case.h"

namespace tgc::catalogue {

/// Compiles and calls `main` of the module, which is consumed.
Result<graph::HostTensors> runCompiled(Compiler &compiler, Written written, graph::HostTensorsRef inputs,
                                       const Options &options);

/// One function of all the cases, in order.
Written functionOf(llvm::ArrayRef<const Case *> cases, mlir::MLIRContext *context);

} // namespace tgc::catalogue
