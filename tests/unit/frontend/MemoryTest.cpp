// Memory as a contract: what is kept, what a call touches, what a budget refuses, what may be written over.
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Control.h"
#include "tgc/Einsum.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <cstring>
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace tgc;

namespace {

using Vector = std::vector<double>;

/// On one thread.
Executable compiled(const Function &f, CompileOptions options = {}) {
  options.threads = 1;
  return testing::compiled(f, options);
}

/// Small whole numbers, so that sums are exact.
Vector numbers(std::size_t count, int seed) {
  Vector out(count);
  for (std::size_t k = 0; k < count; ++k)
    out[k] = double((k * 7 + std::size_t(seed) * 3) % 5) - 2;
  return out;
}

/// A call on arguments and results of its own; all f64.
struct Call {
  explicit Call(const Executable &code) : code(code), space(code) {
    for (const Param &param : code.params())
      arguments.push_back(numbers(std::size_t(Shape(param.extents).elements()), int(arguments.size())));
    for (const Param &result : code.results())
      results.emplace_back(Shape(result.extents).elements(), -777.0);
  }
  void operator()() {
    std::vector<View> in;
    std::vector<MutableView> out;
    for (std::size_t k = 0; k < arguments.size(); ++k)
      in.push_back(View(f64, arguments[k].data(), Shape(code.params()[k].extents)));
    for (std::size_t k = 0; k < results.size(); ++k)
      out.push_back(MutableView(f64, results[k].data(), Shape(code.results()[k].extents)));
    if (auto ok = code.run(in, out, space); !ok) FAIL(ok.error().text());
  }
  Executable code;
  Workspace space;
  std::vector<Vector> arguments, results;
};

std::vector<Vector> run(const Executable &code) {
  Call call(code);
  call();
  return call.results;
}

std::vector<Vector> run(const Function &f, CompileOptions options = {}) { return run(compiled(f, options)); }

/// One layer with two values that reverse mode wants: the product and its square.
Function layer() {
  return Function("layer", {{"x", f64, {64, 64}}, {"w", f64, {64, 64}}}, [](Expr x, Expr w) {
    Expr h = matmul(x, w);
    return sin(matmul(h * h, w));
  });
}

/// The sum of `depth` layers on top of each other.
Function tower(int depth, const Function &of) {
  return Function("tower", {{"x", f64, {64, 64}}, {"w", f64, {64, 64}}}, [=](Expr x, Expr w) {
    for (int k = 0; k < depth; ++k)
      x = of(x, w);
    return sum(x);
  });
}

/// The highest byte of the arena that a call writes, counted from one.
std::int64_t touched(const Executable &code) {
  std::int64_t highest = 0;
  for (int pattern : {0x5a, 0xa5}) {
    Call call(code);
    std::memset(call.space.data(), pattern, std::size_t(code.summary().arenaBytes));
    call();
    for (std::int64_t at = 0; at < code.summary().arenaBytes; ++at)
      if (call.space.data()[at] != std::byte(pattern)) highest = std::max(highest, at + 1);
  }
  return highest;
}

} // namespace

TEST_CASE("checkpoint: values and derivatives of every kind are the function's") {
  Function f("f", {{"x", f64, {3}}, {"a", f64, {3}}},
             [](Expr x, Expr a) { return sum(x * x * x * a) + sum(x * a) * sum(x); });
  Function c = checkpoint(f);
  CHECK(c.params().size() == 2);
  const auto same = [](const Function &left, const Function &right) {
    for (int level : {0, 2})
      CHECK(run(left, {.level = level}) == run(right, {.level = level}));
  };
  same(c, f);
  same(value_and_grad(c, {"x", "a"}), value_and_grad(f, {"x", "a"}));
  same(jvp(c, {"x", "a"}), jvp(f, {"x", "a"}));
  same(hvp(c, "x"), hvp(f, "x"));
  same(hessian(c, {"x", "a"}), hessian(f, {"x", "a"}));
  same(jacobian(grad(c, "x"), "a", JacobianMode::Reverse),
       jacobian(grad(f, "x"), "a", JacobianMode::Reverse));
  same(grad(checkpoint(c), "x"), grad(f, "x"));
  same(checkpoint(grad(c, "x")), grad(f, "x"));
  same(vmap(grad(c, "x"), 2), vmap(grad(f, "x"), 2));
  Function total("total", {{"x", f64, {2, 3}}, {"a", f64, {2, 3}}},
                 [mapped = vmap(c, 2)](Expr x, Expr a) { return sum(mapped(x, a)); });
  Function plain("plain", {{"x", f64, {2, 3}}, {"a", f64, {2, 3}}},
                 [mapped = vmap(f, 2)](Expr x, Expr a) { return sum(mapped(x, a)); });
  same(grad(total, "x"), grad(plain, "x"));
  same(hvp(total, "x"), hvp(plain, "x"));
}

