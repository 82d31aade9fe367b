// A tensor that is a smaller one times unit matrices, as the dense Hessian of matrix factorisation is a small
// matrix times a unit: which axes the unit matrices tie, and where the smaller tensor's axes are.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tgc {

/// dense[i] = core[i_c for c in `core`] where i_a == i_b for every pair (a, b) of `units`, else 0.
struct UnitFactors {
  std::vector<std::int64_t> extents; ///< of the dense tensor
  std::size_t rows = 0;              ///< leading axes that are rows: the result's, or the first argument's
  std::vector<std::int64_t> core;    ///< for each axis of the core, the axis of the dense tensor; ascending
  std::vector<std::pair<std::int64_t, std::int64_t>> units;

  std::vector<std::int64_t> coreExtents() const;
  /// Letters of the dense axes; tied axes share one. And those of the core.
  std::string letters() const;
  std::string coreLetters() const;
  /// "abcd = core[bd] unit[ac]", for people.
  std::string text() const;
  bool operator==(const UnitFactors &) const = default;
};

} // namespace tgc
