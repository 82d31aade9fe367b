// Formulas of random numbers: each is a function of the key and of its own place in the result, so nothing
// depends on the order of the work. Counters and keys are laid out as jax.random does with partitionable
// Threefry.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

static Type word(Ink &ink) { return typeNamed(ink.context(), "u32"); }
static Type wide(Ink &ink) { return typeNamed(ink.context(), "u64"); }

static bool isKey(Ink &ink, llvm::StringRef name, Sym key) {
  if (key.element() == word(ink) && key.shape() == ArrayRef<int64_t>{2}) return true;
  refuse(ink, name + ": key has to be u32[2], got " + textOf(key.value()));
  return false;
}

static bool isFloat(Ink &ink, llvm::StringRef name, Type dtype) {
  if (kindOf(dtype) == 'f') return true;
  refuse(ink, name + ": dtype has to be floating-point, got " + nameOf(dtype));
  return false;
}

namespace {
struct Words {
  Sym first, second;
};
} // namespace

static Sym keyWord(Sym key, int64_t which) { return reshape(part(key, 0, which, which + 1), {}); }

static Words threefryOf(Sym key, Sym high, Sym low) {
  Sym k0 = keyWord(key, 0), k1 = keyWord(key, 1);
  return {threefry(k0, k1, high, low, 0), threefry(k0, k1, high, low, 1)};
}

// The number of each element in row-major order.
static Sym counter(Ink &ink, Ints shape) {
  Sym at = ink.full(shape, word(ink), 0);
  int64_t stride = 1;
  for (auto axis = static_cast<int64_t>(shape.size()) - 1; axis >= 0; --axis) {
    if (shape[axis] > 1)
      at = at +
           graph::iota(ink, shape, axis, word(ink)) * ink.full({}, word(ink), static_cast<double>(stride));
    stride *= shape[axis];
  }
  return at;
}

static std::optional<Words> wordsFor(Ink &ink, llvm::StringRef name, Sym key, Ints shape) {
  if (!isKey(ink, name, key)) return std::nullopt;
  if (failed(checkedTensor(ink.loc(), shape, word(ink)))) return ink.fail(), std::nullopt;
  if (countOf(shape) > int64_t(0xffffffff)) {
    refuse(ink, name + ": " + Twine(countOf(shape)) + " numbers; one key makes fewer than 2^32");
    return std::nullopt;
  }
  Sym low = counter(ink, shape);
  return threefryOf(key, ink.full(shape, word(ink), 0), low);
}

Sym randomKey(Ink &ink, int64_t seed) {
  auto bits = static_cast<uint64_t>(seed);
  uint32_t words[] = {static_cast<uint32_t>(bits >> 32), static_cast<uint32_t>(bits)};
  SmallVector<llvm::APInt> values = {llvm::APInt(32, words[0]), llvm::APInt(32, words[1])};
  return ink.constant(DenseElementsAttr::get(RankedTensorType::get({2}, word(ink)), values));
}

Sym splitKey(Ink &ink, Sym key, int64_t count) {
  if (count < 0) return refuse(ink, "split_key: count is " + Twine(count));
  auto words = wordsFor(ink, "split_key", key, {count});
  return words ? graph::stack({words->first, words->second}, 1) : Sym();
}

Sym foldIn(Ink &ink, Sym key, Sym data) {
  if (!isKey(ink, "fold_in", key)) return {};
  if (data.rank() != 0) return refuse(ink, "fold_in: data has to be a scalar, got " + textOf(data.value()));
  Words words = threefryOf(key, ink.full({}, word(ink), 0), astype(data, word(ink)));
  return graph::stack({words.first, words.second}, 0);
}

Sym randomBits(Ink &ink, Sym key, Ints shape, Type dtype) {
  if (kindOf(dtype) != 'u') return refuse(ink, "random_bits: dtype has to be unsigned, got " + nameOf(dtype));
  auto words = wordsFor(ink, "random_bits", key, shape);
  if (!words) return {};
  if (bitsOf(dtype) < 64) return astype(callOne(ink, "bitwise_xor", {words->first, words->second}), dtype);
  Sym high =
      callOne(ink, "bitwise_left_shift", {astype(words->first, wide(ink)), ink.full({}, wide(ink), 32)});
  return callOne(ink, "bitwise_or", {high, astype(words->second, wide(ink))});
}

