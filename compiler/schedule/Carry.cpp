#include "compiler/schedule/Carry.h"
#include "compiler/ControlParts.h"

using namespace mlir;

namespace tgc::schedule {

SmallVector<StringRef, 2> bodyNames(exec::ControlOp control) {
  SmallVector<StringRef, 2> names = {control.getFirst()};
  if (auto second = control.getSecond()) names.push_back(*second);
  return names;
}

static SmallVector<Body, 2> bodiesOf(exec::ControlOp control, const Planned &planned) {
  SmallVector<Body, 2> bodies;
  for (StringRef name : bodyNames(control))
    bodies.push_back(bodySizes(planned.lookup(name)));
  return bodies;
}

int64_t scratchBytes(exec::ControlOp control, const Planned &planned) {
  SmallVector<Body, 2> bodies = bodiesOf(control, planned);
  return scratchOf(controlOf(control, 0, std::uint32_t(bodies.size()) - 1), bodies).total;
}

SmallVector<int64_t> overwrittenInputs(exec::ControlOp control, const Planned &planned) {
  SmallVector<int64_t> pairs;
  if (control.getKind() == "branch") return pairs;
  const bool unwinds = control.getKind() == "unwind";
  const Body round = bodiesOf(control, planned).back();
  const auto count = int64_t(unwinds ? control.getAdjoints() : control.getCarried());
  const int64_t first =
      unwinds ? 1 + int64_t(control.getCarried() + control.getSliced() + control.getShared()) : 0;
  for (int64_t k = 0; k < count; ++k)
    if (round.inPlace[std::size_t(k)]) pairs.append({first + k, k});
  return pairs;
}

exec::EnterOp entered(OpBuilder &builder, exec::ControlOp control, ValueRange inputs, ValueRange outputs,
                      Value scratch) {
  return exec::EnterOp::create(builder, control.getLoc(), control.getKindAttr(), control.getFirstAttr(),
                               control.getSecondAttr(), inputs, outputs, scratch, control.getCarriedAttr(),
                               control.getSlicedAttr(), control.getSharedAttr(), control.getAdjointsAttr(),
                               control.getStreamedAttr(), control.getStackedAttr(), control.getLengthAttr(),
                               control.getSlotsAttr(), control.getReversedAttr());
}

} // namespace tgc::schedule
