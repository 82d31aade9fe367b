// How a command ends: its exit code, and errors on standard error as text or JSON.
#pragma once
#include "frontend/language/Source.h"
#include "tgc/Result.h"
#include <memory>
#include <vector>

namespace tgc::tools {

enum ExitCode {
  Done = 0,
  Wrong = 1,
  Usage = 2,
  Mismatched = 3,
  LimitHit = 4,
  FileTrouble = 5,
  Bug = 70,
  Interrupted = 130
};

/// How errors are shown in this run; set once by `main`.
struct Console {
  bool json = false;
  bool colour = false;
  std::vector<std::shared_ptr<const language::Source>> sources; ///< whose lines messages may show
};

/// The exit code the language page gives an error's kind.
ExitCode codeOf(const Error &error);

/// Prints the error and gives its code, or `code` where that is not Done.
int report(const Console &console, const Error &error, ExitCode code = Done);

} // namespace tgc::tools
