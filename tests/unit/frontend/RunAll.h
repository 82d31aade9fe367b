// A function compiled and called: every result as numbers.
#pragma once
#include "tgc/Executable.h"
#include <doctest/doctest.h>

namespace tgc::testing {

using Lists = std::vector<std::vector<double>>;

/// Fails the test on an error.
inline Executable compiled(const Function &f, const CompileOptions &options = {.threads = 1}) {
  auto code = compile(f, options);
  if (!code) FAIL(code.error().text());
  return *code;
}

/// f64 results only, in a workspace of their own. Fails the test on an error.
inline Lists called(const Executable &code, const std::vector<View> &arguments) {
  Lists out;
  std::vector<MutableView> results;
  for (const Param &result : code.results())
    out.emplace_back(static_cast<std::size_t>(Shape(result.extents).elements()), -777.0);
  for (std::size_t k = 0; k < out.size(); ++k)
    results.emplace_back(code.results()[k].dtype, out[k].data(), Shape(code.results()[k].extents));
  Workspace space(code);
  auto ok = code.run(arguments, results, space);
  if (!ok) FAIL(ok.error().text());
  return out;
}
/// The same of f64 arguments, row-major.
inline Lists called(const Executable &code, const Lists &arguments) {
  REQUIRE(arguments.size() == code.params().size());
  std::vector<View> views;
  for (std::size_t k = 0; k < arguments.size(); ++k)
    views.emplace_back(f64, arguments[k].data(), Shape(code.params()[k].extents));
  return called(code, views);
}

inline Lists runAll(const Function &f, const std::vector<View> &arguments, int level = 2, int threads = 1) {
  return called(compiled(f, {.threads = threads, .level = level}), arguments);
}
inline Lists runNumbers(const Function &f, const Lists &arguments, int level = 2, int threads = 1) {
  return called(compiled(f, {.threads = threads, .level = level}), arguments);
}

/// The message of what does not compile.
inline std::string refusal(const Function &f) {
  auto code = compile(f, {.threads = 1});
  return code ? "compiles" : code.error().message;
}

/// How often an operation stands in the compiled program's text of stage graph.
inline int count(const std::string &text, const std::string &word) {
  int found = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at)
    ++found;
  return found;
}

} // namespace tgc::testing
