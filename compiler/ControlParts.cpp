#include "compiler/ControlParts.h"

using namespace mlir;

namespace tgc {

Body bodySizes(func::FuncOp planned) {
  Body body;
  body.name = planned.getName().str();
  ArrayRef<Type> types = planned.getArgumentTypes();
  const auto arguments = std::size_t(planned->getAttrOfType<IntegerAttr>(exec::argumentsAttr).getInt());
  for (Type type : types.take_front(arguments))
    body.argumentBytes.push_back(exec::storageBytes(cast<ShapedType>(type)));
  for (Type type : types.drop_front(arguments).drop_back())
    body.resultBytes.push_back(exec::storageBytes(cast<ShapedType>(type)));
  body.inPlace.assign(body.resultBytes.size(), false);
  if (auto merged = planned->getAttrOfType<DenseI64ArrayAttr>(exec::mergedAttr))
    for (int64_t result : merged.asArrayRef())
      body.inPlace[std::size_t(result)] = true;
  body.arenaBytes = cast<ShapedType>(types.back()).getDimSize(0);
  return body;
}

SmallVector<int64_t> carryPairs(exec::ControlOp control, bool second) {
  SmallVector<int64_t> pairs;
  auto goesRound = [&](int64_t argument, int64_t count) {
    for (int64_t k = 0; k < count; ++k)
      pairs.append({argument + k, k});
  };
  const auto carried = int64_t(control.getCarried());
  if (control.getKind() == "scan") goesRound(1, carried);
  if (control.getKind() == "while" && second) goesRound(0, carried);
  if (control.getKind() == "unwind" && second)
    goesRound(1 + carried + int64_t(control.getSliced()) + int64_t(control.getShared()),
              int64_t(control.getAdjoints()));
  return pairs;
}

} // namespace tgc
