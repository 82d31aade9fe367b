// The claims about derivatives and batching, all on the reference evaluator.
#include "dialects/graph/Evaluate.h"
#include "dialects/graph/Graph.h"
#include "tests/catalogue/Claims.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {
namespace {

Outcome broken(std::string why) { return {Outcome::Broken, std::move(why)}; }
const Outcome holds = {Outcome::Holds, ""};

HostTensors realsOf(HostTensorsRef tensors) {
  HostTensors reals;
  llvm::copy_if(tensors, std::back_inserter(reals),
                [](const HostTensor &tensor) { return tensor.isFloat(); });
  return reals;
}
HostTensors joined(HostTensors a, HostTensorsRef b) {
  llvm::append_range(a, b);
  return a;
}
HostTensors randomLike(HostTensorsRef tensors, uint64_t seed) {
  TensorSpec spec;
  spec.low = -1, spec.high = 1;
  HostTensors out;
  for (const HostTensor &tensor : tensors)
    out.push_back(randomTensor(tensor.type(), spec, ++seed));
  return out;
}
/// a + step * b on the floating-point tensors of `a`.
HostTensors moved(HostTensorsRef a, double step, HostTensorsRef b) {
  HostTensors out(a.begin(), a.end());
  unsigned k = 0;
  for (HostTensor &tensor : out) {
    if (!tensor.isFloat()) continue;
    const HostTensor &along = b[k++];
    for (int64_t at = 0; at < tensor.count(); ++at)
      tensor.set(at, tensor.get<double>(at) + step * along.get<double>(at));
  }
  return out;
}
/// The inner product, and the sum of the sizes of its terms.
std::pair<double, double> inner(HostTensorsRef a, HostTensorsRef b) {
  double sum = 0, size = 0;
  for (auto [x, y] : llvm::zip_equal(a, b))
    for (int64_t at = 0; at < x.count(); ++at) {
      double term = x.get<double>(at) * y.get<double>(at);
      sum += term, size += std::fabs(term);
    }
  return {sum, size};
}

/// df/dt of a function of one number at 0 by four values; the error is step^4 and rounding / step.
FailureOr<HostTensors> slope(llvm::function_ref<FailureOr<HostTensors>(double)> f) {
  constexpr double step = 1e-4;
  auto p1 = f(step), m1 = f(-step), p2 = f(2 * step), m2 = f(-2 * step);
  if (failed(p1) || failed(m1) || failed(p2) || failed(m2)) return failure();
  HostTensors out = realsOf(*p1), a = realsOf(*m1), b = realsOf(*p2), c = realsOf(*m2);
  for (auto [k, tensor] : llvm::enumerate(out))
    for (int64_t at = 0; at < tensor.count(); ++at)
      tensor.set(at, (8 * (tensor.get<double>(at) - a[k].get<double>(at)) -
                      (b[k].get<double>(at) - c[k].get<double>(at))) /
                         (12 * step));
  return out;
}

bool allZero(HostTensorsRef tensors) { return sizeOf(tensors) == 0; }
constexpr Tolerance differences = {0, 1e-6};

/// What the op says when it is asked for something and gives nothing.
struct Heard {
  explicit Heard(MLIRContext *context)
      : handler(context,
                [this](Diagnostic &d) { return text += (text.empty() ? "" : "; ") + d.str(), success(); }) {}
  std::string text;
  ScopedDiagnosticHandler handler;
};

bool isSmooth(const Case &one, MLIRContext *context) {
  Written plain = functionOf(one, context);
  // Without elements there is no direction, and nothing to move.
  auto real = [](Type type) {
    return isFloatTensor(type) && elementOf(type).isF64() && tensorOf(type).getNumElements() > 0;
  };
  return plain.module && llvm::any_of(plain.function.getResultTypes(), real) &&
         llvm::any_of(plain.function.getArgumentTypes(), real);
}

Outcome tangent(const Case &one, MLIRContext *context, Plant plant) {
  if (!isSmooth(one, context)) return {};
  Heard heard(context);
  Written plain = functionOf(one, context), derived = tangentOf(one, context, plant);
  bool none = *one.row->noDerivative;
  if (!derived.module)
    return none && llvm::StringRef(heard.text).contains(one.row->noDerivative)
               ? holds
               : broken("no tangent: " + heard.text);
  HostTensors x = inputsOf(one), v = randomLike(realsOf(x), one.seed() + 7);
  auto got = evaluateBlock(derived.body(), joined(x, v));
  if (failed(got)) return broken("the tangent has no value: " + heard.text);
  if (none)
    return allZero(*got) ? holds : broken("the row says it has no derivative, but its tangent is not zero");
  auto expected = slope([&](double step) { return evaluateBlock(plain.body(), moved(x, step, v)); });
  if (failed(expected)) return broken("no value: " + heard.text);
  for (auto [a, b] : llvm::zip_equal(*got, *expected))
    if (auto off = difference(a, b, differences, 1)) return broken("the tangent is not the slope: " + *off);
  return holds;
}

Outcome adjoint(const Case &one, MLIRContext *context, Plant plant) {
  if (!isSmooth(one, context) || *one.row->noDerivative) return {};
  Heard heard(context);
  Written forward = tangentOf(one, context, plant), backward = cotangentOf(one, context, plant);
  if (!forward.module || !backward.module) return broken("no derivative: " + heard.text);
  HostTensors x = inputsOf(one), v = randomLike(realsOf(x), one.seed() + 11);
  auto jv = evaluateBlock(forward.body(), joined(x, v));
  if (failed(jv)) return broken("no value: " + heard.text);
  HostTensors ct = randomLike(*jv, one.seed() + 13);
  auto back = evaluateBlock(backward.body(), joined(x, ct));
  if (failed(back)) return broken("no value: " + heard.text);
  auto [a, sizeA] = inner(ct, *jv);
  auto [b, sizeB] = inner(*back, v);
  if (std::fabs(a - b) <= 1e-11 * std::max({sizeA, sizeB, 1e-3})) return holds;
  return broken(llvm::formatv("<ct, J v> is {0:e17}, <J' ct, v> is {1:e17}", a, b).str());
}

Outcome hessian(const Case &one, MLIRContext *context, Plant plant) {
  if (!isSmooth(one, context) || *one.row->noDerivative) return {};
  Heard heard(context);
  Written second = hessianOf(one, context, plant), first = cotangentOf(one, context);
  if (!second.module || !first.module) return broken("no second derivative: " + heard.text);
  HostTensors x = inputsOf(one), u = randomLike(realsOf(x), one.seed() + 17),
              v = randomLike(realsOf(x), one.seed() + 19);
  HostTensors ct;
  for (Value argument : first.body().getArguments().drop_front(x.size()))
    ct.emplace_back(tensorOf(argument));
  ct = randomLike(ct, one.seed() + 23);
  auto hu = evaluateBlock(second.body(), joined(joined(x, ct), u));
  auto hv = evaluateBlock(second.body(), joined(joined(x, ct), v));
  if (failed(hu) || failed(hv)) return broken("no value: " + heard.text);
  auto [a, sizeA] = inner(u, *hv);
  auto [b, sizeB] = inner(v, *hu);
  if (!(std::fabs(a - b) <= 1e-11 * std::max({sizeA, sizeB, 1e-3})))
    return broken(llvm::formatv("<u, H v> is {0:e17}, <v, H u> is {1:e17}", a, b).str());
  auto expected =
      slope([&](double step) { return evaluateBlock(first.body(), joined(moved(x, step, v), ct)); });
  if (failed(expected)) return broken("no value: " + heard.text);
  for (auto [got, want] : llvm::zip_equal(*hv, *expected))
    if (auto off = difference(got, want, differences, 1))
      return broken("H v is not the slope of the gradient: " + *off);
  return holds;
}

/// Slice `index` of the leading axis.
HostTensor sliceOf(const HostTensor &tensor, int64_t index) {
  HostTensor out(RankedTensorType::get(tensor.shape().drop_front(), tensor.element()));
  for (int64_t at = 0; at < out.count(); ++at)
    out.copy(at, tensor, index * out.count() + at);
  return out;
}

Outcome batchedAs(const Case &one, MLIRContext *context, ArrayRef<bool> mapped, Plant plant) {
  constexpr int64_t extent = 3;
  Heard heard(context);
  Written wide = batchOf(one, context, mapped, extent, plant), plain = functionOf(one, context);
  if (!wide.module) return broken("no batching rule: " + heard.text);
  HostTensors inputs;
  for (auto [k, argument] : llvm::enumerate(wide.body().getArguments()))
    inputs.push_back(randomTensor(tensorOf(argument), one.specs[k], one.seed() + 29 + k));
  auto got = evaluateBlock(wide.body(), inputs);
  if (failed(got)) return broken("no value: " + heard.text);
  for (int64_t index = 0; index < extent; ++index) {
    HostTensors row;
    for (auto [k, input] : llvm::enumerate(inputs))
      row.push_back(!mapped.empty() && mapped[k] ? sliceOf(input, index) : input);
    auto expected = evaluateBlock(plain.body(), row);
    if (failed(expected)) return broken("no value: " + heard.text);
    for (auto [a, b] : llvm::zip_equal(*got, *expected)) {
      if (a.rank() != b.rank() + 1 || a.shape()[0] != extent)
        return broken("the batched result is " + graph::textOf(Type(a.type())));
      if (auto off = difference(sliceOf(a, index), b, formulaTolerance(b.element()), sizeOf(inputs)))
        return broken(llvm::formatv("slice {0} of the batched call: {1}", index, *off).str());
    }
  }
  return holds;
}

Outcome batched(const Case &one, MLIRContext *context, Plant plant) {
  for (RankedTensorType type : one.types)
    if (type.getRank() == maxRank) return {};
  Outcome last = batchedAs(one, context, SmallVector<bool>(one.types.size(), true), plant);
  for (unsigned k = 0; k < one.types.size() && one.types.size() > 1 && last.state == Outcome::Holds; ++k) {
    SmallVector<bool> mapped(one.types.size(), false);
    mapped[k] = true;
    last = batchedAs(one, context, mapped, plant);
  }
  return last;
}

} // namespace

const std::map<std::string, Claim> &transformations() {
  static const std::map<std::string, Claim> all = {{"tangent is slope", tangent},
                                                   {"cotangent is transposed tangent", adjoint},
                                                   {"Hessian is symmetric and the gradient's slope", hessian},
                                                   {"batched is a loop", batched}};
  return all;
}

} // namespace tgc::catalogue
