// Branches and loops through the public API, each against the same thing written out.
#include "tgc/Control.h"
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Einsum.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/State.h"
#include "tgc/Transforms.h"
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>

using namespace tgc;

namespace {

using Doubles = std::vector<double>;
using Tensors = std::vector<Doubles>;

Executable compiled(const Function &f, const CompileOptions &options = {}) {
  return testing::compiled(f, options);
}
Tensors values(const Executable &code, const Tensors &inputs) { return testing::called(code, inputs); }
Tensors values(const Function &f, const Tensors &inputs, int level = 2, int threads = 1) {
  return testing::runNumbers(f, inputs, level, threads);
}

void checkNear(const Tensors &found, const Tensors &expected, double tolerance) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    REQUIRE(found[k].size() == expected[k].size());
    for (std::size_t i = 0; i < found[k].size(); ++i) {
      CAPTURE(k);
      CAPTURE(i);
      CHECK(std::abs(found[k][i] - expected[k][i]) <= tolerance * (1 + std::abs(expected[k][i])));
    }
  }
}

/// Small whole numbers, so that sums and products are exact.
Doubles wholes(std::int64_t count, int seed) {
  Doubles out;
  for (std::int64_t k = 0; k < count; ++k)
    out.push_back(double((k * 7 + seed * 5) % 5 - 2));
  return out;
}

constexpr std::int64_t steps = 5, width = 3;
const std::vector<Param> recurrenceParams = {
    {"A", f64, {width, width}}, {"c", f64, {width}}, {"xs", f64, {steps, width}}};
const Tensors recurrenceInputs = {wholes(9, 1), wholes(3, 2), wholes(15, 3)};

/// What one step carries on, and stacks.
std::pair<Expr, Expr> recurrence(Expr A, Expr c, Expr x) {
  Expr next = einsum("ij,j->i", A, c) + x * c;
  return {next, sum(c * x * c)};
}

/// One number of everything the loop gives.
Expr measure(Expr last, Expr stack) { return sum(last * last) + sum(stack * stack) + sum(stack); }

Function scanned(LoopMemory memory, bool reverse = false) {
  return Function("scanned", recurrenceParams, [=](Expr A, Expr c, Expr xs) {
    Steps all = scan(
        [&](ExprSpan carry, ExprSpan x) {
          auto [next, y] = recurrence(A, carry[0], x[0]);
          return Steps{{next}, {y}};
        },
        {c}, {xs}, {.reverse = reverse, .memory = memory});
    return measure(all.carry[0], all.stacked[0]);
  });
}

Function unrolled(bool reverse = false) {
  return Function("unrolled", recurrenceParams, [=](Expr A, Expr c, Expr xs) {
    std::vector<Arg> stack(steps);
    for (std::int64_t done = 0; done < steps; ++done) {
      std::int64_t step = reverse ? steps - 1 - done : done;
      auto [next, y] = recurrence(A, c, index(xs, {step}));
      c = next;
      stack[std::size_t(step)] = y;
    }
    return measure(c, tgc::stack(stack));
  });
}

constexpr LoopMemory allMemories[] = {LoopMemory::All, LoopMemory::Carries, LoopMemory::Sqrt,
                                      LoopMemory::Log};

/// The square root of each element of `a`, by Newton's method.
Expr newtonRoot(Expr a, std::int64_t slots) {
  return while_loop([&](Expr x) { return tgc::any(abs(x * x - a) > 1e-13 * a); },
                    [&](Expr x) { return (x + a / x) * 0.5; }, a, slots);
}

struct Pair {
  Expr older, newer;
};

std::string errorOf(const Function &f) { return f.error() ? f.error()->message : "none"; }

} // namespace

TEST_CASE("control: a scan gives what its steps written out give, forward and from the end") {
  for (bool reverse : {false, true})
    for (int level : {0, 2})
      CHECK(values(scanned(LoopMemory::All, reverse), recurrenceInputs, level) ==
            values(unrolled(reverse), recurrenceInputs, level));
}

