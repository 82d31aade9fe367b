// Equations as test cases: the list of tests/data/einsum, random ones, and their evaluation by a found plan.
#pragma once
#include "compiler/contract/Layout.h"
#include "compiler/contract/Path.h"
#include "compiler/contract/Random.h"
#include "tests/unit/dialects/graph/NaiveEinsum.h"
#include <fstream>
#include <sstream>

namespace tgc::test {

using Integers = Dense<std::int64_t>;

struct EquationCase {
  std::string text;
  std::vector<std::vector<std::int64_t>> shapes;
};

/// The lines `text | [2,3] [3]` of a file below tests/data; empty if it is not there.
inline std::vector<EquationCase> readEquations(const std::string &name) {
  std::vector<EquationCase> cases;
  std::ifstream file("tests/data/einsum/" + name);
  for (std::string line; std::getline(file, line);) {
    std::size_t bar = line.find(" | ");
    if (line.empty() || line[0] == '#' || bar == std::string::npos) continue;
    EquationCase &made = cases.emplace_back();
    made.text = line.substr(0, bar);
    bool inNumber = false;
    for (char c : line.substr(bar + 3)) {
      bool digit = c >= '0' && c <= '9';
      if (c == '[') made.shapes.emplace_back();
      if (digit && !inNumber) made.shapes.back().push_back(0);
      if (digit) made.shapes.back().back() = made.shapes.back().back() * 10 + (c - '0');
      inNumber = digit;
    }
  }
  return cases;
}

inline std::vector<Integers> fillOperands(contract::Random &random, const EquationCase &made) {
  std::vector<Integers> tensors;
  for (const auto &shape : made.shapes) {
    Integers &tensor = tensors.emplace_back();
    tensor.shape = shape;
    for (std::int64_t i = elementsOf(shape); i > 0; --i)
      tensor.data.push_back(std::int64_t(random.below(7)) - 3);
  }
  return tensors;
}

/// An equation bound to shapes: as it stands (for the definition) and as the planner gets it.
struct Bound {
  graph::Equation equation;
  contract::Network network;
  std::vector<Integers> operands, squeezed;
  std::string error;
};

inline Bound bindCase(const EquationCase &made, std::vector<Integers> operands) {
  Bound bound;
  std::vector<std::uint32_t> ranks;
  for (const auto &shape : made.shapes)
    ranks.push_back(std::uint32_t(shape.size()));
  auto parsed = graph::parseEquation(made.text, std::span<const std::uint32_t>(ranks));
  if (auto *error = std::get_if<graph::EquationError>(&parsed)) {
    bound.error = error->message;
    return bound;
  }
  bound.equation = std::get<graph::Equation>(parsed);
  auto extents = graph::bindExtents(bound.equation, made.shapes);
  if (auto *error = std::get_if<graph::EquationError>(&extents)) {
    bound.error = error->message;
    return bound;
  }
  const auto &axes = std::get<graph::Extents>(extents).broadcast;
  graph::Equation canonical = graph::withoutAxes(bound.equation, axes);
  bound.network = {canonical.operands, canonical.output, std::get<graph::Extents>(extents).of, {}};
  bound.squeezed = operands;
  bound.operands = std::move(operands);
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    auto &shape = bound.squeezed[axis->operand].shape;
    shape.erase(shape.begin() + std::ptrdiff_t(axis->axis));
  }
  return bound;
}

/// The part of a tensor where the listed indices have the given values; those axes get extent 1.
inline Integers sliceOf(const Integers &tensor, const std::vector<std::uint32_t> &indices,
                        const std::vector<std::int64_t> &fixed) {
  Integers part;
  for (std::size_t axis = 0; axis < indices.size(); ++axis)
    part.shape.push_back(fixed[indices[axis]] >= 0 ? 1 : tensor.shape[axis]);
  std::vector<std::int64_t> at(indices.size(), 0);
  for (std::int64_t i = 0; i < elementsOf(part.shape); ++i) {
    std::int64_t offset = 0, rest = i;
    for (std::size_t axis = indices.size(); axis-- > 0; rest /= part.shape[axis])
      at[axis] = fixed[indices[axis]] >= 0 ? fixed[indices[axis]] : rest % part.shape[axis];
    for (std::size_t axis = 0; axis < indices.size(); ++axis)
      offset = offset * tensor.shape[axis] + at[axis];
    part.data.push_back(tensor.data[std::size_t(offset)]);
  }
  return part;
}

