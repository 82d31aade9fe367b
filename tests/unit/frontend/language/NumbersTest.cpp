#include "frontend/language/Numbers.h"
#include <doctest/doctest.h>

using namespace tgc::language;
using tgc::graph::Argument;

namespace {
std::int64_t whole(Operator op, std::int64_t a, std::int64_t b) {
  Folded folded = foldBinary(op, Argument(a), Argument(b));
  INFO(folded.error);
  REQUIRE(folded.value.as<int64_t>());
  return *folded.value.as<int64_t>();
}
double real(Operator op, Argument a, Argument b) {
  Folded folded = foldBinary(op, a, b);
  REQUIRE(folded.value.as<double>());
  return *folded.value.as<double>();
}
} // namespace

TEST_CASE("numbers: integers divide and round as in Python") {
  CHECK(whole(Operator::floor_divide, -7, 2) == -4);
  CHECK(whole(Operator::remainder, -7, 2) == 1);
  CHECK(whole(Operator::remainder, 7, -2) == -1);
  CHECK(whole(Operator::floor_divide, INT64_MAX, -1) == -INT64_MAX);
  CHECK(whole(Operator::remainder, INT64_MIN, -1) == 0);
  CHECK(real(Operator::divide, Argument(1), Argument(4)) == 0.25);
  CHECK(real(Operator::power, Argument(2), Argument(-1)) == 0.5);
  CHECK(whole(Operator::power, -2, 63) == INT64_MIN);
  CHECK(real(Operator::remainder, Argument(-7.5), Argument(2)) == 0.5);
}

TEST_CASE("numbers: what does not fit i64 is an error") {
  for (auto [op, a, b] : {std::tuple(Operator::add, INT64_MAX, std::int64_t(1)),
                          {Operator::power, 2, 63},
                          {Operator::floor_divide, INT64_MIN, -1},
                          {Operator::multiply, INT64_MAX, 2},
                          {Operator::bitwise_left_shift, 1, 63},
                          {Operator::floor_divide, 1, 0}})
    CHECK_FALSE(foldBinary(op, Argument(a), Argument(b)).error.empty());
  CHECK_FALSE(foldUnary(Operator::negative, Argument(INT64_MIN)).error.empty());
  CHECK(whole(Operator::bitwise_right_shift, -5, 100) == -1);
}

TEST_CASE("numbers: truth values have logic, no arithmetic") {
  CHECK(*foldBinary(Operator::bitwise_and, Argument(true), Argument(false)).value.as<bool>() == false);
  CHECK(*foldUnary(Operator::bitwise_invert, Argument(true)).value.as<bool>() == false);
  CHECK_FALSE(foldBinary(Operator::add, Argument(true), Argument(true)).error.empty());
  CHECK_FALSE(foldBinary(Operator::less, Argument(true), Argument(1)).error.empty());
  CHECK(*foldBinary(Operator::less, Argument(1), Argument(1.5)).value.as<bool>());
}