TEST_CASE("checkpoint: several results, integers among them") {
  Function f("f", {{"x", f64, {4}}},
             [](Expr x) { return std::vector<Expr>{sum(x * x), argmax(x), x * 2.0}; });
  auto code = compile(value_and_grad(checkpoint(f), "x"), {.threads = 1});
  if (!code) FAIL(code.error().text());
  Vector x{1, 4, 2, 3}, doubled(4), slope(4);
  double value = 0;
  std::int64_t which = 0;
  Workspace space(*code);
  REQUIRE(code->run(
      {View(x)}, {MutableView(value), MutableView(which), MutableView(doubled), MutableView(slope)}, space));
  CHECK(value == 30);
  CHECK(which == 1);
  CHECK(slope == Vector{2, 8, 4, 6});
}

TEST_CASE("checkpoint: reverse mode keeps the arguments of a layer, not its inside") {
  const auto bytes = [](const Function &f) { return compiled(grad(f, "w")).summary().arenaBytes; };
  constexpr std::int64_t matrix = 64 * 64 * 8;
  const std::int64_t plain = bytes(tower(16, layer())), kept = bytes(tower(16, checkpoint(layer())));
  CHECK(plain >= 2 * 16 * matrix);
  CHECK(kept <= 16 * matrix + 8 * matrix);
  // A block of four layers keeps a value for four layers.
  Function four("four", {{"x", f64, {64, 64}}, {"w", f64, {64, 64}}},
                [of = checkpoint(layer())](Expr x, Expr w) {
                  for (int k = 0; k < 4; ++k)
                    x = of(x, w);
                  return x;
                });
  CHECK(bytes(tower(4, checkpoint(four))) <= 4 * matrix + 4 * matrix + 8 * matrix);
  const auto near = [](const std::vector<Vector> &a, const std::vector<Vector> &b) {
    double most = 0, size = 0;
    for (std::size_t k = 0; k < a[0].size(); ++k) {
      most = std::max(most, std::abs(a[0][k] - b[0][k]));
      size = std::max(size, std::abs(b[0][k]));
    }
    return most <= 1e-9 * size;
  };
  CHECK(near(run(grad(tower(4, checkpoint(layer())), "w")), run(grad(tower(4, layer()), "w"))));
}

TEST_CASE("budget: kept to exactly, the same bits, more budget never slower") {
  const Function f = grad(tower(12, layer()), "w");
  const Executable whole = compiled(f);
  const std::int64_t all = whole.summary().arenaBytes;
  CHECK(touched(whole) == all);
  const auto expected = run(whole);
  double slowest = -1;
  for (int eighths : {8, 6, 5, 4, 3}) {
    const std::int64_t budget = all * eighths / 8;
    CAPTURE(eighths);
    const Executable code = compiled(f, {.memoryBudget = budget});
    CHECK(code.summary().arenaBytes <= budget);
    CHECK(touched(code) == code.summary().arenaBytes);
    CHECK((code.summary().again > 0) == (eighths < 8));
    CHECK(code.summary().againSeconds >= slowest);
    slowest = code.summary().againSeconds;
    CHECK(run(code) == expected);
  }
}

TEST_CASE("budget: what cannot fit is refused with the kernel that needs most") {
  auto code = compile(grad(tower(4, layer()), "w"), {.threads = 1, .memoryBudget = 4096});
  REQUIRE(!code);
  CHECK(code.error().kind == ErrorKind::Limit);
  CHECK(code.error().message.starts_with(
      "the program does not fit in a memory budget of 4096 bytes; the least found is "));
  REQUIRE(code.error().notes.size() == 1);
  CHECK(code.error().notes[0].message.find(" bytes of intermediates and makes ") != std::string::npos);
}

TEST_CASE("budget: contractions are sliced where nothing else helps") {
  Function ring("ring", {{"A", f64, {96, 96}}, {"B", f64, {96, 96}}, {"C", f64, {96, 96}}},
                [](Expr A, Expr B, Expr C) { return einsum("ab,bc,ca->", A, B, C); });
  const auto expected = run(ring);
  const Executable code = compiled(ring, {.memoryBudget = 8192});
  CHECK(code.summary().arenaBytes <= 8192);
  CHECK(run(code) == expected);
}

