// References of random numbers, a number at a time.
#include "dialects/graph/Reference.h"
#include "mlir/IR/BuiltinTypes.h"
#include <algorithm>
#include <array>
#include <bit>

using namespace mlir;

namespace tgc::graph::reference {

// From the paper's description: five groups of four rounds, a key word added after each.
uint32_t threefry2x32(uint32_t k0, uint32_t k1, uint32_t c0, uint32_t c1, bool second) {
  const std::array<uint32_t, 3> key = {k0, k1, 0x1bd11bdau ^ k0 ^ k1};
  const int rotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  uint32_t x = c0 + key[0], y = c1 + key[1];
  for (uint32_t group = 0; group < 5; ++group) {
    for (int rotation : rotations[group % 2]) {
      x += y;
      y = std::rotl(y, rotation) ^ x;
    }
    x += key[(group + 1) % 3];
    y += key[(group + 2) % 3] + group + 1;
  }
  return second ? y : x;
}

namespace {
struct Stream {
  uint32_t k0, k1;
  explicit Stream(const HostTensor &key)
      : k0(static_cast<uint32_t>(key.get<uint64_t>(0))), k1(static_cast<uint32_t>(key.get<uint64_t>(1))) {}
  uint32_t word(uint64_t at, bool second) const {
    return threefry2x32(k0, k1, static_cast<uint32_t>(at >> 32), static_cast<uint32_t>(at), second);
  }
  uint64_t bits(uint64_t at, unsigned width) const {
    if (width == 64) return static_cast<uint64_t>(word(at, false)) << 32 | word(at, true);
    return (word(at, false) ^ word(at, true)) & ((uint64_t(1) << width) - 1);
  }
  double unit(uint64_t at, Type dtype) const {
    unsigned width = bitsOf(dtype), digits = dtype.isF64() ? 52 : dtype.isF32() ? 23 : dtype.isF16() ? 10 : 7;
    return std::ldexp(static_cast<double>(bits(at, width) >> (width - digits)), -static_cast<int>(digits));
  }
  double normal(uint64_t at, Type dtype) const {
    Type computed = bitsOf(dtype) == 16 ? Type(Float32Type::get(dtype.getContext())) : dtype;
    double least =
        computed.isF64() ? std::nextafter(-1.0, 0.0) : static_cast<double>(std::nextafter(-1.0f, 0.0f));
    double u = roundTo(computed, 2 * unit(at, computed) + least);
    return erfInv(std::max(u, least)) * std::sqrt(2.0);
  }
};
} // namespace

HostTensor randomKey(MLIRContext *context, int64_t seed) {
  HostTensor out = blank({2}, IntegerType::get(context, 32, IntegerType::Unsigned));
  out.set(0, static_cast<int64_t>(static_cast<uint64_t>(seed) >> 32));
  out.set(1, static_cast<int64_t>(static_cast<uint64_t>(seed) & 0xffffffff));
  return out;
}

HostTensor splitKey(const HostTensor &key, int64_t count) {
  HostTensor out = blank({count, 2}, key.element());
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, static_cast<int64_t>(Stream(key).word(static_cast<uint64_t>(at / 2), at % 2)));
  return out;
}

HostTensor foldIn(const HostTensor &key, const HostTensor &data) {
  HostTensor out = blank({2}, key.element());
  for (int64_t at = 0; at < 2; ++at)
    out.set(at, static_cast<int64_t>(Stream(key).word(data.get<uint64_t>(0) & 0xffffffff, at)));
  return out;
}

HostTensor randomBits(const HostTensor &key, Ints shape, Type dtype) {
  HostTensor out = blank(shape, dtype);
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, static_cast<int64_t>(Stream(key).bits(static_cast<uint64_t>(at), bitsOf(dtype))));
  return out;
}

HostTensor uniform(const HostTensor &key, Ints shape, double least, double most, Type dtype) {
  HostTensor out = blank(shape, dtype);
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, std::max(least, Stream(key).unit(static_cast<uint64_t>(at), dtype) * (most - least) + least));
  return out;
}

HostTensor normal(const HostTensor &key, Ints shape, Type dtype) {
  HostTensor out = blank(shape, dtype);
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, Stream(key).normal(static_cast<uint64_t>(at), dtype));
  return out;
}

HostTensor truncatedNormal(const HostTensor &key, double lower, double upper, Ints shape, Type dtype) {
  HostTensor out = blank(shape, dtype);
  Type computed = bitsOf(dtype) == 16 ? Type(Float32Type::get(dtype.getContext())) : dtype;
  double a = std::erf(lower * M_SQRT1_2), b = std::erf(upper * M_SQRT1_2);
  for (int64_t at = 0; at < out.count(); ++at) {
    double u = roundTo(computed, a + (b - a) * Stream(key).unit(static_cast<uint64_t>(at), computed));
    out.set(at, std::clamp(erfInv(u) * std::sqrt(2.0), lower, upper));
  }
  return out;
}

