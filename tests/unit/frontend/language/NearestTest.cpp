#include "frontend/language/Nearest.h"
#include <doctest/doctest.h>

using namespace tgc::language;

TEST_CASE("nearest: a swap of neighbours is one edit") {
  CHECK(editDistance("", "abc") == 3);
  CHECK(editDistance("softmax", "softmax") == 0);
  CHECK(editDistance("sofmtax", "softmax") == 1);
  CHECK(editDistance("kitten", "sitting") == 3);
  CHECK(editDistance("ab", "ba") == 1);
}

TEST_CASE("nearest: only names that are near are offered, the first of equals") {
  constexpr std::string_view known[] = {"sum", "softmax", "exp", "exp2", "mean"};
  CHECK(nearest("sotfmax", known) == "softmax");
  CHECK(nearest("exp1", known) == "exp");
  CHECK(nearest("maen", known) == "mean");
  CHECK(nearest("frobnicate", known) == "");
  CHECK(nearest("q", known) == "");
  CHECK(nearest(std::string(100000, 'x'), known) == "");
  CHECK(suggestion("sun", known) == "did you mean sum?");
}
