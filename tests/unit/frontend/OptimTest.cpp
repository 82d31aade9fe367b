// The optimisers against their published formulas, written out here on plain numbers.
#include "tgc/Optim.h"
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <cmath>
#include <doctest/doctest.h>

using namespace tgc;
using testing::runNumbers;

namespace {

using Vector = std::vector<double>;

bool near(const Vector &a, const Vector &b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!(std::abs(a[k] - b[k]) <= 1e-13 * (1 + std::abs(b[k])))) return false;
  return true;
}

std::vector<Param> vectors(std::initializer_list<const char *> names) {
  std::vector<Param> params;
  for (const char *name : names)
    params.push_back({name, f64, {3}});
  return params;
}

/// Element by element; the formula takes one number of each argument.
template <typename Formula> Vector each(Formula formula, const std::vector<Vector> &of) {
  Vector out;
  for (std::size_t k = 0; k < of[0].size(); ++k) {
    Vector one;
    for (const Vector &vector : of)
      one.push_back(vector[k]);
    out.push_back(formula(one));
  }
  return out;
}

const Vector p{1, -2, 0.5}, g{0.3, -4, 0}, h{0.1, 0.2, -0.7}, w{0.4, 0.01, 2};

double norm(const Vector &a, double power) {
  double total = 0;
  for (double x : a)
    total += std::pow(std::abs(x), power);
  return std::pow(total, 1 / power);
}

} // namespace

TEST_CASE("optim: norms over several tensors, and clipping by them") {
  double infinity = std::numeric_limits<double>::infinity();
  Vector all = {0.3, -4, 0, 0.1, 0.2, -0.7};
  for (double power : {1.0, 2.0, 3.0, infinity}) {
    double expected = std::isinf(power) ? 4 : norm(all, power);
    Function f("f", vectors({"g", "h"}), [&](Expr g, Expr h) { return optim::globalNorm({g, h}, power); });
    CHECK(near(runNumbers(f, {g, h})[0], {expected}));
    for (double most : {0.5, 100.0}) {
      Function clipped("c", vectors({"g", "h"}),
                       [&](Expr g, Expr h) { return optim::clipByGlobalNorm({g, h}, most, power); });
      double factor = expected > most ? most / expected : 1;
      auto got = runNumbers(clipped, {g, h});
      CHECK(near(got[0], each([&](Vector x) { return x[0] * factor; }, {g})));
      CHECK(near(got[1], each([&](Vector x) { return x[0] * factor; }, {h})));
    }
  }
  Function zero("z", vectors({"g"}), [&](Expr g) { return optim::clipByGlobalNorm({g * 0}, 1.0); });
  CHECK(runNumbers(zero, {g})[0] == Vector{0, 0, 0});
  Function value("v", vectors({"g"}), [&](Expr g) { return optim::clipByValue({g}, 0.25); });
  CHECK(runNumbers(value, {g})[0] == Vector{0.25, -0.25, 0});
}

TEST_CASE("optim: descent, with momentum, and Nesterov's") {
  Function f("f", vectors({"p", "g"}), [&](Expr p, Expr g) { return optim::sgd({p}, {g}, 0.1); });
  CHECK(near(runNumbers(f, {p, g})[0], each([](Vector x) { return x[0] - 0.1 * x[1]; }, {p, g})));
  for (bool nesterov : {false, true}) {
    Function m("m", vectors({"p", "g", "v"}), [&](Expr p, Expr g, Expr v) {
      auto made = optim::step(optim::Momentum{0.8, nesterov}, {p}, {g}, {v}, 0.1);
      return std::vector<Expr>{made.parameters[0], made.velocities[0]};
    });
    auto got = runNumbers(m, {p, g, h});
    Vector v = each([](Vector x) { return 0.8 * x[1] + x[0]; }, {g, h});
    CHECK(near(got[1], v));
    CHECK(near(got[0], each([&](Vector x) { return x[0] - 0.1 * (nesterov ? x[1] + 0.8 * x[2] : x[2]); },
                            {p, g, v})));
  }
}

TEST_CASE("optim: Adam and AdamW, a few steps") {
  for (double decay : {0.0, 0.01}) {
    std::vector<Param> params = vectors({"p", "g", "m", "v"});
    params.push_back({"t", f64, {}});
    Function f("f", params, [&](Expr p, Expr g, Expr m, Expr v, Expr t) {
      auto made = optim::step(optim::Adam{.decay = decay}, {p}, {g}, {m}, {v}, t, 0.05);
      return std::vector<Expr>{made.parameters[0], made.first[0], made.second[0]};
    });
    std::vector<Vector> state = {p, {0, 0, 0}, {0, 0, 0}};
    Vector x = p, m(3), v(3);
    for (int t = 1; t <= 3; ++t) {
      Vector gradient = each([&](Vector a) { return a[0] * t - 1; }, {g});
      state = runNumbers(f, {state[0], gradient, state[1], state[2], {double(t)}});
      for (int k = 0; k < 3; ++k) {
        m[k] = 0.9 * m[k] + (1 - 0.9) * gradient[k];
        v[k] = 0.999 * v[k] + (1 - 0.999) * gradient[k] * gradient[k];
        double hat = m[k] / (1 - std::pow(0.9, t)), root = std::sqrt(v[k] / (1 - std::pow(0.999, t)));
        x[k] -= 0.05 * (hat / (root + 1e-8) + decay * x[k]);
      }
      CHECK(near(state[0], x));
      CHECK(near(state[1], m));
      CHECK(near(state[2], v));
    }
  }
}

