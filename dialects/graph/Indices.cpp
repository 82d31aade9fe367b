// Letters after parsing: extents, printing, and derived equations. See Indices.h.
#include "dialects/graph/Indices.h"
#include <algorithm>
#include <unordered_map>

namespace tgc::graph {
namespace {

constexpr Index absent = ~Index(0);

void appendUtf8(std::string &text, char32_t point) {
  auto tail = [&](int shift) { text.push_back(char(0x80 | ((point >> shift) & 0x3f))); };
  if (point < 0x80) {
    text.push_back(char(point));
  } else if (point < 0x800) {
    text.push_back(char(0xc0 | (point >> 6)));
    tail(0);
  } else if (point < 0x10000) {
    text.push_back(char(0xe0 | (point >> 12)));
    tail(6);
    tail(0);
  } else {
    text.push_back(char(0xf0 | (point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string shapeText(const std::vector<std::int64_t> &shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

bool contains(std::span<const Index> list, Index index) {
  return std::find(list.begin(), list.end(), index) != list.end();
}

} // namespace

char32_t canonicalLetter(std::size_t position) {
  if (position < 26) return char32_t(U'a' + position);
  if (position < 52) return char32_t(U'A' + (position - 26));
  std::size_t point = position - 52 + 0xc0;
  if (point >= 0xd800) point += 0x800; // surrogates are not characters
  return point <= 0x10ffff ? char32_t(point) : 0;
}

std::string printEquation(const Equation &equation) {
  std::vector<char32_t> letters(equation.indexCount(), 0);
  std::size_t used = 0;
  std::string text;
  bool fits = true;
  auto append = [&](Index index) {
    if (!letters[index]) letters[index] = canonicalLetter(used++);
    fits &= letters[index] != 0;
    appendUtf8(text, letters[index]);
  };
  for (std::size_t i = 0; i < equation.operands.size(); ++i) {
    if (i) text.push_back(',');
    for (Index index : equation.operands[i])
      append(index);
  }
  text += "->";
  for (Index index : equation.output)
    append(index);
  return fits ? text : std::string();
}

std::string nameOfIndex(const Equation &equation, Index index) {
  char32_t name = index < equation.names.size() ? equation.names[index] : 0;
  if (!name) return "of '...'";
  std::string text;
  appendUtf8(text, name);
  return text;
}

Checked<Equation> makeEquation(std::span<const std::vector<std::int64_t>> operands,
                               std::optional<std::span<const std::int64_t>> output) {
  Equation equation;
  std::unordered_map<std::int64_t, Index> known;
  std::vector<std::uint32_t> count;
  std::vector<std::int64_t> written;
  for (const auto &list : operands) {
    auto &operand = equation.operands.emplace_back();
    for (std::int64_t number : list) {
      auto [place, fresh] = known.try_emplace(number, Index(count.size()));
      if (fresh) {
        count.push_back(0);
        written.push_back(number);
      }
      ++count[place->second];
      operand.push_back(place->second);
    }
  }
  for (std::size_t i = 0; i < count.size(); ++i)
    equation.names.push_back(canonicalLetter(i));
  if (output) {
    std::vector<char> taken(count.size(), 0);
    for (std::int64_t number : *output) {
      auto place = known.find(number);
      if (place == known.end())
        return EquationError{"output index " + std::to_string(number) + " is in no operand", -1, -1};
      if (taken[place->second])
        return EquationError{"output index " + std::to_string(number) + " appears twice", -1, -1};
      taken[place->second] = 1;
      equation.output.push_back(place->second);
    }
  } else {
    for (Index i = 0; i < count.size(); ++i)
      if (count[i] == 1) equation.output.push_back(i);
    std::sort(equation.output.begin(), equation.output.end(),
              [&](Index a, Index b) { return written[a] < written[b]; });
  }
  return equation;
}

std::optional<EquationError> verifyEquation(const Equation &equation) {
  std::vector<char> seen(equation.indexCount(), 0);
  for (std::size_t i = 0; i < equation.operands.size(); ++i)
    for (Index index : equation.operands[i]) {
      if (index >= seen.size()) return EquationError{"an index has no name", std::int64_t(i), -1};
      seen[index] = 1;
    }
  for (Index index : equation.output) {
    if (index >= seen.size() || !seen[index])
      return EquationError{"output index " + nameOfIndex(equation, index) + " is in no operand", -1, -1};
    if (seen[index] == 2)
      return EquationError{"output index " + nameOfIndex(equation, index) + " appears twice", -1, -1};
    seen[index] = 2;
  }
  return std::nullopt;
}

namespace {

/// Collects the extent of each index and remembers which operand said so, for the message.
struct ExtentBinder {
  const Equation &equation;
  std::vector<std::int64_t> extent, from, fromAxis, lastOperand, lastExtent;

  explicit ExtentBinder(const Equation &equation)
      : equation(equation), extent(equation.indexCount(), -1), from(extent), fromAxis(extent),
        lastOperand(extent), lastExtent(extent) {}

  EquationError clash(std::size_t axis, Index index, std::int64_t have, std::int64_t haveIn, std::int64_t now,
                      std::int64_t nowIn) const {
    std::string message = "index " + nameOfIndex(equation, index) + " has extent " + std::to_string(have) +
                          " in operand " + std::to_string(haveIn) + " but " + std::to_string(now);
    message += haveIn == nowIn ? " on another axis of it" : " in operand " + std::to_string(nowIn);
    EquationError error{message, nowIn, columnOf(nowIn, std::int64_t(axis), index)};
    if (haveIn == nowIn) return error;
    error.otherOperand = haveIn;
    error.axis = std::int64_t(axis);
    error.otherAxis = fromAxis[index];
    error.otherColumn = columnOf(haveIn, error.otherAxis, index);
    return error;
  }

  std::int64_t columnOf(std::int64_t operand, std::int64_t axis, Index index) const {
    bool known = std::size_t(operand) < equation.columns.size() && equation.names[index];
    return known ? equation.columns[std::size_t(operand)] + axis : -1;
  }

  std::optional<EquationError> add(std::size_t operand, const std::vector<std::int64_t> &shape) {
    const auto &indices = equation.operands[operand];
    if (indices.size() != shape.size())
      return EquationError{"operand " + std::to_string(operand) + " has shape " + shapeText(shape) + " but " +
                               std::to_string(indices.size()) + " indices",
                           std::int64_t(operand), -1};
    auto self = std::int64_t(operand);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      Index index = indices[axis];
      std::int64_t now = shape[axis];
      if (now < 0)
        return EquationError{"operand " + std::to_string(operand) + " has a negative extent", self, -1};
      // A diagonal must be square: extents of 1 broadcast between operands, never within one.
      if (lastOperand[index] == self && lastExtent[index] != now)
        return clash(axis, index, lastExtent[index], self, now, self);
      lastOperand[index] = self;
      lastExtent[index] = now;
      std::int64_t &have = extent[index];
      if (have < 0 || have == 1) {
        have = now;
        from[index] = self;
        fromAxis[index] = std::int64_t(axis);
      } else if (now != 1 && now != have) {
        return clash(axis, index, have, from[index], now, self);
      }
    }
    return std::nullopt;
  }
};

} // namespace

Checked<Extents> bindExtents(const Equation &equation, std::span<const std::vector<std::int64_t>> shapes) {
  if (shapes.size() != equation.operands.size())
    return EquationError{"the equation has " + std::to_string(equation.operands.size()) +
                             (equation.operands.size() == 1 ? " operand but " : " operands but ") +
                             std::to_string(shapes.size()) +
                             (shapes.size() == 1 ? " was given" : " were given"),
                         -1, -1};
  ExtentBinder binder(equation);
  for (std::size_t i = 0; i < shapes.size(); ++i)
    if (auto error = binder.add(i, shapes[i])) return *error;
  Extents extents;
  for (std::uint32_t i = 0; i < shapes.size(); ++i)
    for (std::uint32_t axis = 0; axis < shapes[i].size(); ++axis)
      if (shapes[i][axis] != binder.extent[equation.operands[i][axis]])
        extents.broadcast.push_back({i, axis});
  extents.of = std::move(binder.extent);
  for (std::int64_t &extent : extents.of)
    if (extent < 0) extent = 1; // an index no operand has; verifyEquation refuses it in the output
  return extents;
}

Equation withoutAxes(const Equation &equation, std::span<const BroadcastAxis> axes) {
  Equation result = equation;
  for (std::size_t i = axes.size(); i-- > 0;) {
    auto &operand = result.operands[axes[i].operand];
    operand.erase(operand.begin() + axes[i].axis);
  }
  return result;
}

PairRoles classifyPair(std::span<const Index> lhs, std::span<const Index> rhs,
                       std::span<const Index> output) {
  PairRoles roles;
  for (Index index : lhs) {
    bool shared = contains(rhs, index), kept = contains(output, index);
    (shared ? (kept ? roles.batch : roles.k) : (kept ? roles.m : roles.aloneLhs)).push_back(index);
  }
  for (Index index : rhs)
    if (!contains(lhs, index)) (contains(output, index) ? roles.n : roles.aloneRhs).push_back(index);
  return roles;
}

Adjoint adjointEquation(const Equation &equation, std::size_t operand) {
  Adjoint adjoint;
  adjoint.equation = equation;
  adjoint.equation.columns.clear();
  adjoint.equation.operands[operand] = equation.output;
  std::vector<Index> mark(equation.indexCount(), absent);
  for (std::size_t i = 0; i < adjoint.equation.operands.size(); ++i)
    for (Index index : adjoint.equation.operands[i])
      mark[index] = 0;
  adjoint.equation.output.clear();
  std::vector<char> taken(equation.indexCount(), 0);
  for (Index index : equation.operands[operand]) {
    if (taken[index]) {
      adjoint.diagonal = true;
      continue;
    }
    taken[index] = 1;
    (mark[index] == absent ? adjoint.broadcast : adjoint.equation.output).push_back(index);
  }
  return adjoint;
}

} // namespace tgc::graph
