// How these tests write programs and read messages.
#pragma once
#include "frontend/language/Messages.h"
#include "frontend/language/Names.h"
#include "frontend/language/Parser.h"

namespace tgc::language::test {

inline std::shared_ptr<const Source> sourceOf(std::string text) {
  return std::make_shared<Source>("t.tg", std::move(text));
}

/// A few of the catalogue's names; the real list is longer.
inline constexpr std::string_view someOperations[] = {"sum",      "mean",   "exp",   "softmax",
                                                      "softplus", "einsum", "zeros", "where"};

/// The message of a wrong program, or "" for a right one.
inline std::string message(std::string text) {
  auto source = sourceOf(std::move(text));
  const Source *sources[] = {source.get()};
  auto ast = parseFile(source);
  if (!ast) return render(ast.error(), sources, false);
  auto error = checkNames(*ast, someOperations);
  return error ? render(*error, sources, false) : "";
}

/// The same for the body of `fn f(x: f64[n], y: f64[n])`.
inline std::string bodyMessage(const std::string &body) {
  return message("fn f(x: f64[n], y: f64[n]) {\n" + body + "\n}\n");
}

} // namespace tgc::language::test
