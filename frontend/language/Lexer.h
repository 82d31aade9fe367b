// Text to tokens, one at a time. A line's end is a token, except inside round and square brackets.
#pragma once
#include "frontend/language/Source.h"

namespace tgc::language {

// name, text as messages show it
#define TGC_TOKENS(ROW)                                                                                      \
  ROW(End, "the end of the program")                                                                         \
  ROW(LineEnd, "the end of the line")                                                                        \
  ROW(Name, "a name")                                                                                        \
  ROW(Integer, "a number")                                                                                   \
  ROW(Float, "a number")                                                                                     \
  ROW(String, "a string")                                                                                    \
  ROW(RoundOpen, "'('")                                                                                      \
  ROW(RoundClose, "')'")                                                                                     \
  ROW(SquareOpen, "'['")                                                                                     \
  ROW(SquareClose, "']'")                                                                                    \
  ROW(CurlyOpen, "'{'")                                                                                      \
  ROW(CurlyClose, "'}'")                                                                                     \
  ROW(Comma, "','")                                                                                          \
  ROW(Colon, "':'")                                                                                          \
  ROW(Assign, "'='")                                                                                         \
  ROW(Ellipsis, "'...'")                                                                                     \
  ROW(Plus, "'+'")                                                                                           \
  ROW(Minus, "'-'")                                                                                          \
  ROW(Star, "'*'")                                                                                           \
  ROW(Slash, "'/'")                                                                                          \
  ROW(SlashSlash, "'//'")                                                                                    \
  ROW(Percent, "'%'")                                                                                        \
  ROW(StarStar, "'**'")                                                                                      \
  ROW(At, "'@'")                                                                                             \
  ROW(Equal, "'=='")                                                                                         \
  ROW(NotEqual, "'!='")                                                                                      \
  ROW(Less, "'<'")                                                                                           \
  ROW(LessEqual, "'<='")                                                                                     \
  ROW(Greater, "'>'")                                                                                        \
  ROW(GreaterEqual, "'>='")                                                                                  \
  ROW(And, "'&'")                                                                                            \
  ROW(Or, "'|'")                                                                                             \
  ROW(Xor, "'^'")                                                                                            \
  ROW(Tilde, "'~'")                                                                                          \
  ROW(ShiftLeft, "'<<'")                                                                                     \
  ROW(ShiftRight, "'>>'")

enum class TokenKind : std::uint8_t {
#define ROW(name, text) name,
  TGC_TOKENS(ROW)
#undef ROW
};

/// "'('", "a name", ...
std::string_view describe(TokenKind kind);

struct Token {
  TokenKind kind = TokenKind::End;
  Span span;
};

/// Needs a source that passed `check`. After an error, and after the end, every token is End.
class Lexer {
public:
  explicit Lexer(const Source &source);
  Token next();
  const std::optional<Error> &error() const { return failure; }

private:
  Token make(TokenKind kind, std::size_t length);
  Token fail(std::size_t length, std::string message, std::string advice = {});
  void skipBlanks();
  Token number();
  Token string();
  Token punctuation();
  Token strange();
  std::string_view rest() const { return source.text().substr(at); }

  const Source &source;
  std::uint32_t at = 0;
  std::uint32_t openBrackets = 0;
  std::optional<Error> failure;
};

/// The bytes of the name at the front of `text`, 0 if none. Names start with a letter or `_`; all of
/// Unicode's letters are allowed, and (because no tables are kept) most other signs beyond ASCII that are not
/// spaces, punctuation, arrows, mathematical operators or pictures.
std::size_t nameLength(std::string_view text);

} // namespace tgc::language
