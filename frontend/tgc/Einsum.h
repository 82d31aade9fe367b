// Einstein summation: as text, as a literal that the C++ compiler checks, and as lists of index numbers.
#pragma once
#include "tgc/Expr.h"
#include <algorithm>
#include <limits>

namespace tgc {

/// Sums products over indices: einsum("ij,jk->ik", a, b) maps (I,J),(J,K) to (I,K).
/// The text means what it means in NumPy: implicit and explicit output, ellipsis, repeated letters,
/// broadcasting. Cost: the order of pairwise contractions is chosen at compile time. Errors: Invalid if the
/// text does not parse or an index has two extents (letter, operands and extents named).
template <typename... Operands> Expr einsum(Arg equation, Operands &&...operands) {
  return apply("einsum", {{"equation", equation}, {"tensors", Arg::List{Arg(operands, equation.here)...}}},
               equation.here);
}

/// Stands for the axes under an ellipsis in a list of index numbers.
inline constexpr std::int64_t dots = std::numeric_limits<std::int64_t>::min();

/// An operand and the index number of each of its axes.
struct Indexed {
  Expr tensor;
  Ints indices;
};

namespace detail {

/// The code point that stands for the index of this rank: letters from U+00C0 on, in ascending order, so that
/// the implicit output is ascending too.
inline void appendIndex(std::string &text, std::size_t rank) {
  std::size_t point = rank + 0xc0;
  if (point >= 0xd800) point += 0x800; // surrogates are no characters
  auto tail = [&](int shift) { text.push_back(char(0x80 | (point >> shift & 0x3f))); };
  if (point < 0x800) {
    text.push_back(char(0xc0 | point >> 6));
  } else if (point < 0x10000) {
    text.push_back(char(0xe0 | point >> 12));
    tail(6);
  } else {
    text.push_back(char(0xf0 | point >> 18));
    tail(12);
    tail(6);
  }
  tail(0);
}

} // namespace detail

/// The text of index lists; any numbers serve as indices, `dots` as the ellipsis. Without `output` it is
/// the numbers that appear once, ascending. At most 1,111,872 different numbers: beyond that the text is
/// empty.
inline std::string einsumText(const std::vector<Ints> &operands,
                              const std::optional<Ints> &output = std::nullopt) {
  Ints numbers;
  for (const Ints &list : operands)
    numbers.insert(numbers.end(), list.begin(), list.end());
  if (output) numbers.insert(numbers.end(), output->begin(), output->end());
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (!numbers.empty() && numbers.front() == dots) numbers.erase(numbers.begin());
  if (numbers.size() > 1'111'872) return "";
  std::string text;
  auto append = [&](const Ints &list) {
    for (std::int64_t index : list)
      if (index == dots)
        text += "...";
      else
        detail::appendIndex(
            text, std::size_t(std::lower_bound(numbers.begin(), numbers.end(), index) - numbers.begin()));
  };
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i) text += ',';
    append(operands[i]);
  }
  if (output) {
    text += "->";
    append(*output);
  }
  return text;
}

/// The interleaved form: einsum({{a, {0, 1}}, {b, {1, 2}}}, Ints{0, 2}), for more indices than an alphabet
/// has letters and for equations that programs write.
inline Expr einsum(const std::vector<Indexed> &operands, const std::optional<Ints> &output = std::nullopt,
                   Arg::Here here = Arg::Here::current()) {
  std::vector<Ints> lists;
  Arg::List tensors;
  for (const Indexed &operand : operands) {
    lists.push_back(operand.indices);
    tensors.push_back(Arg(operand.tensor, here));
  }
  return apply("einsum",
               {{"equation", Arg(einsumText(lists, output), here)}, {"tensors", Arg(tensors, here)}}, here);
}

namespace detail {

template <std::size_t N> struct EinsumLiteral {
  char text[N]{};
  consteval EinsumLiteral(const char (&from)[N]) { std::copy_n(from, N, text); }
};

// Called where a literal is wrong: not constexpr, so the C++ compiler stops there and shows the name.
void einsumHasACharacterThatIsNoLetter();
void einsumHasADashWithoutArrow();
void einsumHasTwoArrows();
void einsumHasACommaAfterTheArrow();
void einsumHasDotsThatAreNoEllipsis();
void einsumHasTwoEllipsesInOneTerm();
void einsumHasAnOutputIndexTwice();
void einsumHasAnOutputIndexInNoOperand();

/// Reads a literal at compile time.
template <std::size_t N> class EinsumReader {
public:
  consteval explicit EinsumReader(const char (&text)[N]) {
    while (at + 1 < N)
      step(text);
  }
  std::size_t operands = 1;

private:
  consteval void step(const char (&text)[N]) {
    char c = text[at++];
    if (c == ' ') return;
    if (c == ',') {
      if (arrow) einsumHasACommaAfterTheArrow();
      ++operands;
      ellipsis = false;
    } else if (c == '-') {
      if (at + 1 >= N || text[at++] != '>') einsumHasADashWithoutArrow();
      if (arrow) einsumHasTwoArrows();
      arrow = true;
      ellipsis = false;
      lettersOfOperands = count;
    } else if (c == '.') {
      if (at + 2 >= N || text[at] != '.' || text[at + 1] != '.') einsumHasDotsThatAreNoEllipsis();
      at += 2;
      if (ellipsis) einsumHasTwoEllipsesInOneTerm();
      ellipsis = true;
    } else {
      letter(text, static_cast<unsigned char>(c));
    }
  }
  consteval void letter(const char (&text)[N], unsigned char lead) {
    bool plain = (lead >= 'a' && lead <= 'z') || (lead >= 'A' && lead <= 'Z');
    if (!plain && lead < 0xc3) einsumHasACharacterThatIsNoLetter();
    char32_t point = lead;
    if (!plain)
      while (at + 1 < N && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80)
        point = point << 8 | static_cast<unsigned char>(text[at++]);
    if (arrow) {
      bool known = false;
      for (std::size_t i = 0; i < lettersOfOperands; ++i)
        known |= letters[i] == point;
      if (!known) einsumHasAnOutputIndexInNoOperand();
      for (std::size_t i = lettersOfOperands; i < count; ++i)
        if (letters[i] == point) einsumHasAnOutputIndexTwice();
    }
    letters[count++] = point;
  }
  char32_t letters[N]{};
  std::size_t at = 0, count = 0, lettersOfOperands = 0;
  bool arrow = false, ellipsis = false;
};

} // namespace detail

/// What `"ij,jk->ik"_einsum` is: a function of as many operands as the text has terms.
template <detail::EinsumLiteral Literal> struct Einsum {
  static constexpr std::size_t operands = detail::EinsumReader(Literal.text).operands;
  static constexpr std::string_view text = Literal.text;
  template <typename... Operands> Expr operator()(Arg first, Operands &&...rest) const {
    static_assert(1 + sizeof...(rest) == operands, "as many operands as the einsum's text has terms");
    return apply("einsum",
                 {{"equation", Arg(text, first.here)},
                  {"tensors", Arg(Arg::List{first, Arg(rest, first.here)...}, first.here)}},
                 first.here);
  }
};

namespace literals {
/// "ij,jk->ik"_einsum(a, b): the text is checked while C++ compiles; extents are checked when the graph is
/// built.
template <detail::EinsumLiteral Literal> consteval Einsum<Literal> operator""_einsum() { return {}; }
} // namespace literals
using namespace literals;

} // namespace tgc
