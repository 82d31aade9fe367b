// References of products, and what all tensor references share.
#include "dialects/graph/TensorReference.h"

using namespace mlir;

namespace tgc::graph::reference {

HostTensor blank(Ints shape, Type element) { return HostTensor(RankedTensorType::get(shape, element)); }

HostTensor gathered(const HostTensor &x, Ints shape, llvm::function_ref<Numbers(Ints)> source) {
  HostTensor out = blank(shape, x.element());
  int64_t at = 0;
  forEachIndex(shape, [&](Ints index) { out.copy(at++, x, positionOf(x.shape(), source(index))); });
  return out;
}

static bool holds(Ints axes, int64_t axis) { return llvm::is_contained(axes, axis); }

std::vector<std::vector<int64_t>> groupsOf(const HostTensor &x, Ints axes) {
  Numbers kept;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!holds(axes, axis)) kept.push_back(x.shape()[axis]);
  std::vector<std::vector<int64_t>> groups(countOf(kept));
  int64_t at = 0;
  forEachIndex(x.shape(), [&](Ints index) {
    Numbers own;
    for (int64_t axis = 0; axis < x.rank(); ++axis)
      if (!holds(axes, axis)) own.push_back(index[axis]);
    groups[positionOf(kept, own)].push_back(at++);
  });
  return groups;
}

static Numbers shapeWithout(const HostTensor &x, Ints axes, bool keepdims) {
  Numbers shape;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!holds(axes, axis))
      shape.push_back(x.shape()[axis]);
    else if (keepdims)
      shape.push_back(1);
  return shape;
}

HostTensor reduced(const HostTensor &x, Ints axes, bool keepdims,
                   llvm::function_ref<double(const std::vector<double> &)> rule) {
  HostTensor out = blank(shapeWithout(x, axes, keepdims), x.element());
  for (auto [to, group] : llvm::enumerate(groupsOf(x, axes))) {
    std::vector<double> reals;
    for (int64_t at : group)
      reals.push_back(x.get<double>(at));
    out.set(static_cast<int64_t>(to), rule(reals));
  }
  return out;
}

HostTensor alongAxis(const HostTensor &x, int64_t axis,
                     llvm::function_ref<void(std::vector<double> &)> rule) {
  HostTensor out = x;
  for (const auto &group : groupsOf(x, {axis})) {
    std::vector<double> reals;
    for (int64_t at : group)
      reals.push_back(x.get<double>(at));
    rule(reals);
    for (auto [k, at] : llvm::enumerate(group))
      out.set(at, reals[k]);
  }
  return out;
}

Numbers broadcast(Ints a, Ints b) {
  Numbers out(std::max(a.size(), b.size()), 1);
  for (size_t k = 0; k < out.size(); ++k) {
    int64_t left = k < a.size() ? a[a.size() - 1 - k] : 1, right = k < b.size() ? b[b.size() - 1 - k] : 1;
    out[out.size() - 1 - k] = left == 1 ? right : left;
  }
  return out;
}

int64_t broadcastPosition(const HostTensor &x, Ints index) {
  Numbers own(index.take_back(x.rank()));
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (x.shape()[axis] == 1) own[axis] = 0;
  return positionOf(x.shape(), own);
}

// ---- sums ----
Sums::Sums(RankedTensorType type) : out(type), reals(out.count(), 0), integers(out.count(), 0) {}

void Sums::add(int64_t to, const HostTensor &a, int64_t i) {
  if (out.isFloat())
    reals[to] += a.get<double>(i);
  else if (out.kind() == 'b')
    integers[to] |= a.get<uint64_t>(i);
  else
    integers[to] += a.get<uint64_t>(i);
}
void Sums::add(int64_t to, const HostTensor &a, int64_t i, const HostTensor &b, int64_t j) {
  if (out.isFloat())
    reals[to] += a.get<double>(i) * b.get<double>(j);
  else if (out.kind() == 'b')
    integers[to] |= a.get<uint64_t>(i) & b.get<uint64_t>(j);
  else
    integers[to] += a.get<uint64_t>(i) * b.get<uint64_t>(j);
}
HostTensor Sums::done() {
  for (int64_t at = 0; at < out.count(); ++at)
    if (out.isFloat())
      out.set(at, reals[at]);
    else
      out.set(at, integers[at]);
  return out;
}

