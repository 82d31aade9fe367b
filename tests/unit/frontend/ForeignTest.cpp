// Functions of the host's program inside compiled ones.
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Custom.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <atomic>
#include <cstring>
#include <thread>

using namespace tgc;
using namespace tgc::testing;

namespace {

/// Elements squared; counts its calls, and how many were under way at once.
struct Counter {
  std::atomic<int> calls = 0, inside = 0, most = 0;
};

const char *square(void *user, const void *const *arguments, void *const *results) {
  auto &counter = *static_cast<Counter *>(user);
  const int now = ++counter.inside;
  for (int known = counter.most; now > known && !counter.most.compare_exchange_weak(known, now);) {
  }
  ++counter.calls;
  double in[3], out[3];
  std::memcpy(in, arguments[0], sizeof in);
  for (int k = 0; k < 3; ++k)
    out[k] = in[k] * in[k];
  std::memcpy(results[0], out, sizeof out);
  --counter.inside;
  return nullptr;
}

/// a + k and whether a is positive: dtypes of every kind.
const char *mixed(void *, const void *const *arguments, void *const *results) {
  float a;
  std::int32_t k;
  std::memcpy(&a, arguments[0], sizeof a);
  std::memcpy(&k, arguments[1], sizeof k);
  a += static_cast<float>(k);
  std::memcpy(results[0], &a, sizeof a);
  *static_cast<std::uint8_t *>(results[1]) = a > 0;
  return nullptr;
}

const char *failing(void *user, const void *const *arguments, void *const *) {
  double first;
  std::memcpy(&first, arguments[0], sizeof first);
  return first < 0 ? static_cast<const char *>(user) : nullptr;
}

Function squares(Counter &counter, Rules rules = {}, bool concurrent = false) {
  return foreign("squares", {{"x", f64, {3}}}, {{"y", f64, {3}}}, {square, &counter, concurrent}, rules);
}

const std::vector<double> x{1, 2, -3}, d{1, 10, 100};
const Rule slope([](Expr x, Expr, Expr dx) { return 2 * x * dx; });

} // namespace

TEST_CASE("foreign: a step between generated ones") {
  Counter counter;
  Function f("f", {{"x", f64, {3}}}, [&](Expr x) { return sum(squares(counter)(x + 1) * 2); });
  for (int level : {0, 2})
    CHECK(runAll(f, {View(x)}, level) == Lists{{2 * (4 + 9 + 4)}});
  CHECK(counter.calls == 2);
  // Views, constants and arguments reach it as memory.
  Function g("g", {{"x", f64, {3}}}, [&](Expr x) {
    return squares(counter)(flip(x)) + squares(counter)(full(Ints{3}, 2, f64)) + squares(counter)(x);
  });
  CHECK(runAll(g, {View(x)}) == Lists{{14, 12, 14}});
}

TEST_CASE("foreign: results straight into the caller's memory, several and of every kind") {
  Function f = foreign("mixed", {{"a", f32}, {"k", i32}}, {{"sum", f32}, {"positive", boolean}}, {mixed});
  auto compiled = compile(f, {.threads = 1});
  REQUIRE(compiled);
  float sum = 0;
  bool positive = false;
  Workspace space(*compiled);
  REQUIRE(compiled->run({View(1.5f), View(std::int32_t(2))},
                        {MutableView(f32, &sum, Shape{}), MutableView(boolean, &positive, Shape{})}, space));
  CHECK(sum == 3.5f);
  CHECK(positive);
}

TEST_CASE("foreign: derivatives come from its rules, and are refused without") {
  Counter counter;
  Function f("f", {{"x", f64, {3}}}, [&](Expr x) { return sum(squares(counter, {.jvp = slope})(x)); });
  CHECK(runAll(value_and_grad(f, "x"), {View(x)}) == Lists{{14}, {2, 4, -6}});
  CHECK(counter.calls == 1); // value and gradient share the call
  CHECK(runAll(hvp(f, "x"), {View(x), View(d)}) == Lists{{2, 20, 200}});
  CHECK(counter.calls == 1); // and the product of second derivatives does not read it
  CHECK(refusal(jvp(squares(counter), "x")) == "foreign function squares has no derivative rule");
}

