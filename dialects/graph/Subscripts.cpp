// The parser of subscript text. Linear, no recursion, any bytes accepted; see Indices.h for the meaning.
#include "dialects/graph/Indices.h"
#include <algorithm>
#include <array>
#include <unordered_map>

namespace tgc::graph {
namespace {

/// One term of the text: letters before and after its ellipsis.
struct Term {
  std::vector<char32_t> letters;
  std::vector<std::int64_t> columns;
  std::int64_t ellipsis = -1; ///< number of letters before the ellipsis, -1 without one
  std::int64_t ellipsisColumn = -1;
  std::int64_t start = 0; ///< column of the term
};

/// "1 operand", "2 operands".
std::string counted(std::size_t count, const char *one, const char *many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string quoted(char32_t point) {
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
    static constexpr char digits[] = "0123456789abcdef";
    return std::string("byte 0x") + digits[(point >> 4) & 15] + digits[point & 15];
  }
  std::string text = "'";
  if (point < 0x80)
    text.push_back(char(point));
  else { // only U+00A0..U+00BF come here
    text.push_back(char(0xc0 | (point >> 6)));
    text.push_back(char(0x80 | (point & 0x3f)));
  }
  return text + "'";
}

bool isLetter(char32_t point) {
  return (point >= U'a' && point <= U'z') || (point >= U'A' && point <= U'Z') || point >= 0xc0;
}

bool isSpace(char32_t point) { return point == U' ' || (point >= 9 && point <= 13); }

/// Reads code points; a broken sequence is an error, never skipped.
class Reader {
public:
  explicit Reader(std::string_view text) : text(text) {}
  bool atEnd() const { return offset >= text.size(); }
  std::int64_t column() const { return count; }

  /// The next code point, or nothing for text that is not UTF-8.
  std::optional<char32_t> next() {
    auto lead = static_cast<unsigned char>(text[offset]);
    int length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (!length || lead > 0xf4 || offset + std::size_t(length) > text.size()) return std::nullopt;
    char32_t point = length == 1 ? lead : lead & (0x7f >> length);
    for (int i = 1; i < length; ++i) {
      auto byte = static_cast<unsigned char>(text[offset + std::size_t(i)]);
      if ((byte & 0xc0) != 0x80) return std::nullopt;
      point = (point << 6) | (byte & 0x3f);
    }
    static constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[std::size_t(length)] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      return std::nullopt;
    offset += std::size_t(length);
    ++count;
    return point;
  }
  bool take(char expected) {
    if (atEnd() || text[offset] != expected) return false;
    ++offset;
    ++count;
    return true;
  }

private:
  std::string_view text;
  std::size_t offset = 0;
  std::int64_t count = 0;
};

struct Terms {
  std::vector<Term> operands;
  std::optional<Term> output;
};

class TermParser {
public:
  explicit TermParser(std::string_view text) : reader(text) {}

  Checked<Terms> parse() {
    terms.operands.emplace_back();
    while (!reader.atEnd()) {
      std::int64_t column = reader.column();
      auto point = reader.next();
      if (!point) return error("the subscripts are not UTF-8 here", column);
      if (isSpace(*point)) continue;
      if (auto failure = step(*point, column)) return *failure;
    }
    return std::move(terms);
  }

private:
  EquationError error(std::string message, std::int64_t column, std::int64_t length = 1) const {
    return {std::move(message), terms.output ? -1 : std::int64_t(terms.operands.size()) - 1, column, length};
  }
  Term &term() { return terms.output ? *terms.output : terms.operands.back(); }

  std::optional<EquationError> step(char32_t point, std::int64_t column) {
    if (isLetter(point)) {
      term().letters.push_back(point);
      term().columns.push_back(column);
      return std::nullopt;
    }
    switch (point) {
    case U',':
      if (terms.output) return error("',' after '->': there is one output", column);
      terms.operands.emplace_back().start = column + 1;
      return std::nullopt;
    case U'-':
      if (!reader.take('>')) return error("'-' that is not part of '->'", column);
      if (terms.output) return error("'->' appears twice", column, 2);
      terms.output.emplace().start = column + 2;
      return std::nullopt;
    case U'.':
      if (!reader.take('.') || !reader.take('.')) return error("'.' that is not part of '...'", column);
      if (term().ellipsis >= 0) return error("two ellipses in one term", column, 3);
      term().ellipsis = std::int64_t(term().letters.size());
      term().ellipsisColumn = column;
      return std::nullopt;
    default:
      return error(quoted(point) + " is not a letter, ',', '...' or '->'", column);
    }
  }

  Reader reader;
  Terms terms;
};

/// Numbers the letters and the ellipsis axes of parsed terms.
class Resolver {
public:
  Resolver(Terms terms, std::optional<std::span<const std::uint32_t>> ranks)
      : terms(std::move(terms)), ranks(ranks) {}

