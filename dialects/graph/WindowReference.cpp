// References of windows: sums and extrema over plain loops, from the definitions.
#include "dialects/graph/Composite.h"
#include "dialects/graph/TensorReference.h"

using namespace mlir;

namespace tgc::graph::reference {

namespace {
/// Axes of a tensor by meaning, whichever way it is laid out.
struct Laid {
  Numbers shape;
  bool last;
  int64_t axes() const { return static_cast<int64_t>(shape.size()) - 2; }
  int64_t channels() const { return last ? shape.back() : shape[1]; }
  int64_t extent(int64_t k) const { return shape[last ? 1 + k : 2 + k]; }
  int64_t at(int64_t batch, int64_t channel, Ints place) const {
    Numbers index = {batch};
    if (!last) index.push_back(channel);
    llvm::append_range(index, place);
    if (last) index.push_back(channel);
    return positionOf(shape, index);
  }
  static Laid of(Numbers plain, bool last) { // from (batch, channels, extents...)
    if (last) std::rotate(plain.begin() + 1, plain.begin() + 2, plain.end());
    return {plain, last};
  }
};

struct Setting {
  Laid x;
  SpatialPlan plan;
  Numbers counts; ///< windows along each axis
};

Setting settingOf(const HostTensor &x, Ints sizes, const WindowOptions &options) {
  Setting s{{Numbers(x.shape()), options.layout == "NHWC"}, {}, {}};
  Numbers extents;
  for (int64_t k = 0; k < s.x.axes(); ++k)
    extents.push_back(s.x.extent(k));
  s.plan = *planWindows(extents, sizes, options);
  for (int64_t k = 0; k < s.x.axes(); ++k) {
    int64_t room =
        extents[k] + s.plan.low[k] + s.plan.high[k] - (s.plan.sizes[k] - 1) * s.plan.dilations[k] - 1;
    s.counts.push_back(room / s.plan.strides[k] + 1);
  }
  return s;
}

/// The place in x of element `inner` of window `outer`; nothing where that is padding.
std::optional<Numbers> placeIn(const Setting &s, Ints outer, Ints inner) {
  Numbers place;
  for (size_t k = 0; k < outer.size(); ++k) {
    place.push_back(outer[k] * s.plan.strides[k] + inner[k] * s.plan.dilations[k] - s.plan.low[k]);
    if (place.back() < 0 || place.back() >= s.x.extent(static_cast<int64_t>(k))) return std::nullopt;
  }
  return place;
}

Numbers withChannels(int64_t batch, int64_t channels, Ints rest) {
  Numbers out = {batch, channels};
  llvm::append_range(out, rest);
  return out;
}
} // namespace

HostTensor conv(const HostTensor &x, const HostTensor &kernel, const WindowOptions &options, int64_t groups) {
  Setting s = settingOf(x, kernel.shape().drop_front(2), options);
  int64_t out = kernel.shape()[0], each = kernel.shape()[1], batch = x.shape()[0];
  Laid laid = Laid::of(withChannels(batch, out, s.counts), s.x.last);
  HostTensor y = blank(laid.shape, x.element());
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t o = 0; o < out; ++o)
      forEachIndex(s.counts, [&](Ints outer) {
        double sum = 0;
        for (int64_t c = 0; c < each; ++c)
          forEachIndex(s.plan.sizes, [&](Ints inner) {
            auto place = placeIn(s, outer, inner);
            if (!place) return;
            int64_t channel = o / (out / groups) * each + c;
            sum += x.get<double>(s.x.at(n, channel, *place)) *
                   kernel.get<double>(positionOf(kernel.shape(), withChannels(o, c, inner)));
          });
        y.set(laid.at(n, o, outer), sum);
      });
  return y;
}

