// References of losses.
#include "dialects/graph/TensorReference.h"

using namespace mlir;

namespace tgc::graph::reference {

using Reals = std::vector<double>;

// Loss values as a tensor: one for each element, or their sum over a divisor.
static HostTensor gave(const Reals &losses, Ints shape, Type element, llvm::StringRef reduction,
                       double divisor) {
  if (reduction == "none") {
    HostTensor out = blank(shape, element);
    for (auto [k, loss] : llvm::enumerate(losses))
      out.set(static_cast<int64_t>(k), loss);
    return out;
  }
  double sum = 0;
  for (double loss : losses)
    sum += loss;
  HostTensor out = blank({}, element);
  out.set(0, reduction == "sum" ? sum : sum / divisor);
  return out;
}

static HostTensor elementwise(const HostTensor &prediction, const HostTensor &target,
                              llvm::StringRef reduction, llvm::function_ref<double(double, double)> rule) {
  Numbers shape = broadcast(prediction.shape(), target.shape());
  Reals losses;
  forEachIndex(shape, [&](Ints index) {
    losses.push_back(rule(prediction.get<double>(broadcastPosition(prediction, index)),
                          target.get<double>(broadcastPosition(target, index))));
  });
  double divisor =
      static_cast<double>(reduction == "batchmean" ? shape[0] : static_cast<int64_t>(losses.size()));
  return gave(losses, shape, prediction.element(), reduction, divisor);
}

HostTensor mseLoss(const HostTensor &prediction, const HostTensor &target, llvm::StringRef reduction) {
  return elementwise(prediction, target, reduction, [](double p, double t) { return (p - t) * (p - t); });
}

HostTensor huberLoss(const HostTensor &prediction, const HostTensor &target, llvm::StringRef reduction,
                     double delta) {
  return elementwise(prediction, target, reduction, [&](double p, double t) {
    double off = std::abs(p - t);
    return off <= delta ? off * off / 2 : delta * (off - delta / 2);
  });
}

HostTensor binaryCrossEntropy(const HostTensor &prediction, const HostTensor &target,
                              llvm::StringRef reduction) {
  return elementwise(prediction, target, reduction, [](double p, double t) {
    auto logarithm = [](double x) {
      return std::isnan(x) || x < 0 ? std::nan("") : std::max(std::log(x), -100.0);
    };
    return -(t * logarithm(p) + (1 - t) * logarithm(1 - p));
  });
}

HostTensor klDivergence(const HostTensor &prediction, const HostTensor &target, llvm::StringRef reduction,
                        bool logs) {
  return elementwise(prediction, target, reduction, [&](double q, double t) {
    if (logs) return std::exp(t) * (t - q);
    return t > 0 ? t * (std::log(t) - q) : 0;
  });
}

HostTensor crossEntropy(const HostTensor &scores, const HostTensor &target, llvm::StringRef reduction,
                        double smoothing) {
  int64_t axis = scores.rank() == 1 ? 0 : 1, classes = scores.shape()[axis];
  Numbers shape(scores.shape());
  shape.erase(shape.begin() + axis);
  Reals losses;
  double counted = 0;
  forEachIndex(shape, [&](Ints index) {
    auto place = [&](int64_t k) {
      Numbers own(index);
      own.insert(own.begin() + axis, k);
      return positionOf(scores.shape(), own);
    };
    double top = -std::numeric_limits<double>::infinity(), sum = 0, loss = 0;
    for (int64_t k = 0; k < classes; ++k)
      top = std::max(top, scores.get<double>(place(k)));
    for (int64_t k = 0; k < classes; ++k)
      sum += std::exp(scores.get<double>(place(k)) - top);
    int64_t number = target.isFloat() ? 0 : target.get<int64_t>(positionOf(shape, index));
    bool ignored = !target.isFloat() && (number < 0 || number >= classes);
    for (int64_t k = 0; k < classes && !ignored; ++k) {
      double weight = target.isFloat() ? target.get<double>(place(k)) : k == number;
      weight = weight * (1 - smoothing) + smoothing / static_cast<double>(classes);
      double logarithm = scores.get<double>(place(k)) - top - std::log(sum);
      if (weight != 0 || target.isFloat()) loss -= weight * logarithm;
    }
    counted += !ignored;
    losses.push_back(loss);
  });
  return gave(losses, shape, scores.element(), reduction, counted);
}

} // namespace tgc::graph::reference