TEST_CASE("control: derivatives of a scan equal those of the steps written out, whatever is kept") {
  const Wrt all = {"A", "c", "xs"};
  for (bool reverse : {false, true}) {
    const Tensors gradient = values(value_and_grad(unrolled(reverse), all), recurrenceInputs);
    for (LoopMemory memory : allMemories) {
      CAPTURE(int(memory));
      CHECK(values(value_and_grad(scanned(memory, reverse), all), recurrenceInputs) == gradient);
    }
  }
  Tensors moved = recurrenceInputs;
  for (int k = 0; k < 3; ++k)
    moved.push_back(wholes(std::int64_t(recurrenceInputs[std::size_t(k)].size()), 7 + k));
  const Tensors tangent = values(jvp(unrolled(), all), moved),
                curvature = values(hvp(unrolled(), all), moved);
  for (LoopMemory memory : allMemories) {
    CAPTURE(int(memory));
    CHECK(values(jvp(scanned(memory), all), moved) == tangent);
    CHECK(values(hvp(scanned(memory), all), moved) == curvature);
  }
}

TEST_CASE("control: reverse over reverse and third order go through loops") {
  auto sums = [](const Function &f) { // the sum of the gradient's elements, to differentiate again
    return Function("sums", recurrenceParams,
                    [=](Expr A, Expr c, Expr xs) { return sum(grad(f, "c")({A, c, xs})[0] * sum(A)); });
  };
  const Wrt all = {"A", "c", "xs"};
  const Tensors second = values(grad(sums(unrolled()), all), recurrenceInputs);
  const Tensors third = values(grad(sums(sums(unrolled())), all), recurrenceInputs);
  for (LoopMemory memory : allMemories) {
    CAPTURE(int(memory));
    CHECK(values(grad(sums(scanned(memory)), all), recurrenceInputs) == second);
  }
  CHECK(values(grad(sums(sums(scanned(LoopMemory::All))), all), recurrenceInputs) == third);
  CHECK(values(grad(sums(sums(scanned(LoopMemory::Log))), all), recurrenceInputs) == third);
}

TEST_CASE("control: what is not whole numbers is kept as well: tanh, exp, a hidden layer") {
  const std::vector<Param> params = {{"W", f64, {4, 4}}, {"h", f64, {4}}, {"xs", f64, {6, 4}}};
  Tensors inputs = {Doubles(16), Doubles(4), Doubles(24)};
  for (Doubles &tensor : inputs)
    for (std::size_t k = 0; k < tensor.size(); ++k)
      tensor[k] = std::sin(1.7 * double(k + tensor.size()));
  auto cell = [](Expr W, Expr h, Expr x) { return tanh(matmul(W, h) + x) * exp(-0.1 * h * h); };
  Function whole("whole", params, [&](Expr W, Expr h, Expr xs) {
    for (std::int64_t k = 0; k < 6; ++k)
      h = cell(W, h, index(xs, {k}));
    return sum(h * h);
  });
  const Wrt all = {"W", "h", "xs"};
  const Tensors expected = values(value_and_grad(whole, all), inputs);
  const Tensors second = values(hessian(whole, "h"), inputs);
  for (LoopMemory memory : allMemories) {
    Function loop("loop", params, [&](Expr W, Expr h, Expr xs) {
      Steps end = scan([&](ExprSpan c, ExprSpan x) { return Steps{{cell(W, c[0], x[0])}, {}}; }, {h}, {xs},
                       {.memory = memory});
      return sum(end.carry[0] * end.carry[0]);
    });
    checkNear(values(value_and_grad(loop, all), inputs), expected, 1e-12);
    checkNear(values(hessian(loop, "h"), inputs), second, 1e-12);
  }
}

