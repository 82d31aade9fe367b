// Registration, verifiers and effects of the exec dialect.
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/raw_ostream.h"

#include "dialects/exec/ExecDialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/exec/ExecOps.cpp.inc"

using namespace mlir;

namespace tgc::exec {

void ExecDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/exec/ExecOps.cpp.inc"
      >();
}

bool isKernel(func::FuncOp function) { return function->hasAttr(kernelAttr); }
bool isRoutine(func::FuncOp function) { return function->hasAttr(routineAttr); }
bool isOuter(func::FuncOp function) {
  return !function.isExternal() && !isKernel(function) && !isRoutine(function);
}

bool isLoopForm(func::FuncOp kernel) {
  auto inputs = kernel.getArgumentTypes();
  return inputs.size() >= 2 && inputs[0].isIndex() && inputs[1].isIndex() && kernel.getNumResults() == 0;
}

bool isForeign(func::FuncOp kernel) { return kernel.isExternal() && kernel->hasAttr(foreignAttr); }

Type storageElement(Type element) {
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer) return element;
  if (integer.getWidth() == 1) return IntegerType::get(element.getContext(), 8);
  return IntegerType::get(element.getContext(), integer.getWidth());
}

MemRefType storageOf(ShapedType type) {
  return MemRefType::get(type.getShape(), storageElement(type.getElementType()));
}

int64_t storageBytes(ShapedType type) {
  return type.getNumElements() * (storageElement(type.getElementType()).getIntOrFloatBitWidth() / 8);
}

// Attributes ------------------------------------------------------------------------------------------------

static LogicalResult verifyCount(Operation *op, NamedAttribute named) {
  auto value = dyn_cast<IntegerAttr>(named.getValue());
  if (!value || !value.getType().isInteger(64) || value.getInt() < 0)
    return op->emitOpError() << named.getName().getValue()
                             << " must be a 64-bit integer that is not negative";
  return success();
}

static LogicalResult verifyPairs(Operation *op, NamedAttribute named) {
  StringRef name = named.getName();
  auto pairs = dyn_cast<DenseI64ArrayAttr>(named.getValue());
  if (!pairs || pairs.size() % 2)
    return op->emitOpError() << name << " must be an array<i64: input, result, ...> of pairs";
  for (int64_t index : pairs.asArrayRef())
    if (index < 0) return op->emitOpError() << name << " names a negative position " << index;
  return success();
}

/// Pairs of an argument and a result of one type, each named once.
static LogicalResult verifyDonated(func::FuncOp function, NamedAttribute named) {
  if (failed(verifyPairs(function, named))) return failure();
  auto pairs = cast<DenseI64ArrayAttr>(named.getValue()).asArrayRef();
  if (function->hasAttr(argumentsAttr)) return success(); // planned: results are arguments by now
  llvm::SmallDenseSet<int64_t> arguments, results;
  for (size_t at = 0; at < pairs.size(); at += 2) {
    const int64_t argument = pairs[at], result = pairs[at + 1];
    if (argument >= function.getNumArguments() || result >= function.getNumResults())
      return function.emitOpError() << "exec.donated names argument " << argument << " and result " << result
                                    << " of " << function.getFunctionType();
    if (!arguments.insert(argument).second || !results.insert(result).second)
      return function.emitOpError() << "exec.donated names an argument or a result twice";
    if (function.getArgumentTypes()[argument] != function.getResultTypes()[result])
      return function.emitOpError() << "exec.donated gives an argument of type "
                                    << function.getArgumentTypes()[argument] << " to a result of type "
                                    << function.getResultTypes()[result];
  }
  return success();
}

static LogicalResult verifyForeign(func::FuncOp kernel, Attribute name) {
  if (!isa<StringAttr>(name)) return kernel.emitOpError("exec.foreign must be the name of a host's function");
  auto strides = kernel->getAttrOfType<DenseI64ArrayAttr>(stridesAttr);
  const int64_t places = int64_t(kernel.getNumArguments()) - 2;
  if (!kernel.isExternal() || !isKernel(kernel) || !isLoopForm(kernel) || !strides ||
      strides.size() != places)
    return kernel.emitOpError(
        "exec.foreign stands on kernels in loop form without a body, with exec.strides for "
        "each place");
  return success();
}