TEST_CASE("budget: a loop keeps less for reverse mode where keeping all does not fit") {
  Function total("total", {{"h", f64, {64, 64}}, {"w", f64, {64, 64}}}, [](Expr h, Expr w) {
    return sum(fori_loop(0, 100, [&](Expr, Expr carry) { return sin(matmul(carry, w)); }, h));
  });
  constexpr std::int64_t matrix = 64 * 64 * 8;
  const Function slope = grad(total, "w");
  CHECK(compiled(slope).summary().arenaBytes > 100 * matrix);
  const auto expected = run(slope);
  for (std::int64_t matrices : {150, 50, 25}) {
    const Executable code = compiled(slope, {.memoryBudget = matrices * matrix});
    CHECK(code.summary().arenaBytes <= matrices * matrix);
    CHECK(touched(code) == code.summary().arenaBytes);
    CHECK(run(code) == expected);
  }
}

TEST_CASE("budget: maps run in pieces where nothing else helps") {
  // Each instance makes 64 KiB inside and gives one number.
  Function f("f", {{"x", f64, {64}}, {"w", f64, {64, 64}}}, [](Expr x, Expr w) {
    Expr m = einsum("i,ij->ij", x, w);
    Expr p = matmul(m, m);
    return sum(p * matmul(p, w));
  });
  const Function mapped = vmap(f, 50, {0, std::nullopt});
  const auto expected = run(mapped);
  const std::int64_t whole = compiled(mapped).summary().arenaBytes;
  const Executable code = compiled(mapped, {.memoryBudget = whole / 8});
  CHECK(code.summary().arenaBytes <= whole / 8);
  CHECK(touched(code) == code.summary().arenaBytes);
  CHECK(run(code) == expected); // whole numbers: exact in any order
  const Function slopes = jacobian(mapped, "x", JacobianMode::Reverse);
  const auto dense = run(slopes);
  const std::int64_t all = compiled(slopes).summary().arenaBytes;
  const Executable pieces = compiled(slopes, {.memoryBudget = all / 4});
  CHECK(pieces.summary().arenaBytes <= all / 4);
  CHECK(run(pieces) == dense);
}

TEST_CASE("donated: a training step writes its state over the old one, in place") {
  Function loss("loss", {{"X", f64, {32, 16}}, {"y", f64, {32}}, {"w", f64, {16}}},
                [](Expr X, Expr y, Expr w) {
                  Expr r = matmul(X, w) - y;
                  return sum(r * r);
                });
  Function step("step", {{"X", f64, {32, 16}}, {"y", f64, {32}}, {"w", f64, {16}}, {"m", f64, {16}}},
                [g = value_and_grad(loss, "w")](Expr X, Expr y, Expr w, Expr m) {
                  auto out = g(std::vector<Arg>{X, y, w});
                  Expr moved = m * 0.5 + out[1];
                  return Results{{"w_next", w - moved * 0.125}, {"m_next", moved}, {"value", out[0]}};
                });
  const auto expected = run(step);
  const Executable code = compiled(step, {.donated = {{"w", "w_next"}, {"m", "m_next"}}});
  CHECK(code.summary().copies.empty());
  CHECK(run(code) == expected); // with memory of their own the results are the same
  Call call(code);
  Vector &w = call.arguments[2], &m = call.arguments[3];
  std::vector<View> in{View(f64, call.arguments[0].data(), {32, 16}), View(call.arguments[1]), View(w),
                       View(m)};
  double value = 0;
  REQUIRE(
      code.run(in, std::vector<MutableView>{MutableView(w), MutableView(m), MutableView(value)}, call.space));
  CHECK(w == expected[0]);
  CHECK(m == expected[1]);
  CHECK(value == expected[2][0]);

  const auto told = [&](std::vector<MutableView> out) {
    auto ok = code.run(in, out, call.space);
    return ok ? std::string("none") : ok.error().message;
  };
  Vector own(17);
  CHECK(told({MutableView(m), MutableView(own.data(), {16}), MutableView(value)}) ==
        "result 0 (w_next) shares memory with argument 3 (m); results need memory of their own, or exactly "
        "that "
        "of argument 2 (w), which is donated");
  in[2] = View(own.data(), {16});
  CHECK(told({MutableView(own.data() + 1, {16}), MutableView(m), MutableView(value)}) ==
        "result 0 (w_next) shares memory with argument 2 (w); results need memory of their own, or exactly "
        "that "
        "of argument 2 (w), which is donated");
  in[3] = in[2]; // two arguments in one place, of which one is written over
  CHECK(told({MutableView(own.data(), {16}), MutableView(m), MutableView(value)}) ==
        "result 0 (w_next) shares memory with argument 3 (m); results need memory of their own, or exactly "
        "that "
        "of argument 2 (w), which is donated");
}