TEST_CASE("control: fori_loop hands the counter on, map stacks") {
  Function f("f", {{"x", f64, {4}}}, [](Expr x) {
    Expr total = fori_loop(2, 6, [&](Expr i, Expr c) { return c + x * astype(i, f64); }, x * 0.0);
    return std::vector<Expr>{total, map([&](Expr one) { return one * one + sum(x); }, x)};
  });
  CHECK(values(f, {{1, 2, 3, 4}}) == Tensors{{14, 28, 42, 56}, {11, 14, 19, 26}});
  CHECK(
      values(grad(Function("g", {{"x", f64, {4}}}, [&](Expr x) { return sum(f({x})[0] * f({x})[1]); }), "x"),
             {{1, 2, 3, 4}})[0]
          .size() == 4);
}

TEST_CASE("control: no steps at all, and no elements") {
  Function none("none", {{"c", f64, {3}}, {"xs", f64, {0, 3}}}, [](Expr c, Expr xs) {
    Steps all =
        scan([](ExprSpan carry, ExprSpan x) { return Steps{{carry[0] * x[0]}, {x[0] + 1.0}}; }, {c}, {xs});
    return std::vector<Expr>{all.carry[0], all.stacked[0]};
  });
  CHECK(values(none, {{1, 2, 3}, {}}) == Tensors{{1, 2, 3}, {}});
  Function loss("loss", {{"c", f64, {3}}, {"xs", f64, {0, 3}}},
                [&](Expr c, Expr xs) { return sum(none({c, xs})[0] * 2.0); });
  CHECK(values(grad(loss, {"c", "xs"}), {{1, 2, 3}, {}}) == Tensors{{2, 2, 2}, {}});
  Function empty("empty", {{"c", f64, {0}}},
                 [](Expr c) { return fori_loop(0, 3, [](Expr, Expr x) { return x * 2.0; }, c); });
  CHECK(values(empty, {{}}) == Tensors{{}});
}

TEST_CASE("control: only the branch that is taken runs") {
  // The other one would never end.
  Function f("f", {{"x", f64, {}}}, [](Expr x) {
    auto forever = [&] {
      return while_loop([](Expr c) { return c == c; }, [](Expr c) { return c + 1.0; }, x);
    };
    return cond(x > 0.0, [&] { return x * 3.0; }, forever);
  });
  CHECK(values(f, {{2}}) == Tensors{{6}});
  CHECK(values(grad(f, "x"), {{2}}) == Tensors{{3}});
}

TEST_CASE("control: derivatives of a branch are those of the branch taken, at every order") {
  Function f("f", {{"x", f64, {}}, {"y", f64, {}}}, [](Expr x, Expr y) {
    return cond(x > y, [&] { return x * x * y; }, [&] { return y * y * y - x; });
  });
  const Wrt both = {"x", "y"};
  CHECK(values(value_and_grad(f, both), {{3}, {2}}) == Tensors{{18}, {12}, {9}});
  CHECK(values(value_and_grad(f, both), {{2}, {3}}) == Tensors{{25}, {-1}, {27}});
  CHECK(values(hessian(f, both), {{3}, {2}}) == Tensors{{4}, {6}, {6}, {0}});
  CHECK(values(hessian(f, both), {{2}, {3}}) == Tensors{{0}, {0}, {0}, {18}});
  CHECK(values(jvp(f, both), {{2}, {3}, {1}, {10}}) == Tensors{{25}, {269}});
}

TEST_CASE("control: Newton's iteration differentiates to the implicit gradient, whatever is kept") {
  const Tensors a = {{2, 9, 0.5, 144}};
  for (std::int64_t slots : {1, 2, 3, 32}) {
    Function root("root", {{"a", f64, {4}}}, [=](Expr x) { return sum(newtonRoot(x, slots)); });
    Tensors found = values(value_and_grad(root, "a"), a),
            forward = values(jvp(root, "a"), {a[0], {1, 1, 1, 1}});
    double slopes = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      CHECK(found[1][k] == doctest::Approx(0.5 / std::sqrt(a[0][k])).epsilon(1e-12));
      slopes += 0.5 / std::sqrt(a[0][k]);
    }
    CHECK(forward[1][0] == doctest::Approx(slopes).epsilon(1e-12));
    // d2/da2 sqrt(a) = -1/4 a^(-3/2)
    Tensors second = values(hvp(root, "a"), {a[0], {1, 1, 1, 1}});
    Tensors again = values(
        grad(Function("g", {{"a", f64, {4}}}, [=](Expr x) { return sum(grad(root, "a")({x})[0]); }), "a"), a);
    for (std::size_t k = 0; k < 4; ++k) {
      CHECK(second[0][k] == doctest::Approx(-0.25 * std::pow(a[0][k], -1.5)).epsilon(1e-9));
      CHECK(again[0][k] == doctest::Approx(-0.25 * std::pow(a[0][k], -1.5)).epsilon(1e-9));
    }
  }
}

