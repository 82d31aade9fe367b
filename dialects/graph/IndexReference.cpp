// References of what reads, writes and orders along axes.
#include "dialects/graph/TensorReference.h"
#include "mlir/IR/BuiltinTypes.h"
#include <algorithm>

using namespace mlir;

namespace tgc::graph::reference {

namespace {
/// Where an index points; nothing where there is no such place.
std::optional<int64_t> placeFor(const HostTensor &indices, int64_t at, int64_t extent, llvm::StringRef mode) {
  double real = indices.get<double>(at); // exact enough: extents are below 2^48
  if (mode == "wrap") {
    if (indices.kind() == 'u')
      return static_cast<int64_t>(indices.get<uint64_t>(at) % static_cast<uint64_t>(extent));
    int64_t rest = indices.get<int64_t>(at) % extent;
    return rest < 0 ? rest + extent : rest;
  }
  if (real < 0) real += static_cast<double>(extent);
  if (real >= 0 && real < static_cast<double>(extent)) return static_cast<int64_t>(real);
  if (mode == "fill") return std::nullopt;
  return real < 0 ? 0 : extent - 1;
}

double applied(llvm::StringRef how, double held, double next) {
  if (how == "add") return held + next;
  if (how == "multiply") return held * next;
  if (how == "max") return std::isnan(held) || held > next ? held : next;
  if (how == "min") return std::isnan(held) || held < next ? held : next;
  return next;
}

/// Writes one number as the dtype of `out` combines it.
void apply(std::vector<double> &reals, HostTensor &out, llvm::StringRef how, int64_t to,
           const HostTensor &from, int64_t at) {
  if (out.isFloat()) {
    reals[to] = applied(how, reals[to], from.get<double>(at));
  } else if (how == "add" || how == "multiply") {
    uint64_t held = out.get<uint64_t>(to), next = from.get<uint64_t>(at);
    out.set(to, static_cast<int64_t>(out.kind() == 'b' ? (how == "add" ? held | next : held & next)
                                     : how == "add"    ? held + next
                                                       : held * next));
  } else {
    auto better = [&](auto held, auto next) {
      return how == "set" || (how == "max" ? next > held : next < held);
    };
    bool writes = out.kind() == 'u' ? better(out.get<uint64_t>(to), from.get<uint64_t>(at))
                                    : better(out.get<int64_t>(to), from.get<int64_t>(at));
    if (writes) out.set(to, from.get<int64_t>(at));
  }
}

std::vector<double> realsOf(const HostTensor &x) {
  std::vector<double> out(x.count());
  for (int64_t at = 0; at < x.count(); ++at)
    out[at] = x.get<double>(at);
  return out;
}

void storeReals(HostTensor &out, const std::vector<double> &reals) {
  for (int64_t at = 0; out.isFloat() && at < out.count(); ++at)
    out.set(at, reals[at]);
}

template <typename T> bool comesBefore(T a, T b) { return b != b ? a == a : a < b; }

/// Positions along the axis in order, for the row that `first` begins.
Numbers orderOf(const HostTensor &x, int64_t first, int64_t extent, int64_t stride, bool descending) {
  Numbers order(extent);
  for (int64_t k = 0; k < extent; ++k)
    order[k] = k;
  auto less = [&](int64_t a, int64_t b) {
    int64_t i = first + a * stride, j = first + b * stride;
    if (x.isFloat()) return comesBefore(x.get<double>(i), x.get<double>(j));
    if (x.kind() == 'i') return x.get<int64_t>(i) < x.get<int64_t>(j);
    return x.get<uint64_t>(i) < x.get<uint64_t>(j);
  };
  // Insertion, unlike the code: an element passes those it is strictly before.
  for (int64_t k = 1; k < extent; ++k)
    for (int64_t at = k; at > 0; --at) {
      bool passes = descending ? less(order[at - 1], order[at]) : less(order[at], order[at - 1]);
      if (!passes) break;
      std::swap(order[at - 1], order[at]);
    }
  return order;
}
} // namespace

HostTensor take(const HostTensor &x, const HostTensor &indices, int64_t axis, llvm::StringRef mode) {
  Numbers shape(x.shape().take_front(axis));
  llvm::append_range(shape, indices.shape());
  llvm::append_range(shape, x.shape().drop_front(axis + 1));
  HostTensor out = blank(shape, x.element());
  if (x.count() == 0) return out;
  int64_t at = 0;
  forEachIndex(shape, [&](Ints index) {
    auto place = placeFor(indices, positionOf(indices.shape(), index.slice(axis, indices.rank())),
                          x.shape()[axis], mode);
    Numbers source(index.take_front(axis));
    source.push_back(place.value_or(0));
    llvm::append_range(source, index.drop_front(axis + indices.rank()));
    if (place) out.copy(at, x, positionOf(x.shape(), source));
    ++at;
  });
  return out;
}

HostTensor indexAdd(const HostTensor &x, const HostTensor &indices, const HostTensor &values, int64_t axis,
                    llvm::StringRef mode) {
  HostTensor out = x;
  std::vector<double> reals = realsOf(x);
  int64_t at = 0;
  forEachIndex(values.shape(), [&](Ints index) {
    auto place = placeFor(indices, positionOf(indices.shape(), index.slice(axis, indices.rank())),
                          x.shape()[axis], mode);
    Numbers target(index.take_front(axis));
    target.push_back(place.value_or(0));
    llvm::append_range(target, index.drop_front(axis + indices.rank()));
    if (place) apply(reals, out, "add", positionOf(x.shape(), target), values, at);
    ++at;
  });
  storeReals(out, reals);
  return out;
}

HostTensor takeAlongAxis(const HostTensor &x, const HostTensor &indices, int64_t axis, llvm::StringRef mode) {
  Numbers shape;
  for (int64_t k = 0; k < x.rank(); ++k)
    shape.push_back(k == axis || x.shape()[k] == 1 ? indices.shape()[k] : x.shape()[k]);
  HostTensor out = blank(shape, x.element());
  if (x.count() == 0) return out;
  int64_t at = 0;
  forEachIndex(shape, [&](Ints index) {
    auto place = placeFor(indices, broadcastPosition(indices, index), x.shape()[axis], mode);
    Numbers source(index);
    for (int64_t k = 0; k < x.rank(); ++k)
      if (x.shape()[k] == 1) source[k] = 0;
    source[axis] = place.value_or(0);
    if (place) out.copy(at, x, positionOf(x.shape(), source));
    ++at;
  });
  return out;
}

HostTensor putAlongAxis(const HostTensor &x, const HostTensor &indices, const HostTensor &values,
                        int64_t axis, llvm::StringRef how, llvm::StringRef mode) {
  HostTensor out = x;
  std::vector<double> reals = realsOf(x);
  Numbers shape(x.shape());
  shape[axis] = indices.shape()[axis];
  if (x.count() == 0) return out;
  forEachIndex(shape, [&](Ints index) {
    auto place = placeFor(indices, broadcastPosition(indices, index), x.shape()[axis], mode);
    Numbers target(index);
    target[axis] = place.value_or(0);
    if (place)
      apply(reals, out, how, positionOf(x.shape(), target), values, broadcastPosition(values, index));
  });
  storeReals(out, reals);
  return out;
}

HostTensor lengthMask(const HostTensor &lengths, int64_t size) {
  Numbers shape(lengths.shape());
  shape.push_back(size);
  HostTensor out = blank(shape, IntegerType::get(lengths.element().getContext(), 1));
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, static_cast<double>(at % size) < lengths.get<double>(at / size));
  return out;
}

