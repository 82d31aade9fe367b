#include "Wrong.h"
#include <doctest/doctest.h>

using namespace tgc::language;

TEST_CASE("source: columns count code points, not bytes") {
  Source source("t.tg", "ab\n\xCE\xB1\xCE\xB2x\n");
  CHECK(source.place(0) == tgc::Place{"t.tg", 1, 1});
  CHECK(source.place(7) == tgc::Place{"t.tg", 2, 3});
  CHECK(source.place(9) == tgc::Place{"t.tg", 3, 1});
  CHECK(source.place(1000) == tgc::Place{"t.tg", 3, 1});
}

TEST_CASE("source: columns far along a line count code points, too") {
  std::string text = "x\n";
  for (int k = 0; k < 3000; ++k)
    text += k % 3 ? "\xCE\xB1" : "a"; // blocks end inside of code points
  Source source("t.tg", text + "\nend");
  std::uint32_t offset = 2;
  for (std::uint32_t k = 0; k < 3000; ++k) {
    REQUIRE(source.place(offset) == tgc::Place{"t.tg", 2, k + 1});
    offset += k % 3 ? 2 : 1;
  }
  CHECK(source.place(offset + 1) == tgc::Place{"t.tg", 3, 1});
}

TEST_CASE("source: a line comes without its end, and there is none beyond the last") {
  Source source("t.tg", "one\r\ntwo\nthree");
  CHECK(source.line(1) == "one");
  CHECK(source.line(2) == "two");
  CHECK(source.line(3) == "three");
  CHECK(source.line(4) == "");
  CHECK(source.line(0) == "");
}

TEST_CASE("source: only well-formed UTF-8 passes") {
  CHECK_FALSE(Source("t", "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80").check());
  for (const char *wrong : {"a\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF8\x88", "\xC3", "\xE2\x82"})
    CHECK(Source("t", wrong).check());
  auto error = Source("t", "ab\nc\xFF").check();
  REQUIRE(error);
  CHECK(error->place == tgc::Place{"t", 2, 2});
  CHECK(error->message == "this byte (0xff) is not UTF-8");
}

TEST_CASE("source: over 16 MiB is a limit") {
  CHECK_FALSE(Source("t", std::string(sourceLimitBytes, ' ')).check());
  auto error = Source("t", std::string(sourceLimitBytes + 1, ' ')).check();
  REQUIRE(error);
  CHECK(error->kind == tgc::ErrorKind::Limit);
}