TEST_CASE("control: instances of a while loop end on their own and keep their values") {
  Function halve("halve", {{"x", f64, {}}, {"limit", f64, {}}}, [](Expr x, Expr limit) {
    Exprs end = while_loop([&](ExprSpan c) { return c[0] > limit; },
                           [](ExprSpan c) { return Exprs{c[0] * 0.5, c[1] + 1.0}; }, {x, x * 0.0});
    return std::vector<Expr>{end[0], end[1]};
  });
  const Tensors x = {{8, 1, 100, 3}, {1, 1, 7, 0.5}};
  CHECK(values(vmap(halve, 4), x) == Tensors{{1, 1, 6.25, 0.375}, {3, 0, 4, 3}});
  CHECK(values(vmap(halve, 4, {0, std::nullopt}), {{8, 1, 100, 3}, {1}}) ==
        Tensors{{1, 1, 0.78125, 0.75}, {3, 0, 7, 2}});
  Function first("first", {{"x", f64, {}}, {"limit", f64, {}}},
                 [&](Expr a, Expr limit) { return halve({a, limit})[0]; });
  CHECK(values(vmap(grad(first, "x"), 4), x) == Tensors{{0.125, 1, 0.0625, 0.125}});
  CHECK(values(vmap(jvp(first, "x"), 4), {x[0], x[1], {1, 2, 16, 8}}) ==
        Tensors{{1, 1, 6.25, 0.375}, {0.125, 2, 1, 1}});
  CHECK(values(grad(Function("all", {{"x", f64, {4}}, {"l", f64, {4}}},
                             [&](Expr a, Expr l) { return sum(vmap(first, 4)({a, l})[0]); }),
                    "x"),
               x) == Tensors{{0.125, 1, 0.0625, 0.125}});
}

TEST_CASE("control: maps of loops are loops of maps") {
  // Instances differ in the carry, in what is sliced, or in what is shared.
  const std::vector<std::vector<std::optional<std::int64_t>>> choices = {{0, 0, 0},
                                                                         {std::nullopt, 0, std::nullopt},
                                                                         {0, std::nullopt, std::nullopt},
                                                                         {std::nullopt, std::nullopt, 1}};
  for (const auto &axes : choices)
    for (LoopMemory memory : {LoopMemory::All, LoopMemory::Log}) {
      Tensors inputs;
      for (std::size_t k = 0; k < 3; ++k)
        inputs.push_back(wholes(std::int64_t(recurrenceInputs[k].size()) * (axes[k] ? 2 : 1), int(k) + 1));
      CHECK(values(vmap(scanned(memory), 2, axes), inputs) == values(vmap(unrolled(), 2, axes), inputs));
      const Wrt all = {"A", "c", "xs"};
      CHECK(values(vmap(grad(scanned(memory), all), 2, axes), inputs) ==
            values(vmap(grad(unrolled(), all), 2, axes), inputs));
    }
}

TEST_CASE("control: a mapped predicate selects, and what is not selected does no harm") {
  Function f("f", {{"x", f64, {}}}, [](Expr x) {
    return cond(x > 0.0, [&] { return sqrt(x) * x; }, [&] { return x * 0.0 - 1.0; });
  });
  CHECK(f.text().find("graph.sqrt") == std::string::npos); // it stands in the branch
  CHECK(values(vmap(f, 3), {{4, -1, 0}}) == Tensors{{8, -1, -1}});
  const Doubles slopes = values(vmap(grad(f, "x"), 3), {{4, -1, 0}})[0];
  CHECK(slopes[0] == 3);
  CHECK(slopes[1] == 0);
  CHECK(slopes[2] == 0);
}

