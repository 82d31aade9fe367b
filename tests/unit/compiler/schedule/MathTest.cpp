#include "compiler/schedule/Math.h"
#include "compiler/schedule/Emit.h"
#include "tests/unit/compiler/schedule/Samples.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>

using namespace tgc::testing;

namespace {

using Reference = long double (*)(long double, long double);

struct Function {
  std::string name; // the operation, as in math.<name>
  Reference exact;
  bool binary = false;
};

#define UNARY(op, f) {#op, [](long double x, long double) -> long double { return f(x); }}
const Function functions[] = {
    UNARY(exp, expl),
    UNARY(exp2, exp2l),
    UNARY(expm1, expm1l),
    UNARY(log, logl),
    UNARY(log2, log2l),
    UNARY(log10, log10l),
    UNARY(log1p, log1pl),
    UNARY(sin, sinl),
    UNARY(cos, cosl),
    UNARY(tan, tanl),
    UNARY(asin, asinl),
    UNARY(acos, acosl),
    UNARY(atan, atanl),
    UNARY(sinh, sinhl),
    UNARY(cosh, coshl),
    UNARY(tanh, tanhl),
    UNARY(asinh, asinhl),
    UNARY(acosh, acoshl),
    UNARY(atanh, atanhl),
    UNARY(erf, erfl),
    UNARY(erfc, erfcl),
    UNARY(cbrt, cbrtl),
    UNARY(sqrt, sqrtl),
    UNARY(rsqrt, 1 / sqrtl),
    {"powf", [](long double x, long double y) -> long double { return powl(x, y); }, true},
    {"atan2", [](long double x, long double y) -> long double { return atan2l(x, y); }, true}};
#undef UNARY

std::string kernelText(const Function &function, const std::string &type, int64_t count) {
  std::string t = "tensor<" + std::to_string(count) + "x" + type + ">", id = "affine_map<(d0) -> (d0)>";
  return "func.func private @k(%x: " + t + ", %y: " + t + ") -> " + t + " {\n%e = tensor.empty() : " + t +
         "\n%r = linalg.generic {indexing_maps = [" + id + ", " + id + ", " + id +
         "], iterator_types = [\"parallel\"]} ins(%x, %y : " + t + ", " + t + ") outs(%e : " + t +
         ") {\n^bb0(%p: " + type + ", %q: " + type + ", %o: " + type + "):\n%s = math." + function.name +
         " %p" + (function.binary ? ", %q" : "") + " : " + type + "\nlinalg.yield %s : " + type + "\n} -> " +
         t + "\nreturn %r : " + t + "\n}\n";
}

// Distance in units of the last place of the exact value; a wrong NaN or infinity counts as 1e30.
template <class T> double ulp(T got, long double exact) {
  constexpr int digits = std::numeric_limits<T>::digits,
                least = std::numeric_limits<T>::min_exponent - digits;
  T rounded = T(exact);
  if (std::isnan(rounded) || std::isnan(got)) return std::isnan(rounded) == std::isnan(got) ? 0 : 1e30;
  if (rounded == got) return 0;
  long double largest = std::numeric_limits<T>::max();
  if (std::isinf(got)) return exact * (got > 0 ? 1 : -1) > largest * 0.9999999L ? 1 : 1e30;
  if (std::isinf(rounded)) return std::abs(got) >= largest ? 1 : 1e30;
  int exponent = exact == 0 ? least : std::max(std::ilogb(exact) + 1 - digits, least);
  return double(std::abs((long double)got - exact) / scalbnl(1, exponent));
}

template <class T> struct Sampler {
  uint64_t state = 12345, next = 0, stride;
  uint64_t random() { return state = state * 6364136223846793005ull + 1442695040888963407ull; }
  T operator()() {
    if constexpr (sizeof(T) == 4) {
      uint32_t bits = uint32_t(next);
      next += stride;
      T value;
      std::memcpy(&value, &bits, 4);
      return value;
    }
    uint64_t bits = random() ^ (random() >> 32);
    T value;
    std::memcpy(&value, &bits, 8);
    switch (random() >> 61) {
    case 0:
      return value; // any bits
    case 1:
      return T(double(int64_t(bits)) * 0x1p-63);
    case 2:
      return T(double(int64_t(bits)) * 0x1p-63 * 30);
    case 3:
      return T(double(int64_t(bits)) * 0x1p-63 * 750);
    case 4:
      return T(double(int64_t(bits)) * 0x1p-63 * 1e6);
    case 5:
      return T(1 + double(int64_t(bits)) * 0x1p-63 * 0.5);
    case 6:
      return T(std::pow(2.0, double(int64_t(bits)) * 0x1p-63 * 60));
    default:
      return T(-std::pow(2.0, double(int64_t(bits)) * 0x1p-63 * 60));
    }
  }
};

struct Worst {
  double ulp = 0, x = 0, y = 0, got = 0;
};

template <class T>
Worst worstOf(const Function &function, int64_t vectorBytes, int64_t points, uint64_t stride) {
  constexpr int64_t count = 4096 + 5;
  std::string error;
  auto compiled = Compiled::build(
      kernelText(function, sizeof(T) == 4 ? "f32" : "f64", count),
      [=](mlir::func::FuncOp kernel) {
        if (failed(tgc::schedule::emitMap(kernel, tgc::schedule::Machine::withVectorBytes(vectorBytes))))
          return mlir::failure();
        return tgc::schedule::expandMath(kernel);
      },
      &error);
  REQUIRE_MESSAGE(compiled, function.name << ": " << error);
  Sampler<T> first, second;
  first.stride = stride, second.stride = stride * 13;
  second.state = 99;
  Worst worst;
  std::vector<T> x(count), y(count), z(count);
  for (int64_t done = 0; done < points; done += count) {
    for (int64_t i = 0; i < count; ++i)
      x[i] = first(), y[i] = second();
    if (done == 0) {
      T special[] = {0,
                     T(-0.0),
                     1,
                     -1,
                     INFINITY,
                     -INFINITY,
                     NAN,
                     std::numeric_limits<T>::denorm_min(),
                     std::numeric_limits<T>::max(),
                     std::numeric_limits<T>::min(),
                     T(1e9),
                     T(-1e-10),
                     T(100)};
      for (size_t i = 0; i < std::size(special); ++i)
        x[i] = special[i];
    }
    compiled->call({x.data(), y.data(), z.data()});
    for (int64_t i = 0; i < count; ++i) {
      double off = ulp(z[i], function.exact(x[i], y[i]));
      if (off > worst.ulp) worst = {off, double(x[i]), double(y[i]), double(z[i])};
    }
  }
  return worst;
}

} // namespace

TEST_CASE("math: f32 within 2 ULP of long double over all of the range, every machine") {
  for (const Function &function : functions)
    for (int64_t bytes : {64, 32, 16}) {
      Worst worst = worstOf<float>(function, bytes, 120000, 35969);
      CHECK_MESSAGE(worst.ulp <= 2, function.name << " on " << bytes << " bytes: " << worst.ulp << " ULP at "
                                                  << worst.x << ", " << worst.y << ": " << worst.got);
    }
}

TEST_CASE("math: f64 within 2 ULP of long double, every machine") {
  for (const Function &function : functions)
    for (int64_t bytes : {64, 32, 16}) {
      Worst worst = worstOf<double>(function, bytes, 60000, 0);
      CHECK_MESSAGE(worst.ulp <= 2, function.name << " on " << bytes << " bytes: " << worst.ulp << " ULP at "
                                                  << worst.x << ", " << worst.y << ": " << worst.got);
    }
}
