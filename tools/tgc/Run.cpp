// `tgc run`: compile, run once, print or store or compare the results.
#include "runtime/Run.h"
#include "frontend/Reals.h"
#include "tgc/Npy.h"
#include "tools/tgc/Commands.h"
#include "tools/tgc/Load.h"
#include "tools/tgc/Room.h"
#include "tools/tgc/Sources.h"
#include "tools/tgc/Values.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace tgc::tools {
namespace {

struct Tolerance {
  double relative, absolute;
};

/// Floats within absolute + relative * |b|, where b is finite; integers, bools and infinities exactly. NaN
/// equals NaN. Both are dense.
bool agree(const View &got, const View &expected, std::int64_t at, Tolerance tolerance) {
  if (!isFloat(got.dtype())) {
    const auto bytes = static_cast<std::int64_t>(sizeBytes(got.dtype()));
    return std::memcmp(static_cast<const char *>(got.data()) + at * bytes,
                       static_cast<const char *>(expected.data()) + at * bytes,
                       static_cast<std::size_t>(bytes)) == 0;
  }
  double a = detail::realAt(got, at), b = detail::realAt(expected, at);
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (!std::isfinite(a) || !std::isfinite(b)) return a == b;
  return std::abs(a - b) <= tolerance.absolute + tolerance.relative * std::abs(b);
}

/// What is wrong with a result, by its type or its first element that does not agree.
std::optional<std::string> difference(const View &got, const View &expected, Tolerance tolerance) {
  if (got.dtype() != expected.dtype() || !std::ranges::equal(got.extents(), expected.extents()))
    return "is " + got.typeText() + ", expected " + expected.typeText();
  std::int64_t wrong = 0, first = -1;
  for (std::int64_t at = 0; at < got.elements(); ++at)
    if (!agree(got, expected, at, tolerance) && wrong++ == 0) first = at;
  if (!wrong) return std::nullopt;
  return "differs in " + std::to_string(wrong) + " of " + std::to_string(got.elements()) +
         " elements; element " + std::to_string(first) + " is " + elementText(got, first, false) +
         ", expected " + elementText(expected, first, false);
}

Result<Buffer *> resultNamed(const Program &program, std::vector<Buffer> &results, const std::string &name,
                             const char *option) {
  for (std::size_t k = 0; k < results.size(); ++k)
    if (program.results()[k].name == name) return &results[k];
  Error error{
      ErrorKind::Invalid, std::string("--") + option + " names " + name + ", which is no result", {}, 1, {}};
  std::vector<std::string> known;
  for (const Port &port : program.results())
    known.push_back(port.name);
  std::string near = didYouMean(name, known);
  if (!near.empty()) error.notes.push_back({near, {}, Note::Kind::Help});
  return error;
}

/// A result and the file it must equal.
struct Expectation {
  std::string name;
  const Buffer *result;
  Buffer expected;
};

/// What `--expect` asks for, read before anything is printed.
Result<std::vector<Expectation>> expectations(const CommandLine &line, const Program &program,
                                              std::vector<Buffer> &results, ExitCode &code) {
  std::vector<Expectation> out;
  auto pairs = line.pairs("expect");
  if (!pairs) return code = Usage, pairs.error();
  for (const auto &[name, file] : *pairs) {
    auto result = resultNamed(program, results, name, "expect");
    if (!result) return code = Usage, result.error();
    auto expected = readNpySource(file, (*result)->dtype());
    if (!expected) return expected.error();
    out.push_back({name, *result, std::move(*expected)});
  }
  return out;
}

/// Writes `--out` files; without one, prints all results.
int hand(const CommandLine &line, Console &console, const Program &program, std::vector<Buffer> &results) {
  auto outs = line.pairs("out");
  if (!outs) return report(console, outs.error(), Usage);
  for (const auto &[name, file] : *outs)
    if (auto result = resultNamed(program, results, name, "out"); !result)
      return report(console, result.error(), Usage);
  for (const auto &[name, file] : *outs) {
    auto result = resultNamed(program, results, name, "out");
    if (auto ok = writeNpyFile(file == "-" ? "/dev/stdout" : file, (*result)->view()); !ok)
      return report(console, ok.error());
  }
  if (!outs->empty()) return Done;
  if (console.json) {
    std::string text = "{\"results\": [";
    for (std::size_t k = 0; k < results.size(); ++k)
      text += (k ? ", " : "") + valueJson(program.results()[k].name, results[k].view());
    std::printf("%s]}\n", text.c_str());
  } else {
    for (std::size_t k = 0; k < results.size(); ++k)
      std::fputs(valueText(program.results()[k].name, results[k].view(), line.has("full")).c_str(), stdout);
  }
  return Done;
}

int deliver(const CommandLine &line, Console &console, const Program &program, std::vector<Buffer> &results) {
  auto rtol = realOption(line, "rtol", 1e-9), atol = realOption(line, "atol", 0);
  if (!rtol) return report(console, rtol.error(), Usage);
  if (!atol) return report(console, atol.error(), Usage);
  ExitCode refused = Done;
  auto wanted = expectations(line, program, results, refused);
  if (!wanted) return report(console, wanted.error(), refused);
  int code = hand(line, console, program, results);
  if (code != Done) return code;
  for (const Expectation &one : *wanted)
    if (auto words = difference(one.result->view(), one.expected.view(), {*rtol, *atol}))
      code = report(console, {ErrorKind::Mismatch, "result " + one.name + " " + *words, {}, 1, {}});
  return code;
}

} // namespace

int runCommand(const CommandLine &line, Console &console) {
  ExitCode code = Done;
  auto loaded = load(line, console, code);
  if (!loaded) return report(console, loaded.error(), code);
  auto arguments = argumentsOf(*loaded, false, code);
  if (!arguments) return report(console, arguments.error(), code);
  auto threads = numberOption(line, "threads", 0, 0);
  auto level = levelOption(line);
  if (!level) return report(console, level.error(), Usage);
  if (!threads) return report(console, threads.error(), Usage);
  auto memory = numberOption(line, "memory", 0, 1);
  if (!memory) return report(console, memory.error(), Usage);
  Compiler compiler(*loaded->context);
  Options options;
  options.level = *level;
  options.memoryBudget = *memory;
  auto compiled = compiler.compile(loaded->input(), options);
  if (!compiled) return report(console, compiled.error());
  auto room = roomFor(*compiled->program);
  if (!room) return report(console, room.error());
  std::vector<View> in(arguments->begin(), arguments->end());
  std::vector<MutableView> out(room->results.begin(), room->results.end());
  if (auto ok = run(*compiled->program, in, out, room->space, {static_cast<int>(*threads), {}}); !ok)
    return report(console, ok.error(), ok.error().kind == ErrorKind::Unavailable ? LimitHit : Done);
  return deliver(line, console, *compiled->program, room->results);
}

} // namespace tgc::tools
