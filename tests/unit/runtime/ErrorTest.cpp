#include "tgc/Result.h"
#include <doctest/doctest.h>
#include <string>

using namespace tgc;

TEST_CASE("error: place, message, notes and help in the stated form") {
  Error error{ErrorKind::Invalid, "index k has extent 8 here but 9 there", {"model.tg", 3, 16}};
  error.notes.push_back({"A is declared here", {"model.tg", 1, 9}, Note::Kind::Note});
  error.notes.push_back({"make them equal", {}, Note::Kind::Help});
  CHECK(error.text() == "model.tg:3:16: error: index k has extent 8 here but 9 there\n"
                        "model.tg:1:9: note: A is declared here\n"
                        "help: make them equal");
  CHECK(Error{ErrorKind::Invalid, "x"}.text() == "error: x");
  CHECK(Error{ErrorKind::Invalid, "x", {"a.npy", 0, 0}}.text() == "a.npy: error: x");
  CHECK(std::string(nameOf(ErrorKind::Unavailable)) == "unavailable");
}

TEST_CASE("result: carries a value or the error, throws only when asked") {
  Result<int> good = 3, bad = Error{ErrorKind::Limit, "too many"};
  CHECK(good.value() == 3);
  CHECK_FALSE(bad);
  CHECK_THROWS_AS(bad.value(), Exception);
  Result<void> done, failed = Error{ErrorKind::Internal, "why"};
  CHECK(done);
  CHECK(failed.error().message == "why");
  CHECK_THROWS_WITH(failed.value(), "error: why");
}
