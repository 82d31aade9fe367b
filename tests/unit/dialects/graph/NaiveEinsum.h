// Einsum by its definition: one loop over all values of all indices. The reference other tests compare with.
#pragma once
#include "dialects/graph/Indices.h"
#include <cstdint>
#include <vector>

namespace tgc::test {

/// A dense row-major array.
template <typename T> struct Dense {
  std::vector<std::int64_t> shape;
  std::vector<T> data;
};

inline std::int64_t elementsOf(const std::vector<std::int64_t> &shape) {
  std::int64_t count = 1;
  for (std::int64_t extent : shape)
    count *= extent;
  return count;
}

/// The einsum of `operands`, whose shapes must have passed bindExtents (extents of 1 may broadcast).
/// Cost: the product of all extents, times the number of operands.
template <typename T>
Dense<T> naiveEinsum(const graph::Equation &equation, const std::vector<Dense<T>> &operands) {
  std::vector<std::vector<std::int64_t>> shapes;
  for (const auto &operand : operands)
    shapes.push_back(operand.shape);
  auto extents = std::get<graph::Extents>(graph::bindExtents(equation, shapes)).of;
  Dense<T> result;
  for (graph::Index index : equation.output)
    result.shape.push_back(extents[index]);
  result.data.assign(std::size_t(elementsOf(result.shape)), T(0));
  for (std::int64_t extent : extents)
    if (extent == 0) return result;
  std::vector<std::int64_t> at(extents.size(), 0);
  for (;;) {
    T product = T(1);
    for (std::size_t i = 0; i < operands.size(); ++i) {
      std::int64_t offset = 0;
      for (std::size_t axis = 0; axis < operands[i].shape.size(); ++axis) {
        std::int64_t extent = operands[i].shape[axis];
        offset = offset * extent + (extent == 1 ? 0 : at[equation.operands[i][axis]]);
      }
      product = T(product * operands[i].data[std::size_t(offset)]);
    }
    std::int64_t offset = 0;
    for (graph::Index index : equation.output)
      offset = offset * extents[index] + at[index];
    result.data[std::size_t(offset)] = T(result.data[std::size_t(offset)] + product);
    std::size_t axis = extents.size();
    while (axis > 0 && ++at[axis - 1] == extents[axis - 1])
      at[--axis] = 0;
    if (axis == 0) return result;
  }
}

} // namespace tgc::test