// A number of [0, 1) for each element: as many leading bits as the dtype has digits.
static Sym unit(Ink &ink, Sym key, Ints shape, Type dtype) {
  unsigned width = bitsOf(dtype), digits = dtype.isF64() ? 52 : dtype.isF32() ? 23 : dtype.isF16() ? 10 : 7;
  Type bits = typeNamed(ink.context(), "u" + std::to_string(width));
  Sym all = formulas::randomBits(ink, key, shape, bits);
  if (!all) return {};
  Sym kept = callOne(ink, "bitwise_right_shift", {all, ink.full({}, bits, width - digits)});
  return astype(kept, dtype) * std::ldexp(1.0, -static_cast<int>(digits));
}

static Sym between(Ink &ink, Sym unit, double least, double most) {
  if (!unit || (least == 0 && most == 1)) return unit;
  // Rounding may lead below the least number.
  return callOne(ink, "maximum", {unit * (most - least) + least, least});
}

Sym uniform(Ink &ink, Sym key, Ints shape, double least, double most, Type dtype) {
  if (!isFloat(ink, "uniform", dtype) || !isKey(ink, "uniform", key)) return {};
  return between(ink, unit(ink, key, shape, dtype), least, most);
}

Sym normal(Ink &ink, Sym key, Ints shape, Type dtype) {
  if (!isFloat(ink, "normal", dtype) || !isKey(ink, "normal", key)) return {};
  Type computed = bitsOf(dtype) == 16 ? Type(ink.builder.getF32Type()) : dtype;
  double least =
      computed.isF64() ? std::nextafter(-1.0, 0.0) : static_cast<double>(std::nextafter(-1.0f, 0.0f));
  // 1 - least rounds to 2, whose product is exact: the bits do not depend on fused multiply-adds.
  Sym u = unit(ink, key, shape, computed);
  if (!u) return {};
  u = callOne(ink, "maximum", {u * 2.0 + least, least});
  return astype(callOne(ink, "erf_inv", {u}) * std::sqrt(2.0), dtype);
}

Sym truncatedNormal(Ink &ink, Sym key, double lower, double upper, Ints shape, Type dtype) {
  if (!isFloat(ink, "truncated_normal", dtype) || !isKey(ink, "truncated_normal", key)) return {};
  if (!(lower < upper))
    return refuse(ink, "truncated_normal: lower (" + std::to_string(lower) + ") has to be below upper (" +
                           std::to_string(upper) + ")");
  Type computed = bitsOf(dtype) == 16 ? Type(ink.builder.getF32Type()) : dtype;
  double a = std::erf(lower / std::sqrt(2.0)), b = std::erf(upper / std::sqrt(2.0));
  Sym u = between(ink, unit(ink, key, shape, computed), a, b);
  if (!u) return {};
  Sym x = callOne(ink, "erf_inv", {u}) * std::sqrt(2.0);
  return astype(callOne(ink, "clip", {x, lower, upper}), dtype);
}

Sym bernoulli(Ink &ink, Sym key, Sym p, Ints shape) {
  Type computed = p.element().isF64() ? p.element() : Type(ink.builder.getF32Type());
  if (!isKey(ink, "bernoulli", key)) return {};
  Sym u = unit(ink, key, shape, computed);
  if (!u) return {};
  auto common = broadcastShape(ink, "bernoulli", {u, p});
  if (failed(common)) return {};
  if (ArrayRef<int64_t>(*common) != shape)
    return refuse(ink, "bernoulli: p (" + textOf(p.value()) + ") does not broadcast to the shape");
  return u < astype(p, computed);
}

Sym categorical(Ink &ink, Sym key, Sym logits, int64_t axis, Ints shape) {
  auto which = axisOf(ink, "categorical", axis, logits.rank());
  if (!which || !isKey(ink, "categorical", key)) return {};
  axis = *which;
  if (logits.extent(axis) == 0)
    return refuse(ink,
                  "categorical: axis " + Twine(axis) + " of " + textOf(logits.value()) + " has no element");
  Sym scores = widened(logits);
  SmallVector<int64_t> all(shape);
  llvm::append_range(all, scores.shape());
  double tiny = scores.element().isF64() ? std::numeric_limits<double>::min()
                                         : static_cast<double>(std::numeric_limits<float>::min());
  Sym u = unit(ink, key, all, scores.element());
  if (!u) return {};
  auto log = [&](Sym x) { return callOne(ink, "log", {x}); };
  Sym noise = -log(-log(callOne(ink, "maximum", {u, tiny})));
  return argmax(noise + scores, ArrayRef<int64_t>{axis + static_cast<int64_t>(shape.size())});
}

