// Machine code of single kernels: leftovers of the math dialect, sixteen-bit floats, integers, scratch
// memory.
#include "../Programs.h"
#include <bit>
#include <cmath>
#include <limits>

using namespace tgc;

namespace {

/// Compiles `y[i] = body(x[i])` over eight elements and runs it. `from` and `to` are MLIR element types.
template <typename From, typename To>
std::vector<To> mapped(const std::string &from, const std::string &to, const std::string &body,
                       std::vector<From> x, DType fromType, DType toType) {
  const std::string n = std::to_string(x.size());
  const std::string text =
      "func.func private @k(%b: index, %e: index, %x: memref<" + n + "x" + from + ">, %y: memref<" + n + "x" +
      to + ">) attributes {exec.kernel, exec.items = " + n + " : i64, exec.nanoseconds = 1 : i64} {\n" +
      "  %c1 = arith.constant 1 : index\n  scf.for %i = %b to %e step %c1 {\n    %v = memref.load %x[%i] : "
      "memref<" +
      n + "x" + from + ">\n" + body + "    memref.store %r, %y[%i] : memref<" + n + "x" + to +
      ">\n  }\n  return\n}\n" + "func.func @main(%x: tensor<" + n + "x" + from + ">) -> tensor<" + n + "x" +
      to + "> {\n" + "  %y = exec.run @k(%x) : (tensor<" + n + "x" + from + ">) -> tensor<" + n + "x" + to +
      ">\n  return %y : tensor<" + n + "x" + to + ">\n}\n";
  test::Bench bench;
  auto compiled = bench.compile(text);
  if (!compiled) MESSAGE(compiled.error().text());
  REQUIRE(compiled);
  std::vector<To> y(x.size());
  const Shape shape{std::int64_t(x.size())};
  test::runOn(*compiled->program, {View(fromType, x.data(), shape)}, {MutableView(toType, y.data(), shape)});
  return y;
}

} // namespace

TEST_CASE("kernels: math functions left for the target are the C library's") {
  const std::vector<double> x{-0.75, -1e-9, 0.0, 1e-9, 0.3, 0.9};
  const auto check = [&](const char *name, double (*function)(double)) {
    const auto y = mapped<double, double>("f64", "f64", std::string("    %r = math.") + name + " %v : f64\n",
                                          x, f64, f64);
    for (std::size_t i = 0; i < x.size(); ++i)
      CHECK(y[i] == function(x[i]));
  };
  check("exp", std::exp);
  check("log1p", std::log1p);
  check("expm1", std::expm1);
  check("erf", std::erf);
  check("tanh", std::tanh);
  check("atan", std::atan);
  check("cbrt", std::cbrt);
  check("sin", std::sin);
  check("floor", std::floor);
  check("roundeven", std::nearbyint);
}

TEST_CASE("kernels: rounding to bf16 keeps subnormals and NaN and rounds to even") {
  const std::vector<float> x{1.0f,        1.00390625f,
                             1.01171875f, 1e-40f,
                             -1e-40f,     std::numeric_limits<float>::infinity(),
                             3e38f,       std::numeric_limits<float>::max()};
  const auto y =
      mapped<float, std::uint16_t>("f32", "bf16", "    %r = arith.truncf %v : f32 to bf16\n", x, f32, bf16);
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(y[i] == bf16Of(x[i]));
  const auto nan = mapped<float, std::uint16_t>("f32", "bf16", "    %r = arith.truncf %v : f32 to bf16\n",
                                                {std::numeric_limits<float>::quiet_NaN()}, f32, bf16);
  CHECK(std::isnan(floatOfBf16(nan[0])));
  const auto wide = mapped<std::uint16_t, float>("bf16", "f32", "    %r = arith.extf %v : bf16 to f32\n",
                                                 {0x0001, 0x3f80, 0x8000, 0x7f80}, bf16, f32);
  CHECK(wide[0] == floatOfBf16(1));
  CHECK(wide[1] == 1.0f);
  CHECK(std::signbit(wide[2]));
  CHECK(std::isinf(wide[3]));
}

TEST_CASE("kernels: f16 is converted both ways, subnormals included") {
  const std::vector<float> x{1.0f, 65504.0f, 65520.0f, 6e-8f, -6e-8f, 1e-10f};
  const auto y =
      mapped<float, std::uint16_t>("f32", "f16", "    %r = arith.truncf %v : f32 to f16\n", x, f32, f16);
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(y[i] == f16Of(x[i]));
  const auto wide = mapped<std::uint16_t, float>("f16", "f32", "    %r = arith.extf %v : f16 to f32\n",
                                                 {1, 0x3c00, 0xfbff}, f16, f32);
  CHECK(wide[0] == floatOfF16(1));
  CHECK(wide[2] == -65504.0f);
}

TEST_CASE("kernels: integer division rounds as asked") {
  const std::vector<std::int32_t> x{-7, -6, -1, 0, 1, 6, 7};
  const auto y = mapped<std::int32_t, std::int32_t>(
      "i32", "i32", "    %three = arith.constant 3 : i32\n    %r = arith.floordivsi %v, %three : i32\n", x,
      i32, i32);
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(y[i] == std::int32_t(std::floor(x[i] / 3.0)));
}

TEST_CASE("kernels: scratch memory and calls of runtime functions work") {
  const auto y = mapped<float, float>("f32", "f32", R"(
    %c0 = arith.constant 0 : index
    %s = memref.alloca() {alignment = 64 : i64} : memref<16xf32>
    memref.store %v, %s[%c0] : memref<16xf32>
    %w = vector.broadcast %v : f32 to vector<16xf32>
    vector.store %w, %s[%c0] : memref<16xf32>, vector<16xf32>
    %c9 = arith.constant 9 : index
    %r = memref.load %s[%c9] : memref<16xf32>
)",
                                      {1.5f, -2.0f, 3.0f}, f32, f32);
  CHECK(y == std::vector<float>{1.5f, -2.0f, 3.0f});
}

TEST_CASE("kernels: a masked store of one narrow lane writes one element") {
  const std::string text = R"(
func.func private @k(%b: index, %e: index, %x: memref<8xi64>, %y: memref<9xi8>) attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 1 : i64} {
  %c0 = arith.constant 0 : index
  %zeros = arith.constant dense<0> : vector<9xi8>
  vector.store %zeros, %y[%c0] : memref<9xi8>, vector<9xi8>
  %lane = vector.constant_mask [1] : vector<8xi1>
  %wide = vector.load %x[%c0] : memref<8xi64>, vector<8xi64>
  %narrow = arith.trunci %wide : vector<8xi64> to vector<8xi8>
  vector.maskedstore %y[%c0], %lane, %narrow : memref<9xi8>, vector<8xi1>, vector<8xi8>
  return
}
func.func @main(%x: tensor<8xi64>) -> tensor<9xi8> {
  %y = exec.run @k(%x) : (tensor<8xi64>) -> tensor<9xi8>
  return %y : tensor<9xi8>
})";
  test::Bench bench;
  auto compiled = bench.compile(text);
  if (!compiled) MESSAGE(compiled.error().text());
  REQUIRE(compiled);
  const std::vector<std::int64_t> x(8, -1);
  std::vector<std::int8_t> y(9);
  test::runOn(*compiled->program, {View(i64, x.data(), Shape{8})}, {MutableView(i8, y.data(), Shape{9})});
  CHECK(y == std::vector<std::int8_t>{-1, 0, 0, 0, 0, 0, 0, 0, 0});
}
