// References along axes: statistics, norms, the softmax family, attention.
#include "dialects/graph/TensorReference.h"
#include <numeric>

using namespace mlir;

namespace tgc::graph::reference {

using Reals = std::vector<double>;
static const double infinity = std::numeric_limits<double>::infinity();

static double total(const Reals &x) { return std::accumulate(x.begin(), x.end(), 0.0); }
static double average(const Reals &x) { return total(x) / static_cast<double>(x.size()); }
static double spread(const Reals &x, double correction) {
  double middle = average(x), sum = 0;
  for (double value : x)
    sum += (value - middle) * (value - middle);
  return sum / std::max(0.0, static_cast<double>(x.size()) - correction);
}
static double largestOf(const Reals &x) {
  double best = -infinity;
  for (double value : x)
    best = std::isnan(value) || value > best ? value : best;
  return best;
}

HostTensor mean(const HostTensor &x, Ints axes, bool keepdims) { return reduced(x, axes, keepdims, average); }
HostTensor var(const HostTensor &x, Ints axes, double correction, bool keepdims) {
  return reduced(x, axes, keepdims, [&](const Reals &r) { return spread(r, correction); });
}
HostTensor deviation(const HostTensor &x, Ints axes, double correction, bool keepdims) {
  return reduced(x, axes, keepdims, [&](const Reals &r) { return std::sqrt(spread(r, correction)); });
}

// A tensor of i64 with one number for each group.
static HostTensor counted(const HostTensor &x, Ints axes, bool keepdims,
                          llvm::function_ref<int64_t(const std::vector<int64_t> &)> rule) {
  Numbers shape;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!llvm::is_contained(axes, axis))
      shape.push_back(x.shape()[axis]);
    else if (keepdims)
      shape.push_back(1);
  HostTensor out = blank(shape, IntegerType::get(x.element().getContext(), 64));
  for (auto [to, group] : llvm::enumerate(groupsOf(x, axes)))
    out.set(static_cast<int64_t>(to), rule(group));
  return out;
}

template <typename T>
static int64_t bestPlace(const HostTensor &x, const std::vector<int64_t> &group, bool largest) {
  int64_t best = 0;
  for (size_t k = 1; k < group.size(); ++k) {
    T next = x.get<T>(group[k]), held = x.get<T>(group[best]);
    if (held != held) break;
    if (next != next || (largest ? next > held : next < held)) best = static_cast<int64_t>(k);
  }
  return best;
}

HostTensor argument(const HostTensor &x, Ints axes, bool keepdims, bool largest) {
  return counted(x, axes, keepdims, [&](const std::vector<int64_t> &group) {
    return x.isFloat()       ? bestPlace<double>(x, group, largest)
           : x.kind() == 'i' ? bestPlace<int64_t>(x, group, largest)
                             : bestPlace<uint64_t>(x, group, largest);
  });
}

HostTensor countNonzero(const HostTensor &x, Ints axes, bool keepdims) {
  return counted(x, axes, keepdims, [&](const std::vector<int64_t> &group) {
    return llvm::count_if(group, [&](int64_t at) { return x.get<bool>(at); });
  });
}

HostTensor logsumexp(const HostTensor &x, Ints axes, bool keepdims) {
  return reduced(x, axes, keepdims, [](const Reals &r) {
    double top = largestOf(r), sum = 0;
    if (std::isinf(top) || std::isnan(top)) return top;
    for (double value : r)
      sum += std::exp(value - top);
    return top + std::log(sum);
  });
}

static double vectorNorm(const Reals &x, double ord) {
  double sum = 0, most = 0, least = infinity;
  for (double value : x) {
    double size = std::abs(value);
    most = std::isnan(size) || size > most ? size : most;
    least = std::isnan(size) || size < least ? size : least;
    sum += ord == 0 ? (value != 0) : std::pow(size, ord);
  }
  if (std::isinf(ord)) return ord > 0 ? most : least;
  return ord == 0 ? sum : std::pow(sum, 1 / ord);
}
HostTensor norm(const HostTensor &x, double ord, Ints axes, bool keepdims) {
  return reduced(x, axes, keepdims, [&](const Reals &r) { return vectorNorm(r, ord); });
}

