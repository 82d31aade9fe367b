// Random numbers: the words of the paper's test vectors, jax.random's numbers, and the shapes of
// distributions.
#include "dialects/graph/Reference.h"
#include "tests/unit/dialects/graph/Lab.h"
#include <doctest/doctest.h>

using namespace tgc::test;
using List = Argument::List;
using Reals = std::vector<double>;

namespace {

Reals draw(Lab &lab, const char *name, Arguments positional, const NamedArguments &named = {}) {
  Sym key = lab.call("random_key", {42})[0];
  positional.insert(positional.begin(), Argument(key));
  Syms out = lab.call(name, positional, named);
  REQUIRE_MESSAGE(!out.empty(), lab.message);
  return lab.numbers(out[0]);
}

List shape(std::initializer_list<int64_t> extents) { return List(extents.begin(), extents.end()); }

void near(const Reals &got, const Reals &expected, double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (size_t k = 0; k < got.size(); ++k)
    CHECK(std::fabs(got[k] - expected[k]) <= tolerance);
}

/// Numbers with a known distribution function: the largest distance from it (Kolmogorov), times sqrt(n).
double distance(Reals numbers, double (*cumulative)(double)) {
  std::sort(numbers.begin(), numbers.end());
  double n = static_cast<double>(numbers.size()), largest = 0;
  for (size_t k = 0; k < numbers.size(); ++k) {
    double wanted = cumulative(numbers[k]);
    largest =
        std::max({largest, static_cast<double>(k + 1) / n - wanted, wanted - static_cast<double>(k) / n});
  }
  return largest * std::sqrt(n);
}

} // namespace

TEST_CASE("threefry: the test vectors of its authors") {
  auto both = [](uint32_t k0, uint32_t k1, uint32_t c0, uint32_t c1) {
    return std::pair(reference::threefry2x32(k0, k1, c0, c1, false),
                     reference::threefry2x32(k0, k1, c0, c1, true));
  };
  CHECK(both(0, 0, 0, 0) == std::pair(0x6b200159u, 0x99ba4efeu));
  CHECK(both(~0u, ~0u, ~0u, ~0u) == std::pair(0x1cb996fcu, 0xbb002be7u));
  CHECK(both(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3) == std::pair(0xc4923a9cu, 0x483df7a0u));
}

TEST_CASE("random: the numbers of jax.random 0.10 for PRNGKey(42)") {
  Lab lab;
  CHECK(draw(lab, "split_key", {3}) ==
        Reals{1832780943, 270669613, 64467757, 2916123636, 2465931498, 255383827});
  CHECK(draw(lab, "fold_in", {lab.tensor({}, {7}, "i64")}) == Reals{2547012911, 1371500959});
  CHECK(draw(lab, "random_bits", {shape({2, 3})}) ==
        Reals{2098992034, 2919706841, 2646866425, 2409546199, 1935504149, 2516274904});
  CHECK(draw(lab, "random_bits", {shape({4})}, {{"dtype", lab.dtype("u8")}}) == Reals{162, 217, 249, 215});
  Sym wide = lab.call("random_bits", {lab.call("random_key", {42})[0], shape({2})},
                      {{"dtype", lab.dtype("u64")}})[0];
  CHECK(lab.value(wide).get<uint64_t>(0) == 7871734211187709741u);
  CHECK(lab.value(wide).get<uint64_t>(1) == 276886910877598708u);
  CHECK(draw(lab, "uniform", {shape({3})}, {{"dtype", lab.dtype("f32")}}) ==
        Reals{0x1.f47048p-2, 0x1.5c0e6p-1, 0x1.3b87fp-1});
  CHECK(draw(lab, "uniform", {shape({3})}) ==
        Reals{0.4267275666499091, 0.015010069515314584, 0.5741444178995352});
  near(draw(lab, "normal", {shape({4})}),
       {-0.18471174528191162, -2.169824560397754, 0.18693555179382582, 0.6122653570510959}, 1e-14);
  near(draw(lab, "normal", {shape({4})}, {{"dtype", lab.dtype("f32")}}),
       {-0.02830461598932743, 0.4671318531036377, 0.2957029640674591, 0.15354591608047485}, 1e-6);
  near(draw(lab, "truncated_normal", {-1.0, 2.0, shape({3})}),
       {0.01998452592513169, -0.9504476695340623, 0.32827144083703297}, 1e-13);
}

