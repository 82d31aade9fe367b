// Reductions in two kernels: the values are those of plain loops, the bits those of any number of threads.
#include "../Programs.h"
#include <cmath>
#include <cstring>

using namespace tgc;

namespace {

struct Case {
  std::string type, shape, maps, iterators, result, combine, start;
  std::vector<std::int64_t> extents, kept;
};

/// combine(out, x * x) over the reduction dimensions of one input, then doubled.
std::string program(const Case &c) {
  const std::string x = "tensor<" + c.shape + c.type + ">", y = "tensor<" + c.result + c.type + ">";
  const std::string f = c.type[0] == 'i' ? "i" : "f";
  std::string identity = "affine_map<(", point;
  for (std::size_t k = 0; k < c.kept.size(); ++k)
    point += (k ? ", d" : "d") + std::to_string(k);
  identity += point + ") -> (" + point + ")>";
  std::string parallel;
  for (std::size_t k = 0; k < c.kept.size(); ++k)
    parallel += k ? ", \"parallel\"" : "\"parallel\"";
  return "func.func @main(%x: " + x + ") -> " + y + " {\n%r = exec.run @k(%x) : (" + x + ") -> " + y +
         "\nreturn %r : " + y + "\n}\nfunc.func private @k(%x: " + x + ") -> " + y +
         " attributes {exec.kernel} {\n%z = arith.constant " + c.start + " : " + c.type +
         "\n%e = tensor.empty() : " + y + "\n%i = linalg.fill ins(%z : " + c.type + ") outs(%e : " + y +
         ") -> " + y + "\n%s = linalg.generic {indexing_maps = [" + c.maps + "], iterator_types = [" +
         c.iterators + "]} ins(%x : " + x + ") outs(%i : " + y + ") {\n^bb0(%p: " + c.type +
         ", %o: " + c.type + "):\n%q = arith.mul" + f + " %p, %p : " + c.type + "\n%n = arith." + c.combine +
         " %o, %q : " + c.type + "\nlinalg.yield %n : " + c.type + "\n} -> " + y +
         "\n%d = linalg.generic {indexing_maps = [" + identity + ", " + identity + "], iterator_types = [" +
         parallel + "]} ins(%s : " + y + ") outs(%e : " + y + ") {\n^bb0(%p: " + c.type + ", %o: " + c.type +
         "):\n%t = arith.add" + f + " %p, %p : " + c.type + "\nlinalg.yield %t : " + c.type + "\n} -> " + y +
         "\nreturn %d : " + y + "\n}\n";
}

template <typename T>
std::vector<T> run(const Case &c, DType dtype, const std::vector<T> &x, int level, int threads,
                   std::size_t *steps) {
  test::Bench bench;
  Options options;
  options.level = level;
  auto compiled = bench.compile(program(c), options);
  INFO((compiled ? std::string() : compiled.error().text()));
  REQUIRE(bool(compiled));
  std::int64_t count = 1;
  for (std::int64_t extent : c.kept)
    count *= extent;
  std::vector<T> out(count, T(-1));
  test::runOn(*compiled->program, {View(dtype, x.data(), Shape(c.extents))},
              {MutableView(dtype, out.data(), Shape(c.kept))}, threads);
  *steps = compiled->program->steps().size();
  return out;
}

template <typename T> void check(const Case &c, DType dtype, double tolerance) {
  std::int64_t count = 1;
  for (std::int64_t extent : c.extents)
    count *= extent;
  std::vector<T> x(count);
  for (std::int64_t k = 0; k < count; ++k)
    x[k] = T((k * 7919 + 13) % 1009) / T(dtype == i64 ? 1 : 64);
  std::size_t plainSteps = 0, steps = 0;
  const auto plain = run<T>(c, dtype, x, 0, 1, &plainSteps), one = run<T>(c, dtype, x, 2, 1, &steps);
  CHECK(plainSteps == 1);
  CHECK(steps == 2);
  for (int threads : {2, 3, 7}) {
    const auto many = run<T>(c, dtype, x, 2, threads, &steps);
    CHECK(std::memcmp(one.data(), many.data(), one.size() * sizeof(T)) == 0);
  }
  for (std::size_t k = 0; k < one.size(); ++k)
    CHECK(std::abs(double(one[k]) - double(plain[k])) <= tolerance * std::abs(double(plain[k])));
}

const std::string all1 = "affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>";
const std::string all2 = "affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>";
const std::string last2 = "affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>";
const std::string first2 = "affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>";

} // namespace

TEST_CASE("split: integer sums have the bits of plain loops, with and without a rest") {
  check<std::int64_t>({"i64", "262144x", all1, "\"reduction\"", "", "addi", "5", {262144}, {}}, i64, 0);
  check<std::int64_t>({"i64", "1000003x", all1, "\"reduction\"", "", "addi", "5", {1000003}, {}}, i64, 0);
  check<std::int64_t>(
      {"i64", "3x100003x", last2, "\"parallel\", \"reduction\"", "3x", "addi", "1", {3, 100003}, {3}}, i64,
      0);
  check<std::int64_t>(
      {"i64", "50021x5x", first2, "\"reduction\", \"parallel\"", "5x", "maxsi", "0", {50021, 5}, {5}}, i64,
      0);
}

