// The general rules behind the kinds: type inference, linearity, batching.
#include "dialects/graph/Kinds.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Complex.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/TensorReference.h"

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
    if (bitOf(kind) & bits) continue;
    if (kind == 'c')
      return emitOptionalError(loc, name, " takes no complex numbers, but ", operandText(operands, k),
                               " is complex");
    return emitOptionalError(loc, name, " takes ", words, " tensors, but ", operandText(operands, k), " is ",
                             nameOf(elementOf(type)));
  }
  return success();
}

static LogicalResult refuseElement(std::optional<Location> loc, llvm::StringRef name, ValueRange operands,
                                   unsigned k, llvm::StringRef words, llvm::StringRef advice) {
  if (!loc) return failure();
  if (isComplexTensor(operands[k].getType()))
    return emitError(*loc) << name << " takes no complex numbers, but " << operandText(operands, k)
                           << " is complex";
  auto diagnostic = emitError(*loc) << name << " takes " << words << " tensors, but "
                                    << operandText(operands, k) << " is " << nameOf(elementOf(operands[k]));
  if (!advice.empty()) diagnostic.attachNote() << "help: " << advice;
  return failure();
}

LogicalResult inferPointwise(std::optional<Location> loc, llvm::StringRef name, ValueRange operands, int bits,
                             llvm::StringRef words, llvm::StringRef advice, int conditions, Type result,
                             SmallVectorImpl<Type> &out) {
  std::optional<unsigned> leading;
  for (unsigned k = 0; k < operands.size(); ++k) {
    if (!isTensor(operands[k].getType())) return emitOptionalError(loc, name, " takes tensors");
    if (shapeOf(operands[k]) != shapeOf(operands[0]))
      return emitOptionalError(loc, name, ": ", operandText(operands, 0), " and ", operandText(operands, k),
                               " differ in shape");
    char kind = kindOf(elementOf(operands[k]));
    if (conditions >> k & 1) {
      if (kind != 'b') return refuseElement(loc, name, operands, k, "bool condition", "");
      continue;
    }
    const Row *row = kind == 'c' ? rowNamed(name) : nullptr;
    if (!(bitOf(kind) & bits) && !(row && row->complex))
      return refuseElement(loc, name, operands, k, words, advice);
    if (!leading) leading = k;
    if (elementOf(operands[k]) != elementOf(operands[*leading]))
      return emitOptionalError(loc, name, ": ", operandText(operands, *leading), " and ",
                               operandText(operands, k), " differ in dtype");
  }
  Type element = elementOf(operands[leading ? *leading : 0]);
  out.push_back(RankedTensorType::get(shapeOf(operands[0]), result ? result : element));
  return success();
}

LogicalResult inferByFormula(MLIRContext *context, std::optional<Location> loc, llvm::StringRef name,
                             ValueRange operands, int bits, llvm::StringRef words,
                             llvm::function_ref<Syms(Ink &)> formula, SmallVectorImpl<Type> &out) {
  if (failed(checkElements(loc, name, operands, bits, words))) return failure();
  Block scratch;
  OpBuilder builder(context); // atBlockEnd would ask the block's region, which it has not
  builder.setInsertionPointToEnd(&scratch);
  Ink ink(builder, loc ? *loc : UnknownLoc::get(context));
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

HostTensors evaluateComplex(Operation *op, HostTensorsRef operands) {
  Block scratch;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointToEnd(&scratch);
  Ink ink(builder, op->getLoc());
  SmallVector<Complex> parts;
  SmallVector<int32_t> segments(operands.size(), 1);
  for (const HostTensor &operand : operands) {
    Complex z{ink.constant(reference::part(operand, false).toAttr()), {}};
    if (operand.isComplex()) z.im = ink.constant(reference::part(operand, true).toAttr());
    parts.push_back(z);
  }
  ComplexCall call(ink, op->getName().stripDialect(), parts, segments, op->getAttrDictionary());
  Syms results = rowNamed(call.name)->complex(call);
  HostTensors out;
  if (!ink.failed() && succeeded(expandComposites(scratch))) {
    llvm::DenseMap<Value, HostTensor> held;
    for (Operation &inner : scratch) {
      HostTensors values;
      for (Value operand : inner.getOperands())
        values.push_back(held.at(operand));
      for (auto [result, tensor] : llvm::zip_equal(inner.getResults(), cast<GraphOp>(inner).evaluate(values)))
        held.try_emplace(result, tensor);
    }
    for (Sym result : results)
      out.push_back(held.at(result.value()));
  }
  while (!scratch.empty())
    scratch.back().erase();
  return out;
}

LogicalResult noRule(Operation *op) {
  auto diagnostic = op->emitError() << op->getName().stripDialect() << " has no derivative";
  const Row *row = rowNamed(op->getName().stripDialect());
  if (row && *row->noDerivative) diagnostic << ": " << row->noDerivative;
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

Sym multilinearTangent(Operation *op, Ink &ink, SymsRef tangents,
                       llvm::function_ref<bool(unsigned)> isLinear) {
  Sym total = ink.zero(op->getResult(0).getType());
  for (unsigned k = 0; k < tangents.size(); ++k) {
    if (!isLinear(k) || tangents[k].isZero()) continue;
    Syms operands = ink.syms(op->getOperands());
    operands[k] = tangents[k];
    total = total + sameOp(op, ink, operands);
  }
  return total;
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
