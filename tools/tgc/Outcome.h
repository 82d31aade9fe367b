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
  std::vector<std::string> words; ///< of the command line, for the file that reproduces a bug of ours
  std::vector<std::shared_ptr<const language::Source>> sources; ///< whose lines messages may show
};

/// The exit code the language page gives an error's kind.
ExitCode codeOf(const Error &error);

/// What the system said of a file, in the one form that all commands use: FILE: error: WHAT: REASON.
Error fileError(const std::string &file, const char *what, int code);

/// Prints the error and gives its code, or `code` where that is not Done. A bug of ours leaves a file that
/// reproduces it, in the current folder or TMPDIR, and the message names it.
int report(const Console &console, const Error &error, ExitCode code = Done);

} // namespace tgc::tools
