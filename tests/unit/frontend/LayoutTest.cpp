// Declared layouts: kernels read and write where the elements lie.
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <doctest/doctest.h>

using namespace tgc;

namespace {

using Vector = std::vector<double>;

/// On one thread.
Executable compiled(const Function &f, CompileOptions options = {}) {
  options.threads = 1;
  return testing::compiled(f, options);
}

std::string refusal(const Function &f, CompileOptions options) {
  auto code = compile(f, options);
  return code ? "none" : code.error().message;
}

Vector counting(std::int64_t count) {
  Vector out;
  for (std::int64_t k = 0; k < count; ++k)
    out.push_back(double(k * 5 % 7));
  return out;
}

/// A dense copy of a view, and a view of dense elements with given strides.
Vector dense(const View &view) {
  Vector out(std::size_t(view.elements()));
  copyElements(view, MutableView(f64, out.data(), view.shape()));
  return out;
}

} // namespace

TEST_CASE("layouts: a transposed matrix, a repeated row and channels last are read without a copy") {
  Function f("f", {{"A", f64, {30, 40}}, {"b", f64, {30, 40}}, {"x", f64, {40}}},
             [](Expr A, Expr b, Expr x) { return Results{{"y", matmul(A + b, x)}, {"s", A * 2.0 + b}}; });
  const Vector a = counting(1200), b = counting(40), x = counting(40);
  const Ints transposed{1, 30}, repeated{0, 1};
  const View A(f64, a.data(), {30, 40}, transposed), B(f64, b.data(), {30, 40}, repeated);
  const Vector denseA = dense(A), denseB = dense(B);
  const auto run = [&](const Executable &code, const View &first, const View &second) {
    Vector y(30), s(1200);
    Workspace space(code);
    auto ok =
        code.run({first, second, View(x)}, {MutableView(y), MutableView(f64, s.data(), {30, 40})}, space);
    if (!ok) FAIL(ok.error().text());
    y.insert(y.end(), s.begin(), s.end());
    return std::pair(y, space.highWaterBytes());
  };
  const Executable plain = compiled(f), stored = compiled(f, {.layouts = {{"A", {1, 0}}, {"b", {1}}}});
  const auto expected =
      run(plain, View(f64, denseA.data(), {30, 40}), View(f64, denseB.data(), {30, 40})).first;
  const auto [got, bytes] = run(stored, A, B);
  CHECK(got == expected);
  CHECK(bytes == stored.workspaceBytes()); // nothing was packed
  CHECK(stored.summary().arenaBytes <= plain.summary().arenaBytes);
  CHECK(stored.summary().launches <= plain.summary().launches);
  // A view that lies otherwise is packed; one that does not repeat cannot be.
  CHECK(run(stored, View(f64, denseA.data(), {30, 40}), B).first == expected);
  Vector y(30), s(1200);
  Workspace space(stored);
  auto refused = stored.run({A, View(f64, denseB.data(), {30, 40}), View(x)},
                            {MutableView(y), MutableView(f64, s.data(), {30, 40})}, space);
  REQUIRE(!refused);
  CHECK(refused.error().message ==
        "argument 1 (b) is declared to repeat along axis 0, but has stride 40 there");
}

TEST_CASE("layouts: results are written where they lie, derivatives included") {
  Function f("f", {{"image", f64, {2, 3, 4, 5}}, {"w", f64, {3}}},
             [](Expr image, Expr w) { return Results{{"out", image * reshape(w, Ints{3, 1, 1}) + 1.0}}; });
  const Ints channelsLast{60, 1, 15, 3};
  const Vector image = counting(120), w{1, 2, 3};
  const View given(f64, image.data(), {2, 3, 4, 5}, channelsLast);
  const Vector plain = dense(given);
  const Executable code = compiled(f, {.layouts = {{"image", {0, 2, 3, 1}}, {"out", {0, 2, 3, 1}}}});
  Vector out(120, -1.0);
  Workspace space(code);
  REQUIRE(code.run({given, View(w)}, {MutableView(f64, out.data(), {2, 3, 4, 5}, channelsLast)}, space));
  CHECK(space.highWaterBytes() == code.workspaceBytes());
  CHECK(code.summary().arenaBytes == 0);
  const Vector got = dense(View(f64, out.data(), {2, 3, 4, 5}, channelsLast));
  for (std::size_t k = 0; k < got.size(); ++k)
    REQUIRE(got[k] == plain[k] * w[k / 20 % 3] + 1);
  // The same state written over itself.
  const Executable step = compiled(
      f, {.donated = {{"image", "out"}}, .layouts = {{"image", {0, 2, 3, 1}}, {"out", {0, 2, 3, 1}}}});
  Vector state = image;
  Workspace own(step);
  REQUIRE(step.run({View(f64, state.data(), {2, 3, 4, 5}, channelsLast), View(w)},
                   {MutableView(f64, state.data(), {2, 3, 4, 5}, channelsLast)}, own));
  CHECK(state == out);
  Function loss("loss", {{"image", f64, {2, 3, 4, 5}}, {"w", f64, {3}}},
                [f](Expr image, Expr w) { return sum(f(image, w) * f(image, w)); });
  const Executable slope = compiled(grad(loss, "w"), {.layouts = {{"image", {0, 2, 3, 1}}}}),
                   slopePlain = compiled(grad(loss, "w"));
  Vector first(3), second(3);
  Workspace one(slope), two(slopePlain);
  REQUIRE(slope.run({given, View(w)}, {MutableView(first)}, one));
  REQUIRE(slopePlain.run({View(f64, plain.data(), {2, 3, 4, 5}), View(w)}, {MutableView(second)}, two));
  CHECK(first == second); // whole numbers: exact in any order
}

TEST_CASE("layouts: what does not fit is refused") {
  Function f("f", {{"A", f64, {2, 3}}}, [](Expr A) { return Results{{"y", A * 2.0}}; });
  CHECK(refusal(f, {.layouts = {{"q", {0}}}}) == "layouts: f has no parameter or result q");
  CHECK(refusal(f, {.layouts = {{"A", {0, 0}}}}) == "layouts: the order of A names axis 0 twice");
  CHECK(refusal(f, {.layouts = {{"A", {2, 0}}}}) ==
        "layouts: the order of A names axis 2, and it has 2 axes");
  CHECK(refusal(f, {.layouts = {{"A", {1, 0}}, {"A", {0}}}}) == "layouts: A is named twice");
  CHECK(refusal(f, {.layouts = {{"y", {1}}}}) ==
        "layouts: the order of result y names 1 of 2 axes; only arguments may repeat along an axis");
  CHECK(refusal(f, {.donated = {{"A", "y"}}, .layouts = {{"A", {1, 0}}}}) ==
        "donated: parameter A and result y lie in memory in different orders");
}