TEST_CASE("optim: Lion") {
  Function f("f", vectors({"p", "g", "m"}), [&](Expr p, Expr g, Expr m) {
    auto made = optim::step(optim::Lion{.decay = 0.1}, {p}, {g}, {m}, 0.02);
    return std::vector<Expr>{made.parameters[0], made.momentum[0]};
  });
  auto got = runNumbers(f, {p, g, h});
  CHECK(near(got[0], each(
                         [](Vector x) {
                           double c = 0.9 * x[2] + (1 - 0.9) * x[1];
                           return x[0] - 0.02 * ((c > 0) - (c < 0) + 0.1 * x[0]);
                         },
                         {p, g, h})));
  CHECK(near(got[1], each([](Vector x) { return 0.99 * x[1] + (1 - 0.99) * x[0]; }, {g, h})));
}

TEST_CASE("optim: conjugate gradients solve in as many steps as unknowns, and stop there") {
  // A = [[4, 1, 0], [1, 3, 1], [0, 1, 5]], x = (1, -2, 3), b = A x
  Function f("f", {{"A", f64, {3, 3}}, {"b", f64, {3}}}, [&](Expr A, Expr b) {
    auto product = [&](Expr x) { return matmul(A, x); };
    return std::vector<Expr>{optim::conjugateGradients(product, b, 3),
                             optim::conjugateGradients(product, b, 12),
                             optim::conjugateGradients(product, b * 0, 3)};
  });
  auto got = runNumbers(f, {{4, 1, 0, 1, 3, 1, 0, 1, 5}, {2, -2, 13}});
  for (int k = 0; k < 3; ++k) {
    CHECK(std::abs(got[0][k] - Vector{1, -2, 3}[k]) < 1e-12);
    CHECK(std::abs(got[1][k] - Vector{1, -2, 3}[k]) < 1e-12);
  }
  CHECK(got[2] == Vector{0, 0, 0});
}

TEST_CASE("optim: the inverse of limited memory is that of its matrices") {
  // With the pairs s, y in turn: H' = (1 - s y^T / y^T s) H (1 - y s^T / y^T s) + s s^T / y^T s, and H starts
  // as s^T y / y^T y of the newest pair.
  std::vector<Vector> s = {{0, 0, 0}, {1, 0.5, -0.2}, {0.3, -1, 0.4}},
                      y = {{0, 0, 0}, {2, 1, 0.1}, {0.5, -3, 2}};
  auto dot = [](const Vector &a, const Vector &b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; };
  Vector inverse(9);
  double scale = dot(s[2], y[2]) / dot(y[2], y[2]);
  for (int k = 0; k < 3; ++k)
    inverse[4 * k] = scale;
  for (int pair : {1, 2}) {
    double rho = 1 / dot(s[pair], y[pair]);
    Vector left(9), next(9);
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        left[3 * i + j] = (i == j) - rho * s[pair][i] * y[pair][j];
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        next[3 * i + j] = rho * s[pair][i] * s[pair][j];
        for (int a = 0; a < 3; ++a)
          for (int b = 0; b < 3; ++b)
            next[3 * i + j] += left[3 * i + a] * inverse[3 * a + b] * left[3 * j + b];
      }
    inverse = next;
  }
  Vector expected;
  for (int i = 0; i < 3; ++i)
    expected.push_back(dot({inverse[3 * i], inverse[3 * i + 1], inverse[3 * i + 2]}, g));
  Function f("f", {{"g", f64, {3}}, {"s", f64, {3, 3}}, {"y", f64, {3, 3}}},
             [](Expr g, Expr s, Expr y) { return optim::lbfgsProduct(g, s, y); });
  auto flat = [](const std::vector<Vector> &rows) {
    Vector all;
    for (const Vector &row : rows)
      all.insert(all.end(), row.begin(), row.end());
    return all;
  };
  auto got = runNumbers(f, {g, flat(s), flat(y)});
  for (int k = 0; k < 3; ++k)
    CHECK(std::abs(got[0][k] - expected[k]) < 1e-12);
  // Without any pair it is the gradient.
  CHECK(runNumbers(f, {g, Vector(9), Vector(9)})[0] == g);
}

TEST_CASE("optim: a struct's name stands for its fields") {
  Function f("f", {{"n.a", f64, {2}}, {"n.b", f64}}, [](Expr a, Expr b) { return sum(a * a) + b * b * b; });
  const testing::Lists at = {{1, -2}, {3}};
  const Wrt fields = {"n.a", "n.b"};
  CHECK(runNumbers(optim::sharpnessAware(f, "n", 0.1), at) ==
        runNumbers(optim::sharpnessAware(f, fields, 0.1), at));
  const auto step = runNumbers(optim::newtonStep(f, "n"), at);
  REQUIRE(step.size() == 3);
  CHECK(step == runNumbers(optim::newtonStep(f, fields), at));
  CHECK(step[1] != at[0]);
}

TEST_CASE("optim: a whole step is one function; lists of different lengths are an error") {
  Function loss("loss", {{"p", f64, {3}}}, [](Expr p) { return sum((p - 1) * (p - 1)); });
  Function train("train", {{"p", f64, {3}}}, [&](Expr p) {
    Expr gradient = grad(loss, "p")(p);
    return optim::sgd({p}, optim::clipByGlobalNorm({gradient}, 1.0), 0.5);
  });
  Vector at = {4, 1, -3};
  for (int round = 0; round < 40; ++round)
    at = runNumbers(train, {at})[0];
  for (double x : at)
    CHECK(std::abs(x - 1) < 1e-9);
  Function wrong("wrong", {{"p", f64, {3}}}, [&](Expr p) { return optim::sgd({p, p}, {p}, 0.5); });
  CHECK(!compile(wrong, {}));
}