TEST_CASE("foreign: a map calls it once for each instance, over every axis of every nesting") {
  Counter counter;
  std::vector<double> many;
  for (int k = 0; k < 12; ++k)
    many.push_back(k);
  std::vector<double> expected;
  for (double one : many)
    expected.push_back(one * one);
  CHECK(runAll(vmap(squares(counter), 4), {View(f64, many.data(), {4, 3})}) == Lists{expected});
  CHECK(counter.calls == 4);
  CHECK(runAll(vmap(vmap(squares(counter), 2), 2), {View(f64, many.data(), {2, 2, 3})}) == Lists{expected});
  CHECK(counter.calls == 8);
  CHECK(runAll(vmap(squares(counter), 0), {View(f64, many.data(), {0, 3})}) == Lists{{}});
  CHECK(counter.calls == 8);
  // Two arguments, mapped by one map each.
  Function f = foreign("add", {{"a", f64}, {"b", f64}}, {{"c", f64}},
                       {[](void *, const void *const *arguments, void *const *results) -> const char * {
                         double a, b;
                         std::memcpy(&a, arguments[0], sizeof a);
                         std::memcpy(&b, arguments[1], sizeof b);
                         a = 10 * a + b;
                         std::memcpy(results[0], &a, sizeof a);
                         return nullptr;
                       }});
  const std::vector<double> a{1, 2}, b{3, 4, 5};
  CHECK(runAll(vmap(vmap(f, 3, {std::nullopt, 0}), 2, {0, std::nullopt}), {View(a), View(b)}) ==
        Lists{{13, 14, 15, 23, 24, 25}});
  CHECK(runAll(vmap(vmap(f, 2, {0, std::nullopt}), 3, {std::nullopt, 0}), {View(a), View(b)}) ==
        Lists{{13, 23, 14, 24, 15, 25}});
}

TEST_CASE("foreign: what it says is the run's error, and ends it") {
  std::string words = "the table ends at 0";
  Function f = foreign("lookup", {{"x", f64}}, {{"y", f64}}, {failing, words.data()});
  auto compiled = compile(vmap(f, 2), {.threads = 1});
  REQUIRE(compiled);
  Workspace space(*compiled);
  std::vector<double> good{1, 2}, bad{1, -2}, out(2);
  CHECK(compiled->run({View(good)}, {MutableView(f64, out.data(), {2})}, space));
  auto said = compiled->run({View(bad)}, {MutableView(f64, out.data(), {2})}, space);
  REQUIRE(!said);
  CHECK(said.error().kind == ErrorKind::Unavailable);
  CHECK(said.error().message == "foreign function lookup: the table ends at 0");
  CHECK(
      compiled->run({View(good)}, {MutableView(f64, out.data(), {2})}, space)); // the workspace is free again
}

TEST_CASE("foreign: calls of what is not concurrent do not overlap") {
  Counter counter;
  auto compiled = compile(vmap(squares(counter), 50), {.threads = 2});
  REQUIRE(compiled);
  std::vector<double> many(150, 2.0);
  auto work = [&] {
    Workspace space(*compiled);
    std::vector<double> out(150);
    for (int k = 0; k < 20; ++k)
      (void)compiled->run({View(f64, many.data(), {50, 3})}, {MutableView(f64, out.data(), {50, 3})}, space);
  };
  std::thread other(work);
  work();
  other.join();
  CHECK(counter.calls == 2000);
  CHECK(counter.most == 1);
}

TEST_CASE("foreign: what is concurrent gives the same on many threads") {
  Counter counter;
  std::vector<double> many, expected;
  for (int k = 0; k < 300; ++k) {
    many.push_back(k);
    expected.push_back(k * k);
  }
  Function f = vmap(squares(counter, {}, true), 100);
  for (int threads : {1, 4})
    CHECK(runAll(f, {View(f64, many.data(), {100, 3})}, 2, threads) == Lists{expected});
  CHECK(counter.calls == 200);
}

TEST_CASE("foreign: two functions of one name stay two") {
  Counter first, second;
  Function a = squares(first), b = squares(second);
  Function f("f", {{"x", f64, {3}}}, [&](Expr x) { return a(x) + b(x); });
  CHECK(runAll(f, {View(x)}) == Lists{{2, 8, 18}});
  CHECK(first.calls == 1);
  CHECK(second.calls == 1);
}

TEST_CASE("foreign: wrong registrations are refused") {
  CHECK(refusal(foreign("f", {}, {{"y", f64}}, {})) == "foreign: f has no code");
  CHECK(refusal(foreign("f", {}, {}, {mixed})) == "foreign: f has no result");
  CHECK(refusal(foreign("f", {{"x", f64}, {"x", f64}}, {{"y", f64}}, {mixed})) ==
        "foreign: two parameters of f are called x");
}
