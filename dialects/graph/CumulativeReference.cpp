// References of running results: every element by itself from all elements up to it.
#include "dialects/graph/TensorReference.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tgc::graph::reference {

namespace {
/// Calls `visit` with each position and the positions of the elements up to it, in the order they are met.
void forEachRun(const HostTensor &x, int64_t axis, bool reverse,
                llvm::function_ref<void(int64_t, const std::vector<int64_t> &)> visit) {
  int64_t extent = x.shape()[axis], stride = countOf(x.shape().drop_front(axis + 1));
  for (int64_t at = 0; at < x.count(); ++at) {
    int64_t place = at / stride % extent, start = at - place * stride;
    std::vector<int64_t> run;
    for (int64_t k = 0; k <= (reverse ? extent - 1 - place : place); ++k)
      run.push_back(start + (reverse ? extent - 1 - k : k) * stride);
    visit(at, run);
  }
}
} // namespace

HostTensor cumulative(const HostTensor &x, int64_t axis, bool initial, bool reverse, bool product) {
  MLIRContext *context = x.element().getContext();
  auto sign = x.kind() == 'u' ? IntegerType::Unsigned : IntegerType::Signless;
  Type element = x.isFloat() ? x.element() : Type(IntegerType::get(context, 64, sign));
  Numbers shape(x.shape());
  shape[axis] += initial;
  HostTensor out = blank(shape, element);
  int64_t stride = countOf(x.shape().drop_front(axis + 1)), extent = x.shape()[axis];
  for (int64_t at = 0; initial && at < out.count(); ++at)
    if (at / stride % shape[axis] == (reverse ? extent : 0)) out.set(at, static_cast<int64_t>(product));
  forEachRun(x, axis, reverse, [&](int64_t at, const std::vector<int64_t> &run) {
    double real = product;
    uint64_t integer = product;
    for (int64_t from : run) {
      real = product ? real * x.get<double>(from) : real + x.get<double>(from);
      auto next = x.isFloat() ? 0 : x.get<uint64_t>(from);
      integer = product ? integer * next : integer + next;
    }
    int64_t to = initial ? at + (at / (stride * extent) + (reverse ? 0 : 1)) * stride : at;
    if (x.isFloat())
      out.set(to, real);
    else
      out.set(to, integer);
  });
  return out;
}

HostTensor cumulativeExtremum(const HostTensor &x, int64_t axis, bool reverse, bool largest) {
  HostTensor out = blank(x.shape(), x.element());
  auto beats = [&](auto next, auto held) {
    if (held != held) return false;
    return next != next || (largest ? next > held : next < held);
  };
  forEachRun(x, axis, reverse, [&](int64_t at, const std::vector<int64_t> &run) {
    int64_t best = run.front();
    for (int64_t from : run) {
      bool wins = x.isFloat()       ? beats(x.get<double>(from), x.get<double>(best))
                  : x.kind() == 'u' ? beats(x.get<uint64_t>(from), x.get<uint64_t>(best))
                                    : beats(x.get<int64_t>(from), x.get<int64_t>(best));
      if (wins) best = from;
    }
    out.copy(at, x, best);
  });
  return out;
}

HostTensor logcumsumexp(const HostTensor &x, int64_t axis, bool reverse) {
  HostTensor out = blank(x.shape(), x.element());
  forEachRun(x, axis, reverse, [&](int64_t at, const std::vector<int64_t> &run) {
    double top = x.get<double>(run.front());
    for (int64_t from : run)
      top = std::fmax(top, x.get<double>(from));
    if (!std::isfinite(top)) top = 0;
    long double sum = 0;
    for (int64_t from : run)
      sum += std::exp(static_cast<long double>(x.get<double>(from) - top));
    out.set(at, static_cast<double>(std::log(sum) + top));
  });
  return out;
}

} // namespace tgc::graph::reference
