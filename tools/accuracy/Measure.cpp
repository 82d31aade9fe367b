// Points in blocks: compiled code on all of them, then the distances.
#include "tools/accuracy/Measure.h"
#include <bit>
#include <cmath>
#include <limits>
#include <tgc/Tgc.h>
#include <vector>

namespace tgc::accuracy {
namespace {

constexpr std::int64_t blockPoints = 1 << 16;
constexpr double broken = 1e30;

/// Distance in units of the last place of the exact value; values beyond the range count as the first ones
/// there. `signs`: a zero has to have the exact value's sign. `cancels`: no unit is below that of 1.
template <typename T> double ulp(T got, long double exact, bool signs, bool cancels) {
  constexpr int digits = std::numeric_limits<T>::digits;
  const int least = cancels ? 1 - digits : std::numeric_limits<T>::min_exponent - digits;
  const T rounded = static_cast<T>(exact);
  if (std::isnan(rounded) || std::isnan(got)) return std::isnan(rounded) == std::isnan(got) ? 0 : broken;
  const bool turned = signs && rounded == 0 && std::signbit(rounded) != std::signbit(got);
  if (rounded == got && turned) return broken;
  if (std::isinf(got) && rounded == got) return 0;
  constexpr long double largest = std::numeric_limits<T>::max();
  if (std::isinf(got)) return (got > 0 ? exact : -exact) > largest * 0.9999999L ? 1 : broken;
  if (std::isinf(rounded)) return std::abs(got) >= largest ? 1 : broken;
  const int exponent = exact == 0 ? least : std::max(std::ilogb(exact) + 1 - digits, least);
  return static_cast<double>(std::abs(static_cast<long double>(got) - exact) / std::scalbn(1.0L, exponent));
}

/// The same against a double, roughly (an exact half counts as less) but some ten times as fast.
double quick(float got, double exact, bool cancels) {
  if (static_cast<float>(exact) == got) return std::abs(got - exact) < 1e-30 ? 0 : 0.5;
  if (!std::isfinite(got) || !std::isfinite(exact)) return ulp<float>(got, exact, false, cancels);
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(exact) & 0x7ff0000000000000;
  const double power = std::max(std::bit_cast<double>(bits), cancels ? 1 : 0x1p-126);
  return std::abs(got - exact) / power * 0x1p23;
}

class Exact {
public:
  explicit Exact(const Function &function) : function(function) {
    mpfr_init2(a, 53), mpfr_init2(b, 53), mpfr_init2(y, 120);
  }
  ~Exact() { mpfr_clears(a, b, y, nullptr); }
  Exact(const Exact &) = delete;
  Exact &operator=(const Exact &) = delete;
  long double operator()(double x, double z) {
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, z, MPFR_RNDN);
    function.exact(y, a, b);
    return mpfr_get_ld(y, MPFR_RNDN);
  }

private:
  const Function &function;
  mpfr_t a, b, y;
};

/// Numbers of the scales at which functions do different things.
template <typename T> class Sampler {
public:
  explicit Sampler(std::uint64_t seed) : state(seed * 0x9e3779b97f4a7c15 + 1) {}
  T next() {
    const std::uint64_t bits = random();
    const double unit = static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63; // -1 .. 1
    switch (bits >> 61) {
    case 0:
    case 1: {
      using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
      return std::bit_cast<T>(static_cast<Bits>(bits * 0xd1342543de82ef95));
    }
    case 2:
      return static_cast<T>(unit);
    case 3:
      return static_cast<T>(unit * 30);
    case 4:
      return static_cast<T>(unit * (sizeof(T) == 4 ? 100 : 750));
    case 5:
      return static_cast<T>(1 + unit * unit * unit * 0.5);
    case 6:
      return static_cast<T>(std::copysign(std::exp2(unit * 60), bits & 1 ? 1.0 : -1.0));
    default:
      return static_cast<T>(unit * 1e6);
    }
  }

private:
  std::uint64_t random() { // splitmix64
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t state;
};

/// The function over a block in one dtype; for f32 the inputs may be widened first.
Result<Executable> compiled(const Function &function, DType given, DType calculated) {
  std::vector<Param> params = {{"x", given, {blockPoints}}};
  if (function.operands == 2) params.push_back({"y", given, {blockPoints}});
  tgc::Function built(function.name, params, [&](std::span<const Expr> inputs) {
    std::vector<Named> arguments;
    const char *names[2] = {function.operands == 2 ? "a" : "x", "b"};
    for (std::size_t k = 0; k < inputs.size(); ++k)
      arguments.push_back({names[k], given == calculated ? inputs[k] : astype(inputs[k], calculated)});
    return tgc::apply(function.name, arguments);
  });
  return compile(built, {.threads = 1});
}

template <typename T> class Run {
public:
  Run(const Function &function, const Plan &plan, Worst &worst)
      : function(function), plan(plan), worst(worst), exact(function), first(plan.seed),
        second(plan.seed + 1) {}

  std::optional<Error> all() {
    auto code = compiled(function, dtypeOf<T>(), dtypeOf<T>());
    auto wide = compiled(function, dtypeOf<T>(), DType::f64);
    if (!code || !wide) return (code ? wide : code).error();
    Workspace space(std::max(code->workspaceBytes(), wide->workspaceBytes()));
    const std::uint64_t points = count();
    for (std::uint64_t done = 0; done < points; done += blockPoints) {
      fill(done);
      std::vector<View> arguments = {View(x)};
      if (function.operands == 2) arguments.push_back(View(z));
      const MutableView result(got), other(reference);
      auto ran = code->run(arguments, std::span(&result, 1), space);
      if (ran && !isWide) ran = wide->run(arguments, std::span(&other, 1), space);
      if (!ran) return ran.error();
      compare();
    }
    return std::nullopt;
  }

private:
  static constexpr bool isWide = sizeof(T) == 8;

  std::uint64_t count() const { return plan.points ? plan.points : (std::uint64_t(1) << 32) / plan.every; }

  void fill(std::uint64_t done) {
    for (std::int64_t k = 0; k < blockPoints; ++k) {
      if constexpr (!isWide)
        x[k] = plan.points ? first.next()
                           : std::bit_cast<float>(static_cast<std::uint32_t>((done + k) * plan.every));
      else
        x[k] = first.next();
      if (function.operands == 2) z[k] = second.next();
    }
    constexpr T infinity = std::numeric_limits<T>::infinity();
    constexpr T special[] = {0,
                             T(-0.0),
                             1,
                             -1,
                             infinity,
                             -infinity,
                             std::numeric_limits<T>::quiet_NaN(),
                             std::numeric_limits<T>::denorm_min(),
                             std::numeric_limits<T>::max(),
                             T(0.5)};
    constexpr std::int64_t count = std::size(special);
    for (std::int64_t k = 0; plan.points && done == 0 && k < count * count; ++k)
      x[k] = special[k % count], z[k] = special[k / count];
  }

  void compare() {
    const std::uint64_t stride = plan.points ? plan.points : std::uint64_t(1) << 32;
    const std::uint64_t every =
        isWide ? 1 : std::max<std::uint64_t>(stride / std::max<std::uint64_t>(plan.direct, 1), 1);
    for (std::int64_t k = 0; k < blockPoints; ++k, ++worst.points) {
      if (worst.points % every != 0) {
        const double rough = quick(static_cast<float>(got[k]), reference[k], function.cancels);
        if (rough <= 0.99 * worst.ulp + 1e-3 || rough <= 0.5) continue;
      }
      const double off = ulp<T>(got[k], exact(x[k], z[k]), x[k] == 0, function.cancels);
      if (off > worst.ulp) worst = {worst.points, off, double(x[k]), double(z[k]), double(got[k])};
    }
  }

  const Function &function;
  const Plan &plan;
  Worst &worst;
  Exact exact;
  Sampler<T> first, second;
  std::vector<T> x = std::vector<T>(blockPoints), z = std::vector<T>(blockPoints),
                 got = std::vector<T>(blockPoints);
  std::vector<double> reference = std::vector<double>(blockPoints);
};

} // namespace

std::optional<Error> measure(const Function &function, const Plan &plan, Worst &worst) {
  worst = {};
  return plan.wide ? Run<double>(function, plan, worst).all() : Run<float>(function, plan, worst).all();
}

} // namespace tgc::accuracy
