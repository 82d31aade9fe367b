#include "frontend/language/Lexer.h"
#include "dialects/graph/Foreign.h"
#include <algorithm>
#include <iterator>

namespace tgc::language {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Signs beyond ASCII that cannot stand in a name: first and last code point.
struct Range {
  char32_t first, last;
};
constexpr Range notInNames[] = {
    {0x80, 0xA9},        {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},
    {0xF7, 0xF7},        {0x1680, 0x1680}, {0x2000, 0x206F}, {0x20A0, 0x20CF}, {0x2190, 0x2BFF},
    {0x2E00, 0x2E7F},    {0x3000, 0x3020}, {0xD800, 0xF8FF}, {0xFE00, 0xFE6F}, {0xFEFF, 0xFF0F},
    {0xFF1A, 0xFF20},    {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF},
    {0xE0000, 0x10FFFF},
};

bool inName(char32_t c, bool first) {
  if (c < 0x80) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return letter || (!first && c >= '0' && c <= '9');
  }
  return std::none_of(std::begin(notInNames), std::end(notInNames),
                      [&](Range range) { return c >= range.first && c <= range.last; });
}

struct Punctuation {
  std::string_view text;
  TokenKind kind;
};
// Longer signs first.
constexpr Punctuation signs[] = {
    {"...", TokenKind::Ellipsis},    {"**", TokenKind::StarStar},
    {"//", TokenKind::SlashSlash},   {"==", TokenKind::Equal},
    {"!=", TokenKind::NotEqual},     {"<=", TokenKind::LessEqual},
    {">=", TokenKind::GreaterEqual}, {"<<", TokenKind::ShiftLeft},
    {">>", TokenKind::ShiftRight},   {"(", TokenKind::RoundOpen},
    {")", TokenKind::RoundClose},    {"[", TokenKind::SquareOpen},
    {"]", TokenKind::SquareClose},   {"{", TokenKind::CurlyOpen},
    {"}", TokenKind::CurlyClose},    {",", TokenKind::Comma},
    {":", TokenKind::Colon},         {"=", TokenKind::Assign},
    {"+", TokenKind::Plus},          {"-", TokenKind::Minus},
    {"*", TokenKind::Star},          {"/", TokenKind::Slash},
    {"%", TokenKind::Percent},       {"@", TokenKind::At},
    {"<", TokenKind::Less},          {">", TokenKind::Greater},
    {"&", TokenKind::And},           {"|", TokenKind::Or},
    {"^", TokenKind::Xor},           {"~", TokenKind::Tilde},
};

/// Signs of other languages and of word processors, with what to write here.
struct Strange {
  std::string_view text;
  std::string_view message;
  std::string_view advice;
};
constexpr Strange strangers[] = {
    {"&&", "there is no operator '&&'", "write & between bool tensors, with brackets around comparisons"},
    {"||", "there is no operator '||'", "write | between bool tensors, with brackets around comparisons"},
    {"+=", "there is no operator '+='", "a name is bound once; bind a new one"},
    {"-=", "there is no operator '-='", "a name is bound once; bind a new one"},
    {"**=", "there is no operator '**='", "a name is bound once; bind a new one"},
    {"*=", "there is no operator '*='", "a name is bound once; bind a new one"},
    {"//=", "there is no operator '//='", "a name is bound once; bind a new one"},
    {"/=", "there is no operator '/='", "a name is bound once; bind a new one"},
    {"@=", "there is no operator '@='", "a name is bound once; bind a new one"},
    {":=", "there is no operator ':='", "write = on a line of its own"},
    {"->", "a function has no result type", "results take their types from what is returned"},
    {";", "';' ends nothing here", "a statement ends at the end of its line"},
    {"'", "strings are written in double quotes", ""},
    {"\\", "there is no '\\' in the language", "a line goes on inside open brackets"},
    {"!", "there is no operator '!'", "write ~ to negate a bool tensor"},
    {".", "there are no members here", "write operations as calls, for example sum(x)"},
    {"\xE2\x88\x92", "'\xE2\x88\x92' is not a minus sign", "write -"},
    {"\xE2\x80\x93", "'\xE2\x80\x93' is not a minus sign", "write -"},
    {"\xC3\x97", "'\xC3\x97' is not an operator", "write *"},
    {"\xC2\xB7", "'\xC2\xB7' is not an operator", "write * or @"},
    {"\xE2\x80\x9C", "strings are written in straight double quotes", ""},
    {"\xE2\x80\x9D", "strings are written in straight double quotes", ""},
};

} // namespace

std::string_view describe(TokenKind kind) {
  static constexpr std::string_view table[] = {
#define ROW(name, text) text,
      TGC_TOKENS(ROW)
#undef ROW
  };
  return table[static_cast<int>(kind)];
}

std::size_t nameLength(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size()) {
    std::size_t step = sequenceLength(text.substr(length));
    if (step == 0 || !inName(decode(text.substr(length)), length == 0)) break;
    length += step;
  }
  return length;
}

Lexer::Lexer(const Source &source) : source(source) {
  if (rest().starts_with("\xEF\xBB\xBF")) at = 3; // a byte order mark
}

Token Lexer::make(TokenKind kind, std::size_t length) {
  Token token{kind, {at, at + static_cast<std::uint32_t>(length)}};
  at = token.span.end;
  return token;
}

