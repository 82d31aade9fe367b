// Mistakes of the caller: each is told with its line and both facts, and leaves everything else usable.
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Custom.h"
#include "tgc/Tgc.h"
#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace tgc; // and std:: beside it: stddev is no namespace
using namespace tgc::testing;

namespace {

const Ints three = {3};

Error errorOf(const Function &f) {
  auto code = compile(f, {.threads = 1});
  if (code) FAIL("compiles");
  return code.error();
}

/// Whether the error is at this line of this file.
void checkPlace(const Error &error, unsigned line) {
  CHECK_MESSAGE(error.place.file.find("MistakesTest.cpp") != std::string::npos, error.text());
  CHECK_MESSAGE(error.place.line == line, error.text());
  CHECK(error.place.column > 0);
}

Function twice() {
  return Function("twice", {{"x", f64, three}}, [](Expr x) { return 2 * x; });
}

} // namespace

TEST_CASE("mistakes: a call of a function inside another is at the caller's line") {
  Function g = twice();
  unsigned line = 0;
  Function few("few", {{"x", f64, {2}}}, [&](Expr x) {
    line = __LINE__ + 1;
    return g(x);
  });
  checkPlace(errorOf(few), line);
  CHECK(refusal(few) == "argument x of twice is f64[3], got x: f64[2]");
  Function many("many", {{"x", f64, three}}, [&](Expr x) {
    line = __LINE__ + 1;
    return g(x, 2.5);
  });
  checkPlace(errorOf(many), line);
  CHECK(refusal(many) == "twice takes 1 arguments, got 2");
  Function none("none", {{"x", f64, three}}, [&](Expr) {
    line = __LINE__ + 1;
    return g();
  });
  checkPlace(errorOf(none), line);
  Function list("list", {{"x", f64, three}}, [&](Expr x) {
    line = __LINE__ + 1;
    return g({x, x})[0];
  });
  checkPlace(errorOf(list), line);
}

TEST_CASE("mistakes: transformations are at the line that asks for them") {
  Function g = twice();
  const Function made[] = {grad(g, "x"),
                           value_and_grad(g, "y"),
                           jvp(g, "y"),
                           vjp(g, "y"),
                           hvp(g, "x"),
                           jacobian(g, "y"),
                           hessian(g, "x"),
                           hessian(g, "x", JacobianMode::Forward),
                           vmap(g, -1),
                           vmap(g, 2, {5}),
                           sparse_jacobian(g, "y").values,
                           compressed_hessian(g, "x").cores,
                           linearize(g, "y").value,
                           pullback(g, "y").apply,
                           optim::newtonStep(g, "x")};
  const unsigned first = __LINE__ - 15;
  for (unsigned k = 0; k < std::size(made); ++k)
    checkPlace(errorOf(made[k]), first + k);
}

TEST_CASE("mistakes: compile is at its own line where an option is no choice") {
  Function g = twice();
  auto refused = [&](const CompileOptions &options) {
    auto code = compile(g, options);
    const unsigned line = __LINE__ - 1;
    REQUIRE(!code);
    checkPlace(code.error(), line);
    return code.error().message;
  };
  CHECK(refused({.threads = -3}) == "threads is -3 but must be 0 (all cores) or more");
  CHECK(refused({.level = 7}) == "level is 7 but must be 0, 1 or 2");
  CHECK(refused({.level = -1}) == "level is -1 but must be 0, 1 or 2");
  CHECK(refused({.contractionBytes = -1}) == "contractionBytes is -1 but must be 0 (unlimited) or more");
  CHECK(refused({.memoryBudget = -8}) == "memoryBudget is -8 but must be 0 (unlimited) or more");
  CHECK(refused({.donated = {{"z", "out0"}}}) == "donated: twice has no parameter z");
  CHECK(refused({.layouts = {{"z", {0}}}}).find("z") != std::string::npos);
}

TEST_CASE("mistakes: index lists of one operand are no expression") {
  Function trace("trace", {{"A", f64, {2, 3}}}, [](Expr A) { return einsum({{A, {0, 1}}}, Ints{1}); });
  CHECK(runNumbers(trace, {{1, 2, 3, 4, 5, 6}}) == Lists{{5, 7, 9}});
  Function turned("turned", {{"A", f64, {2, 3}}}, [](Expr A) { return einsum({{A, {0, 1}}}, {{1, 0}}); });
  CHECK(runNumbers(turned, {{1, 2, 3, 4, 5, 6}}) == Lists{{1, 4, 2, 5, 3, 6}});
}

TEST_CASE("mistakes: what was moved from is whole, or empty") {
  Function g = twice();
  Function taken = std::move(g);
  CHECK(g.name() == "twice");
  CHECK(runNumbers(g, {{1, 2, 3}}) == runNumbers(taken, {{1, 2, 3}}));
  Executable code = compiled(taken), moved = std::move(code);
  CHECK(code.params().size() == 1);
  CHECK(called(code, Lists{{1, 2, 3}}) == Lists{{2, 4, 6}});
  Expr none;
  CHECK(none.error().has_value());
  CHECK(!none.shape());
}

