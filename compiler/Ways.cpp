#include "compiler/Ways.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc {
namespace {

/// What of a program can be made to need less.
struct Parts {
  explicit Parts(ModuleOp module) {
    module.walk([&](Operation *op) {
      if (auto scan = dyn_cast<graph::ScanOp>(op)) loops |= scan.getMemory() == "all";
      // Pairs have no intermediates; equations are also those of formulas not yet written out.
      contractions |= op->hasAttr("equation") && op->getNumOperands() > 2;
      maps |= isa<graph::VmapOp, graph::JacobianOp, graph::HessianOp>(op);
      derivatives |= isa<graph::VjpOp, graph::JacobianOp, graph::HessianOp>(op);
    });
  }
  bool loops = false, contractions = false, maps = false, derivatives = false;
};

} // namespace

std::vector<Way> waysToFit(ModuleOp module, const Options &options) {
  std::vector<Way> ways{{options, ""}};
  if (options.memoryBudget == 0) return ways;
  const Parts parts(module);
  if (parts.loops && parts.derivatives)
    for (const char *kept : {"carries", "sqrt", "log"})
      ways.push_back({options, kept});
  const std::string loops = ways.back().loops;
  // Powers of two, so that a larger budget tries all that a smaller one does.
  std::int64_t bytes = std::int64_t(1) << llvm::Log2_64(std::uint64_t(options.memoryBudget));
  for (int halves = 0; parts.contractions && halves < 4 && bytes > 0; ++halves, bytes /= 2)
    if (options.contractionBytes == 0 || bytes < options.contractionBytes) {
      ways.push_back({options, loops});
      ways.back().options.contractionBytes = bytes;
    }
  for (std::int64_t chunk : {64, 16, 4, 1})
    if (parts.maps && (options.mapChunk == 0 || chunk < options.mapChunk)) {
      ways.push_back({options, loops});
      ways.back().options.mapChunk = chunk;
    }
  return ways;
}

void prepare(ModuleOp module, const Way &way) {
  if (way.loops.empty()) return;
  module.walk([&](graph::ScanOp scan) {
    if (scan.getMemory() == "all") scan.setMemory(way.loops);
  });
}

} // namespace tgc
