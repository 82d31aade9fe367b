// The gradient toolbox on handwritten digits: softmax regression whose loss, gradient and curvature are
// written out here on plain numbers, and each published formula beside them.
#include "tgc/Executable.h"
#include "tgc/Npy.h"
#include "tgc/Ops.h"
#include "tgc/Optim.h"
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <map>

using namespace tgc;

namespace {

using Vector = std::vector<double>;
using ByName = std::map<std::string, Vector>;

constexpr std::int64_t rows = 120, in = 64, out = 10, size = in * out + out;

/// Plain numbers of the first rows: pixels from 0 to 1, and one-hot classes.
struct Digits {
  Vector X = Vector(rows * in), Y = Vector(rows * out);
  Digits() {
    auto pixels = readNpyFile("examples/data/digits_X.npy"),
         classes = readNpyFile("examples/data/digits_y.npy");
    REQUIRE(bool(pixels));
    REQUIRE(bool(classes));
    for (std::int64_t at = 0; at < rows * in; ++at)
      X[at] = pixels->as<float>()[at] / 16;
    for (std::int64_t row = 0; row < rows; ++row)
      Y[row * out + classes->as<std::int32_t>()[row]] = 1;
  }
};

const Digits &digits() {
  static const Digits data;
  return data;
}

/// Softmax regression by hand. Parameters are one vector: W, [in, out], then b, [out].
struct Plain {
  std::int64_t from = 0, to = rows;

  Vector scores(const Vector &p) const {
    Vector s((to - from) * out);
    for (std::int64_t row = from; row < to; ++row)
      for (std::int64_t k = 0; k < out; ++k) {
        double score = p[in * out + k];
        for (std::int64_t j = 0; j < in; ++j)
          score += digits().X[row * in + j] * p[j * out + k];
        s[(row - from) * out + k] = score;
      }
    return s;
  }
  /// X' of numbers beside the scores, and their sums over rows.
  Vector pulled(const Vector &s) const {
    Vector g(size);
    for (std::int64_t row = from; row < to; ++row)
      for (std::int64_t k = 0; k < out; ++k) {
        const double one = s[(row - from) * out + k];
        for (std::int64_t j = 0; j < in; ++j)
          g[j * out + k] += digits().X[row * in + j] * one;
        g[in * out + k] += one;
      }
    return g;
  }
  Vector softmax(Vector s) const {
    for (std::int64_t row = 0; row < to - from; ++row) {
      double total = 0;
      for (std::int64_t k = 0; k < out; ++k)
        total += s[row * out + k] = std::exp(s[row * out + k]);
      for (std::int64_t k = 0; k < out; ++k)
        s[row * out + k] /= total;
    }
    return s;
  }
  double value(const Vector &p) const {
    Vector q = softmax(scores(p));
    double total = 0;
    for (std::int64_t at = 0; at < (to - from) * out; ++at)
      if (digits().Y[from * out + at] > 0) total -= std::log(q[at]);
    return total / double(to - from);
  }
  Vector gradient(const Vector &p) const {
    Vector q = softmax(scores(p));
    for (std::int64_t at = 0; at < (to - from) * out; ++at)
      q[at] = (q[at] - digits().Y[from * out + at]) / double(to - from);
    return pulled(q);
  }
  /// The Hessian times v: X' (q s - q <q, s>) / rows with s = X v.
  Vector curved(const Vector &p, const Vector &v) const {
    Vector q = softmax(scores(p)), s = scores(v);
    for (std::int64_t row = 0; row < to - from; ++row) {
      double mean = 0;
      for (std::int64_t k = 0; k < out; ++k)
        mean += q[row * out + k] * s[row * out + k];
      for (std::int64_t k = 0; k < out; ++k)
        s[row * out + k] = q[row * out + k] * (s[row * out + k] - mean) / double(to - from);
    }
    return pulled(s);
  }
};

double dot(const Vector &a, const Vector &b) {
  double total = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    total += a[k] * b[k];
  return total;
}
double norm(const Vector &a) { return std::sqrt(dot(a, a)); }
/// a + factor b
Vector moved(Vector a, double factor, const Vector &b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    a[k] += factor * b[k];
  return a;
}
Vector times(double factor, Vector a) {
  for (double &x : a)
    x *= factor;
  return a;
}

/// Small parameters that are not zero.
Vector start() {
  Vector p(size);
  for (std::int64_t k = 0; k < size; ++k)
    p[k] = 0.1 * std::sin(double(k));
  return p;
}

bool near(const Vector &a, const Vector &b, double tolerance = 1e-10) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!(std::abs(a[k] - b[k]) <= tolerance * (1 + std::abs(b[k])))) return false;
  return true;
}

