// Kernels that are code for one item: what the ops that write at computed places, sort or call the runtime
// are lowered with.
#include "dialects/exec/Exec.h"
#include "dialects/graph/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::graph {

// Axes in order, extents of 1 apart: the elements lie as they lay.
static bool keepsElements(linalg::GenericOp view) {
  if (tensorOf(view.getDpsInputs()[0]).getNumElements() != tensorOf(view.getResult(0)).getNumElements())
    return false;
  int64_t last = -1;
  for (AffineExpr expr : view.getIndexingMapsArray()[0].getResults()) {
    if (isa<AffineConstantExpr>(expr)) continue;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || static_cast<int64_t>(dim.getPosition()) <= last) return false;
    last = dim.getPosition();
  }
  return true;
}

// A literal comes into a kernel as a number broadcast, and reshapes that cost nothing as views: what they are
// made from is enough.
static Value plainInput(Value input) {
  while (auto view = input.getDefiningOp<linalg::GenericOp>()) {
    if (view.getNumDpsInputs() != 1 || view.getBody()->getOperations().size() != 1) break;
    Value source = view.getDpsInputs()[0];
    if (tensorOf(source).getRank() != 0 && !keepsElements(view)) break;
    input = source;
  }
  return input;
}

static MemRefType flatType(Type tensor) {
  auto stored = Lowering::storage(tensor);
  return MemRefType::get({stored.getNumElements()}, stored.getElementType());
}

Value Lowering::items(Type resultType, ValueRange inputs, TypeRange types, const ItemsPlan &plan,
                      llvm::function_ref<void(ItemInk &)> rule) {
  SmallVector<Value> plain = llvm::map_to_vector(inputs, plainInput);
  SmallVector<Type> outputs = {storage(resultType)};
  for (Type type : plan.scratch)
    outputs.push_back(storage(type));
  auto nanoseconds = static_cast<int64_t>(std::min(plan.nanoseconds, 1e15)) + 1;
  auto op = exec::ItemsOp::create(builder, loc, outputs, plain, static_cast<uint64_t>(plan.count),
                                  static_cast<uint64_t>(nanoseconds), plan.inplace);
  OpBuilder inside = OpBuilder::atBlockEnd(&op.getBody().emplaceBlock());
  Block *block = inside.getInsertionBlock();
  ItemInk ink(inside, loc);
  ink.item = block->addArgument(builder.getIndexType(), loc);
  for (auto [input, type] : llvm::zip(plain, types)) {
    bool splat = tensorOf(input).getNumElements() == 1 && tensorOf(type).getNumElements() != 1;
    ink.inputs.push_back({block->addArgument(flatType(input.getType()), loc), elementOf(type), splat});
  }
  ink.outputs.push_back({block->addArgument(flatType(resultType), loc), elementOf(resultType), false});
  for (Type type : plan.scratch)
    ink.outputs.push_back({block->addArgument(flatType(type), loc), elementOf(type), false});
  rule(ink);
  return op.getResult(0);
}

Value ItemInk::number(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
Value ItemInk::add(Value a, Value b) { return builder.createOrFold<arith::AddIOp>(loc, a, b); }
Value ItemInk::multiply(Value a, int64_t b) {
  return b == 1 ? a : builder.createOrFold<arith::MulIOp>(loc, a, number(b));
}
Value ItemInk::divide(Value a, int64_t b) {
  return b == 1 ? a : builder.createOrFold<arith::DivUIOp>(loc, a, number(b));
}
Value ItemInk::modulo(Value a, int64_t b) {
  return b == 1 ? number(0) : builder.createOrFold<arith::RemUIOp>(loc, a, number(b));
}

Scalar ItemInk::load(const Memory &memory, Value at) {
  Value stored = memref::LoadOp::create(builder, loc, memory.flat, memory.splat ? number(0) : at);
  return Lowering(builder, loc).enter(scalars, stored, memory.element);
}

void ItemInk::store(const Memory &memory, Scalar value, Value at) {
  memref::StoreOp::create(builder, loc, Lowering(builder, loc).leave(value, memory.element), memory.flat, at);
}

void ItemInk::loop(Value low, Value high, llvm::function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, low, high, number(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void ItemInk::when(Value condition, llvm::function_ref<void()> body) {
  auto branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

Value ItemInk::address(const Memory &memory, Value at) {
  Type i64 = builder.getI64Type();
  int64_t bytes = cast<MemRefType>(memory.flat.getType()).getElementTypeBitWidth() / 8;
  Value base = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memory.flat);
  return arith::IndexCastOp::create(builder, loc, i64, memory.splat ? base : add(base, multiply(at, bytes)));
}

void ItemInk::call(llvm::StringRef name, llvm::ArrayRef<Value> arguments) {
  auto type = builder.getFunctionType(ValueRange(arguments).getTypes(), {});
  auto module = builder.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  if (!SymbolTable::lookupSymbolIn(module, name)) {
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    func::FuncOp::create(top, module.getLoc(), name, type).setPrivate();
  }
  func::CallOp::create(builder, loc, name, TypeRange(), arguments);
}

} // namespace tgc::graph
