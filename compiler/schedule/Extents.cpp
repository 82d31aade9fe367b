#include "compiler/schedule/Extents.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace mlir;

namespace tgc::schedule {

void LinearSum::add(AffineExpr atom, int64_t factor) {
  if (factor == 0) return;
  for (auto &term : terms)
    if (term.first == atom) {
      term.second += factor;
      if (term.second == 0) terms.erase(&term);
      return;
    }
  terms.push_back({atom, factor});
}

void LinearSum::add(const LinearSum &other, int64_t factor) {
  for (auto [atom, scale] : other.terms)
    add(atom, scale * factor);
  constant += other.constant * factor;
}

AffineExpr LinearSum::expr(MLIRContext *context) const {
  AffineExpr sum = getAffineConstantExpr(0, context);
  for (auto [atom, factor] : terms)
    sum = sum + atom * factor;
  return sum + constant;
}

static int64_t floorDiv(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }
static int64_t floorMod(int64_t a, int64_t b) { return a - floorDiv(a, b) * b; }

static Range rangeOfSum(const LinearSum &sum, ArrayRef<int64_t> extents) {
  Range range{sum.constant, sum.constant};
  for (auto [atom, factor] : sum.terms) {
    Range inner = rangeOf(atom, extents);
    range.low += std::min(inner.low * factor, inner.high * factor);
    range.high += std::max(inner.low * factor, inner.high * factor);
  }
  return range;
}

Range rangeOf(AffineExpr expr, ArrayRef<int64_t> extents) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return {0, std::max<int64_t>(extents[dim.getPosition()] - 1, 0)};
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) return {constant.getValue(), constant.getValue()};
  auto binary = cast<AffineBinaryOpExpr>(expr);
  if (expr.getKind() == AffineExprKind::Mod)
    return {0, cast<AffineConstantExpr>(binary.getRHS()).getValue() - 1};
  if (expr.getKind() == AffineExprKind::FloorDiv) {
    Range inner = rangeOf(binary.getLHS(), extents);
    int64_t divisor = cast<AffineConstantExpr>(binary.getRHS()).getValue();
    return {floorDiv(inner.low, divisor), floorDiv(inner.high, divisor)};
  }
  return rangeOfSum(linearSum(expr, extents), extents);
}

// Splits a sum into the part divisible by `divisor` (already divided) and the rest.
static std::pair<LinearSum, LinearSum> splitBy(const LinearSum &sum, int64_t divisor) {
  LinearSum quotient, rest;
  for (auto [atom, factor] : sum.terms)
    (factor % divisor == 0 ? quotient : rest).add(atom, factor % divisor == 0 ? factor / divisor : factor);
  quotient.constant = floorDiv(sum.constant, divisor);
  rest.constant = floorMod(sum.constant, divisor);
  return {quotient, rest};
}

static LinearSum divide(const LinearSum &sum, int64_t divisor, ArrayRef<int64_t> extents,
                        MLIRContext *context) {
  auto [quotient, rest] = splitBy(sum, divisor);
  Range range = rangeOfSum(rest, extents);
  if (floorDiv(range.low, divisor) == floorDiv(range.high, divisor)) {
    quotient.constant += floorDiv(range.low, divisor);
    return quotient;
  }
  // (x floordiv a) floordiv b = x floordiv (a*b)
  if (rest.terms.size() == 1 && rest.terms[0].second == 1 && rest.constant == 0)
    if (auto inner = dyn_cast<AffineBinaryOpExpr>(rest.terms[0].first);
        inner && inner.getKind() == AffineExprKind::FloorDiv) {
      int64_t by = cast<AffineConstantExpr>(inner.getRHS()).getValue();
      quotient.add(inner.getLHS().floorDiv(by * divisor), 1);
      return quotient;
    }
  quotient.add(rest.expr(context).floorDiv(divisor), 1);
  return quotient;
}

static LinearSum remainder(const LinearSum &sum, int64_t divisor, ArrayRef<int64_t> extents,
                           MLIRContext *context) {
  LinearSum rest = splitBy(sum, divisor).second;
  Range range = rangeOfSum(rest, extents);
  if (floorDiv(range.low, divisor) == floorDiv(range.high, divisor)) {
    rest.constant -= floorDiv(range.low, divisor) * divisor;
    return rest;
  }
  LinearSum result;
  result.add(rest.expr(context) % divisor, 1);
  return result;
}