Function lossOf(std::int64_t count = rows) {
  return Function(
      "loss", {{"X", f64, {count, in}}, {"Y", f64, {count, out}}, {"W", f64, {in, out}}, {"b", f64, {out}}},
      [](Expr X, Expr Y, Expr W, Expr b) { return -mean(sum(Y * log_softmax(matmul(X, W) + b, -1), 1)); });
}

/// A compiled function called by names; "W" and "b" come out of and go into one vector under a prefix.
class Program {
public:
  explicit Program(const Function &f) : code(compiled(f)), space(code) {}

  ByName operator()(ByName values) {
    values.try_emplace("X", digits().X), values.try_emplace("Y", digits().Y);
    std::vector<View> arguments;
    for (const Param &param : code.params()) {
      INFO(param.name);
      REQUIRE(values.count(param.name) == 1);
      REQUIRE(Shape(param.extents).elements() <= std::int64_t(values[param.name].size()));
      arguments.push_back(View(f64, values[param.name].data(), Shape(param.extents)));
    }
    ByName results;
    std::vector<MutableView> places;
    for (const Param &result : code.results()) {
      Vector &place = results[result.name] = Vector(Shape(result.extents).elements(), -777.0);
      places.push_back(MutableView(f64, place.data(), Shape(result.extents)));
    }
    auto ok = code.run(arguments, places, space);
    REQUIRE_MESSAGE(bool(ok), ok.error().text());
    return results;
  }

private:
  static Executable compiled(const Function &f) {
    auto made = compile(f, {.threads = 1});
    if (!made) FAIL(made.error().text());
    return *made;
  }
  Executable code;
  Workspace space;
};

void put(ByName &values, const std::string &prefix, const Vector &p) {
  values[prefix + "W"] = Vector(p.begin(), p.begin() + in * out);
  values[prefix + "b"] = Vector(p.begin() + in * out, p.end());
}
Vector taken(const ByName &values, const std::string &prefix = "") {
  Vector p = values.at(prefix + "W");
  const Vector &b = values.at(prefix + "b");
  p.insert(p.end(), b.begin(), b.end());
  return p;
}

const Wrt wrt = {"W", "b"};

/// A function of the gradients of two tensors, of further arguments, and of what the results are called.
Function ofGradients(std::vector<Param> more,
                     const std::function<Results(const optim::Tensors &, std::span<const Expr>)> &body) {
  Function slope = value_and_grad(lossOf(), wrt);
  std::vector<Param> params = slope.params();
  params.insert(params.end(), more.begin(), more.end());
  return Function("of_gradients", params, [&](std::span<const Expr> all) {
    auto made = slope({all[0], all[1], all[2], all[3]});
    return body({made[1], made[2]}, all.subspan(4));
  });
}

ByName atStart() {
  ByName values;
  put(values, "", start());
  return values;
}

/// Trains for some steps; plain gives the next parameters from those now and the step's number.
void follow(const Function &step, const optim::Update &update, int count,
            const std::function<Vector(const Vector &, int)> &plain) {
  Program program(step);
  ByName values = atStart();
  for (const std::string &slot : update.slots)
    put(values, slot + ".", Vector(size));
  Vector expected = start();
  for (int time = 1; time <= count; ++time) {
    values["time"] = {double(time)};
    ByName next = program(values);
    CHECK(std::abs(next["out0"][0] - Plain().value(expected)) < 1e-12);
    expected = plain(expected, time);
    INFO("step ", time);
    CHECK(near(taken(next), expected));
    for (auto &[name, value] : next)
      values[name] = value;
  }
}

} // namespace

