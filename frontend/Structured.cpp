#include "tgc/Structured.h"
#include "compiler/Structure.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "frontend/Maker.h"

using namespace mlir;

namespace tgc {

using detail::Maker;

namespace {

/// One dtype for all: the values are one tensor.
bool oneDType(Maker &maker, ArrayRef<int64_t> wrt, size_t results) {
  if (maker.failed()) return false;
  const Param &first = maker.f.params[static_cast<size_t>(wrt[0])];
  auto check = [&](const char *what, const Param &param) {
    if (param.dtype == first.dtype) return;
    maker.refuse(std::string(what) + " " + param.name + " is " + std::string(nameOf(param.dtype)) +
                 ", but parameter " + first.name + " is " + std::string(nameOf(first.dtype)) +
                 "; the values are one tensor");
  };
  for (int64_t position : wrt)
    check("parameter", maker.f.params[static_cast<size_t>(position)]);
  for (size_t k = 0; k < results; ++k)
    check("result", maker.f.results[k]);
  return !maker.failed();
}

SparseFunction sparse(const Function &f, const Wrt &wrt, const char *name, bool second, Arg::Here here) {
  Maker maker(f, name, here);
  auto positions = maker.positions(wrt);
  if (second) detail::scalarFirst(maker);
  oneDType(maker, positions, second ? 1 : maker.f.results.size());
  std::optional<Pattern> pattern;
  if (!maker.failed()) {
    auto found = sparsity({*maker.f.graph->module, maker.f.symbol, positions, second});
    if (found)
      pattern = std::move(*found);
    else
      maker.fail(found.error());
  }
  maker.begin();
  if (maker.failed()) return {maker.done(), {}};
  Type element = graph::elementOf(maker.callee.getArgumentTypes()[positions[0]]);
  Type wide = maker.builder.getI64Type();
  int64_t count = pattern->nonzeros();
  Type types[] = {RankedTensorType::get({count}, element), RankedTensorType::get({pattern->rows + 1}, wide),
                  RankedTensorType::get({count}, wide)};
  auto request = graph::SparseDerivativeOp::create(maker.builder, maker.function.getLoc(), TypeRange(types),
                                                   maker.function.getArguments(), maker.f.symbol, positions,
                                                   second ? 2 : 1, pattern->coded());
  return {maker.end(request.getResults().take_front(1), {"values"}), std::move(*pattern)};
}

} // namespace

SparseFunction sparse_jacobian(const Function &f, const Wrt &wrt, Arg::Here here) {
  return sparse(f, wrt, "sparse_jacobian", false, here);
}
SparseFunction sparse_hessian(const Function &f, const Wrt &wrt, Arg::Here here) {
  return sparse(f, wrt, "sparse_hessian", true, here);
}

} // namespace tgc