inline Integers evaluateTree(const contract::Network &network, const contract::Tree &tree,
                             std::vector<Integers> tensors) {
  std::vector<char32_t> names(network.extents.size());
  if (tree.steps.empty())
    return naiveEinsum(graph::Equation{network.inputs, network.output, names, {}}, tensors);
  for (const contract::PairStep &step : contract::orderIndices(network, tree)) {
    graph::Equation pair{{step.leftIndices, step.rightIndices}, step.result, names, {}};
    tensors.push_back(naiveEinsum<std::int64_t>(pair, {tensors[step.left], tensors[step.right]}));
  }
  return tensors.back();
}

/// Runs a plan pair by pair, slice after slice, each pair by the definition of einsum.
inline Integers evaluatePlan(const contract::Network &network, const contract::SearchResult &plan,
                             const std::vector<Integers> &tensors) {
  contract::Network slice = contract::oneSlice(network, plan.sliced);
  std::vector<std::int64_t> fixed(network.extents.size(), -1);
  Integers result;
  for (std::uint32_t index : network.output)
    result.shape.push_back(network.extents[index]);
  result.data.assign(std::size_t(elementsOf(result.shape)), 0);
  for (std::uint32_t index : plan.sliced) {
    if (network.extents[index] == 0) return result;
    fixed[index] = 0;
  }
  for (;;) {
    std::vector<Integers> parts;
    for (std::size_t i = 0; i < tensors.size(); ++i)
      parts.push_back(sliceOf(tensors[i], network.inputs[i], fixed));
    Integers part = evaluateTree(slice, plan.tree, std::move(parts));
    for (std::int64_t i = 0; i < std::int64_t(part.data.size()); ++i) {
      std::int64_t offset = 0, rest = i;
      std::vector<std::int64_t> at(part.shape.size());
      for (std::size_t axis = part.shape.size(); axis-- > 0; rest /= part.shape[axis])
        at[axis] = fixed[network.output[axis]] >= 0 ? fixed[network.output[axis]] : rest % part.shape[axis];
      for (std::size_t axis = 0; axis < at.size(); ++axis)
        offset = offset * result.shape[axis] + at[axis];
      result.data[std::size_t(offset)] += part.data[std::size_t(i)];
    }
    std::size_t k = 0;
    for (; k < plan.sliced.size(); fixed[plan.sliced[k++]] = 0)
      if (++fixed[plan.sliced[k]] < network.extents[plan.sliced[k]]) break;
    if (k == plan.sliced.size()) return result;
  }
}

/// Up to five operands with repeats, hyperedges, ellipses with broadcasting, scalars and empty extents.
inline EquationCase randomEquation(contract::Random &random) {
  EquationCase made;
  std::uint32_t letters = 1 + random.below(6), operands = 1 + random.below(5);
  std::vector<std::int64_t> extent, hidden;
  for (std::uint32_t i = 0; i < letters; ++i)
    extent.push_back(random.below(25) == 0 ? 0 : 1 + random.below(3));
  for (std::uint32_t i = random.below(3); i > 0; --i)
    hidden.push_back(1 + random.below(3));
  std::string used;
  bool dots = false;
  for (std::uint32_t k = 0; k < operands; ++k) {
    if (k) made.text += ',';
    auto &shape = made.shapes.emplace_back();
    std::uint32_t count = random.below(4), ellipsis = random.below(4) == 0 ? random.below(count + 1) : 99;
    for (std::uint32_t i = 0; i <= count; ++i) {
      if (i == ellipsis) {
        made.text += "...";
        dots = true;
        for (std::size_t axis = random.below(std::uint32_t(hidden.size()) + 1); axis < hidden.size(); ++axis)
          shape.push_back(random.below(4) == 0 ? 1 : hidden[axis]);
      }
      if (i == count) break;
      std::uint32_t letter = random.below(letters);
      made.text += char('a' + letter);
      used += char('a' + letter);
      shape.push_back(extent[letter]);
    }
  }
  if (random.below(4) == 0) return made; // implicit output
  made.text += "->";
  for (std::uint32_t i = letters; i-- > 0;)
    if (used.find(char('a' + i)) != std::string::npos && random.below(3) == 0) made.text += char('a' + i);
  if (dots) made.text += "...";
  return made;
}

} // namespace tgc::test
