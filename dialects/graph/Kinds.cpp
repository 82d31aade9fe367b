// The general rules behind the kinds: type inference, linearity, batching.
#include "dialects/graph/Kinds.h"
#include "dialects/graph/Call.h"

using namespace mlir;

namespace tgc::graph {

static int bitOf(char kind) {
  return kind == 'f' ? 1 : kind == 'i' ? 2 : kind == 'u' ? 4 : kind == 'b' ? 8 : 0;
}

static std::string operandText(ValueRange operands, unsigned k) {
  return "operand " + std::to_string(k) + " (" + textOf(operands[k]) + ")";
}

static LogicalResult checkElements(std::optional<Location> loc, llvm::StringRef name, ValueRange operands,
                                   int bits, llvm::StringRef words) {
  for (unsigned k = 0; k < operands.size(); ++k) {
    Type type = operands[k].getType();
    if (!isTensor(type)) return emitOptionalError(loc, name, " takes tensors");
    char kind = kindOf(elementOf(type));
    if (bitOf(kind) & bits || (operands.size() > 1 && kind != 'f')) continue;
    return emitOptionalError(loc, name, " takes ", words, " tensors, but ", operandText(operands, k), " is ",
                             nameOf(elementOf(type)));
  }
  return success();
}

LogicalResult inferPointwise(std::optional<Location> loc, llvm::StringRef name, ValueRange operands, int bits,
                             llvm::StringRef words, Type result, SmallVectorImpl<Type> &out) {
  if (failed(checkElements(loc, name, operands, bits, words))) return failure();
  int leading = -1;
  for (unsigned k = 0; k < operands.size(); ++k) {
    if (shapeOf(operands[k]) != shapeOf(operands[0]))
      return emitOptionalError(loc, name, ": ", operandText(operands, 0), " and ", operandText(operands, k),
                               " differ in shape");
    // A bool operand beside numbers is a condition.
    if (kindOf(elementOf(operands[k])) == 'b' && !(bits == 8)) continue;
    if (leading < 0) leading = k;
    if (elementOf(operands[k]) != elementOf(operands[leading]))
      return emitOptionalError(loc, name, ": ", operandText(operands, leading), " and ",
                               operandText(operands, k), " differ in dtype");
  }
  Type element = elementOf(operands[leading < 0 ? 0 : leading]);
  if (!(bitOf(kindOf(element)) & bits))
    return emitOptionalError(loc, name, " takes ", words, " tensors, but ",
                             operandText(operands, leading < 0 ? 0 : leading), " is ", nameOf(element));
  out.push_back(RankedTensorType::get(shapeOf(operands[0]), result ? result : element));
  return success();
}

LogicalResult inferByFormula(MLIRContext *context, std::optional<Location> loc, llvm::StringRef name,
                             ValueRange operands, int bits, llvm::StringRef words,
                             llvm::function_ref<Syms(Ink &)> formula, SmallVectorImpl<Type> &out) {
  if (failed(checkElements(loc, name, operands, bits, words))) return failure();
  Block scratch;
  Ink ink(OpBuilder::atBlockEnd(&scratch), loc ? *loc : UnknownLoc::get(context));
  Syms results = formula(ink);
  bool ok = !ink.failed() && !results.empty();
  for (Sym result : results) {
    ok = ok && result && !result.isLiteral();
    if (ok) out.push_back(result.type());
  }
  while (!scratch.empty())
    scratch.back().erase();
  return success(ok);
}

LogicalResult noRule(Operation *op, llvm::StringRef reason) {
  auto diagnostic = op->emitError() << op->getName().stripDialect() << " has no derivative";
  if (!reason.empty()) diagnostic << ": " << reason;
  return failure();
}

LogicalResult expandFirst(Operation *op) {
  return op->emitError() << op->getName().stripDialect()
                         << " is a composite and should have been expanded here";
}

Sym sameOp(Operation *op, Ink &ink, SymsRef operands) {
  SmallVector<Value> values;
  for (Sym operand : operands)
    values.push_back(operand.value());
  return ink.build1(op->getName().stripDialect(), values, op->getAttrDictionary().getValue());
}

Sym linearTangent(Operation *op, Ink &ink, SymsRef tangents, llvm::function_ref<bool(unsigned)> isLinear) {
  Syms operands = ink.syms(op->getOperands());
  bool any = false;
  for (unsigned k = 0; k < tangents.size(); ++k) {
    if (!isLinear(k)) continue;
    operands[k] = tangents[k];
    any |= !tangents[k].isZero();
  }
  return any ? sameOp(op, ink, operands) : ink.zero(op->getResult(0).getType());
}

Sym withLeadingAxis(Ink &ink, Sym operand, bool mapped, int64_t extent) {
  if (mapped) return operand;
  SmallVector<int64_t> shape = {extent};
  llvm::append_range(shape, operand.shape());
  return broadcast_to(operand, shape);
}

FailureOr<Syms> batchPointwise(Operation *op, Ink &ink, SymsRef operands, ArrayRef<bool> mapped,
                               int64_t extent) {
  Syms all;
  for (auto [operand, has] : llvm::zip(operands, mapped))
    all.push_back(withLeadingAxis(ink, operand, has, extent));
  return Syms{sameOp(op, ink, all)};
}

Syms batchLeaf(Operation *op, Ink &ink, int64_t extent) {
  return {withLeadingAxis(ink, ink.sym(op->getResult(0)), false, extent)};
}

} // namespace tgc::graph