TEST_CASE("mistakes: a number has to fit the parameter it is given for") {
  auto given = [](DType dtype, Arg number) {
    Function inner("inner", {{"k", dtype}}, [](Expr k) { return k; });
    return Function("outer", {{"x", f64}}, [&](Expr) { return inner(number); });
  };
  CHECK(refusal(given(i32, 2.5)) == "argument k of inner is i32, which 2.5 does not fit");
  CHECK(refusal(given(i32, 3e9)) == "argument k of inner is i32, which 3e+09 does not fit");
  CHECK(refusal(given(i32, 3000000000)) == "argument k of inner is i32, which 3000000000 does not fit");
  CHECK(refusal(given(u8, -1)) == "argument k of inner is u8, which -1 does not fit");
  CHECK(refusal(given(f32, 1e300)) == "argument k of inner is f32, which 1e+300 does not fit");
  CHECK(refusal(given(boolean, 1)) == "argument k of inner is bool, which 1 does not fit");
  CHECK(refusal(given(f64, true)) == "argument k of inner is f64, which true does not fit");
  CHECK(refusal(given(i64, std::numeric_limits<std::uint64_t>::max())).find("does not fit") !=
        std::string::npos);
  CHECK(refusal(given(f64, "two")) == "argument k of inner is f64, got something else");
  CHECK(refusal(given(f64, std::numeric_limits<double>::infinity())) == "compiles");
  CHECK(refusal(given(boolean, true)) == "compiles");
  unsigned line = 0;
  Function inner("inner", {{"k", i32}}, [](Expr k) { return k; });
  Function outer("outer", {{"x", f64}}, [&](Expr) {
    line = __LINE__ + 1;
    return inner(2.5);
  });
  checkPlace(errorOf(outer), line);
}

TEST_CASE("mistakes: integers of 64 bits pass exactly") {
  const std::int64_t odd = (std::int64_t(1) << 62) + 1;
  Function inner("inner", {{"k", i64, {2}}, {"least", i64}},
                 [](Expr k, Expr least) { return k + least * 0; });
  Function outer("outer", {{"x", f64}},
                 [&](Expr) { return inner(odd, std::numeric_limits<std::int64_t>::min()); });
  std::int64_t out[2] = {};
  Executable code = compiled(outer);
  Workspace space(code);
  REQUIRE(code.run({View(1.0)}, {MutableView(out, {2})}, space));
  CHECK(out[0] == odd);
  CHECK(out[1] == odd);
  Function wide("wide", {{"x", f64}}, [](Expr x) { return x + std::numeric_limits<std::uint64_t>::max(); });
  CHECK(runNumbers(wide, {{0}}) == Lists{{18446744073709551616.0}});
}

TEST_CASE("mistakes: a value of another function is told with both names") {
  Expr stray;
  Function first("first", {{"x", f64, three}}, [&](Expr x) { return stray = 2 * x; });
  const std::string message = "an argument is a value of first, and cannot be used in second";
  unsigned line = 0;
  auto second = [&](auto body) { return Function("second", {{"y", f64, three}}, body); };
  Function beside = second([&](Expr y) {
    line = __LINE__ + 1;
    return y + stray;
  });
  CHECK(refusal(beside) == message);
  checkPlace(errorOf(beside), line);
  CHECK(refusal(second([&](Expr y) { return stray + y; })) == message);
  CHECK(refusal(second([&](Expr) { return sin(stray); })) == message);
  CHECK(refusal(second([&](Expr) { return stray.at({0}).get(); })) == message);
  CHECK(refusal(second([&](Expr) { return twice()(stray); })) == message);
  CHECK(refusal(second([&](Expr) { return stray; })) ==
        "result out0 is a value of first, and cannot be used in second");
  CHECK(refusal(second([&](Expr) { return Expr(); })) == "result out0 is an empty expression");
  CHECK(refusal(second([&](Expr y) {
          return fori_loop(0, 2, [&](Expr, Expr c) { return c + y; }, stray);
        })) == "an operand is a value of first, and cannot be used in second");
  CHECK(refusal(second([&](Expr y) { return fori_loop(0, 2, [&](Expr, Expr) { return stray; }, y); })) ==
        "a result of the step is a value of first, and cannot be used in second");
  // Nothing was added to the first one, neither then nor now that no function is being built.
  CHECK(runNumbers(first, {{1, 2, 3}}) == Lists{{2, 4, 6}});
  Expr late = stray + 1;
  REQUIRE(late.error());
  CHECK(late.error()->message == "first has its results already, nothing can be added to it");
  CHECK(runNumbers(first, {{1, 2, 3}}) == Lists{{2, 4, 6}});
}

