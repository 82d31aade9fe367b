#include "compiler/schedule/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace tgc::schedule {

static MemRefType bufferType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

Kernel::Kernel(func::FuncOp kernel) : function(kernel), oldType(kernel.getFunctionType()) {
  old.takeBody(function.getBody());
  Builder builder(function.getContext());
  SmallVector<Type> types = {builder.getIndexType(), builder.getIndexType()};
  for (Type type : oldType.getInputs())
    types.push_back(bufferType(type));
  for (Type type : oldType.getResults())
    types.push_back(bufferType(type));
  function.setFunctionType(builder.getFunctionType(types, {}));
  Block *block = new Block;
  function.getBody().push_back(block);
  for (Type type : types)
    block->addArgument(type, function.getLoc());

  begin = block->getArgument(0), end = block->getArgument(1);
  Block &body = old.front();
  for (auto [index, argument] : llvm::enumerate(body.getArguments()))
    buffers[argument] = block->getArgument(2 + index);
  llvm::append_range(results, body.getTerminator()->getOperands());
  for (size_t index = 0; index < results.size(); ++index)
    resultBuffers.push_back(block->getArgument(2 + oldType.getNumInputs() + index));
  for (Operation &op : body)
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) generics.push_back(generic);
}

Kernel::~Kernel() {
  if (committed) return;
  function.setFunctionType(oldType);
  function.getBody().takeBody(old);
}

bool Kernel::isEmpty() const {
  return llvm::all_of(
      results, [](Value result) { return cast<RankedTensorType>(result.getType()).getNumElements() == 0; });
}

static int64_t bytesOf(Type type) {
  if (!type.isIntOrFloat() || type.isInteger(1)) return 1;
  return std::max<int64_t>(type.getIntOrFloatBitWidth() / 8, 1);
}

int64_t Kernel::widestBytes() const {
  int64_t widest = 1;
  auto see = [&](Type type) { widest = std::max(widest, bytesOf(getElementTypeOrSelf(type))); };
  for (auto [tensor, buffer] : buffers)
    see(tensor.getType());
  for (Value result : results)
    see(result.getType());
  for (linalg::GenericOp op : generics)
    for (Operation &inner : op.getBody()->without_terminator())
      for (Type type : inner.getResultTypes())
        see(type);
  return widest;
}

int64_t Kernel::fetchAhead(const Machine &machine) const {
  int64_t bytes = 0;
  for (auto [tensor, buffer] : buffers) {
    auto type = cast<MemRefType>(buffer.getType());
    bytes += type.getNumElements() * bytesOf(type.getElementType());
  }
  return bytes > machine.l2Bytes ? 2048 / widestBytes() : 0;
}

int64_t costOf(linalg::GenericOp op) {
  int64_t cost = 1;
  for (Operation &inner : op.getBody()->without_terminator()) {
    bool cheapMath = isa<math::AbsFOp, math::AbsIOp, math::FloorOp, math::CeilOp, math::TruncOp,
                         math::RoundEvenOp, math::CopySignOp, math::FmaOp>(inner);
    if (isa_and_nonnull<math::MathDialect>(inner.getDialect()) && !cheapMath)
      cost += isa<math::SqrtOp, math::RsqrtOp>(inner) ? 6 : 16;
    else if (isa<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, arith::RemFOp, arith::RemSIOp,
                 arith::RemUIOp>(inner))
      cost += 5;
    else
      cost += 1;
  }
  return cost;
}

int64_t Kernel::bodyCost() const {
  int64_t cost = 0;
  for (linalg::GenericOp op : generics)
    cost += costOf(op);
  return cost;
}

double estimateNanoseconds(Kernel &kernel, const Machine &machine, int64_t lanes) {
  // One vector operation takes about 0.3 ns; a core reads or writes 20 bytes a nanosecond from memory, 80
  // from cache.
  double bytes = 0, operations = 0;
  auto count = [&](Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    bytes += double(type.getNumElements()) * bytesOf(type.getElementType());
  };
  for (auto [tensor, buffer] : kernel.buffers)
    count(tensor);
  for (Value result : kernel.results)
    count(result);
  for (linalg::GenericOp op : kernel.generics) {
    double points = 1;
    for (int64_t extent : op.getStaticLoopRanges())
      points *= extent;
    operations += points * costOf(op);
  }
  double memory = bytes / (bytes > machine.l2Bytes ? 20.0 : 80.0);
  return std::max(memory, operations * 0.3 / lanes);
}

LogicalResult Kernel::commit(Elements &elements, int64_t items, double nanoseconds) {
  if (!elements.error().empty()) return function.emitError() << elements.error();
  func::ReturnOp::create(elements.in(elements.root()));
  function->removeAttr("arg_attrs");
  function->removeAttr("res_attrs");
  Builder builder(function.getContext());
  function->setAttr("exec.items", builder.getI64IntegerAttr(items));
  function->setAttr("exec.nanoseconds", builder.getI64IntegerAttr(int64_t(std::min(nanoseconds, 1e15)) + 1));
  if (!inplace.empty()) function->setAttr("exec.inplace", builder.getDenseI64ArrayAttr(inplace));
  committed = true;
  return success();
}

} // namespace tgc::schedule
