// References of results with a stated maximum: plain loops.
#include "dialects/graph/Composite.h"
#include "dialects/graph/TensorReference.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tgc::graph::reference {

namespace {
HostTensor numbers(const HostTensor &x, Ints shape) {
  return blank(shape, IntegerType::get(x.element().getContext(), 64));
}

HostTensor filled(const HostTensor &x, int64_t size, Attribute fill) {
  HostTensor out = blank({size}, x.element());
  for (int64_t at = 0; at < size; ++at)
    out.set(at, realOf(fill));
  return out;
}

HostTensor totalOf(const HostTensor &x, size_t count) {
  HostTensor out = numbers(x, {});
  out.set(0, static_cast<int64_t>(count));
  return out;
}

int compare(const HostTensor &x, int64_t a, int64_t b) {
  auto order = [](auto left, auto right) {
    if (left != left || right != right) return int(left != left) - int(right != right);
    return left < right ? -1 : int(right < left);
  };
  if (x.isFloat()) return order(x.get<double>(a), x.get<double>(b));
  return x.kind() == 'i' ? order(x.get<int64_t>(a), x.get<int64_t>(b))
                         : order(x.get<uint64_t>(a), x.get<uint64_t>(b));
}

/// Positions of equal elements together, in order.
std::vector<std::vector<int64_t>> groupsOf(const HostTensor &x) {
  std::vector<int64_t> order(x.count());
  for (int64_t at = 0; at < x.count(); ++at)
    order[at] = at;
  llvm::sort(order, [&](int64_t a, int64_t b) { return std::pair(compare(x, a, b), a) < std::pair(0, b); });
  std::vector<std::vector<int64_t>> groups;
  for (int64_t at : order) {
    bool isNan = x.isFloat() && std::isnan(x.get<double>(at));
    if (groups.empty() || isNan || compare(x, groups.back()[0], at) != 0) groups.emplace_back();
    groups.back().push_back(at);
  }
  return groups;
}

HostTensor firstsOf(const HostTensor &x, const std::vector<std::vector<int64_t>> &groups, int64_t size,
                    Attribute fill) {
  HostTensor out = filled(x, size, fill);
  for (size_t k = 0; k < groups.size() && static_cast<int64_t>(k) < size; ++k)
    out.copy(static_cast<int64_t>(k), x, groups[k][0]);
  return out;
}
} // namespace

HostTensors nonzero(const HostTensor &x, int64_t size, int64_t fill) {
  HostTensors out;
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    out.push_back(numbers(x, {size}));
    for (int64_t at = 0; at < size; ++at)
      out.back().set(at, fill);
  }
  int64_t found = 0;
  for (int64_t at = 0; at < x.count(); ++at) {
    if (!x.get<bool>(at)) continue;
    auto index = indexOf(x.shape(), at);
    for (int64_t axis = 0; axis < x.rank() && found < size; ++axis)
      out[axis].set(found, index[axis]);
    ++found;
  }
  out.push_back(totalOf(x, static_cast<size_t>(found)));
  return out;
}

HostTensors maskedSelect(const HostTensor &x, const HostTensor &mask, int64_t size, Attribute fill) {
  HostTensor out = filled(x, size, fill);
  int64_t found = 0;
  forEachIndex(broadcast(x.shape(), mask.shape()), [&](Ints index) {
    if (!mask.get<bool>(broadcastPosition(mask, index))) return;
    if (found < size) out.copy(found, x, broadcastPosition(x, index));
    ++found;
  });
  return {out, totalOf(x, static_cast<size_t>(found))};
}

HostTensors unique(const HostTensor &x, int64_t size, Attribute fill) {
  auto groups = groupsOf(x);
  return {firstsOf(x, groups, size, fill), totalOf(x, groups.size())};
}

HostTensors uniqueCounts(const HostTensor &x, int64_t size, Attribute fill) {
  auto groups = groupsOf(x);
  HostTensor counts = numbers(x, {size});
  for (size_t k = 0; k < groups.size() && static_cast<int64_t>(k) < size; ++k)
    counts.set(static_cast<int64_t>(k), static_cast<int64_t>(groups[k].size()));
  return {firstsOf(x, groups, size, fill), counts, totalOf(x, groups.size())};
}

HostTensors uniqueInverse(const HostTensor &x, int64_t size, Attribute fill) {
  auto groups = groupsOf(x);
  HostTensor inverse = numbers(x, x.shape());
  for (auto [k, group] : llvm::enumerate(groups))
    for (int64_t at : group)
      inverse.set(at, static_cast<int64_t>(k));
  return {firstsOf(x, groups, size, fill), inverse, totalOf(x, groups.size())};
}

} // namespace tgc::graph::reference