HostTensor convTranspose(const HostTensor &x, const HostTensor &kernel, const WindowOptions &options,
                         Ints extra, int64_t groups) {
  Laid from{Numbers(x.shape()), options.layout == "NHWC"};
  Numbers counts, extents, large(from.axes(), maxElements);
  SpatialPlan plan = *planWindows(large, kernel.shape().drop_front(2), options);
  for (int64_t k = 0; k < from.axes(); ++k) {
    counts.push_back(from.extent(k));
    extents.push_back((from.extent(k) - 1) * plan.strides[k] - plan.low[k] - plan.high[k] +
                      plan.dilations[k] * (plan.sizes[k] - 1) + 1 + extra[extra.size() == 1 ? 0 : k]);
  }
  int64_t each = kernel.shape()[1], in = kernel.shape()[0], batch = x.shape()[0];
  Laid laid = Laid::of(withChannels(batch, each * groups, extents), from.last);
  HostTensor y = blank(laid.shape, x.element());
  std::vector<double> sums(y.count(), 0);
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t c = 0; c < in; ++c)
      for (int64_t o = 0; o < each; ++o)
        forEachIndex(counts, [&](Ints outer) {
          forEachIndex(plan.sizes, [&](Ints inner) {
            Numbers place;
            for (size_t k = 0; k < outer.size(); ++k) {
              place.push_back(outer[k] * plan.strides[k] + inner[k] * plan.dilations[k] - plan.low[k]);
              if (place.back() < 0 || place.back() >= extents[k]) return;
            }
            sums[laid.at(n, c / (in / groups) * each + o, place)] +=
                x.get<double>(from.at(n, c, outer)) *
                kernel.get<double>(positionOf(kernel.shape(), withChannels(c, o, inner)));
          });
        });
  for (int64_t at = 0; at < y.count(); ++at)
    y.set(at, sums[at]);
  return y;
}

HostTensor pool(const HostTensor &x, Ints size, const WindowOptions &options, bool largest,
                bool countsPadding) {
  Setting s = settingOf(x, size, options);
  int64_t batch = x.shape()[0], channels = s.x.channels();
  Laid laid = Laid::of(withChannels(batch, channels, s.counts), s.x.last);
  HostTensor y = blank(laid.shape, x.element());
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t c = 0; c < channels; ++c)
      forEachIndex(s.counts, [&](Ints outer) {
        double sum = 0, count = 0;
        int64_t best = -1;
        forEachIndex(s.plan.sizes, [&](Ints inner) {
          auto place = placeIn(s, outer, inner);
          count += place || countsPadding;
          if (!place) return;
          int64_t at = s.x.at(n, c, *place);
          sum += x.get<double>(at);
          bool beats = best < 0 || (x.kind() == 'f'   ? x.get<double>(at) > x.get<double>(best) ||
                                                            std::isnan(x.get<double>(at))
                                    : x.kind() == 'i' ? x.get<int64_t>(at) > x.get<int64_t>(best)
                                                      : x.get<uint64_t>(at) > x.get<uint64_t>(best));
          if (beats) best = at;
        });
        if (largest)
          y.copy(laid.at(n, c, outer), x, best);
        else
          y.set(laid.at(n, c, outer), sum / count);
      });
  return y;
}

HostTensor batchNorm(const HostTensor &x, const HostTensor &mean, const HostTensor &variance,
                     const HostTensor &scale, const HostTensor &bias, int64_t axis, double eps) {
  HostTensor y = blank(x.shape(), x.element());
  int64_t at = 0;
  forEachIndex(x.shape(), [&](Ints index) {
    int64_t c = index[axis];
    double value = (x.get<double>(at) - mean.get<double>(c)) / std::sqrt(variance.get<double>(c) + eps);
    if (scale.type()) value *= scale.get<double>(c);
    if (bias.type()) value += bias.get<double>(c);
    y.set(at++, value);
  });
  return y;
}

HostTensor groupNorm(const HostTensor &x, int64_t groups, const HostTensor &scale, const HostTensor &bias,
                     double eps) {
  HostTensor y = blank(x.shape(), x.element());
  int64_t channels = x.shape()[1], batches = x.shape()[0];
  if (x.count() == 0) return y;
  int64_t row = x.count() / (batches * groups), each = x.count() / (batches * channels);
  for (int64_t group = 0; group < batches * groups; ++group) {
    double mean = 0, squares = 0;
    for (int64_t k = 0; k < row; ++k)
      mean += x.get<double>(group * row + k) / static_cast<double>(row);
    for (int64_t k = 0; k < row; ++k)
      squares += std::pow(x.get<double>(group * row + k) - mean, 2);
    double width = std::sqrt(squares / static_cast<double>(row) + eps);
    for (int64_t at = group * row; at < (group + 1) * row; ++at) {
      int64_t c = at / each % channels;
      double value = (x.get<double>(at) - mean) / width;
      if (scale.type()) value *= scale.get<double>(c);
      if (bias.type()) value += bias.get<double>(c);
      y.set(at, value);
    }
  }
  return y;
}

} // namespace tgc::graph::reference