Sym multinomial(Ink &ink, Sym key, Sym p, int64_t count) {
  if (count < 0) return refuse(ink, "multinomial: count is " + Twine(count));
  if (p.rank() == 0 || p.shape().back() == 0)
    return refuse(ink, "multinomial: the last axis of " + textOf(p.value()) + " has no element");
  Sym drawn = formulas::categorical(ink, key, callOne(ink, "log", {widened(p)}), p.rank() - 1, {count});
  if (!drawn) return {};
  Sym hits = one_hot(drawn, p.shape().back(), ink.builder.getI64Type());
  return sum(hits, ArrayRef<int64_t>{0});
}

Sym permutation(Ink &ink, Sym key, Sym x, int64_t axis) {
  auto which = axisOf(ink, "permutation", axis, x.rank());
  if (!which) return {};
  Sym bits = formulas::randomBits(ink, key, {x.extent(*which)}, wide(ink));
  return bits ? take(x, argsort(bits), *which) : Sym();
}

Sym dropout(Ink &ink, Sym key, Sym x, double rate) {
  if (!(rate >= 0 && rate <= 1)) return refuse(ink, "dropout: rate is " + std::to_string(rate));
  if (!isKey(ink, "dropout", key)) return {};
  Sym u = unit(ink, key, x.shape(), ink.builder.getF32Type());
  if (!u) return {};
  Sym scaled = rate < 1 ? x / (1 - rate) : x;
  return where(u < 1 - rate, scaled, 0);
}

// G. Marsaglia, W. W. Tsang, A simple method for generating gamma variables (2000): of eight tries the first
// one that is accepted, which all fail with a probability below 1e-10; below 1 from a + 1 times a power of a
// uniform number.
Sym gamma(Ink &ink, Sym key, Sym a, Ints shape, Type dtype) {
  constexpr int64_t tries = 8;
  if (!isFloat(ink, "gamma", dtype) || !isKey(ink, "gamma", key)) return {};
  Type computed = bitsOf(dtype) == 16 ? Type(ink.builder.getF32Type()) : dtype;
  SmallVector<int64_t> all = {tries};
  llvm::append_range(all, shape);
  Sym keys = formulas::splitKey(ink, key, 3), own[3];
  for (int64_t which = 0; which < 3; ++which)
    own[which] = reshape(part(keys, 0, which, which + 1), {2});
  Sym n = formulas::normal(ink, own[0], all, computed); // reports a shape that is too large
  if (!n) return {};
  Sym u = unit(ink, own[1], all, computed), other = unit(ink, own[2], shape, computed);
  auto common = broadcastShape(ink, "gamma", {other, a});
  if (failed(common)) return {};
  if (ArrayRef<int64_t>(*common) != shape)
    return refuse(ink, "gamma: a (" + textOf(a.value()) + ") does not broadcast to the shape");
  a = callOne(ink, "stop_gradient", {astype(a, computed)});
  a = a.shape() == shape ? a : broadcast_to(a, shape);
  Sym small = a < 1, d = where(small, a + 1, a) - 1.0 / 3, one = 1 + n / (3 * callOne(ink, "sqrt", {d}));
  Sym positive = one > 0, v = where(positive, one * one * one, 1);
  Sym accepted = positive & (log(1 - u) < 0.5 * n * n + d - d * v + d * log(v));
  Sym value = ink.full(shape, computed, 1);
  for (int64_t k = tries; k-- > 0;) {
    auto at = [&](Sym x) { return reshape(part(x, 0, k, k + 1), shape); };
    value = where(at(accepted), at(v), value);
  }
  Sym power = callOne(ink, "power", {1 - other, 1 / a});
  return astype(d * value * where(small, power, 1), dtype);
}

} // namespace tgc::graph::formulas