TEST_CASE("split: floating-point sums agree with plain loops and do not depend on the threads") {
  check<float>({"f32", "512x1024x", all2, "\"reduction\", \"reduction\"", "", "addf", "1.0", {512, 1024}, {}},
               f32, 1e-3);
  check<float>({"f32", "7x100003x", all2, "\"reduction\", \"reduction\"", "", "addf", "0.5", {7, 100003}, {}},
               f32, 1e-3);
  check<double>(
      {"f64", "1x300007x", last2, "\"parallel\", \"reduction\"", "1x", "addf", "0.0", {1, 300007}, {1}}, f64,
      1e-12);
  check<float>({"f32", "400000x", all1, "\"reduction\"", "", "maximumf", "0.0", {400000}, {}}, f32, 0);
}

/// sum over d0 of a[d0, i] * b[d0, j], with `rows` i and `columns` j; neither where they are 0.
template <typename T>
void checkProduct(const std::string &type, DType dtype, std::int64_t steps, std::int64_t rows,
                  std::int64_t columns) {
  auto text = [](std::int64_t extent) { return extent ? std::to_string(extent) + "x" : std::string(); };
  const std::string k = std::to_string(steps) + "x", f = type[0] == 'i' ? "i" : "f";
  const std::string a = "tensor<" + k + text(rows) + type + ">",
                    b = "tensor<" + k + text(columns) + type + ">",
                    c = "tensor<" + text(rows) + text(columns) + type + ">";
  const std::string maps = rows ? "affine_map<(i, j, k) -> (k, i)>, affine_map<(i, j, k) -> (k, j)>, "
                                  "affine_map<(i, j, k) -> (i, j)>"
                                : "affine_map<(k) -> (k)>, affine_map<(k) -> (k)>, affine_map<(k) -> ()>";
  const std::string program =
      "func.func @main(%a: " + a + ", %b: " + b + ") -> " + c + " {\n%r = exec.run @k(%a, %b) : (" + a +
      ", " + b + ") -> " + c + "\nreturn %r : " + c + "\n}\nfunc.func private @k(%a: " + a + ", %b: " + b +
      ") -> " + c + " attributes {exec.kernel} {\n%z = arith.constant " + (f == "i" ? "0" : "0.0") + " : " +
      type + "\n%e = tensor.empty() : " + c + "\n%i = linalg.fill ins(%z : " + type + ") outs(%e : " + c +
      ") -> " + c + "\n%s = linalg.generic {indexing_maps = [" + maps + "], iterator_types = [" +
      (rows ? "\"parallel\", \"parallel\", " : "") + "\"reduction\"]} ins(%a, %b : " + a + ", " + b +
      ") outs(%i : " + c + ") {\n^bb0(%p: " + type + ", %q: " + type + ", %o: " + type +
      "):\n%m = arith.mul" + f + " %p, %q : " + type + "\n%n = arith.add" + f + " %o, %m : " + type +
      "\nlinalg.yield %n : " + type + "\n} -> " + c + "\nreturn %s : " + c + "\n}\n";
  const std::int64_t m = std::max<std::int64_t>(rows, 1), n = std::max<std::int64_t>(columns, 1);
  std::vector<T> left(steps * m), right(steps * n), expected(m * n);
  for (std::size_t at = 0; at < left.size(); ++at)
    left[at] = T(at * 7919 % 5) - 2;
  for (std::size_t at = 0; at < right.size(); ++at)
    right[at] = T(at * 104729 % 7) - 3;
  for (std::int64_t step = 0; step < steps; ++step)
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        expected[i * n + j] += left[step * m + i] * right[step * n + j];
  test::Bench bench;
  auto compiled = bench.compile(program, {});
  INFO((compiled ? std::string() : compiled.error().text()));
  REQUIRE(bool(compiled));
  CHECK(compiled->program->steps().size() == 2);
  auto shape = [&](std::int64_t own) { return rows ? Shape({steps, own}) : Shape({steps}); };
  for (int threads : {1, 2, 5}) {
    std::vector<T> out(m * n, T(-1));
    test::runOn(*compiled->program, {View(dtype, left.data(), shape(m)), View(dtype, right.data(), shape(n))},
                {MutableView(dtype, out.data(), rows ? Shape({m, n}) : Shape(std::vector<std::int64_t>{}))},
                threads);
    CHECK(out == expected);
  }
}

TEST_CASE("split: dots and products with few results are exact on integers, with and without a rest") {
  checkProduct<float>("f32", f32, 262144, 0, 0);
  checkProduct<std::int64_t>("i64", i64, 300007, 0, 0);
  checkProduct<float>("f32", f32, 20011, 9, 37);
  checkProduct<double>("f64", f64, 16384, 33, 16);
  checkProduct<std::int64_t>("i64", i64, 20000, 6, 40);
}
