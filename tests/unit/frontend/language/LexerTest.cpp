#include "frontend/language/Lexer.h"
#include "Wrong.h"
#include <doctest/doctest.h>

using namespace tgc::language;

namespace {
std::string tokens(std::string text) {
  Source source("t.tg", std::move(text));
  Lexer lexer(source);
  std::string out;
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next())
    out += token.kind == TokenKind::LineEnd ? "; " : std::string(source.text(token.span)) + " ";
  return lexer.error() ? "error: " + lexer.error()->message : out;
}
} // namespace

TEST_CASE("lexer: the longest sign wins") {
  CHECK(tokens("a**b//c<=d<<e==f!=g...") == "a ** b // c <= d << e == f != g ... ");
  CHECK(tokens("a***b") == "a ** * b ");
  CHECK(tokens("1...2.5e-3 .5 1. 1e5 x[1:]") == "1 ... 2.5e-3 .5 1. 1e5 x [ 1 : ] ");
}

TEST_CASE("lexer: a line's end is a token, but not inside round and square brackets") {
  CHECK(tokens("a\nb") == "a ; b ");
  CHECK(tokens("f(a,\n b[\n1])\nc") == "f ( a , b [ 1 ] ) ; c ");
  CHECK(tokens("a # note\r\nb") == "a ; b ");
  CHECK(tokens("{\na}") == "{ ; a } ");
}

TEST_CASE("lexer: names may hold letters of any script") {
  CHECK(tokens("\xCE\xB1 \xC3\xA9t\xC3\xA9_1 _x") == "\xCE\xB1 \xC3\xA9t\xC3\xA9_1 _x ");
  CHECK(tokens("\xEF\xBB\xBF"
               "a") == "a ");
}

TEST_CASE("lexer: what is no token says what to write") {
  CHECK(tokens("1_000") == "error: '1_000' is neither a number nor a name");
  CHECK(tokens("0x10") == "error: '0x10' is neither a number nor a name");
  CHECK(tokens("2x") == "error: '2x' is neither a number nor a name");
  CHECK(tokens("1.2.3") == "1.2 .3 ");
  CHECK(tokens("\"abc") == "error: this string has no closing quote");
  CHECK(tokens("\"abc\n\"") == "error: this string has no closing quote");
  CHECK(tokens("\"a\\n\"") == "error: there is no '\\' in a string");
  CHECK(tokens("'a'") == "error: strings are written in double quotes");
  CHECK(tokens("a && b") == "error: there is no operator '&&'");
  CHECK(tokens("a += b") == "error: there is no operator '+='");
  CHECK(tokens("a **= b") == "error: there is no operator '**='");
  CHECK(tokens("x.T") == "error: there are no members here");
  CHECK(tokens("a; b") == "error: ';' ends nothing here");
  CHECK(tokens("a \xE2\x88\x92 b") == "error: '\xE2\x88\x92' is not a minus sign");
  CHECK(tokens("a $ b") == "error: the character '$' (U+0024) has no meaning here");
  CHECK(tokens(std::string("a\0b", 3)) == "error: the character U+0000 has no meaning here");
  CHECK(tokens("\xF0\x9F\x98\x80") ==
        "error: the character '\xF0\x9F\x98\x80' (U+01F600) has no meaning here");
}