HostTensor bernoulli(const HostTensor &key, const HostTensor &p, Ints shape) {
  HostTensor out = blank(shape, IntegerType::get(key.element().getContext(), 1));
  Type computed = p.element().isF64() ? p.element() : Type(Float32Type::get(p.element().getContext()));
  int64_t at = 0;
  forEachIndex(shape, [&](Ints index) {
    double u = Stream(key).unit(static_cast<uint64_t>(at), computed);
    out.set(at++, u < p.get<double>(broadcastPosition(p, index)));
  });
  return out;
}

HostTensor categorical(const HostTensor &key, const HostTensor &logits, int64_t axis, Ints shape) {
  if (axis < 0) axis += logits.rank();
  Numbers all(shape), kept;
  llvm::append_range(all, logits.shape());
  int64_t which = axis + static_cast<int64_t>(shape.size());
  for (auto [k, extent] : llvm::enumerate(all))
    if (static_cast<int64_t>(k) != which) kept.push_back(extent);
  HostTensor out = blank(kept, IntegerType::get(logits.element().getContext(), 64));
  Type computed =
      logits.element().isF64() ? logits.element() : Type(Float32Type::get(logits.element().getContext()));
  double tiny = computed.isF64() ? std::numeric_limits<double>::min()
                                 : static_cast<double>(std::numeric_limits<float>::min());
  std::vector<double> best(out.count(), -std::numeric_limits<double>::infinity());
  uint64_t at = 0;
  forEachIndex(all, [&](Ints index) {
    double u = std::max(tiny, Stream(key).unit(at++, computed));
    double score = roundTo(computed, -std::log(-std::log(u))) +
                   logits.get<double>(positionOf(logits.shape(), index.drop_front(shape.size())));
    Numbers to(index);
    to.erase(to.begin() + which);
    int64_t place = positionOf(kept, to);
    bool first = std::isnan(score) && !std::isnan(best[place]); // as argmax: the first NaN is the largest
    if (!first && !(score > best[place])) return;
    best[place] = score;
    out.set(place, index[which]);
  });
  return out;
}

HostTensor multinomial(const HostTensor &key, const HostTensor &p, int64_t count) {
  HostTensor logits =
      blank(p.shape(), p.element().isF64() ? p.element() : Type(Float32Type::get(p.element().getContext())));
  for (int64_t at = 0; at < p.count(); ++at)
    logits.set(at, std::log(p.get<double>(at)));
  HostTensor drawn = categorical(key, logits, p.rank() - 1, {count});
  HostTensor out = blank(p.shape(), IntegerType::get(key.element().getContext(), 64));
  int64_t rows = count ? drawn.count() / count : 0, width = p.shape().back();
  for (int64_t at = 0; at < drawn.count(); ++at) {
    int64_t to = at % rows * width + drawn.get<int64_t>(at);
    out.set(to, out.get<int64_t>(to) + 1);
  }
  return out;
}

HostTensor permutation(const HostTensor &key, const HostTensor &x, int64_t axis) {
  int64_t which = axis < 0 ? axis + x.rank() : axis;
  std::vector<std::pair<uint64_t, int64_t>> order;
  for (int64_t at = 0; at < x.shape()[which]; ++at)
    order.emplace_back(Stream(key).bits(static_cast<uint64_t>(at), 64), at);
  std::sort(order.begin(), order.end());
  return gathered(x, x.shape(), [&](Ints index) {
    Numbers source(index);
    source[which] = order[index[which]].second;
    return source;
  });
}

HostTensor dropout(const HostTensor &key, const HostTensor &x, double rate) {
  HostTensor out = blank(x.shape(), x.element());
  Type f32 = Float32Type::get(x.element().getContext());
  for (int64_t at = 0; at < x.count(); ++at)
    if (Stream(key).unit(static_cast<uint64_t>(at), f32) < roundTo(f32, 1 - rate))
      out.set(at, x.get<double>(at) / (1 - rate));
  return out;
}

HostTensor gamma(const HostTensor &key, const HostTensor &a, Ints shape, Type dtype) {
  HostTensor out = blank(shape, dtype), keys = splitKey(key, 3);
  Type computed = bitsOf(dtype) == 16 ? Type(Float32Type::get(dtype.getContext())) : dtype;
  auto stream = [&](int64_t which) {
    HostTensor own = key;
    own.copy(0, keys, 2 * which), own.copy(1, keys, 2 * which + 1);
    return Stream(own);
  };
  Stream normals = stream(0), uniforms = stream(1), others = stream(2);
  int64_t at = 0;
  forEachIndex(shape, [&](Ints index) {
    double alpha = a.get<double>(broadcastPosition(a, index)), d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3.0;
    double value = 1;
    for (int64_t k = 0; k < 8; ++k) {
      auto place = static_cast<uint64_t>(k * out.count() + at);
      double n = normals.normal(place, computed), one = 1 + n / std::sqrt(9 * d), v = one * one * one;
      bool accepted =
          one > 0 && std::log(1 - uniforms.unit(place, computed)) < n * n / 2 + d * (1 - v + std::log(v));
      if (!accepted) continue;
      value = v;
      break;
    }
    double power = std::pow(1 - others.unit(static_cast<uint64_t>(at), computed), 1 / alpha);
    out.set(at++, d * value * (alpha < 1 ? power : 1));
  });
  return out;
}

} // namespace tgc::graph::reference
