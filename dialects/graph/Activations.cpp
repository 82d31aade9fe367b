// Formulas and guards over Sym for elementwise rows.
#include "dialects/graph/Activations.h"
#include "dialects/graph/Call.h"

using namespace mlir;

namespace tgc::graph {

Sym nonzero(Sym x) { return where(x == 0, 1, x); }

namespace formulas {

Sym gelu(Ink &ink, Sym x, llvm::StringRef approximate) {
  if (approximate == "none") return 0.5 * x * erfc(-std::numbers::sqrt2 / 2 * x);
  if (approximate == "tanh") {
    double scale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
    return 0.5 * x * (1.0 + tanh(scale * (x + 0.044715 * x * square(x))));
  }
  emitError(ink.loc()) << "gelu: approximate must be \"none\" or \"tanh\", got \"" << approximate << "\"";
  ink.fail();
  return {};
}

Sym clip(Sym x, Sym min, Sym max) {
  for (auto [bound, name] : {std::pair(min, "min"), std::pair(max, "max")}) {
    if (!bound || bound.type() == x.type()) continue;
    emitError(x.ink()->loc()) << "clip: " << name << " (" << textOf(bound.value())
                              << ") must have the type of x (" << textOf(x.value()) << ")";
    x.ink()->fail();
    return {};
  }
  if (min) x = maximum(min, x);
  if (!x) return {}; // the dtype was refused, and said so
  return max ? minimum(max, x) : positive(x);
}

} // namespace formulas
} // namespace tgc::graph
