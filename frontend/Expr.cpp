// Operators and indexing of Expr.
#include "tgc/Expr.h"
#include "frontend/Graph.h"

namespace tgc {

std::optional<Error> Expr::error() const {
  if (!trace) return Error{ErrorKind::Invalid, "an empty expression"};
  return trace->error;
}

Result<DType> Expr::dtype() const {
  if (auto problem = error()) return *problem;
  return detail::dtypeOfElement(graph::elementOf(trace->value(*this)));
}

Result<Shape> Expr::shape() const {
  if (auto problem = error()) return *problem;
  auto extents = graph::shapeOf(trace->value(*this));
  return Shape(std::span<const std::int64_t>(extents.data(), extents.size()));
}

namespace detail {
/// The function being built on this thread, for calls without a tensor among their arguments (zeros, arange,
/// ...).
std::shared_ptr<Trace> &tracing() {
  // state: of each thread, while a function is being built on it
  thread_local std::shared_ptr<Trace> current;
  return current;
}

void widen(std::shared_ptr<Trace> &found, const Arg &arg) {
  if (auto *expr = std::get_if<Expr>(&arg.held)) {
    if (expr->trace && (!found || expr->trace->depth > found->depth)) found = expr->trace;
  } else if (auto *list = std::get_if<Arg::List>(&arg.held)) {
    for (const Arg &one : *list)
      widen(found, one);
  }
}

std::shared_ptr<Trace> homeOf(const std::shared_ptr<Trace> &found) {
  std::shared_ptr<Trace> branch;
  for (auto around = tracing(); around; around = around->outer) {
    if (around == found) return branch ? branch : found;
    if (around->isBranch && !branch) branch = around;
  }
  return tracing() ? tracing() : found;
}
} // namespace detail

std::vector<Expr> applyAll(std::string_view operation, const std::vector<Named> &arguments, Arg::Here here) {
  std::shared_ptr<detail::Trace> trace;
  for (const Named &argument : arguments)
    detail::widen(trace, argument.value);
  trace = detail::homeOf(trace);
  return trace ? trace->call(operation, arguments, here) : std::vector<Expr>();
}

Expr apply(std::string_view operation, const std::vector<Named> &arguments, Arg::Here here) {
  auto results = applyAll(operation, arguments, here);
  if (!results.empty()) return results.front();
  std::shared_ptr<detail::Trace> trace;
  for (const Named &argument : arguments)
    detail::widen(trace, argument.value);
  return Expr::of(detail::homeOf(trace), Expr::failed);
}

#define TGC_OPERATOR(symbol, operation)                                                                      \
  Expr operator symbol(Arg a, Arg b) { return apply(operation, {{"a", a}, {"b", b}}, a.here); }
TGC_OPERATOR(+, "add")
TGC_OPERATOR(-, "subtract")
TGC_OPERATOR(*, "multiply")
TGC_OPERATOR(/, "divide")
TGC_OPERATOR(%, "remainder")
TGC_OPERATOR(&, "bitwise_and")
TGC_OPERATOR(|, "bitwise_or")
TGC_OPERATOR(^, "bitwise_xor")
TGC_OPERATOR(<<, "bitwise_left_shift")
TGC_OPERATOR(>>, "bitwise_right_shift")
TGC_OPERATOR(==, "equal")
TGC_OPERATOR(!=, "not_equal")
TGC_OPERATOR(<, "less")
TGC_OPERATOR(<=, "less_equal")
TGC_OPERATOR(>, "greater")
TGC_OPERATOR(>=, "greater_equal")
#undef TGC_OPERATOR
Expr operator-(Arg a) { return apply("negative", {{"x", a}}, a.here); }
Expr operator~(Arg a) { return apply("bitwise_invert", {{"x", a}}, a.here); }

} // namespace tgc