Token Lexer::fail(std::size_t length, std::string message, std::string advice) {
  failure = source.error({at, at + static_cast<std::uint32_t>(length)}, std::move(message));
  if (!advice.empty()) failure->notes.push_back(help(std::move(advice)));
  return {TokenKind::End, {at, at}};
}

void Lexer::skipBlanks() {
  std::string_view text = source.text();
  while (at < text.size()) {
    char c = text[at];
    bool carriage = c == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    bool blank = c == ' ' || c == '\t' || carriage || (c == '\n' && openBrackets > 0);
    if (c == '#') {
      at = static_cast<std::uint32_t>(std::min(text.find('\n', at), text.size()));
    } else if (blank) {
      ++at;
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  if (failure) return {TokenKind::End, {at, at}};
  skipBlanks();
  std::string_view text = rest();
  if (text.empty()) return {TokenKind::End, {at, at}};
  if (text[0] == '\n') return make(TokenKind::LineEnd, 1);
  if (std::size_t length = nameLength(text)) return make(TokenKind::Name, length);
  if (isDigit(text[0]) || (text[0] == '.' && text.size() > 1 && isDigit(text[1]))) return number();
  if (text[0] == '"') return string();
  return punctuation();
}

Token Lexer::number() {
  std::string_view text = rest();
  std::size_t i = 0;
  bool isFloat = false;
  auto digits = [&] {
    while (i < text.size() && isDigit(text[i]))
      ++i;
  };
  digits();
  // `1...` is a number and an ellipsis.
  if (i < text.size() && text[i] == '.' && !text.substr(i).starts_with("...")) {
    isFloat = true;
    ++i;
    digits();
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    std::size_t sign = i + 1 < text.size() && (text[i + 1] == '+' || text[i + 1] == '-') ? 1 : 0;
    if (i + 1 + sign < text.size() && isDigit(text[i + 1 + sign])) {
      isFloat = true;
      i += 1 + sign;
      digits();
    }
  }
  // An imaginary number, as in Python.
  if (i < text.size() && text[i] == 'j' && nameLength(text.substr(i)) == 1) {
    isFloat = true;
    ++i;
  }
  std::size_t tail = 0;
  while (i + tail < text.size() && isDigit(text[i + tail]))
    ++tail;
  tail += nameLength(text.substr(i + tail));
  if (tail > 0) {
    std::string shown(text.substr(0, std::min<std::size_t>(i + tail, 40)));
    return fail(i + tail, "'" + shown + "' is neither a number nor a name",
                "numbers are written like 12, 0.5 or 1e-3; names start with a letter");
  }
  return make(isFloat ? TokenKind::Float : TokenKind::Integer, i);
}

Token Lexer::string() {
  std::string_view text = rest();
  std::size_t end = text.find_first_of("\"\n\\", 1);
  if (end == std::string_view::npos || text[end] == '\n')
    return fail(std::min(end, text.size()), "this string has no closing quote", "a string ends on its line");
  if (text[end] == '\\') return fail(end + 1, "there is no '\\' in a string");
  return make(TokenKind::String, end + 1);
}

/// What a member of other libraries' tensors is called here: for x.T, permute_dims.
static std::string memberAdvice(std::string_view text) {
  std::string_view here = graph::nameHere(text.substr(0, nameLength(text)));
  if (here.empty()) return {};
  const bool turns = here == "permute_dims";
  return "write the operation as a call: " + std::string(here) + (turns ? "(x, [1, 0])" : "(x, ...)");
}

Token Lexer::punctuation() {
  std::string_view text = rest();
  // A longer stranger wins over a known sign; a shorter one loses: `+=` is not `+`, `!=` is not `!`.
  for (const Strange &stranger : strangers) {
    if (!text.starts_with(stranger.text)) continue;
    auto known = std::find_if(std::begin(signs), std::end(signs),
                              [&](const Punctuation &sign) { return text.starts_with(sign.text); });
    if (known != std::end(signs) && known->text.size() >= stranger.text.size()) break;
    std::string advice = stranger.text == "." ? memberAdvice(text.substr(1)) : std::string();
    return fail(stranger.text.size(), std::string(stranger.message),
                advice.empty() ? std::string(stranger.advice) : advice);
  }
  for (const Punctuation &sign : signs) {
    if (!text.starts_with(sign.text)) continue;
    if (sign.kind == TokenKind::RoundOpen || sign.kind == TokenKind::SquareOpen) ++openBrackets;
    bool closes = sign.kind == TokenKind::RoundClose || sign.kind == TokenKind::SquareClose;
    if (closes && openBrackets > 0) --openBrackets;
    return make(sign.kind, sign.text.size());
  }
  return strange();
}

Token Lexer::strange() {
  std::string_view text = rest();
  char32_t c = decode(text);
  if (c < 0x20 || c == 0x7F || !inName(c, true)) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string code;
    for (int shift = c > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4)
      code += digits[c >> shift & 15];
    bool shown = c > 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0) && c != 0xFEFF &&
                 !(c >= 0x2000 && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202E);
    std::string sign =
        shown ? "'" + std::string(text.substr(0, sequenceLength(text))) + "' (U+" + code + ")" : "U+" + code;
    return fail(sequenceLength(text), "the character " + sign + " has no meaning here");
  }
  return fail(1, "this character has no meaning here");
}

} // namespace tgc::language
