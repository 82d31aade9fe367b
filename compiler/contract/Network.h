// A contraction network as plain data: which indices each operand has, which the result keeps, and their
// extents.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tgc::contract {

/// Inputs name dense index numbers below `extents.size()`; an index may repeat within an input (a diagonal),
/// never in the output, and each output index is in some input. Extents are in elements, 0 allowed.
struct Network {
  std::vector<std::vector<std::uint32_t>> inputs;
  std::vector<std::uint32_t> output;
  std::vector<std::int64_t> extents;
  std::vector<std::string> names; ///< for reports; may be empty

  /// What is wrong with it, if anything.
  std::optional<std::string> check() const;
};

/// An index and in how many of the operands below a tree node it occurs.
struct Leg {
  std::uint32_t index, count;
  bool operator==(const Leg &) const = default;
};

/// A network prepared for searching: operands as sorted legs without repeats, extents as base-2 logarithms.
/// An index vanishes at the node below which all its `appearances` lie; the output counts as one appearance.
struct Problem {
  std::uint32_t leafCount = 0;
  std::vector<double> weight; ///< log2 of the extent (0 counts as 1: nothing is ever computed then)
  std::vector<std::uint32_t> appearances;
  std::vector<std::size_t> legOffsets; ///< leaf i has legs [legOffsets[i], legOffsets[i + 1])
  std::vector<Leg> legs;

  explicit Problem(const Network &network);
  /// Some of the operands as a problem of their own, indices numbered anew; what the others hold stays open.
  Problem part(std::span<const std::uint32_t> leaves) const;
  std::span<const Leg> leaf(std::uint32_t i) const {
    return {legs.data() + legOffsets[i], legOffsets[i + 1] - legOffsets[i]};
  }

private:
  Problem() = default;
};

/// What contracting two nodes gives, in log2 of elements.
struct Merge {
  double joint = 0;   ///< all indices of both: the number of products
  double result = 0;  ///< the indices that remain
  bool inner = false; ///< some index is summed
};

/// The figures of contracting two nodes. Cost: linear in their legs.
Merge mergeFigures(const Problem &problem, std::span<const Leg> a, std::span<const Leg> b);

/// The legs that remain; `out` must hold a.size() + b.size(). Returns how many were written.
std::size_t mergeLegs(const Problem &problem, std::span<const Leg> a, std::span<const Leg> b, Leg *out);

/// log2 of a node's size in elements.
double sizeLog2(const Problem &problem, std::span<const Leg> legs);

} // namespace tgc::contract
