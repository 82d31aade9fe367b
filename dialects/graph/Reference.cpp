// Whole-tensor references.
#include "dialects/graph/Reference.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::reference {

HostTensor einsum(llvm::StringRef text, HostTensorsRef operands) {
  std::vector<uint32_t> ranks;
  std::vector<std::vector<int64_t>> shapes;
  for (const HostTensor &operand : operands) {
    ranks.push_back(operand.rank());
    shapes.emplace_back(operand.shape().begin(), operand.shape().end());
  }
  Equation equation =
      std::get<Equation>(parseEquation({text.data(), text.size()}, std::span<const uint32_t>(ranks)));
  Extents extents = std::get<Extents>(bindExtents(equation, shapes));
  HostTensors squeezed;
  for (uint32_t k = 0; k < operands.size(); ++k) {
    SmallVector<int64_t> shape;
    for (uint32_t axis = 0; axis < shapes[k].size(); ++axis)
      if (!llvm::is_contained(extents.broadcast, BroadcastAxis{k, axis})) shape.push_back(shapes[k][axis]);
    squeezed.emplace_back(RankedTensorType::get(shape, operands[k].element()));
    for (int64_t at = 0; at < operands[k].count(); ++at)
      squeezed.back().copy(at, operands[k], at);
  }
  SmallVector<int64_t> shape;
  for (Index index : equation.output)
    shape.push_back(extents.of[index]);
  return contractByLoops(withoutAxes(equation, extents.broadcast), extents.of, squeezed,
                         RankedTensorType::get(shape, operands[0].element()));
}

} // namespace tgc::graph::reference
