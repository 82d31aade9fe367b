#include "compiler/Saved.h"
#include "compiler/Diagnostics.h"
#include "compiler/Notes.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Graph.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace tgc {
namespace {

bool isView(Operation *op) {
  auto row = dyn_cast_or_null<graph::GraphOp>(op);
  return row && (row.viewMap() || row.renames());
}

} // namespace

std::vector<SavedValue> savedValues(func::FuncOp function) {
  llvm::MapVector<Value, std::vector<std::string>> readers;
  llvm::DenseSet<Operation *> back;
  for (Operation &op : function.front().without_terminator()) {
    const std::string kind = reverseOf(op.getLoc());
    if (kind.empty()) continue;
    back.insert(&op);
    for (Value operand : op.getOperands()) {
      while (isView(operand.getDefiningOp()))
        operand = operand.getDefiningOp()->getOperand(0);
      Operation *maker = operand.getDefiningOp();
      if (!maker || back.contains(maker) || maker->hasTrait<OpTrait::ConstantLike>()) continue;
      auto &known = readers[operand];
      if (!llvm::is_contained(known, kind)) known.push_back(kind);
    }
  }
  llvm::DenseMap<Operation *, int64_t> order;
  for (auto [k, op] : llvm::enumerate(function.front()))
    order[&op] = static_cast<int64_t>(k);
  auto entries = readers.takeVector();
  auto keyOf = [&](Value value) {
    return std::pair(order[value.getDefiningOp()], cast<OpResult>(value).getResultNumber());
  };
  llvm::sort(entries, [&](const auto &a, const auto &b) { return keyOf(a.first) < keyOf(b.first); });
  std::vector<SavedValue> out;
  for (auto &[value, kinds] : entries)
    out.push_back({value.getDefiningOp()->getName().stripDialect().str(), graph::textOf(value.getType()),
                   exec::storageBytes(cast<ShapedType>(value.getType())), placeOf(value.getLoc()),
                   std::move(kinds)});
  return out;
}

} // namespace tgc
