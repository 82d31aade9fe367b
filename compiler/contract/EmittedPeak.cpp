#include "compiler/contract/EmittedPeak.h"
#include "compiler/contract/PairWriter.h"
#include "dialects/graph/Ops.h"
#include "llvm/ADT/DenseMap.h"
#include <cmath>

using namespace mlir;

namespace tgc::contract {
namespace {

/// Large products copy blocks of both factors: from so many multiply-adds on, and never more bytes than this
/// (stage schedule; measured on lattices).
constexpr double copiesFrom = 96 * 96 * 96, mostScratch = 1 << 21;

/// What a value takes in the arena, where everything starts at a multiple of 64.
double bytesOf(Value value) {
  double bytes =
      double(graph::tensorOf(value).getNumElements()) * graph::bitsOf(graph::elementOf(value)) / 8.0;
  return std::ceil(bytes / 64) * 64;
}

Value baseOf(Value value) {
  while (auto view = value.getDefiningOp<graph::ReshapeOp>())
    value = view.getX();
  return value;
}

double scratchOf(Operation &op) {
  auto contract = dyn_cast<graph::ContractOp>(op);
  if (!contract || contract.getTensors().size() < 2) return 0;
  Network network = networkOf(contract);
  double products = 1, factors = 0;
  bool rows = false, columns = false;
  for (auto [index, extent] : llvm::enumerate(network.extents)) {
    products *= double(extent);
    bool left = llvm::is_contained(network.inputs[0], index),
         right = llvm::is_contained(network.inputs[1], index);
    rows |= extent > 1 && !right;
    columns |= extent > 1 && !left;
  }
  if (!rows || !columns || products < copiesFrom) return 0;
  for (Value factor : contract.getTensors())
    factors += bytesOf(factor);
  return std::min(mostScratch, 1.1 * factors);
}

} // namespace

double emittedPeakBytes(Operation *first, Operation *end) {
  llvm::DenseMap<Value, Operation *> lastReader;
  for (Operation *op = first; op != end; op = op->getNextNode())
    for (Value operand : op->getOperands())
      lastReader[baseOf(operand)] = op;
  llvm::DenseMap<Value, double> alive;
  double bytes = 0, peak = 0;
  for (Operation *op = first; op != end; op = op->getNextNode()) {
    if (isa<graph::ConstantOp, graph::ReshapeOp>(op)) continue;
    for (Value result : op->getResults())
      bytes += alive[result] = bytesOf(result);
    peak = std::max(peak, bytes + scratchOf(*op));
    for (Value operand : op->getOperands()) {
      Value base = baseOf(operand);
      auto found = alive.find(base);
      if (found == alive.end() || lastReader.lookup(base) != op) continue;
      bytes -= found->second;
      alive.erase(found);
    }
  }
  return peak;
}

} // namespace tgc::contract