TEST_CASE("donated: a copy where the argument is still read, with the reason") {
  Function f("f", {{"x", f64, {8, 8}}}, [](Expr x) { return matmul(x, x); });
  const Executable code = compiled(f, {.donated = {{"x", "out0"}}});
  REQUIRE(code.summary().copies.size() == 1);
  CHECK(code.summary().copies[0].result == "out0");
  CHECK(code.summary().copies[0].bytes == 512);
  CHECK(code.summary().copies[0].why ==
        "its kernel reads the argument whose memory it takes in another order");
  const auto expected = run(f);
  Call call(code);
  Vector &x = call.arguments[0];
  REQUIRE(code.run({View(f64, x.data(), {8, 8})}, {MutableView(f64, x.data(), {8, 8})}, call.space));
  CHECK(x == expected[0]);
}

TEST_CASE("donated: promises that name nothing, or two types, are refused") {
  Function f("f", {{"x", f64, {2}}, {"s", f32, {}}},
             [](Expr x, Expr s) { return std::vector<Expr>{x * 2.0, s}; });
  const auto told = [&](std::vector<Donated> donated) {
    auto code = compile(f, {.threads = 1, .donated = std::move(donated)});
    return code ? std::string("none") : code.error().message;
  };
  CHECK(told({{"q", "out0"}}) == "donated: f has no parameter q");
  CHECK(told({{"x", "q"}}) == "donated: f has no result q");
  CHECK(told({{"s", "out0"}}) == "donated: parameter s is f32, result out0 is f64[2]");
  CHECK(told({{"x", "out0"}, {"x", "out0"}}) == "donated: parameter x is named twice");
  CHECK(told({{"x", "out0"}, {"s", "out1"}}) == "none");
}

TEST_CASE("donated: results that exchange their memory are refused, an unchanged argument costs nothing") {
  Function swap("swap", {{"a", f64, {4}}, {"b", f64, {4}}},
                [](Expr a, Expr b) { return Results{{"a2", b}, {"b2", a}}; });
  auto code = compile(swap, {.threads = 1, .donated = {{"a", "a2"}, {"b", "b2"}}});
  REQUIRE(!code);
  CHECK(code.error().kind == ErrorKind::Unsupported);
  Function shift("shift", {{"a", f64, {4}}, {"b", f64, {4}}},
                 [](Expr a, Expr b) { return Results{{"a2", b}, {"b2", b * 2.0}, {"old", a}}; });
  const Executable moved = compiled(shift, {.donated = {{"a", "a2"}}});
  Vector a{1, 2, 3, 4}, b{5, 6, 7, 8}, b2(4), old(4);
  Workspace space(moved);
  REQUIRE(moved.run({View(a), View(b)}, {MutableView(a), MutableView(b2), MutableView(old)}, space));
  CHECK(old == Vector{1, 2, 3, 4}); // read before it is written over
  CHECK(a == Vector{5, 6, 7, 8});
}

TEST_CASE("donated: an update of a row touches that row only") {
  // 1 MiB of rows of 4 KiB, of which all but one page can only be read: a copy would be stopped by the
  // processor.
  constexpr std::int64_t rows = 256, columns = 512;
  if (sysconf(_SC_PAGESIZE) != columns * 8) return;
  Function set("set", {{"x", f64, {rows, columns}}, {"i", i64, {1}}, {"v", f64, {1, columns}}},
               [](Expr x, Expr i, Expr v) { return Results{{"y", x.at({i}).set(v)}}; });
  const Executable code = compiled(set, {.donated = {{"x", "y"}}});
  CHECK(code.summary().copies.empty());
  CHECK(code.summary().arenaBytes <= 4096);
  constexpr std::size_t bytes = std::size_t(rows * columns) * 8;
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  auto *x = static_cast<double *>(memory);
  for (std::int64_t k = 0; k < rows * columns; ++k)
    x[k] = double(k);
  constexpr std::int64_t row = 100;
  REQUIRE(mprotect(x, row * columns * 8, PROT_READ) == 0);
  REQUIRE(mprotect(x + (row + 1) * columns, std::size_t(rows - row - 1) * columns * 8, PROT_READ) == 0);
  Vector v(columns, -1.0);
  Workspace space(code);
  auto ok = code.run({View(f64, x, {rows, columns}), View(std::vector<std::int64_t>{row}),
                      View(f64, v.data(), {1, columns})},
                     {MutableView(f64, x, {rows, columns})}, space);
  CHECK(bool(ok));
  CHECK(x[row * columns] == -1);
  CHECK(x[row * columns + columns - 1] == -1);
  CHECK(x[row * columns - 1] == double(row * columns - 1));
  munmap(memory, bytes);
}