TEST_CASE("random: distributions") {
  Lab lab;
  // 1.95 is passed by one sample in a thousand; the seed is fixed.
  CHECK(distance(draw(lab, "uniform", {shape({20000})}), [](double x) { return x; }) < 1.95);
  CHECK(
      distance(draw(lab, "uniform", {shape({5000})}, {{"min", -1}, {"max", 3}, {"dtype", lab.dtype("f32")}}),
               [](double x) { return (x + 1) / 4; }) < 1.95);
  CHECK(distance(draw(lab, "normal", {shape({20000})}),
                 [](double x) { return std::erfc(-x * M_SQRT1_2) / 2; }) < 1.95);
  auto gamma = [&](double a) { return draw(lab, "gamma", {lab.tensor({}, {a}), shape({20000})}); };
  CHECK(distance(gamma(0.5), [](double x) { return std::erf(std::sqrt(x)); }) < 1.95);
  CHECK(distance(gamma(1), [](double x) { return 1 - std::exp(-x); }) < 1.95);
  CHECK(distance(gamma(3), [](double x) { return 1 - (1 + x + x * x / 2) * std::exp(-x); }) < 1.95);
  auto share = [](const Reals &x, double value) {
    return static_cast<double>(std::count(x.begin(), x.end(), value)) / static_cast<double>(x.size());
  };
  Reals coins = draw(lab, "bernoulli", {lab.tensor({}, {0.3}), shape({20000})});
  CHECK(std::fabs(share(coins, 1) - 0.3) < 0.012);
  Reals classes = draw(lab, "categorical", {lab.tensor({3}, {0, std::log(2.0), std::log(5.0)})},
                       {{"shape", shape({20000})}});
  for (int which : {0, 1, 2})
    CHECK(std::fabs(share(classes, which) - std::vector{1.0, 2.0, 5.0}[which] / 8) < 0.015);
  Reals counts = draw(lab, "multinomial", {lab.tensor({3}, {1, 2, 5}), 800});
  CHECK(counts[0] + counts[1] + counts[2] == 800);
  CHECK(std::fabs(counts[2] - 500) < 60);
  Reals order = draw(lab, "permutation", {lab.call("arange", {50})[0]}), sorted = order;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted != order);
  for (int k = 0; k < 50; ++k)
    CHECK(sorted[k] == k);
  Reals dropped = draw(lab, "dropout", {lab.tensor({20000}, {3}), 0.25});
  CHECK(std::fabs(share(dropped, 0) - 0.25) < 0.012);
  CHECK(share(dropped, 4) + share(dropped, 0) == 1);
}

TEST_CASE("random: keys and bounds are checked") {
  Lab lab;
  Sym key = lab.call("random_key", {1})[0];
  CHECK(lab.refused("uniform", {lab.tensor({2}, {0, 1}, "i64"), shape({3})}) ==
        "uniform: key has to be u32[2], got i64[2]");
  CHECK(lab.refused("normal", {key, shape({3})}, {{"dtype", lab.dtype("i64")}}) ==
        "normal: dtype has to be floating-point, got i64");
  CHECK(lab.refused("truncated_normal", {key, 2.0, 1.0, shape({3})}).find("has to be below upper") !=
        std::string::npos);
  CHECK(lab.refused("dropout", {key, lab.tensor({3}, {1}), 1.5}).find("rate is 1.5") != std::string::npos);
  CHECK(lab.refused("categorical", {key, lab.tensor({2, 0}, {})}).find("has no element") !=
        std::string::npos);
  CHECK(lab.refused("gamma", {key, 1.0, shape({100000, 100000})}).find("fewer than 2^32") !=
        std::string::npos);
  CHECK(lab.refused("gamma", {key, lab.tensor({2}, {1, 2}), shape({3})}).find("gamma: ") !=
        std::string::npos);
  CHECK(lab.refused("random_bits", {key, shape({3})}, {{"dtype", lab.dtype("i32")}}).find("unsigned") !=
        std::string::npos);
}