// ---- products ----
HostTensor matmul(const HostTensor &a, const HostTensor &b) {
  bool row = a.rank() == 1, column = b.rank() == 1;
  Ints batchA = row ? Ints() : a.shape().drop_back(2), batchB = column ? Ints() : b.shape().drop_back(2);
  Numbers shape = broadcast(batchA, batchB);
  size_t batch = shape.size();
  if (!row) shape.push_back(a.shape()[a.rank() - 2]);
  if (!column) shape.push_back(b.shape()[b.rank() - 1]);
  Sums sums(RankedTensorType::get(shape, a.element()));
  int64_t shared = a.shape().back(), to = 0;
  forEachIndex(shape, [&](Ints index) {
    // An operand's own index: its batch axes, aligned at the right, then its matrix.
    auto own = [&](Ints axes) {
      Numbers out(index.take_front(batch).take_back(axes.size()));
      for (size_t k = 0; k < axes.size(); ++k)
        if (axes[k] == 1) out[k] = 0;
      return out;
    };
    Numbers left = own(batchA), right = own(batchB);
    if (!row) left.push_back(index[batch]);
    for (int64_t k = 0; k < shared; ++k) {
      Numbers i = left, j = right;
      i.push_back(k);
      j.push_back(k);
      if (!column) j.push_back(index.back());
      sums.add(to, a, positionOf(a.shape(), i), b, positionOf(b.shape(), j));
    }
    ++to;
  });
  return sums.done();
}

HostTensor tensordot(const HostTensor &a, const HostTensor &b, Ints axes) {
  Numbers ours, theirs;
  if (axes.size() == 1)
    for (int64_t k = 0; k < axes[0]; ++k) {
      ours.push_back(a.rank() - axes[0] + k);
      theirs.push_back(k);
    }
  else
    for (size_t k = 0; k < axes.size() / 2; ++k) {
      int64_t own = axes[k], other = axes[axes.size() / 2 + k];
      ours.push_back(own < 0 ? own + a.rank() : own);
      theirs.push_back(other < 0 ? other + b.rank() : other);
    }
  Numbers shape = shapeWithout(a, ours, false), shared;
  size_t split = shape.size();
  llvm::append_range(shape, shapeWithout(b, theirs, false));
  for (int64_t axis : ours)
    shared.push_back(a.shape()[axis]);
  Sums sums(RankedTensorType::get(shape, a.element()));
  int64_t to = 0;
  forEachIndex(shape, [&](Ints index) {
    forEachIndex(shared, [&](Ints inner) {
      auto own = [&](const HostTensor &x, Ints chosen, Ints rest) {
        Numbers out(x.rank());
        for (auto [k, axis] : llvm::enumerate(chosen))
          out[axis] = inner[k];
        for (int64_t axis = 0, k = 0; axis < x.rank(); ++axis)
          if (!holds(chosen, axis)) out[axis] = rest[k++];
        return positionOf(x.shape(), out);
      };
      sums.add(to, a, own(a, ours, index.take_front(split)), b, own(b, theirs, index.drop_front(split)));
    });
    ++to;
  });
  return sums.done();
}

HostTensor vecdot(const HostTensor &a, const HostTensor &b, int64_t axis) {
  int64_t left = axis < 0 ? axis + a.rank() : axis, right = axis < 0 ? axis + b.rank() : axis;
  Numbers restA = shapeWithout(a, {left}, false), restB = shapeWithout(b, {right}, false);
  Numbers shape = broadcast(restA, restB);
  Sums sums(RankedTensorType::get(shape, a.element()));
  int64_t to = 0;
  forEachIndex(shape, [&](Ints index) {
    for (int64_t k = 0; k < a.shape()[left]; ++k) {
      auto own = [&](const HostTensor &x, Ints rest, int64_t place) {
        Numbers out(index.take_back(rest.size()));
        for (size_t j = 0; j < rest.size(); ++j)
          if (rest[j] == 1) out[j] = 0;
        out.insert(out.begin() + place, k);
        return positionOf(x.shape(), out);
      };
      sums.add(to, a, own(a, restA, left), b, own(b, restB, right));
    }
    ++to;
  });
  return sums.done();
}