TEST_CASE("mistakes: a body that throws leaves the function around it and its graph usable") {
  using Thrown = std::runtime_error;
  Expr inside;
  Function f("f", {{"x", f64, three}}, [&](Expr x) {
    auto step = [&](Expr, Expr c) -> Expr {
      inside = c + 1;
      throw Thrown("step");
    };
    CHECK_THROWS_AS(fori_loop(0, 3, step, x), Thrown);
    CHECK_THROWS_AS(
        cond(sum(x) > 0, [&] { return 2 * x; }, [&]() -> Expr { throw Thrown("branch"); }), Thrown);
    CHECK_THROWS_AS(
        while_loop([](Expr c) { return sum(c) < 9; }, [](Expr) -> Expr { throw Thrown("body"); }, x), Thrown);
    return fori_loop(0, 3, [](Expr, Expr c) { return 2 * c; }, x);
  });
  CHECK(inside.error().has_value());
  CHECK(runNumbers(f, {{1, 2, 3}}) == Lists{{8, 16, 24}});
  CHECK(runNumbers(linearize(f, "x").value, {{1, 2, 3}})[0] == std::vector<double>{8, 16, 24});
  CHECK_THROWS_AS(Function("g", {{"x", f64}}, [](Expr) -> Expr { throw Thrown("g"); }), Thrown);
  CHECK(zeros(three).error().has_value()); // no function is being built any more
}

TEST_CASE("mistakes: a batching rule that throws leaves the function usable") {
  bool broken = true;
  Function f = custom_derivative(twice(), {.batch = [&](Expr x) {
                                   if (broken) throw std::runtime_error("rule");
                                   return 2 * x + 1;
                                 }});
  CHECK_THROWS_AS(vmap(f, 2), std::runtime_error);
  CHECK(runNumbers(linearize(f, "x").value, {{1, 2, 3}})[0] == std::vector<double>{2, 4, 6});
  broken = false;
  CHECK(runNumbers(vmap(f, 2), {{1, 2, 3, 4, 5, 6}}) == Lists{{3, 5, 7, 9, 11, 13}});
}

TEST_CASE("mistakes: a transformation that is refused leaves nothing in the graph") {
  Function wide("wide", {{"x", f64, {1 << 20}}}, [](Expr x) { return stack({x, x, x, x}); });
  Function large = jacobian(jacobian(wide, "x"), "x");
  CHECK(large.error().has_value());
  CHECK(linearize(wide, "x").value.error() == std::nullopt);
}

TEST_CASE("mistakes: batching rules that map each other do not wait for each other") {
  std::atomic<int> inside = 0;
  thread_local int depth = 0; // state: of each thread, so that rules stop mapping each other
  std::vector<Function> both;
  auto rule = [&](std::size_t other) {
    return [&, other](Expr x) {
      if (depth > 0) return 2 * x;
      ++depth;
      ++inside;
      while (inside < 2)
        std::this_thread::yield(); // until both threads are in a rule
      Expr y = vmap(both[other], 2)(x);
      --depth;
      return y;
    };
  };
  both.push_back(custom_derivative(twice(), {.batch = rule(1)}));
  both.push_back(custom_derivative(twice(), {.batch = rule(0)}));
  std::vector<std::optional<Function>> mapped(2);
  std::thread other([&] { mapped[1] = vmap(both[1], 2); });
  mapped[0] = vmap(both[0], 2);
  other.join();
  for (const auto &one : mapped)
    CHECK(runNumbers(*one, {{1, 2, 3, 4, 5, 6}}) == Lists{{2, 4, 6, 8, 10, 12}});
}

TEST_CASE("mistakes: results of transformations are numbered, whatever f's are called") {
  Function f("f", {{"x", f64, three}},
             [](Expr x) { return Results{{"loss", sum(x * x)}, {"size", sum(x)}}; });
  for (const Function &one : {value_and_grad(f, "x"), jvp(f, "x"), vmap(f, 2)})
    for (std::size_t k = 0; k < one.results().size(); ++k)
      CHECK(one.results()[k].name == "out" + std::to_string(k));
}

TEST_CASE("mistakes: the standard deviation's name stands beside the namespace std") {
  Function f("f", {{"x", f64, {2}}}, [](Expr x) { return stddev(x); });
  const std::vector<double> x{1, 3};
  CHECK(runAll(f, {View(x)}) == Lists{{1}});
}

TEST_CASE("mistakes: columns of one matrix are results of a call, side by side") {
  Function f("f", {{"x", f64, three}}, [](Expr x) { return std::vector<Expr>{x + 1, 10 * x}; });
  double matrix[6] = {};
  const std::vector<std::int64_t> apart = {2};
  const std::vector<double> x{1, 2, 3};
  Executable code = compiled(f);
  Workspace space(code);
  REQUIRE(code.run({View(x)}, {MutableView(matrix, {3}, apart), MutableView(matrix + 1, {3}, apart)}, space));
  CHECK(std::vector<double>(matrix, matrix + 6) == std::vector<double>{2, 10, 3, 20, 4, 30});
  CHECK(!code.run({View(x)}, {MutableView(matrix, {3}, apart), MutableView(matrix + 2, {3}, apart)}, space));
}
