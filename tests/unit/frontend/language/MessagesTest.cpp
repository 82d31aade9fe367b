#include "Wrong.h"
#include <doctest/doctest.h>

using namespace tgc::language;

namespace {
const char *program =
    "fn f(A: f32[4, 8], B: f32[9, 2]) {\n\n  C = einsum(\"ik,kj->ij\", A, B)\n  return C\n}\n";
}

TEST_CASE("messages: the form of the contract") {
  Source source("model.tg", program);
  const Source *sources[] = {&source};
  std::uint32_t k = static_cast<std::uint32_t>(source.text().find("ik,")) + 1;
  tgc::Error error = source.error(
      {k, k + 1}, "index k has extent 8 in operand 0 (A: f32[4, 8]) but 9 in operand 1 (B: f32[9, 2])");
  error.notes.push_back(markAlso(source, {k + 2, k + 3}));
  error.notes.push_back(source.note({5, 6}, "A is declared here"));
  error.notes.push_back(help("A's axis 1 and B's axis 0 share the letter k and must be equal"));
  CHECK(render(error, sources, false) ==
        "model.tg:3:16: error: index k has extent 8 in operand 0 (A: f32[4, 8]) but 9 in operand 1 (B: "
        "f32[9, 2])\n"
        "  C = einsum(\"ik,kj->ij\", A, B)\n"
        "               ^ ~\n"
        "model.tg:1:6: note: A is declared here\n"
        "help: A's axis 1 and B's axis 0 share the letter k and must be equal\n");
}

TEST_CASE("messages: the underline is as long as what is wrong") {
  Source source("t.tg", "\tab\xCE\xB1 + cd\n");
  const Source *sources[] = {&source};
  CHECK(render(source.error({1, 5}, "m"), sources, false) ==
        "t.tg:1:2: error: m\n\tab\xCE\xB1 + cd\n\t^~~\n");
  CHECK(render(source.error({8, 9}, "m"), sources, false) ==
        "t.tg:1:8: error: m\n\tab\xCE\xB1 + cd\n\t      ^\n");
}

TEST_CASE("messages: without a known place or source there is no excerpt") {
  CHECK(render({tgc::ErrorKind::Unavailable, "no such file", {"x.tg", 0, 0}, 1, {}}, {}, false) ==
        "x.tg: error: no such file\n");
  CHECK(render({tgc::ErrorKind::Invalid, "m", {}, 1, {}}, {}, false) == "error: m\n");
  CHECK(render({tgc::ErrorKind::Invalid, "m", {"x.tg", 3, 4}, 1, {}}, {}, false) == "x.tg:3:4: error: m\n");
}

TEST_CASE("messages: long lines are cut around the caret") {
  std::string text(100000, 'a');
  text[50000] = '$';
  Source source("t.tg", text);
  const Source *sources[] = {&source};
  std::string shown = render(source.error({50000, 50001}, "m"), sources, false);
  CHECK(shown.size() < 500);
  std::size_t line = shown.find("..."), dollar = shown.find('$'), caret = shown.find('^'),
              below = shown.find('\n', line) + 1;
  CHECK(dollar - line == caret - below);
}

TEST_CASE("messages: broken bytes and control characters are not passed on") {
  Source source("t.tg", "a\x1b[31m\xFF b");
  const Source *sources[] = {&source};
  std::string shown = render(source.error({0, 1}, "m"), sources, false);
  CHECK(shown == "t.tg:1:1: error: m\na\xEF\xBF\xBD[31m\xEF\xBF\xBD b\n^\n");
}

TEST_CASE("messages: colour wraps words, and only when asked") {
  std::string shown = render({tgc::ErrorKind::Invalid, "m", {"t", 1, 1}, 1, {help("h")}}, {}, true);
  CHECK(shown == "\x1b[1mt:1:1: \x1b[0m\x1b[1;31merror:\x1b[0m m\n\x1b[1;32mhelp:\x1b[0m h\n");
}

TEST_CASE("messages: as JSON") {
  Source source("model.tg", program);
  tgc::Error error = source.error({5, 6}, "a \"quoted\"\nword\x01");
  error.notes = {markAlso(source, {9, 10}), source.note({5, 6}, "here"), help("do")};
  CHECK(renderJson(error) == "{\"error\": {\"kind\": \"invalid\", \"message\": \"a "
                             "\\\"quoted\\\"\\nword\\u0001\", \"file\": \"model.tg\", "
                             "\"line\": 1, \"column\": 6, \"notes\": [{\"kind\": \"note\", \"message\": "
                             "\"here\", \"file\": \"model.tg\", "
                             "\"line\": 1, \"column\": 6}, {\"kind\": \"help\", \"message\": \"do\", "
                             "\"file\": null, \"line\": null, "
                             "\"column\": null}]}}");
  CHECK(quoteJson("\xFFx\\") == "\"\\ufffdx\\\\\"");
}

TEST_CASE("messages: a line of 16 MiB is shown in bounded memory") {
  Source source("t.tg", std::string(sourceLimitBytes, '('));
  const Source *sources[] = {&source};
  std::string shown = render(source.error({sourceLimitBytes - 1, sourceLimitBytes}, "m"), sources, false);
  CHECK(shown.size() < 600);
  CHECK(shown.back() == '\n');
}