  Checked<Equation> resolve() {
    if (auto failure = countAxes()) return *failure;
    for (std::size_t i = 0; i < terms.operands.size(); ++i)
      addOperand(terms.operands[i], hidden[i]);
    if (auto failure = terms.output ? explicitOutput() : implicitOutput()) return *failure;
    return std::move(equation);
  }

private:
  /// How many axes stand under each operand's ellipsis.
  std::optional<EquationError> countAxes() {
    if (ranks && ranks->size() != terms.operands.size())
      return EquationError{"the equation has " + counted(terms.operands.size(), "operand", "operands") +
                               " but " + counted(ranks->size(), "was given", "were given"),
                           -1, 0, -1};
    for (std::size_t i = 0; i < terms.operands.size(); ++i) {
      const Term &term = terms.operands[i];
      std::size_t named = term.letters.size();
      hidden.push_back(0);
      if (term.ellipsis >= 0 && !ranks)
        return EquationError{"'...' needs operands of known rank", std::int64_t(i), term.ellipsisColumn, 3};
      if (!ranks) continue;
      std::size_t rank = (*ranks)[i];
      if (rank < named || (rank > named && term.ellipsis < 0))
        return EquationError{"operand " + std::to_string(i) + " has " + counted(rank, "axis", "axes") +
                                 " but its subscripts name " + std::to_string(named),
                             std::int64_t(i), term.start, std::max<std::int64_t>(1, std::int64_t(named))};
      hidden.back() = rank - named;
      widest = std::max(widest, hidden.back());
    }
    return std::nullopt;
  }

  Index indexOf(char32_t letter) {
    auto [place, fresh] = known.try_emplace(letter, Index(equation.names.size()));
    if (fresh) {
      equation.names.push_back(letter);
      count.push_back(0);
    }
    return place->second;
  }

  /// The ellipsis axis at `fromRight`, numbered when it is first met.
  Index ellipsisIndex(std::size_t fromRight) {
    while (ellipsis.size() <= fromRight)
      ellipsis.push_back(unnamed);
    if (ellipsis[fromRight] == unnamed) {
      ellipsis[fromRight] = Index(equation.names.size());
      equation.names.push_back(0);
      count.push_back(0);
    }
    return ellipsis[fromRight];
  }

  void addOperand(const Term &term, std::size_t axes) {
    auto &operand = equation.operands.emplace_back();
    operand.reserve(term.letters.size() + axes);
    auto addEllipsis = [&] {
      for (std::size_t i = axes; i-- > 0;)
        operand.push_back(ellipsisIndex(i));
    };
    for (std::size_t i = 0; i < term.letters.size(); ++i) {
      if (term.ellipsis == std::int64_t(i)) addEllipsis();
      operand.push_back(indexOf(term.letters[i]));
    }
    if (term.ellipsis == std::int64_t(term.letters.size())) addEllipsis();
    for (Index index : operand)
      ++count[index];
    // Columns serve messages: exact for terms without spaces and ellipsis, the term's start otherwise.
    equation.columns.push_back(term.columns.empty() ? term.start : term.columns.front());
  }

  void outputEllipsis() {
    for (std::size_t i = widest; i-- > 0;)
      equation.output.push_back(ellipsisIndex(i));
  }

  std::optional<EquationError> explicitOutput() {
    const Term &term = *terms.output;
    std::vector<char> taken(equation.names.size(), 0);
    for (std::size_t i = 0; i < term.letters.size(); ++i) {
      if (term.ellipsis == std::int64_t(i)) outputEllipsis();
      auto place = known.find(term.letters[i]);
      if (place == known.end()) {
        Equation named;
        named.names.push_back(term.letters[i]);
        return EquationError{"output letter " + nameOfIndex(named, 0) + " is in no operand", -1,
                             term.columns[i]};
      }
      if (taken[place->second])
        return EquationError{"output letter " + nameOfIndex(equation, place->second) + " appears twice", -1,
                             term.columns[i]};
      taken[place->second] = 1;
      equation.output.push_back(place->second);
    }
    if (term.ellipsis == std::int64_t(term.letters.size())) outputEllipsis();
    if (term.ellipsis < 0 && widest > 0)
      return EquationError{"the output has no '...' for the " + counted(widest, "axis", "axes") +
                               " under the operands' '...'",
                           -1, term.start, std::max<std::int64_t>(1, std::int64_t(term.letters.size()))};
    return std::nullopt;
  }

  std::optional<EquationError> implicitOutput() {
    outputEllipsis();
    std::vector<Index> once;
    for (Index i = 0; i < count.size(); ++i)
      if (equation.names[i] && count[i] == 1) once.push_back(i);
    std::sort(once.begin(), once.end(),
              [&](Index a, Index b) { return equation.names[a] < equation.names[b]; });
    equation.output.insert(equation.output.end(), once.begin(), once.end());
    return std::nullopt;
  }

  static constexpr Index unnamed = ~Index(0);
  Terms terms;
  std::optional<std::span<const std::uint32_t>> ranks;
  Equation equation;
  std::unordered_map<char32_t, Index> known;
  std::vector<std::uint32_t> count;
  std::vector<Index> ellipsis;     // by distance from the right
  std::vector<std::size_t> hidden; // axes under each operand's ellipsis
  std::size_t widest = 0;
};

} // namespace

Checked<Equation> parseEquation(std::string_view text, std::optional<std::span<const std::uint32_t>> ranks) {
  auto terms = TermParser(text).parse();
  if (auto *error = std::get_if<EquationError>(&terms)) return *error;
  return Resolver(std::move(std::get<Terms>(terms)), ranks).resolve();
}

} // namespace tgc::graph