TEST_CASE("optim on digits: gradients and curvature are those written out by hand") {
  ByName values = atStart();
  ByName slope = Program(value_and_grad(lossOf(), wrt))(values);
  CHECK(std::abs(slope["out0"][0] - Plain().value(start())) < 1e-13);
  put(values, "d_", times(2, start()));
  ByName curved = Program(hvp(lossOf(), wrt))(values);
  Vector g = slope["out1"], h = curved["out0"];
  g.insert(g.end(), slope["out2"].begin(), slope["out2"].end());
  h.insert(h.end(), curved["out1"].begin(), curved["out1"].end());
  CHECK(near(g, Plain().gradient(start()), 1e-13));
  CHECK(near(h, Plain().curved(start(), times(2, start())), 1e-13));
}

TEST_CASE("optim on digits: whole steps of descent, momentum, Adam, AdamW and Lion") {
  Function slope = value_and_grad(lossOf(), wrt);
  auto g = [](const Vector &p) { return Plain().gradient(p); };
  auto rate = [](Expr time) { return optim::exponentialDecay(time, 0.3, 0.5, 4); };
  auto rateAt = [](int time) { return 0.3 * std::pow(0.5, time / 4.0); };
  optim::Update plain = optim::sgd(rate);
  follow(optim::trainingStep(slope, wrt, plain), plain, 4,
         [&](const Vector &p, int time) { return moved(p, -rateAt(time), g(p)); });
  for (bool nesterov : {false, true}) {
    Vector v(size);
    optim::Update heavy = update(optim::Momentum{0.8, nesterov}, 0.2);
    follow(optim::trainingStep(slope, wrt, heavy), heavy, 3, [&](const Vector &p, int) {
      v = moved(g(p), 0.8, v);
      return moved(p, -0.2, nesterov ? moved(g(p), 0.8, v) : v);
    });
  }
  for (double decay : {0.0, 0.05}) {
    Vector m(size), v(size);
    optim::Update adam = update(optim::Adam{.decay = decay}, rate);
    follow(optim::trainingStep(slope, wrt, adam), adam, 4, [&](Vector p, int time) {
      Vector gradient = g(p);
      for (std::int64_t k = 0; k < size; ++k) {
        m[k] = 0.9 * m[k] + 0.1 * gradient[k];
        v[k] = 0.999 * v[k] + 0.001 * gradient[k] * gradient[k];
        double hat = m[k] / (1 - std::pow(0.9, time)), root = std::sqrt(v[k] / (1 - std::pow(0.999, time)));
        p[k] -= rateAt(time) * (hat / (root + 1e-8) + decay * p[k]);
      }
      return p;
    });
  }
  Vector m(size);
  optim::Update lion = update(optim::Lion{.decay = 0.01}, 0.05);
  follow(optim::trainingStep(slope, wrt, lion), lion, 3, [&](Vector p, int) {
    Vector gradient = g(p);
    for (std::int64_t k = 0; k < size; ++k) {
      double c = 0.9 * m[k] + 0.1 * gradient[k];
      p[k] -= 0.05 * ((c > 0) - (c < 0) + 0.01 * p[k]);
      m[k] = 0.99 * m[k] + 0.01 * gradient[k];
    }
    return p;
  });
}

