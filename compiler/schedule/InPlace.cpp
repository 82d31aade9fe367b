#include "compiler/schedule/InPlace.h"

using namespace mlir;

namespace tgc::schedule {

void findInPlace(Kernel &kernel, Elements &elements) {
  size_t keep = elements.extents().size();
  ArrayRef<int64_t> box = kernel.shapeOf(0);
  Position position;
  for (int64_t extent : box)
    position.push_back(elements.trialVariable(extent));
  AffineExpr linear = simplifyWithin(linearize(position, box, elements.context()), elements.extents());
  unsigned inputs = kernel.function.getNumArguments() - 2 - kernel.results.size();
  for (unsigned input = 0; input < inputs; ++input) {
    Value buffer = kernel.function.getArgument(2 + input);
    auto type = cast<MemRefType>(buffer.getType());
    if (type.getNumElements() != productOf(box)) continue;
    bool safe = llvm::all_of(kernel.results, [&](Value result) {
      auto reads = elements.readsOf(result, position, buffer);
      return reads && llvm::all_of(*reads, [&](AffineExpr read) { return read == linear; });
    });
    if (!safe) continue;
    for (auto [result, target] : llvm::enumerate(kernel.resultBuffers))
      if (cast<MemRefType>(target.getType()).getElementTypeBitWidth() == type.getElementTypeBitWidth())
        kernel.inplace.append({int64_t(input), int64_t(result)});
  }
  elements.dropTrials(keep);
}

} // namespace tgc::schedule
