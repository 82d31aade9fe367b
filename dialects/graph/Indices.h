// The algebra of einsum letters: text to index lists and back, extents, and the equations derived from an
// equation. Plain C++ on purpose: the graph dialect and the contraction planner both stand on it, and it is
// fuzzed alone. The meaning is NumPy's and opt_einsum's; where they differ the stricter one is taken, except
// for the letters: any code point from U+00C0 on is a letter, as opt_einsum has it.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tgc::graph {

/// An einsum letter: a dense number counted in order of first appearance, so that equal equations compare
/// equal.
using Index = std::uint32_t;

/// Why an equation is refused. `column` and `length` count code points in the text, from 0; -1 is unknown.
struct EquationError {
  std::string message;
  std::int64_t operand = -1;
  std::int64_t column = -1;
  std::int64_t length = 1;
  /// Where two operands clash over a letter: the other one, its column, and the axes of both.
  std::int64_t otherOperand = -1, otherColumn = -1, axis = -1, otherAxis = -1;
};

template <typename T> using Checked = std::variant<T, EquationError>;

/// A contraction: the indices of each operand's axes and of the result's. Indices absent from `output` are
/// summed.
struct Equation {
  std::vector<std::vector<Index>> operands;
  std::vector<Index> output;
  /// The letter each index was written as; 0 for an axis that stands under an ellipsis.
  std::vector<char32_t> names;
  /// Where an operand's letters start in the text, in code points; empty when there was no text.
  std::vector<std::int64_t> columns;

  std::size_t indexCount() const { return names.size(); }
  /// Same contraction, whatever the letters are called.
  bool operator==(const Equation &other) const {
    return operands == other.operands && output == other.output;
  }
};

/// Parses "ij,jk->ik". With `ranks` the operands' ranks are checked and each ellipsis is expanded into fresh
/// indices, aligned at the right; without them an ellipsis is an error. Implicit output: ellipsis axes, then
/// the letters that appear once, in code point order. Cost: linear in the text, and the sum of the ranks.
Checked<Equation> parseEquation(std::string_view text,
                                std::optional<std::span<const std::uint32_t>> ranks = std::nullopt);

/// The equation of index lists (the interleaved form); any numbers serve as indices. Without `output` it is
/// the numbers that appear once, ascending.
Checked<Equation> makeEquation(std::span<const std::vector<std::int64_t>> operands,
                               std::optional<std::span<const std::int64_t>> output = std::nullopt);

/// Checks what parsing guarantees, for equations built by hand: known indices, no index twice in the output,
/// and every output index in some operand.
std::optional<EquationError> verifyEquation(const Equation &equation);

/// The text of an equation in canonical letters: a-z, A-Z, then code points from U+00C0 on. Parses back to an
/// equal equation. Empty when there are more indices than code points (1,111,924).
std::string printEquation(const Equation &equation);

/// The canonical letter of index number `position`; 0 beyond the last one.
char32_t canonicalLetter(std::size_t position);

/// How a message names an index: its letter, or "..." and its place.
std::string nameOfIndex(const Equation &equation, Index index);

/// An axis of extent 1 that meets a larger extent (or 0) in another operand: to be dropped before
/// contracting.
struct BroadcastAxis {
  std::uint32_t operand, axis;
  bool operator==(const BroadcastAxis &) const = default;
};

/// Extents of all indices, in elements, and the axes that broadcast.
struct Extents {
  std::vector<std::int64_t> of;
  std::vector<BroadcastAxis> broadcast;
};

/// Gives each index its extent. Error: `index k has extent 8 in operand 0 but 9 in operand 1`.
Checked<Extents> bindExtents(const Equation &equation, std::span<const std::vector<std::int64_t>> shapes);

/// The equation whose operands lack the axes of `axes` (ascending by operand and axis).
Equation withoutAxes(const Equation &equation, std::span<const BroadcastAxis> axes);

/// The roles of the indices of a contraction of two operands without repeated letters, each list in the order
/// of its first holder: lhs for batch, m, k and aloneLhs, rhs for n and aloneRhs.
struct PairRoles {
  std::vector<Index> batch;    ///< in both operands and in the result
  std::vector<Index> m;        ///< in the left operand and the result
  std::vector<Index> n;        ///< in the right operand and the result
  std::vector<Index> k;        ///< in both operands, summed
  std::vector<Index> aloneLhs; ///< in the left operand only, summed
  std::vector<Index> aloneRhs; ///< in the right operand only, summed
};
PairRoles classifyPair(std::span<const Index> lhs, std::span<const Index> rhs, std::span<const Index> output);

/// The linear transpose of a contraction in one operand.
struct Adjoint {
  /// The same operands with `operand` replaced by the result's cotangent; its output is the operand's
  /// distinct indices that any of them knows, in the operand's order.
  Equation equation;
  /// Indices only the operand has: it was summed over them, so the cotangent is repeated along them.
  std::vector<Index> broadcast;
  /// The operand names an index twice: the result is written onto a diagonal, zero elsewhere.
  bool diagonal = false;
};
Adjoint adjointEquation(const Equation &equation, std::size_t operand);

} // namespace tgc::graph
