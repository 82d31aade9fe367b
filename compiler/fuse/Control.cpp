#include "compiler/fuse/Control.h"
#include "compiler/ControlParts.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::fuse {
namespace {

constexpr int64_t mostKept = 64; // elements of a splat that may stand with the program

bool isLargeSplat(Value value) {
  auto constant = value.getDefiningOp<graph::ConstantOp>();
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  return dense && dense.isSplat() && dense.getNumElements() > mostKept;
}

/// Two loops that send a function's results round differently: then it writes nothing in place.
void noteCarry(func::FuncOp body, ArrayRef<int64_t> pairs) {
  Builder builder(body.getContext());
  auto before = body->getAttrOfType<DenseI64ArrayAttr>(exec::carryAttr);
  const bool clash = before && before.asArrayRef() != pairs;
  body->setAttr(exec::carryAttr, builder.getDenseI64ArrayAttr(clash ? ArrayRef<int64_t>() : pairs));
}

} // namespace

void fillSplats(Block &body) {
  for (Operation &op : body) {
    if (!isControl(&op)) continue;
    OpBuilder builder(&op);
    for (OpOperand &use : op.getOpOperands())
      if (isLargeSplat(use.get()))
        use.set(graph::CopyOp::create(builder, op.getLoc(), use.get().getType(), use.get()));
  }
}

exec::ControlOp outerControl(OpBuilder &builder, Operation *control, ValueRange operands) {
  auto bodies = bodiesOf(control);
  ControlOperands parts = operandsOf(control);
  const auto around = int64_t(isa<UnwindOp>(control) ? parts.adjoints.size() : parts.carried.size());
  StringRef kind = isa<CondOp>(control)    ? "branch"
                   : isa<WhileOp>(control) ? "while"
                   : isa<ScanOp>(control)  ? "scan"
                                           : "unwind";
  int64_t length = 0, slots = 0;
  bool reversed = false;
  if (auto scan = dyn_cast<ScanOp>(control))
    length = int64_t(scan.getLength()), reversed = scan.getReversed();
  if (auto unwind = dyn_cast<UnwindOp>(control)) {
    length = int64_t(unwind.getLength());
    slots = int64_t(unwind.getSlots());
    reversed = unwind.getReversed();
  }
  auto name = [&](unsigned k) { return FlatSymbolRefAttr::get(builder.getContext(), bodies[k].getName()); };
  auto number = [&](int64_t value) { return builder.getI64IntegerAttr(value); };
  auto made = exec::ControlOp::create(
      builder, control->getLoc(), control->getResultTypes(), builder.getStringAttr(kind), name(0),
      bodies.size() > 1 ? name(1) : FlatSymbolRefAttr(), operands, number(int64_t(parts.carried.size())),
      number(int64_t(parts.sliced.size())), number(int64_t(parts.shared.size())),
      number(int64_t(parts.adjoints.size())), number(int64_t(parts.streamed.size())),
      number(isa<CondOp>(control) ? 0 : int64_t(control->getNumResults()) - around), number(length),
      number(slots), reversed ? builder.getUnitAttr() : UnitAttr());
  for (auto [k, body] : llvm::enumerate(bodies))
    noteCarry(cast<func::FuncOp>(body.getOperation()), carryPairs(made, k == 1));
  return made;
}

} // namespace tgc::fuse
