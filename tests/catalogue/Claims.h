// What is claimed of every row, each claim a function of one case.
#pragma once
#include "tests/catalogue/Close.h"
#include "tests/catalogue/Compiled.h"
#include "tests/catalogue/Derive.h"
#include <functional>
#include <map>

namespace tgc::catalogue {

/// Whether a claim holds of a case. A claim that says nothing about the case is not counted.
struct Outcome {
  enum State { Silent, Holds, Broken } state = Silent;
  std::string why;
};

using Claim = std::function<Outcome(const Case &, mlir::MLIRContext *, Plant)>;

/// The claims that need no compiler, by name.
const std::map<std::string, Claim> &claims();
/// Those about derivatives and batching: the case is in f64 (or an integer dtype), one each is enough.
const std::map<std::string, Claim> &transformations();

/// What the row's op reads of its operands is what its results depend on, or more (Reads.cpp).
Outcome readsAreKnown(const Case &one, mlir::MLIRContext *context, Plant plant);

/// Compiled code gives the reference's results: within tolerance, and bit for bit where whole numbers give
/// whole numbers. Cases are compiled together; `tell` hears of each case.
using Tell = std::function<void(const std::string &claim, const Case &, const Outcome &)>;
/// Hears why cases could not be compiled yet (Unsupported).
using Skip = std::function<void(const Case &, const std::string &why)>;
void checkCompiled(llvm::ArrayRef<Case> cases, Compiler &compiler, mlir::MLIRContext *context,
                   const Options &options, const Tell &tell, const Skip &skip, Plant plant = Plant::None);

} // namespace tgc::catalogue