LogicalResult ExecDialect::verifyOperationAttribute(Operation *op, NamedAttribute named) {
  StringRef name = named.getName();
  if (!isa<func::FuncOp>(op)) return op->emitOpError(name) << " stands only on functions";
  if (name == kernelAttr)
    return isa<UnitAttr>(named.getValue()) ? success()
                                           : LogicalResult(op->emitOpError("exec.kernel carries no value"));
  if (name == routineAttr)
    return cast<func::FuncOp>(op).getName().starts_with(routinePrefix)
               ? success()
               : LogicalResult(op->emitOpError("exec.routine stands on functions named ") << routinePrefix);
  if (name == itemsAttr || name == nanosecondsAttr || name == argumentsAttr) return verifyCount(op, named);
  if (name == inplaceAttr || name == carryAttr) return verifyPairs(op, named);
  if (name == donatedAttr) return verifyDonated(cast<func::FuncOp>(op), named);
  if (name == foreignAttr) return verifyForeign(cast<func::FuncOp>(op), named.getValue());
  return success(); // further notes of the compiler on a kernel, such as why it was cut where it was
}

// items
// ------------------------------------------------------------------------------------------------------

LogicalResult ItemsOp::verifyRegions() {
  SmallVector<Type> expected = {IndexType::get(getContext())};
  for (Type type :
       llvm::concat<Type>(SmallVector<Type>(getOperandTypes()), SmallVector<Type>(getResultTypes()))) {
    auto tensor = cast<ShapedType>(type);
    expected.push_back(MemRefType::get({tensor.getNumElements()}, storageElement(tensor.getElementType())));
  }
  if (getBody().getArgumentTypes() != TypeRange(expected))
    return emitOpError(
        "has a region whose arguments are not the item and the flat memory of inputs and outputs");
  return success();
}

// run and launch --------------------------------------------------------------------------------------------

static func::FuncOp kernelNamed(Operation *op, FlatSymbolRefAttr name, SymbolTableCollection &tables) {
  auto kernel = tables.lookupNearestSymbolFrom<func::FuncOp>(op, name);
  if (!kernel)
    op->emitOpError("no function is named ") << name;
  else if (!isKernel(kernel))
    op->emitOpError("function ") << name << " carries no exec.kernel";
  else
    return kernel;
  return nullptr;
}

/// Compares the values of a call with the memory arguments of a kernel in loop form.
static LogicalResult verifyMemory(Operation *op, func::FuncOp kernel, ArrayRef<Type> types) {
  auto arguments = kernel.getArgumentTypes().drop_front(2);
  if (arguments.size() != types.size())
    return op->emitOpError() << "has " << types.size() << " operands and results where kernel @"
                             << kernel.getName() << " has " << arguments.size() << " memory arguments";
  for (auto [index, pair] : llvm::enumerate(llvm::zip_equal(arguments, types))) {
    auto [argument, type] = pair;
    if (argument != storageOf(cast<ShapedType>(type)))
      return op->emitOpError() << "value " << index << " has type " << type << " where kernel @"
                               << kernel.getName() << " takes " << argument;
  }
  return success();
}

/// A kernel on tensors takes a value as it is or, once lowered, on its storage type (bool as i8, unsigned as
/// signless).
static bool takes(Type parameter, Type value) {
  auto tensor = dyn_cast<ShapedType>(parameter);
  if (!tensor || !isa<ShapedType>(value)) return false;
  return parameter == value ||
         MemRefType::get(tensor.getShape(), tensor.getElementType()) == storageOf(cast<ShapedType>(value));
}

LogicalResult RunOp::verifySymbolUses(SymbolTableCollection &tables) {
  func::FuncOp kernel = kernelNamed(*this, getKernelAttr(), tables);
  if (!kernel) return failure();
  if (isLoopForm(kernel)) {
    SmallVector<Type> types(getOperandTypes());
    llvm::append_range(types, getResultTypes());
    return verifyMemory(*this, kernel, types);
  }
  auto type = FunctionType::get(getContext(), getOperandTypes(), getResultTypes());
  FunctionType own = kernel.getFunctionType();
  if (own.getNumInputs() != type.getNumInputs() || own.getNumResults() != type.getNumResults() ||
      !llvm::all_of_zip(own.getInputs(), type.getInputs(), takes) ||
      !llvm::all_of_zip(own.getResults(), type.getResults(), takes))
    return emitOpError() << "has type " << type << " where kernel @" << kernel.getName() << " has "
                         << kernel.getFunctionType();
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &tables) {
  func::FuncOp kernel = kernelNamed(*this, getKernelAttr(), tables);
  if (!kernel) return failure();
  if (!isLoopForm(kernel))
    return emitOpError() << "kernel @" << kernel.getName() << " is not in loop form: it has type "
                         << kernel.getFunctionType();
  return verifyMemory(*this, kernel, SmallVector<Type>(getOperandTypes()));
}

using Effects = SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

void LaunchOp::getEffects(Effects &effects) {
  for (OpOperand &input : getInputsMutable())
    effects.emplace_back(MemoryEffects::Read::get(), &input);
  for (OpOperand &output : getOutputsMutable())
    effects.emplace_back(MemoryEffects::Write::get(), &output);
}

void CopyOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Read::get(), &getInputMutable());
  effects.emplace_back(MemoryEffects::Write::get(), &getOutputMutable());
}