// f*(x mod c) + f*c*(x floordiv c) = f*x; finds one such pair and joins it.
static bool joinOnce(LinearSum &sum, ArrayRef<int64_t> extents, MLIRContext *context) {
  for (auto [atom, factor] : sum.terms) {
    if (atom.getKind() != AffineExprKind::Mod) continue;
    auto mod = cast<AffineBinaryOpExpr>(atom);
    int64_t divisor = cast<AffineConstantExpr>(mod.getRHS()).getValue();
    LinearSum whole = linearSum(mod.getLHS(), extents);
    LinearSum partner = divide(whole, divisor, extents, context);
    if (partner.terms.size() != 1 || partner.terms[0].second != 1 || partner.constant != 0) continue;
    AffineExpr wanted = partner.terms[0].first;
    auto *match = llvm::find_if(
        sum.terms, [&, f = factor](auto &t) { return t.first == wanted && t.second == f * divisor; });
    if (match == sum.terms.end()) continue;
    AffineExpr modAtom = atom;
    int64_t scale = factor;
    sum.add(modAtom, -scale);
    sum.add(wanted, -scale * divisor);
    sum.add(whole, scale);
    return true;
  }
  return false;
}

LinearSum linearSum(AffineExpr expr, ArrayRef<int64_t> extents) {
  LinearSum sum;
  MLIRContext *context = expr.getContext();
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    sum.constant = constant.getValue();
    return sum;
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    if (extents[dim.getPosition()] > 1) sum.add(expr, 1); // the only value of a unit variable is 0
    return sum;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  LinearSum left = linearSum(binary.getLHS(), extents);
  if (expr.getKind() == AffineExprKind::Add) {
    left.add(linearSum(binary.getRHS(), extents), 1);
    while (joinOnce(left, extents, context))
      continue;
    return left;
  }
  int64_t right = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  switch (expr.getKind()) {
  case AffineExprKind::Mul:
    sum.add(left, right);
    return sum;
  case AffineExprKind::Mod:
    return remainder(left, right, extents, context);
  case AffineExprKind::CeilDiv:
    left.constant += right - 1;
    [[fallthrough]];
  default:
    return divide(left, right, extents, context);
  }
}

AffineExpr simplifyWithin(AffineExpr expr, ArrayRef<int64_t> extents) {
  return linearSum(expr, extents).expr(expr.getContext());
}

std::optional<int64_t> strideIn(AffineExpr expr, unsigned variable, ArrayRef<int64_t> extents) {
  int64_t stride = 0;
  for (auto [atom, factor] : linearSum(expr, extents).terms) {
    if (isa<AffineDimExpr>(atom) && cast<AffineDimExpr>(atom).getPosition() == variable)
      stride += factor;
    else if (atom.isFunctionOfDim(variable))
      return std::nullopt;
  }
  return stride;
}

SmallVector<unsigned, 4> variablesOf(AffineExpr expr) {
  SmallVector<unsigned, 4> found;
  expr.walk([&](AffineExpr part) {
    if (auto dim = dyn_cast<AffineDimExpr>(part))
      if (!llvm::is_contained(found, dim.getPosition())) found.push_back(dim.getPosition());
  });
  llvm::sort(found);
  return found;
}

SmallVector<AffineExpr> delinearize(AffineExpr flat, ArrayRef<int64_t> box) {
  SmallVector<AffineExpr> position(box.size());
  int64_t inner = 1;
  for (int64_t axis = int64_t(box.size()) - 1; axis >= 0; --axis) {
    AffineExpr shifted = flat.floorDiv(inner);
    position[axis] = axis == 0 ? shifted : shifted % std::max<int64_t>(box[axis], 1);
    inner *= std::max<int64_t>(box[axis], 1); // what has an extent of zero never runs
  }
  return position;
}

AffineExpr linearize(ArrayRef<AffineExpr> position, ArrayRef<int64_t> box, MLIRContext *context) {
  AffineExpr flat = getAffineConstantExpr(0, context);
  int64_t stride = 1;
  for (int64_t axis = int64_t(box.size()) - 1; axis >= 0; --axis) {
    flat = flat + position[axis] * stride;
    stride *= box[axis];
  }
  return flat;
}

int64_t productOf(ArrayRef<int64_t> extents) {
  int64_t product = 1;
  for (int64_t extent : extents)
    product *= extent;
  return product;
}

} // namespace tgc::schedule
