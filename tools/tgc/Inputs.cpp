#include "tools/tgc/Inputs.h"
#include "frontend/language/Source.h"
#include "tools/tgc/Sources.h"
#include <algorithm>
#include <charconv>

namespace tgc::tools {

Error usage(ExitCode &code, std::string message) {
  code = Usage;
  return {ErrorKind::Invalid, std::move(message), {}, 1, {}};
}

Error unknownName(ExitCode &code, const std::string &option, const std::string &name, const std::string &what,
                  const std::vector<std::string> &known) {
  Error error = usage(code, "--" + option + " names " + name + ", which is no " + what);
  std::string near = didYouMean(name, known);
  std::string all;
  for (std::size_t at = 0; at < known.size(); ++at) // an extent of several parameters is known several times
    if (std::find(known.begin(), known.begin() + std::ptrdiff_t(at), known[at]) ==
        known.begin() + std::ptrdiff_t(at))
      all += (all.empty() ? "" : ", ") + known[at];
  if (near.empty() && !known.empty()) near = "it takes " + all;
  if (!near.empty()) error.notes.push_back(language::help(near));
  return error;
}

namespace {

/// The error of an input: of a file it has that file's name, of anything else the input's.
Error ofInput(const char *option, const std::string &name, Error error, ExitCode &code) {
  if (error.place.file.empty() && error.kind == ErrorKind::Invalid) code = Usage;
  if (error.place.file.empty())
    error.message = std::string("--") + option + " " + name + ": " + error.message;
  return error;
}

} // namespace

Result<Buffer> readInput(const std::string &name, const std::string &source, std::optional<DType> wanted,
                         ExitCode &code) {
  auto buffer = readSource(source, wanted);
  if (buffer) return buffer;
  return ofInput("in", name, buffer.error(), code);
}

Result<std::optional<Shape>> literalInput(const std::string &name, const std::string &source,
                                          ExitCode &code) {
  auto shape = literalShape(source);
  if (shape) return shape;
  return ofInput("in", name, shape.error(), code);
}

Result<std::vector<std::pair<std::string, std::string>>> sourcesOf(const CommandLine &line, ExitCode &code) {
  auto given = line.pairs("in");
  if (!given) return code = Usage, given.error();
  auto reads = std::ranges::count(*given, std::string("-"), &std::pair<std::string, std::string>::second);
  if (reads + (line.file == "-") > 1) return usage(code, "standard input can be read once only");
  return given;
}

Result<std::vector<AskedType>> shapesOf(const CommandLine &line, ExitCode &code) {
  auto given = line.pairs("shape");
  if (!given) return code = Usage, given.error();
  std::vector<AskedType> out;
  for (const auto &[name, text] : *given) {
    auto type = readType(text);
    if (!type) return ofInput("shape", name, type.error(), code);
    out.push_back({name, type->first, type->second});
  }
  return out;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> sizesOf(const CommandLine &line, ExitCode &code) {
  auto given = line.pairs("size");
  if (!given) return code = Usage, given.error();
  std::vector<std::pair<std::string, std::int64_t>> out;
  for (const auto &[name, text] : *given) {
    std::int64_t extent = 0;
    auto read = std::from_chars(text.data(), text.data() + text.size(), extent);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || extent < 0)
      return usage(code, "--size " + name + " takes an extent, got " + text);
    out.emplace_back(name, extent);
  }
  return out;
}

} // namespace tgc::tools
