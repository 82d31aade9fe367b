// The driver's arguments: a file, options with values, flags. Each command says which it takes.
#pragma once
#include "tgc/Result.h"
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tgc::tools {

struct CommandLine {
  std::string file;
  std::vector<std::pair<std::string, std::string>> values; ///< options in order, without dashes
  std::map<std::string, bool> flags;

  bool has(const std::string &flag) const { return flags.contains(flag); }
  /// The last value of an option, or `fallback`.
  std::string value(const std::string &name, std::string fallback = "") const;
  std::vector<std::string> all(const std::string &name) const;
  /// NAME=VALUE pairs of an option; a name stands once.
  Result<std::vector<std::pair<std::string, std::string>>> pairs(const std::string &name) const;
};

/// What a command takes.
struct CommandSpec {
  const char *name;
  const char *usage;
  const char *summary;
  std::vector<std::string> options; ///< with a value
  std::vector<std::string> flags;
  bool needsFile = true;
  bool takesFile = true;
};

/// Reads `--name=value`, `--name value`, `--flag`, one file. A failure is a usage error (exit code 2).
Result<CommandLine> parseCommandLine(const CommandSpec &spec, std::span<const std::string> arguments);

/// The words of `known` nearest to a wrong one, as a help note; empty where none is near.
std::string didYouMean(const std::string &wrong, const std::vector<std::string> &known);

} // namespace tgc::tools