// control and enter -----------------------------------------------------------------------------------------

/// How many inputs and outputs the numbers of a control op ask for.
template <typename Op> static LogicalResult verifyCounts(Op op) {
  const StringRef kind = op.getKind();
  if (!llvm::is_contained({"branch", "while", "scan", "unwind"}, kind))
    return op.emitOpError() << "is of kind " << kind << "; kinds are branch, while, scan and unwind";
  if ((kind == "scan") == op.getSecond().has_value())
    return op.emitOpError() << "of kind " << kind << " names "
                            << (op.getSecond() ? "two functions" : "one function");
  const bool head = kind == "branch" || kind == "unwind";
  const int64_t inputs = (head ? 1 : 0) + op.getCarried() + op.getSliced() + op.getShared() +
                         op.getAdjoints() + op.getStreamed();
  if (int64_t(op.getInputs().size()) != inputs)
    return op.emitOpError() << "has " << op.getInputs().size() << " inputs where its numbers ask for "
                            << inputs;
  const int64_t outputs = (kind == "unwind" ? op.getAdjoints() : op.getCarried()) + op.getStacked();
  if (kind != "branch" && int64_t(op.getOutputs().size()) != outputs)
    return op.emitOpError() << "has " << op.getOutputs().size() << " outputs where its numbers ask for "
                            << outputs;
  return success();
}

template <typename Op> static LogicalResult verifyBodies(Op op, SymbolTableCollection &tables) {
  for (FlatSymbolRefAttr name : {op.getFirstAttr(), op.getSecondAttr()}) {
    if (!name) continue;
    auto body = tables.lookupNearestSymbolFrom<func::FuncOp>(op, name);
    if (!body) return op.emitOpError("no function is named ") << name;
    if (!isOuter(body)) return op.emitOpError("function ") << name << " is no outer function";
  }
  return verifyCounts(op);
}

LogicalResult ControlOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyBodies(*this, tables);
}
LogicalResult EnterOp::verifySymbolUses(SymbolTableCollection &tables) { return verifyBodies(*this, tables); }

void EnterOp::getEffects(Effects &effects) {
  for (OpOperand &input : getInputsMutable())
    effects.emplace_back(MemoryEffects::Read::get(), &input);
  for (OpOperand &output : getOutputsMutable()) {
    effects.emplace_back(MemoryEffects::Read::get(), &output);
    effects.emplace_back(MemoryEffects::Write::get(), &output);
  }
  effects.emplace_back(MemoryEffects::Write::get(), &getScratchMutable());
}

// reshape, constant, slot -----------------------------------------------------------------------------------

LogicalResult ReshapeOp::verify() {
  auto from = cast<ShapedType>(getInput().getType()), to = cast<ShapedType>(getOutput().getType());
  if (isa<MemRefType>(from) != isa<MemRefType>(to))
    return emitOpError() << "joins a tensor and a place in memory: " << from << " to " << to;
  if (from.getElementType() != to.getElementType())
    return emitOpError() << "changes the element type from " << from.getElementType() << " to "
                         << to.getElementType();
  if (from.getNumElements() != to.getNumElements())
    return emitOpError() << "turns " << from.getNumElements() << " elements into " << to.getNumElements();
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  Value input = getInput();
  if (input.getType() == getType()) return input;
  if (auto before = input.getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(before.getInput());
    return getOutput();
  }
  return {};
}

LogicalResult ConstantOp::verify() {
  ShapedType value = getValue().getShapedType();
  auto type = cast<ShapedType>(getOutput().getType());
  bool sameElements = storageElement(value.getElementType()) == storageElement(type.getElementType());
  if (value.getShape() != type.getShape() || !sameElements)
    return emitOpError() << "holds " << value << " where its result is " << type;
  return success();
}

LogicalResult SlotOp::verify() {
  auto arena = cast<ShapedType>(getArena().getType()), place = cast<ShapedType>(getOutput().getType());
  if (arena.getRank() != 1 || !arena.getElementType().isInteger(8))
    return emitOpError() << "takes an arena of bytes, not " << arena;
  int64_t offset = getOffset();
  if (offset % 64) return emitOpError() << "offset " << offset << " is not a multiple of 64 bytes";
  if (int64_t end = offset + storageBytes(place); end > arena.getDimSize(0))
    return emitOpError() << "ends at byte " << end << " of an arena of " << arena.getDimSize(0);
  return success();
}

void ReshapeOp::getAsmResultNames(OpAsmSetValueNameFn name) { name(getOutput(), "view"); }
void ConstantOp::getAsmResultNames(OpAsmSetValueNameFn name) { name(getOutput(), "cst"); }
void SlotOp::getAsmResultNames(OpAsmSetValueNameFn name) { name(getOutput(), "slot"); }

} // namespace tgc::exec
