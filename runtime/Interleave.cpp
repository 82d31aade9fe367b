// An element of `a` meets one of `b` where base + sum of stride * index (index of each axis within its
// extent) lies within an element's bytes of zero, over the axes of both. Axes are taken from the largest
// stride on: what the smaller ones reach leaves few indices to try, and their common divisor rules most of
// those out.
#include "runtime/Interleave.h"
#include <algorithm>
#include <numeric>
#include <optional>

namespace tgc {
namespace {

constexpr int mostSteps = 4096;
constexpr std::int64_t farthest = std::int64_t(1) << 60; // bytes; keeps sums of two exact

struct Axis {
  std::int64_t stride = 0, most = 0; ///< bytes, positive; indices go from 0 to `most`
};

/// The difference of an element's address in b and one in a, as a sum over the axes of both.
class Difference {
public:
  /// Nothing can be said where numbers leave the range.
  static std::optional<Difference> of(const View &a, const View &b) {
    Difference made;
    made.low = 1 - std::int64_t(tgc::sizeBytes(b.dtype()));
    made.high = std::int64_t(tgc::sizeBytes(a.dtype())) - 1;
    made.base =
        std::int64_t(reinterpret_cast<std::uintptr_t>(b.data()) - reinterpret_cast<std::uintptr_t>(a.data()));
    if (!made.add(a, -1) || !made.add(b, 1)) return std::nullopt;
    made.sum();
    return made;
  }

  /// Whether the sum can be within an element's bytes of zero.
  bool meets() { return meets(0, base); }

private:
  bool add(const View &view, std::int64_t sign) {
    const auto bytes = std::int64_t(tgc::sizeBytes(view.dtype()));
    for (int axis = 0; axis < view.rank(); ++axis) {
      std::int64_t stride = sign * view.strideElements(axis) * bytes, reach = 0;
      const std::int64_t most = view.extent(axis) - 1;
      if (most == 0 || stride == 0) continue;
      if (__builtin_mul_overflow(stride, most, &reach) || std::abs(reach) > farthest / (2 * maxRank))
        return false;
      if (stride < 0) { // counted from its other end
        base += reach;
        stride = -stride;
      }
      auto known = std::find_if(axes.begin(), axes.begin() + count,
                                [&](const Axis &before) { return before.stride == stride; });
      if (known == axes.begin() + count) axes[count++] = {stride, 0};
      known->most += most;
    }
    return std::abs(base) < farthest;
  }

  /// Largest strides first; what all axes from each on reach, and divide by.
  void sum() {
    std::sort(axes.begin(), axes.begin() + count,
              [](const Axis &a, const Axis &b) { return a.stride > b.stride; });
    for (int axis = count - 1; axis >= 0; --axis) {
      reach[axis] = reach[axis + 1] + axes[axis].stride * axes[axis].most;
      divisor[axis] = std::gcd(divisor[axis + 1], axes[axis].stride);
    }
  }

  bool meets(int axis, std::int64_t at) {
    if (at > high || at + reach[axis] < low) return false;
    if (axis == count) return true;
    if (++steps > mostSteps) return true;
    const std::int64_t every = divisor[axis], over = ((at - low) % every + every) % every;
    if (low + over > high) return false; // the sum stays what `at` is modulo this
    const auto [stride, most] = axes[axis];
    const std::int64_t last = std::min(most, (high - at) / stride);
    std::int64_t index = std::max<std::int64_t>(0, (low - reach[axis + 1] - at + stride - 1) / stride);
    for (; index <= last; ++index)
      if (meets(axis + 1, at + index * stride)) return true;
    return false;
  }

  std::int64_t base = 0, low = 0, high = 0;
  std::array<Axis, 2 * maxRank> axes;
  std::array<std::int64_t, 2 * maxRank + 1> reach{}, divisor{};
  int count = 0, steps = 0;
};

} // namespace

bool shareElements(const View &a, const View &b) {
  if (a.elements() == 0 || b.elements() == 0) return false;
  auto difference = Difference::of(a, b);
  return !difference || difference->meets();
}

} // namespace tgc