TEST_CASE("optim on digits: sharpness-aware steps take the gradient at the sharpest place near") {
  const double radius = 0.5;
  Function sharp = optim::sharpnessAware(lossOf(), wrt, radius);
  optim::Update plain = optim::sgd(0.5);
  follow(optim::trainingStep(sharp, wrt, plain), plain, 4, [&](const Vector &p, int) {
    Vector g = Plain().gradient(p);
    return moved(p, -0.5, Plain().gradient(moved(p, radius / norm(g), g)));
  });
  // Of a gradient function that is zero, the gradient there: nothing is divided by.
  Function zero("zero", {{"x", f64, {3}}}, [](Expr x) {
    return optim::sharpnessAware([](const optim::Tensors &p) { return optim::Tensors{2 * p[0]}; },
                                 0.1)({x})[0];
  });
  CHECK(Program(zero)({{"x", {0, 0, 0}}})["out0"] == Vector{0, 0, 0});
  CHECK(optim::sharpnessAware(lossOf(), "Q", 0.1).error().has_value());
}

TEST_CASE("optim on digits: clipping by norms, by values, and by quantiles of the norms so far") {
  const Vector g = Plain().gradient(start());
  const double infinity = std::numeric_limits<double>::infinity();
  double largest = 0, ones = 0, cubes = 0;
  for (double x : g)
    largest = std::max(largest, std::abs(x)), ones += std::abs(x), cubes += std::pow(std::abs(x), 3);
  Function clipped = ofGradients({}, [&](const optim::Tensors &g, std::span<const Expr>) {
    Results results;
    for (auto [name, power] : {std::pair("two", 2.0), {"one", 1.0}, {"three", 3.0}, {"most", infinity}}) {
      auto made = optim::clipByGlobalNorm(g, 0.01, power);
      results.emplace_back(std::string(name) + "W", made[0]),
          results.emplace_back(std::string(name) + "b", made[1]);
    }
    auto made = optim::clipByValue(g, 0.002);
    results.emplace_back("valueW", made[0]), results.emplace_back("valueb", made[1]);
    return results;
  });
  ByName made = Program(clipped)(atStart());
  CHECK(near(taken(made, "two"), times(0.01 / norm(g), g), 1e-13));
  CHECK(near(taken(made, "one"), times(0.01 / ones, g), 1e-13));
  CHECK(near(taken(made, "three"), times(0.01 / std::cbrt(cubes), g), 1e-13));
  CHECK(near(taken(made, "most"), times(0.01 / largest, g), 1e-13));
  Vector bounded = g;
  for (double &x : bounded)
    x = std::clamp(x, -0.002, 0.002);
  CHECK(near(taken(made, "value"), bounded, 1e-13));
}

TEST_CASE("optim on digits: the bound is a quantile of the last norms, as sorted by hand") {
  Function f = ofGradients({{"history", f64, {4}}, {"time", f64}, {"scale", f64}},
                           [](const optim::Tensors &g, std::span<const Expr> more) -> Results {
                             auto made = optim::clip(optim::QuantileClip{0.3},
                                                     {g[0] * more[2], g[1] * more[2]}, more[0], more[1]);
                             return {{"W", made.gradients[0]},
                                     {"b", made.gradients[1]},
                                     {"history", made.history},
                                     {"bound", made.bound}};
                           });
  Program program(f);
  const Vector g = Plain().gradient(start());
  ByName values = atStart();
  values["history"] = {NAN, NAN, 1e9, -1e9};
  std::vector<double> norms;
  const double scales[] = {1, 3, 0.5, 2, 0.7, 9, 0.1};
  for (int time = 1; time <= 7; ++time) {
    values["time"] = {double(time)}, values["scale"] = {scales[time - 1]};
    norms.push_back(norm(g) * scales[time - 1]);
    Vector window(norms.end() - std::min<std::ptrdiff_t>(4, time), norms.end());
    std::sort(window.begin(), window.end());
    double place = 0.3 * double(window.size() - 1), low = std::floor(place);
    std::size_t above = std::min(window.size() - 1, std::size_t(low) + 1);
    double bound = window[std::size_t(low)] + (place - low) * (window[above] - window[std::size_t(low)]);
    ByName made = program(values);
    INFO("step ", time);
    CHECK(near(made["bound"], {bound}));
    CHECK(near(taken(made), times(scales[time - 1] * std::min(1.0, bound / norms.back()), g)));
    values["history"] = made["history"];
  }
}