// ---- softmax family ----
static void toSoftmax(Reals &x) {
  double top = largestOf(x), sum = 0;
  for (double &value : x)
    sum += value = std::exp(value - top);
  for (double &value : x)
    value /= sum;
}
HostTensor softmax(const HostTensor &x, int64_t axis) { return alongAxis(x, axis, toSoftmax); }
HostTensor logSoftmax(const HostTensor &x, int64_t axis) {
  return alongAxis(x, axis, [](Reals &r) {
    double top = largestOf(r), sum = 0;
    for (double value : r)
      sum += std::exp(value - top);
    for (double &value : r)
      value = value - top - std::log(sum);
  });
}

HostTensor layerNorm(const HostTensor &x, const HostTensor &scale, const HostTensor &bias, int64_t axis,
                     double eps) {
  return alongAxis(x, axis, [&](Reals &r) {
    double middle = average(r), width = std::sqrt(spread(r, 0) + eps);
    for (auto [k, value] : llvm::enumerate(r)) {
      value = (value - middle) / width;
      if (scale.type()) value *= scale.get<double>(static_cast<int64_t>(k));
      if (bias.type()) value += bias.get<double>(static_cast<int64_t>(k));
    }
  });
}

HostTensor rmsNorm(const HostTensor &x, const HostTensor &scale, int64_t axis, double eps) {
  return alongAxis(x, axis, [&](Reals &r) {
    double squares = 0;
    for (double value : r)
      squares += value * value;
    double width = std::sqrt(squares / static_cast<double>(r.size()) + eps);
    for (auto [k, value] : llvm::enumerate(r))
      value = value / width * (scale.type() ? scale.get<double>(static_cast<int64_t>(k)) : 1);
  });
}

// ---- attention ----
HostTensor attention(const HostTensor &query, const HostTensor &key, const HostTensor &values,
                     const HostTensor &mask, const HostTensor &bias, bool causal,
                     std::optional<double> scale) {
  Numbers batches = broadcast(broadcast(query.shape().take_front(1), key.shape().take_front(1)),
                              values.shape().take_front(1));
  int64_t heads = query.shape()[1], group = heads / key.shape()[1], width = query.shape()[3];
  int64_t rows = query.shape()[2], columns = key.shape()[2];
  double factor = scale.value_or(width ? 1 / std::sqrt(static_cast<double>(width)) : 1);
  HostTensor out = blank({batches[0], heads, rows, values.shape()[3]}, query.element());
  auto at = [](const HostTensor &x, int64_t b, int64_t h, int64_t i, int64_t j) {
    return x.get<double>(broadcastPosition(x, {b, h, i, j}));
  };
  int64_t to = 0;
  forEachIndex(ArrayRef<int64_t>{batches[0], heads, rows}, [&](Ints index) {
    int64_t b = index[0], h = index[1], i = index[2];
    Reals weights(columns);
    for (int64_t j = 0; j < columns; ++j) {
      for (int64_t d = 0; d < width; ++d)
        weights[j] += at(query, b, h, i, d) * at(key, b, h / group, j, d);
      weights[j] *= factor;
      if (bias.type()) weights[j] += at(bias, b, h, i, j);
      bool seen = (!mask.type() || at(mask, b, h, i, j) != 0) && (!causal || j <= i);
      if (!seen) weights[j] = -infinity;
    }
    toSoftmax(weights);
    for (int64_t d = 0; d < values.shape()[3]; ++d) {
      double sum = 0;
      for (int64_t j = 0; j < columns; ++j)
        sum += weights[j] * at(values, b, h / group, j, d);
      out.set(to++, sum);
    }
  });
  return out;
}

} // namespace tgc::graph::reference
