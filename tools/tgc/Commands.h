// The commands; each in a file of its name. They return the exit codes of the language page.
#pragma once
#include "tools/tgc/CommandLine.h"
#include "tools/tgc/Outcome.h"

namespace tgc::tools {

int runCommand(const CommandLine &line, Console &console);
int compileCommand(const CommandLine &line, Console &console);
int explainCommand(const CommandLine &line, Console &console);
int checkCommand(const CommandLine &line, Console &console);
int benchCommand(const CommandLine &line, Console &console);
int opsCommand(const CommandLine &line, Console &console);
int doctorCommand(const CommandLine &line, Console &console);

/// The commands in the order of the help page.
struct Command {
  CommandSpec spec;
  int (*run)(const CommandLine &, Console &);
};
const std::vector<Command> &commands();

/// A completion script for bash, zsh or fish; empty for another shell.
std::string completionScript(const std::string &shell);

/// A number option of at least `least`; `fallback` where it is not given. Errors are the command line's.
Result<std::int64_t> numberOption(const CommandLine &line, const std::string &name, std::int64_t fallback,
                                  std::int64_t least);
/// --level: 0, 1 or 2, which is the default.
Result<int> levelOption(const CommandLine &line);
Result<double> realOption(const CommandLine &line, const std::string &name, double fallback);

} // namespace tgc::tools