TEST_CASE("control: loops in loops see everything around them") {
  // A table of powers: row i holds x^i summed over an inner loop.
  const std::vector<Param> params = {{"x", f64, {}}, {"w", f64, {3}}};
  Function nested("nested", params, [](Expr x, Expr w) {
    Steps rows = scan(
        [&](ExprSpan outer, ExprSpan weight) {
          Expr inner = fori_loop(
              0, 4, [&](Expr i, Expr c) { return c * x + weight[0] * astype(i, f64) + outer[0]; }, outer[0]);
          return Steps{{inner}, {inner * sum(w)}};
        },
        {x}, {w});
    return sum(rows.stacked[0]) + rows.carry[0];
  });
  Function flat("flat", params, [](Expr x, Expr w) {
    Expr outer = x, total = x * 0.0;
    for (std::int64_t k = 0; k < 3; ++k) {
      Expr inner = outer;
      for (int i = 0; i < 4; ++i)
        inner = inner * x + index(w, {k}) * double(i) + outer;
      outer = inner;
      total = total + inner * sum(w);
    }
    return total + outer;
  });
  const Tensors inputs = {{2}, {1, -1, 2}};
  const Wrt both = {"x", "w"};
  CHECK(values(nested, inputs) == values(flat, inputs));
  CHECK(values(grad(nested, both), inputs) == values(grad(flat, both), inputs));
  CHECK(values(hessian(nested, both), inputs) == values(hessian(flat, both), inputs));
}

TEST_CASE("control: results and derivatives have the same bits with one thread and with two") {
  const std::int64_t n = 40000;
  auto make = [&](LoopMemory memory) {
    return Function("f", {{"u", f64, {n}}, {"rate", f64, {}}}, [=](Expr u, Expr rate) {
      Expr last = fori_loop(
          0, 7,
          [&](Expr, Expr c) {
            Expr inner =
                index(c, {Slice{0, n - 2}}) - 2.0 * index(c, {Slice{1, n - 1}}) + index(c, {Slice{2, n}});
            return c + rate * pad(inner, Pairs{{1, 1}}) + 0.01 * sin(c);
          },
          u, memory);
      return sum(last * last);
    });
  };
  Doubles u(n);
  for (std::int64_t k = 0; k < n; ++k)
    u[std::size_t(k)] = std::sin(0.01 * double(k));
  for (LoopMemory memory : {LoopMemory::All, LoopMemory::Log}) {
    Function slope = value_and_grad(make(memory), {"u", "rate"});
    Tensors one = values(slope, {u, {0.2}}, 2, 1), two = values(slope, {u, {0.2}}, 2, 2);
    for (std::size_t k = 0; k < one.size(); ++k)
      CHECK(std::memcmp(one[k].data(), two[k].data(), one[k].size() * sizeof(double)) == 0);
  }
}

TEST_CASE("control: code and memory do not grow with the steps, but for what is kept") {
  const std::int64_t width = 1000, bytes = width * 8;
  auto make = [&](std::int64_t count, LoopMemory memory) {
    Function f("f", {{"c", f64, {width}}, {"k", f64, {}}}, [=](Expr c, Expr k) {
      return sum(fori_loop(0, count, [&](Expr, Expr x) { return x + k * sin(x); }, c, memory));
    });
    return compiled(value_and_grad(f, {"c", "k"}), {.threads = 1});
  };
  std::int64_t arena[2][4];
  const std::int64_t counts[2] = {1000, 4000};
  for (int which = 0; which < 2; ++which)
    for (int k = 0; k < 4; ++k) {
      Executable code = make(counts[which], allMemories[k]);
      CHECK(code.summary().launches == make(10, allMemories[k]).summary().launches);
      arena[which][k] = code.summary().arenaBytes;
    }
  for (int k : {0, 1}) { // one value, the carry, for every step
    CHECK(arena[1][k] - arena[0][k] >= 3000 * bytes);
    CHECK(arena[1][k] - arena[0][k] <= 3010 * bytes);
  }
  const auto places = [](double n) { return std::int64_t(std::ceil(n)) + 1; };
  CHECK(arena[1][2] - arena[0][2] ==
        doctest::Approx((places(2 * std::sqrt(4000)) - places(2 * std::sqrt(1000))) * bytes).epsilon(0.02));
  CHECK(arena[1][3] - arena[0][3] ==
        doctest::Approx((places(std::log2(4000)) - places(std::log2(1000))) * bytes).epsilon(0.02));
}

