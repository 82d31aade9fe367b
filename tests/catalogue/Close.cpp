// The table of tolerances and the comparison.
#include "tests/catalogue/Close.h"
#include "dialects/graph/Graph.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {

static int precision(Type element) {
  return element.isF64() ? 53 : element.isF32() ? 24 : element.isBF16() ? 8 : 11;
}

Tolerance elementTolerance(Type element, bool several) {
  if (kindOf(element) != 'f') return exact;
  double relative = several ? 4 * std::ldexp(1.0, -precision(element)) : 0;
  return {element.isF64() ? 6.0 : element.isF32() ? 8.0 : 1.0, relative};
}

Tolerance formulaTolerance(Type element) {
  return kindOf(element) == 'f' ? Tolerance{8, 16 * std::ldexp(1.0, -precision(element))} : exact;
}

/// The distance to the next number of the dtype.
static double ulpAt(Type element, double value) {
  int least = element.isF64() ? -1074 : element.isF32() ? -149 : element.isBF16() ? -133 : -24;
  if (value == 0 || !std::isfinite(value)) return std::ldexp(1.0, least);
  return std::ldexp(1.0, std::max(std::ilogb(value) - precision(element) + 1, least));
}

double sizeOf(HostTensorsRef tensors) {
  double size = 0;
  for (const HostTensor &tensor : tensors)
    for (int64_t at = 0; tensor.isFloat() && at < tensor.count(); ++at)
      if (double value = std::fabs(tensor.get<double>(at)); std::isfinite(value))
        size = std::max(size, value);
  return size;
}

double roundingScaleOf(Block &body, HostTensorsRef inputs) {
  llvm::DenseMap<Value, HostTensor> held;
  for (auto [argument, tensor] : llvm::zip_equal(body.getArguments(), inputs))
    held.try_emplace(argument, tensor);
  double scale = 0;
  for (Operation &op : body.without_terminator()) {
    auto graphOp = cast<GraphOp>(op);
    HostTensors operands;
    for (Value operand : op.getOperands())
      operands.push_back(held.at(operand));
    scale = std::max(scale, graphOp.roundingScale(operands));
    if (op.getNextNode() == body.getTerminator()) break; // nobody asks for its value
    for (auto [result, tensor] : llvm::zip_equal(op.getResults(), graphOp.evaluate(operands)))
      held.try_emplace(result, std::move(tensor));
  }
  return scale;
}

std::optional<std::string> difference(const HostTensor &got, const HostTensor &expected, Tolerance tolerance,
                                      double scale) {
  if (got.type() != expected.type())
    return "the type is " + graph::textOf(Type(got.type())) + ", not " + graph::textOf(Type(expected.type()));
  double absolute = tolerance.relative * std::max(scale, sizeOf(expected));
  for (int64_t at = 0; at < got.count(); ++at) {
    if (!got.isFloat()) {
      if (got.get<int64_t>(at) == expected.get<int64_t>(at)) continue;
      return llvm::formatv("element {0} is {1}, not {2}", at, got.get<int64_t>(at), expected.get<int64_t>(at))
          .str();
    }
    double a = got.get<double>(at), b = expected.get<double>(at);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    double off = std::fabs(a - b), ulp = ulpAt(got.element(), b);
    if (off <= tolerance.ulps * ulp + absolute) continue;
    return llvm::formatv("element {0} is {1:e17}, not {2:e17}: {3} ULP off", at, a, b, off / ulp).str();
  }
  return std::nullopt;
}

} // namespace tgc::catalogue
