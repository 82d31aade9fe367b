// FILE with --fn, --in, --size, --shape: a function as graph IR with its names.
#pragma once
#include "compiler/Compiler.h"
#include "frontend/language/Program.h"
#include "mlir/IR/MLIRContext.h"
#include "tgc/Buffer.h"
#include "tools/tgc/CommandLine.h"
#include "tools/tgc/Outcome.h"

namespace tgc::tools {

/// Moved but never assigned: the old context would die before the module in it.
struct Loaded {
  Loaded() = default;
  Loaded(Loaded &&) = default;
  Loaded &operator=(Loaded &&) = delete;

  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string function;
  std::vector<language::Named> params, results;
  std::string astText;                  ///< of a .tg program
  std::string llvmText;                 ///< of a file with --from=llvm, which has nothing else
  std::map<std::string, Buffer> inputs; ///< from --in, of the parameters' types

  CompileInput input();
};

/// A file or standard input; Unavailable where it cannot be read, Limit over 16 MiB.
Result<std::string> readText(const std::string &file);

/// Loads the function the command line asks for. Inputs are read and their types checked against the
/// parameters. `code` becomes Usage where the mistake is one of the command line.
Result<Loaded> load(const CommandLine &line, Console &console, ExitCode &code);

/// An input for every parameter: what --in gave, else (with `generate`) numbers made up; a missing one is an
/// error.
Result<std::vector<Buffer>> argumentsOf(Loaded &loaded, bool generate, ExitCode &code);

/// The `--donate ARGUMENT=RESULT` pairs.
Result<std::vector<Donation>> donationsOf(const CommandLine &line, const Loaded &loaded);

} // namespace tgc::tools