HostTensor causalMask(MLIRContext *context, int64_t rows, std::optional<int64_t> columns, int64_t offset) {
  HostTensor out = blank({rows, columns.value_or(rows)}, IntegerType::get(context, 1));
  for (int64_t at = 0; at < out.count(); ++at) {
    auto index = indexOf(out.shape(), at);
    out.set(at, static_cast<double>(index[1]) <= static_cast<double>(index[0]) + static_cast<double>(offset));
  }
  return out;
}

HostTensors meshgrid(HostTensorsRef tensors, llvm::StringRef indexing) {
  Numbers shape, axes;
  for (size_t k = 0; k < tensors.size(); ++k) {
    shape.push_back(tensors[k].count());
    axes.push_back(static_cast<int64_t>(k));
  }
  if (indexing == "xy" && tensors.size() > 1) std::swap(shape[0], shape[1]), std::swap(axes[0], axes[1]);
  HostTensors out;
  for (auto [k, vector] : llvm::enumerate(tensors)) {
    out.push_back(blank(shape, vector.element()));
    for (int64_t at = 0; at < out.back().count(); ++at)
      out.back().copy(at, vector, indexOf(shape, at)[axes[k]]);
  }
  return out;
}

HostTensor sort(const HostTensor &x, int64_t axis, bool descending) {
  HostTensor out = blank(x.shape(), x.element());
  int64_t extent = x.shape()[axis], stride = countOf(x.shape().drop_front(axis + 1));
  for (int64_t row = 0; row * extent < x.count(); ++row) {
    int64_t first = row / stride * extent * stride + row % stride;
    for (auto [k, from] : llvm::enumerate(orderOf(x, first, extent, stride, descending)))
      out.copy(first + static_cast<int64_t>(k) * stride, x, first + from * stride);
  }
  return out;
}

