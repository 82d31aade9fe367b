// Functions of the host: their form, their maps, their value on host tensors.
#include "dialects/graph/Call.h"
#include "dialects/graph/Calls.h"
#include "dialects/graph/Kinds.h"
#include "llvm/ADT/APFloat.h"
#include <cstring>

using namespace mlir;

namespace tgc::graph {
namespace {

int64_t bytesOf(Type element) { return (bitsOf(element) + 7) / 8; }

/// A tensor as memory holds it: dense, row-major, a bool is a byte.
std::vector<char> stored(const HostTensor &tensor) {
  const int64_t width = bytesOf(tensor.element());
  std::vector<char> bytes(tensor.count() * width);
  for (int64_t at = 0; at < tensor.count(); ++at) {
    uint64_t bits = static_cast<uint64_t>(tensor.get<int64_t>(at));
    if (tensor.isFloat()) {
      llvm::APFloat value(tensor.get<double>(at));
      bool lost = false;
      value.convert(cast<FloatType>(tensor.element()).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                    &lost);
      bits = value.bitcastToAPInt().getZExtValue();
    }
    std::memcpy(&bytes[at * width], &bits, width); // little-endian, as everywhere here
  }
  return bytes;
}

HostTensor loaded(RankedTensorType type, ArrayRef<char> bytes) {
  HostTensor tensor(type);
  const int64_t width = bytesOf(type.getElementType());
  for (int64_t at = 0; at < tensor.count(); ++at) {
    uint64_t bits = 0;
    std::memcpy(&bits, &bytes[at * width], width);
    if (!tensor.isFloat()) {
      tensor.set<int64_t>(at, static_cast<int64_t>(bits));
      continue;
    }
    llvm::APFloat value(cast<FloatType>(type.getElementType()).getFloatSemantics(),
                        llvm::APInt(bitsOf(type.getElementType()), bits));
    bool lost = false;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
    tensor.set<double>(at, value.convertToDouble());
  }
  return tensor;
}

RankedTensorType withLeading(ArrayRef<int64_t> leading, RankedTensorType type) {
  SmallVector<int64_t> shape(leading);
  llvm::append_range(shape, type.getShape());
  return RankedTensorType::get(shape, type.getElementType());
}

} // namespace

LogicalResult ForeignOp::verify() {
  ArrayRef<int64_t> leading = getLeading();
  if (getMapped().size() != getNumOperands())
    return emitOpError() << "says of " << getMapped().size() << " operands whether they are mapped, and has "
                         << getNumOperands();
  if (getNumResults() == 0) return emitOpError("has no result");
  auto begins = [&](Type type) { return tensorOf(type).getShape().take_front(leading.size()) == leading; };
  for (auto [mapped, type] : llvm::zip_equal(getMapped(), getOperandTypes()))
    if (mapped && !begins(type))
      return emitOpError() << "has an operand " << textOf(type) << " without the leading axes (" << leading
                           << ")";
  for (Type type : getResultTypes())
    if (!begins(type))
      return emitOpError() << "has a result " << textOf(type) << " without the leading axes (" << leading
                           << ")";
  return success();
}

Syms batchForeign(ForeignOp op, Ink &ink, SymsRef operands, ArrayRef<bool> has, int64_t extent) {
  SmallVector<int64_t> leading = {extent};
  llvm::append_range(leading, op.getLeading());
  const bool before = !op.getLeading().empty();
  SmallVector<bool> mapped;
  SmallVector<Value> values;
  for (auto [k, operand] : llvm::enumerate(operands)) {
    const bool inner = op.getMapped()[k];
    mapped.push_back(has[k] || inner);
    Sym full = operand;
    if (inner && !has[k]) full = withLeadingAxis(ink, operand, false, extent);
    if (before && has[k] && !inner) { // shared by the instances of the inner maps
      auto base = tensorOf(op->getOperand(k));
      SmallVector<int64_t> ones = {extent};
      ones.append(op.getLeading().size(), 1);
      llvm::append_range(ones, base.getShape());
      full = broadcast_to(reshape(operand, ones), withLeading(leading, base).getShape());
    }
    values.push_back(full.value());
  }
  if (ink.failed()) return {};
  SmallVector<Type> types;
  for (Type type : op.getResultTypes()) {
    auto made = withLeading({extent}, tensorOf(type));
    if (failed(checkedTensor(op.getLoc(), made.getShape(), made.getElementType()))) {
      ink.fail();
      return {};
    }
    types.push_back(made);
  }
  return ink.syms(ForeignOp::create(ink.builder, op.getLoc(), types, values, op.getTarget(), mapped, leading)
                      .getResults());
}

FailureOr<HostTensors> evaluateForeign(ForeignOp op, HostTensorsRef operands) {
  const ForeignFunctions &table = op.getContext()->getLoadedDialect<GraphDialect>()->foreign;
  auto found = table.find(op.getTarget().str());
  if (found == table.end())
    return op.emitError() << "no foreign function is called " << op.getTarget(), failure();
  std::vector<std::vector<char>> memory;
  for (const HostTensor &operand : operands)
    memory.push_back(stored(operand));
  for (Type type : op.getResultTypes())
    memory.emplace_back(tensorOf(type).getNumElements() * bytesOf(elementOf(type)));
  const int64_t instances = countOf(op.getLeading());
  const ForeignFunction &function = found->second;
  std::unique_lock<std::mutex> held;
  if (function.alone) held = std::unique_lock(*function.alone);
  for (int64_t instance = 0; instance < instances; ++instance) {
    std::vector<void *> places;
    for (auto [k, bytes] : llvm::enumerate(memory)) {
      const bool moves = k >= operands.size() || op.getMapped()[k];
      places.push_back(bytes.data() + (moves ? instance * (bytes.size() / instances) : 0));
    }
    if (const char *said = function.call(function.user, places.data(), places.data() + operands.size()))
      return op.emitError() << "foreign function " << op.getTarget() << ": " << said, failure();
  }
  HostTensors results;
  for (auto [k, type] : llvm::enumerate(op.getResultTypes()))
    results.push_back(loaded(tensorOf(type), memory[operands.size() + k]));
  return results;
}

} // namespace tgc::graph