TEST_CASE("optim on digits: the tracked bound moves towards the quantile of the norms") {
  Function f =
      ofGradients({{"bound", f64}}, [](const optim::Tensors &g, std::span<const Expr> more) -> Results {
        auto made = optim::clip(optim::TrackedClip{0.6, 0.25}, g, more[0]);
        return {{"W", made.gradients[0]}, {"b", made.gradients[1]}, {"bound", made.bound}};
      });
  Program program(f);
  const Vector g = Plain().gradient(start());
  ByName values = atStart();
  double bound = 0.5 * norm(g);
  for (int round = 0; round < 8; ++round) {
    values["bound"] = {bound};
    ByName made = program(values);
    CHECK(near(taken(made), times(std::min(1.0, bound / norm(g)), g)));
    bound *= std::exp(-0.25 * ((norm(g) <= bound) - 0.6));
    CHECK(near(made["bound"], {bound}));
  }
}

TEST_CASE("optim on digits: noise has the stated deviation, differs by tensor, step and key, and repeats") {
  Function f("noisy", {{"W", f64, {100, 50}}, {"b", f64, {5000}}, {"time", f64}, {"seed", f64}},
             [](Expr W, Expr b, Expr time, Expr seed) {
               Expr key = fold_in(random_key(3), astype(seed, i64));
               return optim::addNoise({.scale = 0.3, .decay = 0.55}, {W, b}, key, time);
             });
  Program program(f);
  ByName values = {{"W", Vector(5000, 1.0)}, {"b", Vector(5000, -2.0)}};
  std::vector<Vector> seen;
  for (auto [time, seed] : {std::pair(0, 1), {9, 1}, {0, 2}}) {
    values["time"] = {double(time)}, values["seed"] = {double(seed)};
    ByName made = program(values), again = program(values);
    CHECK(made == again);
    const double deviation = std::sqrt(0.3 / std::pow(1 + time, 0.55));
    for (auto [name, mean] : {std::pair("out0", 1.0), {"out1", -2.0}}) {
      Vector noise = made[name];
      double first = 0, second = 0;
      for (double &x : noise) {
        x = (x - mean) / deviation;
        first += x / 5000, second += x * x / 5000;
      }
      // Five standard errors: 1 / sqrt(5000) and sqrt(2 / 5000).
      CHECK(std::abs(first) < 0.071);
      CHECK(std::abs(second - 1) < 0.1);
      for (const Vector &other : seen)
        CHECK(std::abs(dot(noise, other) / 5000) < 0.071);
      seen.push_back(noise);
    }
  }
}

TEST_CASE("optim on digits: smoothed parameters, with the start's bias taken out") {
  Function f("smooth", {{"X", f64, {rows, in}}, {"W", f64, {rows, in}}, {"time", f64}},
             [](Expr X, Expr average, Expr time) {
               auto made = optim::smooth(0.9, {average}, {X * time}, time);
               return std::vector<Expr>{made.averages[0], made.corrected[0]};
             });
  Program program(f);
  ByName values = {{"W", Vector(rows * in)}};
  Vector average(rows * in);
  for (int time = 1; time <= 4; ++time) {
    values["time"] = {double(time)};
    ByName made = program(values);
    average = moved(times(0.9, average), 0.1 * time, digits().X);
    CHECK(near(made["out0"], average, 1e-14));
    CHECK(near(made["out1"], times(1 / (1 - std::pow(0.9, time)), average), 1e-13));
    values["W"] = made["out0"];
  }
}