HostTensors topk(const HostTensor &x, int64_t count, int64_t axis, bool largest) {
  Numbers shape(x.shape());
  shape[axis] = count;
  HostTensors out = {blank(shape, x.element()), blank(shape, IntegerType::get(x.element().getContext(), 64))};
  int64_t extent = x.shape()[axis], stride = countOf(x.shape().drop_front(axis + 1));
  for (int64_t row = 0; row * extent < x.count(); ++row) {
    int64_t first = row / stride * extent * stride + row % stride;
    int64_t to = row / stride * count * stride + row % stride;
    Numbers order = orderOf(x, first, extent, stride, largest);
    for (int64_t k = 0; k < count; ++k) {
      out[0].copy(to + k * stride, x, first + order[k] * stride);
      out[1].set(to + k * stride, order[k]);
    }
  }
  return out;
}

// ---- quantiles: each method from its definition ----
static double between(const std::vector<double> &row, double low, double high, double weight) {
  double a = row[static_cast<size_t>(low)], b = row[static_cast<size_t>(high)];
  return a == b || weight == 0 ? a : weight == 1 ? b : a * (1 - weight) + b * weight;
}

static double quantileOf(const std::vector<double> &row, double q, llvm::StringRef method) {
  if (std::isnan(q)) return q;
  q = std::clamp(q, 0.0, 1.0);
  auto n = static_cast<double>(row.size()), last = n - 1, plain = last * q;
  auto inside = [&](double index) { return std::clamp(index, 0.0, last); };
  if (method == "lower") return row[static_cast<size_t>(std::floor(plain))];
  if (method == "higher") return row[static_cast<size_t>(std::ceil(plain))];
  if (method == "nearest") return row[static_cast<size_t>(std::nearbyint(plain))];
  if (method == "midpoint") return between(row, std::floor(plain), std::ceil(plain), 0.5);
  double rank = n * q;
  if (method == "inverted_cdf") return row[static_cast<size_t>(inside(std::ceil(rank) - 1))];
  if (method == "averaged_inverted_cdf")
    return between(row, inside(std::ceil(rank) - 1), inside(std::floor(rank + 1) - 1), 0.5);
  if (method == "closest_observation") return row[static_cast<size_t>(inside(std::nearbyint(rank) - 1))];
  double alpha = method == "hazen"             ? 0.5
                 : method == "median_unbiased" ? 1 / 3.0
                 : method == "normal_unbiased" ? 0.375
                                               : 0;
  double beta = method == "interpolated_inverted_cdf" ? 1 : alpha;
  double index = method == "linear" ? plain : inside(rank + alpha + q * (1 - alpha - beta) - 1);
  double low = std::floor(index);
  return between(row, low, std::min(low + 1, last), index - low);
}

HostTensor quantile(const HostTensor &x, const HostTensor &q, Ints axes, llvm::StringRef method,
                    bool keepdims) {
  std::vector<HostTensor> parts;
  for (int64_t at = 0; at < q.count(); ++at)
    parts.push_back(reduced(x, axes, keepdims, [&](const std::vector<double> &group) {
      std::vector<double> row = group;
      if (std::any_of(row.begin(), row.end(), [](double value) { return std::isnan(value); }))
        return std::nan("");
      std::sort(row.begin(), row.end());
      return row.empty() ? 0.0 : quantileOf(row, q.get<double>(at), method);
    }));
  Numbers shape(q.shape());
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!llvm::is_contained(axes, axis))
      shape.push_back(x.shape()[axis]);
    else if (keepdims)
      shape.push_back(1);
  HostTensor out = blank(shape, x.element());
  int64_t to = 0;
  for (const HostTensor &part : parts)
    for (int64_t at = 0; at < part.count(); ++at)
      out.copy(to++, part, at);
  return out;
}

HostTensor median(const HostTensor &x, Ints axes, bool keepdims) {
  HostTensor half = blank({}, Float64Type::get(x.element().getContext()));
  half.set(0, 0.5);
  return quantile(x, half, axes, "linear", keepdims);
}

} // namespace tgc::graph::reference
