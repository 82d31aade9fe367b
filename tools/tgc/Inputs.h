// What --in, --shape and --size say, before anything is compiled.
#pragma once
#include "tgc/Buffer.h"
#include "tools/tgc/CommandLine.h"
#include "tools/tgc/Outcome.h"
#include <optional>

namespace tgc::tools {

/// A mistake of the command line; `code` becomes Usage.
Error usage(ExitCode &code, std::string message);
/// The same for a name that is none of `known`, with the nearest of them: "--in names y, which is no
/// parameter".
Error unknownName(ExitCode &code, const std::string &option, const std::string &name, const std::string &what,
                  const std::vector<std::string> &known);

/// One input, see `readSource`. The error says which one it is.
Result<Buffer> readInput(const std::string &name, const std::string &source, std::optional<DType> wanted,
                         ExitCode &code);
/// See `literalShape`.
Result<std::optional<Shape>> literalInput(const std::string &name, const std::string &source, ExitCode &code);

/// The `--in` pairs; standard input is read once at most, FILE included.
Result<std::vector<std::pair<std::string, std::string>>> sourcesOf(const CommandLine &line, ExitCode &code);

struct AskedType {
  std::string name;
  DType dtype;
  Shape shape;
};
Result<std::vector<AskedType>> shapesOf(const CommandLine &line, ExitCode &code);
Result<std::vector<std::pair<std::string, std::int64_t>>> sizesOf(const CommandLine &line, ExitCode &code);

} // namespace tgc::tools