TEST_CASE(
    "optim on digits: gradients over micro-batches are those of the whole batch, also of unequal ones") {
  Function slope = value_and_grad(lossOf(rows / 3), wrt);
  ByName made = Program(optim::inMicroBatches(slope, {"X", "Y"}, 3))(atStart());
  CHECK(std::abs(made["out0"][0] - Plain().value(start())) < 1e-13);
  Vector g = made["out1"];
  g.insert(g.end(), made["out2"].begin(), made["out2"].end());
  CHECK(near(g, Plain().gradient(start()), 1e-13));
  // 20, 60 and 40 rows: means of parts, weighted by their rows.
  Function parts("parts", lossOf().params(), [](Expr X, Expr Y, Expr W, Expr b) {
    std::vector<optim::Tensors> gradients;
    optim::AccumulateStep running{{zeros_like(W), zeros_like(b)}, full(Ints{}, 0.0, f64), {}};
    const std::int64_t ends[] = {0, 20, 80, 120};
    for (int part = 0; part < 3; ++part) {
      const Slice cut{ends[part], ends[part + 1]};
      const std::int64_t count = ends[part + 1] - ends[part];
      auto slope = value_and_grad(lossOf(count), wrt)({index(X, {cut}), index(Y, {cut}), W, b});
      gradients.push_back({slope[1], slope[2]});
      running = optim::accumulate(running.sums, running.count, gradients.back(), double(count));
    }
    auto mean = optim::accumulate(gradients, {20, 60, 40});
    return Results{{"W", mean[0]},
                   {"b", mean[1]},
                   {"runW", running.mean[0]},
                   {"runb", running.mean[1]},
                   {"count", running.count}};
  });
  made = Program(parts)(atStart());
  CHECK(near(taken(made), Plain().gradient(start()), 1e-13));
  CHECK(near(taken(made, "run"), Plain().gradient(start()), 1e-13));
  CHECK(made["count"] == Vector{120});
  CHECK(optim::inMicroBatches(slope, {"Q"}, 3).error()->message ==
        "inMicroBatches: " + slope.name() + " has no parameter Q");
  CHECK(optim::inMicroBatches(slope, {"X", "X"}, 3).error()->message ==
        "inMicroBatches: parameter X is named twice");
  CHECK(optim::inMicroBatches(slope, {"X"}, 0).error()->message ==
        "inMicroBatches: parts is 0 but must be 1 or more");
}

TEST_CASE("optim on digits: what is frozen stays to the bit, and its gradient is not computed") {
  Function step = ofGradients({}, [](const optim::Tensors &g, std::span<const Expr>) -> Results {
    optim::Tensors before = {g[0] * 0 + 1, g[1] * 0 + 2};
    auto next = optim::freeze(before, optim::sgd(before, g, 0.5), {false, true});
    return {{"W", next[0]}, {"b", next[1]}};
  });
  ByName made = Program(step)(atStart());
  CHECK(made["W"] == Vector(in * out, 1.0));
  Vector g = Plain().gradient(start());
  for (std::int64_t k = 0; k < out; ++k)
    CHECK(std::abs(made["b"][k] - (2 - 0.5 * g[in * out + k])) < 1e-13);
}

TEST_CASE("optim on digits: Newton by conjugate gradients is conjugate gradients by hand, and converges") {
  const double damping = 1e-3;
  auto direction = [&](const Vector &p, int iterations) {
    Vector r = times(-1, Plain().gradient(p)), d = r, x(size);
    double squares = dot(r, r);
    for (int round = 0; round < iterations; ++round) {
      Vector image = moved(Plain().curved(p, d), damping, d);
      double length = squares / dot(d, image);
      x = moved(x, length, d);
      r = moved(r, -length, image);
      double next = dot(r, r);
      d = moved(r, next / squares, d);
      squares = next;
    }
    return x;
  };
  ByName made = Program(optim::newtonStep(lossOf(), wrt, {.iterations = 5, .damping = damping, .rate = 0.8}))(
      atStart());
  CHECK(near(taken(made), moved(start(), 0.8, direction(start(), 5)), 1e-9));
  CHECK(std::abs(made["out0"][0] - Plain().value(start())) < 1e-13);
  CHECK(optim::newtonStep(lossOf(), "Q").error().has_value());
}