TEST_CASE("control: a large value that goes round is written in place where its step allows it") {
  const std::int64_t n = 10000;
  auto loop = [&](std::int64_t count) {
    return Function("f", {{"x", f64, {n}}}, [=](Expr x) {
      return fori_loop(0, count, [](Expr, Expr c) { return c * 0.5 + 1.0; }, x);
    });
  };
  Executable code = compiled(loop(100), {.threads = 1});
  CHECK(code.summary().arenaBytes < n * 8);
  CHECK(values(code, {Doubles(n, 2.0)})[0] == Doubles(n, 2.0));
}

TEST_CASE("control: structs go round like lists") {
  Function f("f", {{"a", f64, {}}, {"b", f64, {}}}, [](Expr a, Expr b) {
    auto next = [](Expr, Pair p) { return Pair{p.newer, p.older + p.newer}; };
    Pair end = fori_loop(0, 10, next, Pair{a, b});
    Pair below = while_loop([](Pair p) { return p.newer < 50.0; }, [&](Pair p) { return next(p.older, p); },
                            Pair{a, b});
    auto [last, rows] =
        scan([&](Pair p, ExprSpan) { return std::pair<Pair, Exprs>{next(p.older, p), {p.older}}; },
             Pair{a, b}, {}, {.length = 4});
    return std::vector<Expr>{end.older, end.newer, below.newer, last.older, rows[0]};
  });
  CHECK(values(f, {{0}, {1}}) == Tensors{{55}, {89}, {55}, {3}, {0, 1, 1, 2}});
}

TEST_CASE("control: what does not fit is refused with both facts") {
  auto f = [](auto body) { return Function("f", {{"x", f64, {3}}, {"p", boolean, {2}}}, body); };
  CHECK(errorOf(f([](Expr x, Expr) { return fori_loop(0, 3, [](Expr, Expr c) { return sum(c); }, x); })) ==
        "fori_loop: carry 0 is f64[3] at the start, but the step gives f64 for the next step");
  CHECK(errorOf(f([](Expr x, Expr) {
          return while_loop([](Expr c) { return c > 0.0; }, [](Expr c) { return c; }, x);
        })) == "while_loop: the condition must give a bool scalar, it gives bool[3]");
  CHECK(errorOf(f([](Expr x, Expr p) { return cond(p, [&] { return x; }, [&] { return x; }); })) ==
        "cond: the predicate must be a bool scalar, it is p: bool[2]");
  CHECK(errorOf(f([](Expr x, Expr p) {
          return cond(tgc::any(p), [&] { return x; }, [&] { return sum(x); });
        })) == "cond: result 0 is f64[3] from the first branch and f64 from the second branch");
  CHECK(errorOf(f([](Expr x, Expr) {
          return scan([](ExprSpan c, ExprSpan) { return Steps{{c[0]}, {}}; }, {x}).carry[0];
        })) == "scan: nothing says how many steps: give length, or xs");
  Expr stray;
  CHECK(errorOf(f([&](Expr x, Expr) {
          Expr last = fori_loop(0, 3, [&](Expr, Expr c) { return stray = c + 1.0; }, x);
          return last + stray;
        })) == "an argument is a value inside a loop or branch of f, and cannot leave it that way");
}
