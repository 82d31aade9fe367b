// The moved evaluations and the comparison.
#include "tests/random/Judge.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"
#include "tests/catalogue/Close.h"
#include "llvm/Support/FormatVariadic.h"
#include <bit>
#include <unordered_set>

using namespace mlir;
using namespace tgc::graph;

namespace tgc::random {
namespace {

constexpr unsigned firstMoves = 4, allMoves = 48;
constexpr double margin = 4; // a moved run seldom meets the worst case

double ulpOf(Type element, double value) {
  const int precision = element.isF64() ? 53 : element.isF32() ? 24 : element.isBF16() ? 8 : 11;
  return value == 0 || !std::isfinite(value) ? 0 : std::ldexp(1.0, std::ilogb(value) - precision + 1);
}

/// How far one op may be off at an element.
double stepOf(Operation *op, const HostTensor &result, double value, double scale) {
  const bool pointwise = cast<GraphOp>(op).kind() == Kind::Pointwise;
  const catalogue::Tolerance allowed =
      pointwise ? catalogue::elementTolerance(result.element(), op->getNumOperands() > 1)
                : catalogue::formulaTolerance(result.element());
  return allowed.ulps * ulpOf(result.element(), value) + allowed.relative * scale;
}

double scaleOf(const HostTensor &result, HostTensorsRef operands) {
  return std::max(catalogue::sizeOf(result), catalogue::sizeOf(operands));
}

} // namespace

Judge::Judge(const RandomGraph &graph, uint64_t seed)
    : graph(graph), random{seed * 77 + 5}, moving(graph.written.function) {
  clean = unmoved = evaluate(false);
  for (const HostTensor &tensor : clean) {
    sizes.push_back(catalogue::sizeOf(tensor));
    spreads.emplace_back(tensor.count(), 0.0);
  }
  moveMore(firstMoves);
}

void Judge::writeOutComposites() {
  writtenOut = graph.written.module.get().clone();
  moving = writtenOut->lookupSymbol<func::FuncOp>(func::FuncOp(graph.written.function).getName());
  if (failed(expandComposites(moving.front()))) return;
  exactOps.clear();
  conditions.clear();
  unmoved = evaluate(false);
  moveMore(allMoves);
}

/// Ops that only carry elements elsewhere round nothing.
bool Judge::isExact(Operation *op, const HostTensor &result, HostTensorsRef operands) const {
  if (op->hasTrait<OpTrait::ConstantLike>()) return true;
  if (cast<GraphOp>(op).kind() == Kind::Pointwise || operands.empty()) return false;
  std::unordered_set<uint64_t> known = {std::bit_cast<uint64_t>(0.0)};
  for (const HostTensor &operand : operands)
    for (int64_t at = 0; at < operand.count(); ++at)
      known.insert(std::bit_cast<uint64_t>(operand.get<double>(at)));
  for (int64_t at = 0; at < result.count(); ++at)
    if (!known.count(std::bit_cast<uint64_t>(result.get<double>(at)))) return false;
  return true;
}

static bool isLost(const HostTensor &operand) {
  for (int64_t at = 0; operand.isFloat() && at < operand.count(); ++at)
    if (!std::isfinite(operand.get<double>(at))) return true;
  return false;
}

void Judge::move(HostTensor &tensor, Operation *op, HostTensorsRef operands) {
  double scale = scaleOf(tensor, operands);
  // The condition of an op at the clean numbers; infinite where rounding decides whether there is a result.
  scale = std::max(scale, conditions.at(op));
  // Three operands multiply before they add, as in lerp: what cancels is as large as their product.
  if (cast<GraphOp>(op).kind() == Kind::Pointwise && operands.size() == 3)
    scale = std::max(scale, scale * scale);
  // What was moved beyond all bounds before stays there: it must not come back as a number.
  const bool lost = std::isinf(scale) && llvm::any_of(operands, isLost);
  // Numbers of any size tell other tales than what is none: both are tried.
  const bool numbers = random.chance(0.3);
  for (int64_t at = 0; at < tensor.count() && !lost; ++at) {
    const double value = tensor.get<double>(at);
    // NaN passes through what bounds its operand, infinities turn comparisons.
    if (std::isinf(scale) && numbers)
      tensor.set(at, (std::isfinite(value) ? value : 0.0) + (random.chance(0.5) ? 0.75 : -0.75));
    else if (std::isinf(scale))
      tensor.set(at, !std::isfinite(value) ? 0.0
                     : random.chance(0.5)  ? NAN
                     : random.chance(0.5)  ? INFINITY
                                           : -INFINITY);
    if (std::isinf(scale) || !std::isfinite(value)) continue;
    const double step = stepOf(op, tensor, value, scale);
    if (step == 0) continue;
    double moved = value + (random.chance(0.5) ? step : -step);
    // A comparison for equality flips at one place only, which is most often an operand's own value.
    if (random.chance(0.25))
      for (const HostTensor &operand : operands)
        if (operand.isFloat() && operand.count() == tensor.count() &&
            std::fabs(operand.get<double>(at) - value) <= step)
          moved = operand.get<double>(at);
    tensor.set(at, moved);
  }
}

/// The sign of a zero depends on the order of a sum and on what is multiplied first: neither is promised. Nor
/// is the sign of a NaN anywhere.
void Judge::turnSigns(HostTensor &tensor, bool zeros) {
  for (int64_t at = 0; at < tensor.count(); ++at)
    if (const double value = tensor.get<double>(at); std::isnan(value) || (zeros && value == 0))
      tensor.set(at, std::copysign(value, random.chance(0.5) ? 1.0 : -1.0));
}

void Judge::moveUlp(HostTensor &tensor) {
  for (int64_t at = 0; at < tensor.count(); ++at) {
    const double value = tensor.get<double>(at), ulp = ulpOf(tensor.element(), value);
    if (ulp != 0) tensor.set(at, value + (random.chance(0.5) ? ulp : 0));
  }
}

HostTensors Judge::evaluate(bool moved) {
  llvm::DenseMap<Value, HostTensor> held;
  for (auto [argument, tensor] : llvm::zip_equal(moving.getArguments(), graph.inputs))
    held.try_emplace(argument, tensor);
  auto gather = [&](Operation &op) {
    HostTensors values;
    for (Value operand : op.getOperands()) {
      values.push_back(held.at(operand));
      // Each use for itself: a product may be joined with a sum that uses it and then is not rounded there.
      Operation *maker = operand.getDefiningOp();
      if (moved && maker && values.back().isFloat() && !exactOps.at(maker)) moveUlp(values.back());
    }
    return values;
  };
  for (Operation &op : moving.front().without_terminator()) {
    HostTensors operands = gather(op);
    HostTensors results = cast<GraphOp>(op).evaluate(operands);
    if (!moved) conditions.try_emplace(&op, cast<GraphOp>(op).roundingScale(operands));
    for (auto [result, tensor] : llvm::zip_equal(op.getResults(), results)) {
      if (tensor.isFloat() && !moved) {
        bool exact = conditions.at(&op) == 0 && isExact(&op, tensor, operands);
        auto [at, fresh] = exactOps.try_emplace(&op, exact);
        if (!fresh) at->second &= exact;
      }
      if (tensor.isFloat() && moved && !exactOps.at(&op)) move(tensor, &op, operands);
      if (tensor.isFloat() && moved) turnSigns(tensor, !cast<GraphOp>(op).isMap());
      held.try_emplace(result, std::move(tensor));
    }
  }
  return gather(*moving.front().getTerminator());
}

void Judge::moveMore(unsigned times) {
  for (; times > 0; --times, ++moves) {
    HostTensors now = evaluate(true);
    for (size_t k = 0; k < now.size(); ++k)
      for (int64_t at = 0; at < now[k].count(); ++at) {
        const double a = now[k].get<double>(at), b = unmoved[k].get<double>(at);
        double off = 0;
        if (!now[k].isFloat())
          off = now[k].get<int64_t>(at) == unmoved[k].get<int64_t>(at) ? 0 : INFINITY;
        else if (a != b && !(std::isnan(a) && std::isnan(b)))
          off = std::isfinite(a) && std::isfinite(b) ? std::fabs(a - b) : INFINITY;
        spreads[k][at] = std::max(spreads[k][at], off);
      }
  }
}

double Judge::tolerance(size_t result, int64_t at) const {
  const HostTensor &tensor = clean[result];
  const catalogue::Tolerance own = catalogue::formulaTolerance(tensor.element());
  return margin * spreads[result][at] + own.ulps * ulpOf(tensor.element(), tensor.get<double>(at)) +
         own.relative * sizes[result];
}

bool Judge::matches(const HostTensor &got, size_t result, int64_t at, Compared &compared) const {
  const HostTensor &want = clean[result];
  if (!got.isFloat()) {
    if (got.get<int64_t>(at) == want.get<int64_t>(at)) return ++compared.exact, true;
    return std::isinf(spreads[result][at]) && (++compared.excused, true);
  }
  const double a = got.get<double>(at), b = want.get<double>(at);
  if (a == b || (std::isnan(a) && std::isnan(b))) return ++compared.exact, true;
  if (std::isinf(spreads[result][at])) return ++compared.excused, true;
  return std::fabs(a - b) <= tolerance(result, at);
}

std::optional<std::string> Judge::judge(HostTensorsRef got, Compared &compared) {
  for (size_t k = 0; k < clean.size(); ++k)
    for (int64_t at = 0; at < clean[k].count(); ++at) {
      ++compared.elements;
      compared.whole += !clean[k].isFloat();
      // Margins are looked for once more before anything is called wrong.
      if (!matches(got[k], k, at, compared)) {
        if (moves < allMoves) moveMore(allMoves - moves);
        if (!writtenOut && !matches(got[k], k, at, compared)) writeOutComposites();
        if (!matches(got[k], k, at, compared))
          return llvm::formatv("result {0}, element {1} is {2:e17}, not {3:e17} (tolerance {4:e2})", k, at,
                               got[k].get<double>(at), clean[k].get<double>(at), tolerance(k, at))
              .str();
      }
      compared.loose += clean[k].isFloat() && std::isfinite(clean[k].get<double>(at)) &&
                        tolerance(k, at) > 1e-3 * sizes[k] && !clean[k].element().isBF16() &&
                        !clean[k].element().isF16();
    }
  return std::nullopt;
}

} // namespace tgc::random