TEST_CASE("optim on digits: Gauss-Newton by conjugate gradients is that by hand, and fits") {
  // r = sigmoid(X W + b) - Y, J v = s (1 - s) (X v)
  Function residual("residual", lossOf().params(),
                    [](Expr X, Expr Y, Expr W, Expr b) { return sigmoid(matmul(X, W) + b) - Y; });
  auto sigmoids = [](const Vector &p) {
    Vector s = Plain().scores(p);
    for (double &x : s)
      x = 1 / (1 + std::exp(-x));
    return s;
  };
  auto scaled = [](Vector s, const Vector &by) {
    for (std::size_t k = 0; k < s.size(); ++k)
      s[k] *= by[k] * (1 - by[k]);
    return s;
  };
  auto next = [&](const Vector &p) {
    Vector s = sigmoids(p);
    Vector r = times(-1, Plain().pulled(scaled(moved(s, -1, digits().Y), s))), d = r, x(size);
    double squares = dot(r, r);
    for (int round = 0; round < 6; ++round) {
      Vector image = moved(Plain().pulled(scaled(scaled(Plain().scores(d), s), s)), 0.1, d);
      double length = squares / dot(d, image);
      x = moved(x, length, d), r = moved(r, -length, image);
      double after = dot(r, r);
      d = moved(r, after / squares, d), squares = after;
    }
    return moved(p, 1, x);
  };
  Program program(optim::gaussNewtonStep(residual, wrt, {.iterations = 6, .damping = 0.1}));
  ByName values = atStart();
  Vector p = start();
  double first = 0, last = 0;
  for (int step = 0; step < 4; ++step) {
    ByName made = program(values);
    p = next(p);
    CHECK(near(taken(made), p, 1e-8));
    last = dot(made["out0"], made["out0"]);
    if (step == 0) first = last;
    put(values, "", taken(made));
  }
  CHECK(last < 0.5 * first);
}

TEST_CASE("optim on digits: limited-memory BFGS with its line search is the two loops by hand") {
  constexpr std::int64_t memory = 3;
  Function f("lbfgs",
             {{"X", f64, {rows, in}},
              {"Y", f64, {rows, out}},
              {"W", f64, {in, out}},
              {"b", f64, {out}},
              {"s", f64, {memory, size}},
              {"y", f64, {memory, size}},
              {"p", f64, {size}},
              {"g", f64, {size}},
              {"time", f64}},
             [](std::span<const Expr> a) -> Results {
               auto value = [&](const optim::Tensors &p) { return lossOf()(a[0], a[1], p[0], p[1]); };
               auto slope = value_and_grad(lossOf(), wrt)({a[0], a[1], a[2], a[3]});
               auto made = optim::step(optim::Lbfgs{}, value, {a[2], a[3]}, slope[0], {slope[1], slope[2]},
                                       {a[4], a[5], a[6], a[7]}, a[8]);
               return {{"W", made.parameters[0]}, {"b", made.parameters[1]},    {"s", made.state.steps},
                       {"y", made.state.changes}, {"p", made.state.parameters}, {"g", made.state.gradients},
                       {"length", made.length}};
             });
  Program program(f);
  ByName values = atStart();
  values["s"] = values["y"] = Vector(memory * size), values["p"] = values["g"] = Vector(size, 7.0);
  Vector p = start(), before, slopeBefore;
  std::vector<Vector> s, y;
  for (int time = 1; time <= 6; ++time) {
    Vector g = Plain().gradient(p), q = g;
    if (time > 1) s.push_back(moved(p, -1, before)), y.push_back(moved(g, -1, slopeBefore));
    if (s.size() > memory) s.erase(s.begin()), y.erase(y.begin());
    std::vector<double> weight(s.size());
    for (std::size_t k = s.size(); k-- > 0;)
      q = moved(q, -(weight[k] = dot(s[k], q) / dot(s[k], y[k])), y[k]);
    if (!s.empty()) q = times(dot(s.back(), y.back()) / dot(y.back(), y.back()), q);
    for (std::size_t k = 0; k < s.size(); ++k)
      q = moved(q, weight[k] - dot(y[k], q) / dot(s[k], y[k]), s[k]);
    if (time == 1) q = times(1 / std::max(1.0, norm(g)), g);
    double length = 1, here = Plain().value(p);
    while (Plain().value(moved(p, -length, q)) > here - 1e-4 * length * dot(g, q))
      length /= 2;
    values["time"] = {double(time)};
    ByName made = program(values);
    before = p, slopeBefore = g, p = moved(p, -length, q);
    INFO("step ", time);
    CHECK(made["length"] == Vector{length});
    CHECK(near(taken(made), p, 1e-8));
    for (auto &[name, value] : made)
      values[name] = value;
  }
  CHECK(Plain().value(p) < 0.5 * Plain().value(start()));
}

