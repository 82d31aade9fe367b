#include "tgc/Path.h"
#include <cmath>
#include <doctest/doctest.h>

TEST_CASE("path: the public door") {
  auto network = tgc::pathNetwork("ij,jk,k->i", {10, 20, 30});
  REQUIRE(network);
  auto path = tgc::findPath(*network);
  REQUIRE(path);
  CHECK(path->exact);
  CHECK(path->steps == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{1, 2}, {0, 1}});
  CHECK(path->log10Flops == doctest::Approx(std::log10(2.0 * 20 * 30 + 2 * 10 * 20)));
  CHECK(path->slices == 1);
}

TEST_CASE("path: public errors say what is wrong and where") {
  auto wrong = tgc::pathNetwork("ij,jk->ix", {1, 2, 3});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "einsum: output letter x is in no operand");
  CHECK(wrong.error().place.column == 9);
  CHECK_FALSE(tgc::pathNetwork("ij", {1}));
  CHECK(tgc::findPath({}).error().kind == tgc::ErrorKind::Invalid);
  tgc::PathOptions options;
  options.memoryBytes = 1;
  CHECK(tgc::findPath({{{0}, {0}, {0}}, {}, {2}}, options).error().kind == tgc::ErrorKind::Limit);
}
