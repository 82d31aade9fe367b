// Indexing from C++: reads and functional writes, their derivatives, and one set of bits for any number of
// threads.
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <doctest/doctest.h>

using namespace tgc;
using Reals = std::vector<double>;

namespace {

/// All results, one after the other.
Reals run(const Function &f, std::vector<View> arguments, std::vector<Ints> extents, int threads = 1) {
  auto compiled = compile(f, {.threads = threads});
  if (!compiled) FAIL(compiled.error().text());
  std::vector<Reals> held;
  std::vector<MutableView> results;
  for (const Ints &shape : extents) {
    std::int64_t count = 1;
    for (std::int64_t extent : shape)
      count *= extent;
    held.emplace_back(count, -777.0);
  }
  for (std::size_t k = 0; k < extents.size(); ++k)
    results.emplace_back(f64, held[k].data(), Shape(extents[k]));
  Workspace space(*compiled);
  auto ok = compiled->run(arguments, results, space);
  if (!ok) FAIL(ok.error().text());
  Reals out;
  for (const Reals &one : held)
    out.insert(out.end(), one.begin(), one.end());
  return out;
}

} // namespace

TEST_CASE("index: negative steps, tensors that broadcast, tensors apart") {
  Reals x{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  std::vector<std::int64_t> i{2, -1}, j{0, 3};
  std::vector<View> arguments = {View(f64, x.data(), {3, 4}), View(i64, i.data(), {2}),
                                 View(i64, j.data(), {2})};
  Function f("f", {{"x", f64, {3, 4}}, {"i", i64, {2}}, {"j", i64, {2}}}, [](Expr x, Expr i, Expr j) {
    return std::vector<Expr>{index(x, {Slice{{}, {}, -2}, 0}), index(x, {i, j}),
                             index(x, {index(i, {whole, newaxis}), j}), x.at({0, j}).get(),
                             index(x, {i, newaxis, 1})};
  });
  CHECK(run(f, arguments, {{2}, {2}, {2, 2}, {2}, {2, 1}}) == Reals{8, 0, 8, 11, 8, 11, 8, 11, 0, 3, 9, 9});
}

TEST_CASE("index: writes leave their operand, and put what they are told where they are told") {
  Reals x{1, 2, 3, 4};
  std::vector<std::int64_t> k{1, 1, -1};
  Reals v{10, 20, 30};
  Function f("f", {{"x", f64, {4}}, {"k", i64, {3}}, {"v", f64, {3}}}, [](Expr x, Expr k, Expr v) {
    return std::vector<Expr>{
        x.at({k}).set(v), x.at({k}).add(v),           x.at({k}).multiply(2), x.at({k}).max(25),
        x.at({k}).min(v), x.at({Slice{1, 3}}).add(1), x.at({x > 2}).set(0),  x};
  });
  CHECK(run(f, {View(x), View(i64, k.data(), {3}), View(v)}, std::vector<Ints>(8, Ints{4})) ==
        Reals{1, 20, 3, 30, 1, 32, 3, 34, 1, 8, 3, 8, 1, 25, 3, 25,
              1, 2,  3, 4,  1, 3,  4, 4,  1, 2, 0, 0, 1, 2,  3, 4});
}

TEST_CASE("index: a mask selects at most so many rows, and says how many there are") {
  Reals x{1, 2, 3, 4, 5, 6};
  Function f("f", {{"x", f64, {3, 2}}}, [](Expr x) {
    auto [rows, count] = x.at({index(x, {whole, 0}) > 2}).select(3);
    auto [few, total] = x.at({x > 1}).select(2);
    return std::vector<Expr>{rows, astype(count, f64), few, astype(total, f64)};
  });
  CHECK(run(f, {View(f64, x.data(), {3, 2})}, {{3, 2}, {}, {2}, {}}) == Reals{3, 4, 5, 6, 0, 0, 2, 2, 3, 5});
}

TEST_CASE("index: reading twice adds derivatives up, and the bits are those of one thread") {
  const std::int64_t places = 40, updates = 3000, width = 300;
  Reals x(places * width), weights(updates * width);
  std::vector<std::int64_t> at(updates);
  for (std::int64_t k = 0; k < updates; ++k)
    at[k] = (k * 7919) % places;
  for (std::size_t k = 0; k < weights.size(); ++k)
    weights[k] = 1.0 / static_cast<double>(k + 3);
  Function loss("loss", {{"x", f64, {places, width}}, {"at", i64, {updates}}, {"w", f64, {updates, width}}},
                [](Expr x, Expr at, Expr w) { return sum(index(x, {at}) * w); });
  std::vector<View> arguments = {View(f64, x.data(), {places, width}), View(i64, at.data(), {updates}),
                                 View(f64, weights.data(), {updates, width})};
  Reals expected(places * width, 0.0);
  for (std::int64_t k = 0; k < updates; ++k)
    for (std::int64_t c = 0; c < width; ++c)
      expected[at[k] * width + c] += weights[k * width + c];
  for (int threads : {1, 2, 5})
    CHECK(run(grad(loss, "x"), arguments, {{places, width}}, threads) == expected);
}

TEST_CASE("index: what does not fit is refused where it was written") {
  auto refused = [](auto body) {
    Function f("f", {{"x", f64, {3, 4}}, {"m", boolean, {3}}, {"k", i64, {2}}}, body);
    auto compiled = compile(f);
    return compiled ? std::string("accepted") : compiled.error().text();
  };
  auto has = [](const std::string &text, const char *part) { return text.find(part) != std::string::npos; };
  CHECK(has(refused([](Expr x, Expr, Expr) { return index(x, {3}); }), "index 3 is outside axis 0"));
  CHECK(has(refused([](Expr x, Expr, Expr) { return index(x, {0, 0, 0}); }), "3 entries for x: f64[3, 4]"));
  CHECK(has(refused([](Expr x, Expr, Expr) { return index(x, {Slice{{}, {}, 0}}); }), "step is not 0"));
  CHECK(has(refused([](Expr x, Expr m, Expr) { return index(x, {m}); }), "bool tensor (m: bool[3])"));
  CHECK(has(refused([](Expr x, Expr, Expr k) { return x.at({k}).set(index(k, {whole, newaxis})); }),
            "has to be f64[2, 4]"));
  CHECK(has(refused([](Expr x, Expr, Expr k) { return x.at({k}).add(1, "error"); }), "mode is"));
  CHECK(has(refused([](Expr x, Expr, Expr) { return x.at({0}).set(x); }), "has to be f64[4]"));
  CHECK(has(refused([](Expr x, Expr, Expr k) { return x.at({k}).select(2).first; }), "one bool tensor"));
  CHECK(has(refused([](Expr x, Expr m, Expr) { return x.at({m}).select(-1).first; }), "size"));
}
