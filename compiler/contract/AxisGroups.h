// Tensors have at most eight axes, networks have intermediates of any number of indices: indices that stand
// next to each other wherever they appear together are one axis, and what is still too long is permuted in
// passes of at most eight such axes.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace tgc::contract {

using IndexList = std::vector<std::uint32_t>;

struct AxisGroups {
  std::vector<IndexList> groups;  ///< the indices of each merged axis, in order
  std::vector<IndexList> tensors; ///< each tensor as a list of group numbers
  std::size_t mostAxes() const;
};

/// The fewest axes for the given index orders (no index twice in one list). Cost: linear in their length.
AxisGroups groupAxes(std::span<const IndexList> tensors);

/// An order on the way from `from` to `to` (the same indices) that a permutation of at most `mostAxes` merged
/// axes (at least 3) makes of `from`; `to` itself where that can be.
IndexList permutationPass(const IndexList &from, const IndexList &to, std::size_t mostAxes);

} // namespace tgc::contract