TEST_CASE("optim: learning rates are their formulas at every step, and compile into the step") {
  Function f("rates", {{"time", f64}}, [](Expr t) {
    return std::vector<Expr>{
        optim::constantRate(t, 0.3),
        optim::stepDecay(t, 0.8, 0.5, 10),
        optim::exponentialDecay(t, 0.8, 0.9, 5),
        optim::cosineDecay(t, {.rate = 0.6, .total = 50, .warmup = 10, .last = 0.01}),
        optim::cosineDecay(t, {.rate = 0.6, .total = 50}),
        optim::oneCycle(t, {.rate = 0.5, .total = 40, .rise = 0.25, .start = 20, .end = 100}),
        optim::inverseSqrt(t, 0.7, 16)};
  });
  Program program(f);
  const double pi = 3.14159265358979323846;
  auto half = [&](double a, double b, double part) { return b + (a - b) / 2 * (1 + std::cos(pi * part)); };
  for (int t = 1; t <= 60; ++t) {
    ByName made = program({{"time", {double(t)}}});
    const double expected[] = {0.3,
                               0.8 * std::pow(0.5, t / 10),
                               0.8 * std::pow(0.9, t / 5.0),
                               t < 10 ? 0.06 * t : half(0.6, 0.01, std::min(1.0, (t - 10) / 40.0)),
                               half(0.6, 0, std::min(1.0, t / 50.0)),
                               t < 10 ? half(0.025, 0.5, t / 10.0)
                                      : half(0.5, 0.00025, std::min(1.0, (t - 10) / 30.0)),
                               0.7 * 4 * std::min(1 / std::sqrt(double(t)), t / 64.0)};
    for (int k = 0; k < 7; ++k) {
      INFO("schedule ", k, " at ", t);
      CHECK(std::abs(made["out" + std::to_string(k)][0] - expected[k]) < 1e-14);
    }
  }
  CHECK(Program(f)({{"time", {0}}})["out3"] == Vector{0});
}

TEST_CASE("optim on digits: leaves in f32 keep their dtype through every whole step") {
  Function loss("loss", {{"p", f32, {3}}}, [](Expr p) { return sum(p * p); });
  for (const optim::Update &update :
       {optim::sgd(0.1), update(optim::Momentum{}, 0.1), update(optim::Adam{.decay = 0.1}, 0.1),
        update(optim::Lion{.decay = 0.1}, [](Expr t) { return optim::cosineDecay(t, {}); })}) {
    Function step = optim::trainingStep(value_and_grad(loss, "p"), "p", update);
    REQUIRE_MESSAGE(!step.error(), step.error()->text());
    for (const Param &result : step.results())
      CHECK(result.dtype == f32);
    CHECK(step.results().size() == 2 + update.slots.size());
  }
  auto unknown = optim::trainingStep(value_and_grad(loss, "p"), "q", optim::sgd(0.1)).error();
  REQUIRE(unknown);
  CHECK(unknown->message == "trainingStep: value_and_grad(loss) has no parameter q");
  CHECK(unknown->place.line == __LINE__ - 3);
}
