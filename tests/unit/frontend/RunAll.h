// A function compiled and called: every result as numbers.
#pragma once
#include "tgc/Executable.h"
#include <doctest/doctest.h>

namespace tgc::testing {

using Lists = std::vector<std::vector<double>>;

/// f64 results only. Fails the test on an error.
inline Lists runAll(const Function &f, const std::vector<View> &arguments, int level = 2, int threads = 1) {
  auto compiled = compile(f, {.threads = threads, .level = level});
  if (!compiled) FAIL(compiled.error().text());
  Lists out;
  std::vector<MutableView> results;
  for (const Param &result : compiled->results())
    out.emplace_back(static_cast<std::size_t>(Shape(result.extents).elements()), -777.0);
  for (std::size_t k = 0; k < out.size(); ++k)
    results.emplace_back(compiled->results()[k].dtype, out[k].data(), Shape(compiled->results()[k].extents));
  Workspace space(*compiled);
  auto ok = compiled->run(arguments, results, space);
  if (!ok) FAIL(ok.error().text());
  return out;
}

/// The message of what does not compile.
inline std::string refusal(const Function &f) {
  auto compiled = compile(f, {.threads = 1});
  return compiled ? "compiles" : compiled.error().message;
}

/// How often an operation stands in the compiled program's text of stage graph.
inline int count(const std::string &text, const std::string &word) {
  int found = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at)
    ++found;
  return found;
}

} // namespace tgc::testing