HostTensor outer(const HostTensor &a, const HostTensor &b) {
  Sums sums(RankedTensorType::get({a.count(), b.count()}, a.element()));
  for (int64_t i = 0; i < a.count(); ++i)
    for (int64_t j = 0; j < b.count(); ++j)
      sums.add(i * b.count() + j, a, i, b, j);
  return sums.done();
}

HostTensor kron(const HostTensor &a, const HostTensor &b) {
  auto rank = static_cast<size_t>(std::max(a.rank(), b.rank()));
  auto extent = [&](const HostTensor &x, size_t axis) {
    size_t missing = rank - x.rank();
    return axis < missing ? 1 : x.shape()[axis - missing];
  };
  Numbers shape;
  for (size_t axis = 0; axis < rank; ++axis)
    shape.push_back(extent(a, axis) * extent(b, axis));
  Sums sums(RankedTensorType::get(shape, a.element()));
  int64_t to = 0;
  forEachIndex(shape, [&](Ints index) {
    int64_t i = 0, j = 0;
    for (size_t axis = 0; axis < rank; ++axis) {
      i = i * extent(a, axis) + index[axis] / extent(b, axis);
      j = j * extent(b, axis) + index[axis] % extent(b, axis);
    }
    sums.add(to++, a, i, b, j);
  });
  return sums.done();
}

HostTensor diagonal(const HostTensor &x, int64_t offset) {
  Numbers shape(x.shape().drop_back(2));
  int64_t rows = x.shape()[x.rank() - 2], columns = x.shape()[x.rank() - 1], length = 0;
  for (int64_t row = 0; row < rows; ++row)
    length += row + offset >= 0 && row + offset < columns;
  shape.push_back(length);
  return gathered(x, shape, [&](Ints index) {
    Numbers source(index);
    source.back() = index.back() + std::max<int64_t>(-offset, 0);
    source.push_back(index.back() + std::max<int64_t>(offset, 0));
    return source;
  });
}

HostTensor trace(const HostTensor &x, int64_t offset) {
  HostTensor line = diagonal(x, offset);
  Type element = x.element();
  if (x.kind() == 'u')
    element = IntegerType::get(element.getContext(), 64, IntegerType::Unsigned);
  else if (!x.isFloat())
    element = IntegerType::get(element.getContext(), 64);
  Sums sums(RankedTensorType::get(line.shape().drop_back(), element));
  for (int64_t at = 0; at < line.count(); ++at)
    sums.add(at / line.shape().back(), line, at);
  return sums.done();
}

HostTensor diag(const HostTensor &x, int64_t offset) {
  if (x.rank() == 2) return diagonal(x, offset);
  int64_t n = x.count() + std::abs(offset);
  HostTensor out = blank({n, n}, x.element());
  for (int64_t k = 0; k < x.count(); ++k)
    out.copy((k + std::max<int64_t>(-offset, 0)) * n + k + std::max<int64_t>(offset, 0), x, k);
  return out;
}

HostTensor bilinear(const HostTensor &a, const HostTensor &b, const HostTensor &weight,
                    const HostTensor &bias) {
  Numbers shape = broadcast(a.shape().drop_back(), b.shape().drop_back());
  shape.push_back(weight.shape()[0]);
  HostTensor out = blank(shape, a.element());
  int64_t at = 0, m = weight.shape()[1], n = weight.shape()[2];
  forEachIndex(shape, [&](Ints index) {
    double sum = bias.type() ? bias.get<double>(broadcastPosition(bias, index)) : 0;
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        Numbers left(index), right(index);
        left.back() = i;
        right.back() = j;
        // The last axis does not broadcast: its index is in range for both.
        sum += a.get<double>(broadcastPosition(a, left)) *
               weight.get<double>((index.back() * m + i) * n + j) *
               b.get<double>(broadcastPosition(b, right));
      }
    out.set(at++, sum);
  });
  return out;
}

} // namespace tgc::graph::reference
