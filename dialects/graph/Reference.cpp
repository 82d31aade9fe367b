// Whole-tensor references.
#include "dialects/graph/Reference.h"
#include "dialects/graph/Composite.h"
#include <numbers>

using namespace mlir;

namespace tgc::graph::reference {

HostTensor einsum(llvm::StringRef text, HostTensorsRef operands) {
  std::vector<uint32_t> ranks;
  std::vector<std::vector<int64_t>> shapes;
  for (const HostTensor &operand : operands) {
    ranks.push_back(operand.rank());
    shapes.emplace_back(operand.shape().begin(), operand.shape().end());
  }
  Equation equation =
      std::get<Equation>(parseEquation({text.data(), text.size()}, std::span<const uint32_t>(ranks)));
  Extents extents = std::get<Extents>(bindExtents(equation, shapes));
  HostTensors squeezed;
  for (uint32_t k = 0; k < operands.size(); ++k) {
    SmallVector<int64_t> shape;
    for (uint32_t axis = 0; axis < shapes[k].size(); ++axis)
      if (!llvm::is_contained(extents.broadcast, BroadcastAxis{k, axis})) shape.push_back(shapes[k][axis]);
    squeezed.emplace_back(RankedTensorType::get(shape, operands[k].element()));
    for (int64_t at = 0; at < operands[k].count(); ++at)
      squeezed.back().copy(at, operands[k], at);
  }
  SmallVector<int64_t> shape;
  for (Index index : equation.output)
    shape.push_back(extents.of[index]);
  return contractByLoops(withoutAxes(equation, extents.broadcast), extents.of, squeezed,
                         RankedTensorType::get(shape, operands[0].element()));
}

double nextAfter(Type element, double from, double to) {
  if (element.isF64()) return std::nextafter(from, to);
  if (element.isF32()) return std::nextafter(static_cast<float>(from), static_cast<float>(to));
  if (std::isnan(from) || std::isnan(to)) return from + to;
  if (from == to) return to;
  llvm::APFloat half(from);
  bool lost = false;
  half.convert(cast<FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
  half.next(/*nextDown=*/to < from);
  half.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
  return half.convertToDouble();
}

// By halving the interval, then Newton's steps in long double.
double logGamma(double x) {
  int sign = 0;
  return x == std::floor(x) && x <= 0 ? INFINITY : lgamma_r(x, &sign);
}

// Up to 30 by the recurrence, where few terms of the asymptotic series are enough.
double digamma(double x) {
  if (x == 0) return -1 / x;
  if (x <= 0 && x == std::floor(x)) return std::nan("");
  long double z = x, sum = 0;
  if (x < 0.5) {
    const long double pi = std::numbers::pi_v<long double>;
    sum = -pi / std::tan(pi * (z - std::floor(z)));
    z = 1 - z;
  }
  for (; z < 30; z += 1)
    sum -= 1 / z;
  const long double square = 1 / (z * z);
  const long double tail =
      square *
      (1.0L / 12 - square * (1.0L / 120 - square * (1.0L / 252 - square * (1.0L / 240 - square / 132))));
  return static_cast<double>(sum + std::log(z) - 0.5L / z - tail);
}

// exp(-x) I0(x), the mean of exp(x (cos u - 1)) over a half turn by the trapezoidal rule, which converges as
// fast as the integrand's Fourier series; beyond 60 the first terms of the asymptotic series.
double i0e(double x) {
  const long double size = std::fabs(x);
  if (!(size <= 60)) {
    long double term = 1, sum = 1;
    for (int k = 1; k < 25; ++k)
      sum += term *= (2 * k - 1) * (2 * k - 1) / (8 * k * size);
    return static_cast<double>(sum / std::sqrt(2 * std::numbers::pi_v<long double> * size));
  }
  constexpr int steps = 400;
  long double sum = (1 + std::exp(-2 * size)) / 2;
  for (int k = 1; k < steps; ++k)
    sum += std::exp(size * (std::cos(std::numbers::pi_v<long double> * k / steps) - 1));
  return static_cast<double>(sum / steps);
}

double erfInv(double x) {
  if (!(std::fabs(x) < 1))
    return std::fabs(x) == 1 ? std::copysign(std::numeric_limits<double>::infinity(), x) : std::nan("");
  if (std::fabs(x) < 1e-9) return static_cast<double>(x * 0.886226925452758013649083741670573L);
  long double low = -7, high = 7, wanted = x;
  const bool tail = std::fabs(x) > 0.5;
  const auto excess = [&](long double y) {
    if (!tail) return std::erf(y) - wanted;
    return x > 0 ? (1 - wanted) - std::erfc(y) : std::erfc(-y) - (1 + wanted);
  };
  for (int k = 0; k < 60; ++k) {
    long double middle = (low + high) / 2;
    (excess(middle) < 0 ? low : high) = middle;
  }
  long double y = (low + high) / 2;
  for (int k = 0; k < 3; ++k)
    y -= excess(y) * std::exp(y * y) * 0.886226925452758013649083741670573L;
  return static_cast<double>(y);
}

HostTensor gelu(const HostTensor &x, llvm::StringRef approximate) {
  HostTensor out(x.type());
  const double pi = std::acos(-1.0);
  for (int64_t at = 0; at < x.count(); ++at) {
    double v = x.get<double>(at);
    if (approximate == "tanh")
      out.set(at, v / 2 * (1 + std::tanh(std::sqrt(2 / pi) * (v + 0.044715 * v * v * v))));
    else
      out.set(at, v * (0.5 * std::erfc(-v / std::sqrt(2.0))));
  }
  return out;
}

HostTensor clip(const HostTensor &x, const HostTensor &min, const HostTensor &max) {
  HostTensor out(x.type());
  auto cut = [&]<typename T>(T) {
    for (int64_t at = 0; at < x.count(); ++at) {
      T v = x.get<T>(at);
      if (min.type()) v = maximum(v, min.get<T>(at));
      if (max.type()) v = minimum(v, max.get<T>(at));
      out.set(at, v);
    }
  };
  if (x.isFloat())
    cut(double());
  else if (x.kind() == 'u')
    cut(uint64_t());
  else
    cut(int64_t());
  return out;
}

} // namespace tgc::graph::reference
