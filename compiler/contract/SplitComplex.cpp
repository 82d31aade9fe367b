// Complex tensors become real ones. Memory holds the parts of a number side by side, as C and NumPy do: where
// a function, branch or loop hands on a complex tensor, it is a real one with a last axis of extent 2. In
// between, every value is two tensors, and an op that has complex operands is written by its row's rule.
#include "compiler/Passes.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Complex.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_SPLITCOMPLEX
#include "compiler/Passes.h.inc"

namespace {

Type storedType(Type type) {
  if (!isComplexTensor(type)) return type;
  SmallVector<int64_t> shape(tensorOf(type).getShape());
  shape.push_back(2);
  return RankedTensorType::get(shape, realOf(elementOf(type)));
}

bool isAnyComplex(TypeRange types) { return llvm::any_of(types, isComplexTensor); }

class Splitter {
public:
  explicit Splitter(func::FuncOp function)
      : function(function), ink(OpBuilder(function.getContext()), function.getLoc()) {}

  LogicalResult run() {
    Block &body = function.front();
    auto ops = llvm::map_to_vector(body, [](Operation &op) { return &op; });
    ink.builder.setInsertionPointToStart(&body);
    for (BlockArgument argument : body.getArguments()) {
      if (!isComplexTensor(argument.getType())) continue;
      argument.setType(storedType(argument.getType()));
      parts[argument] = loaded(argument);
    }
    for (Operation *op : ops) {
      if (!isAnyComplex(op->getResultTypes()) && !readsSplit(op)) continue;
      ink.setLoc(op->getLoc());
      ink.builder.setInsertionPoint(op);
      if (failed(split(op)) || ink.failed()) return failure();
    }
    function.setFunctionType(FunctionType::get(function.getContext(), body.getArgumentTypes(),
                                               body.getTerminator()->getOperandTypes()));
    for (Operation *op : llvm::reverse(old))
      op->erase();
    return expandComposites(body);
  }

private:
  bool readsSplit(Operation *op) const {
    return llvm::any_of(op->getOperands(), [&](Value operand) { return parts.contains(operand); });
  }

  /// The parts of a tensor as memory holds it.
  Complex loaded(Value stored) {
    auto type = tensorOf(stored);
    int64_t last = type.getRank() - 1;
    auto part = [&](int64_t which) {
      SmallVector<int64_t> starts(type.getRank(), 0), stops(type.getShape());
      starts[last] = which;
      stops[last] = which + 1;
      Sym cut = slice(ink.sym(stored), starts, stops);
      return reshape(cut, type.getShape().drop_back());
    };
    return {part(0), part(1)};
  }

  Value stored(Value value) {
    auto found = parts.find(value);
    if (found == parts.end()) return value;
    Complex z = found->second;
    Syms both = {ink.sym(z.re.value()), ink.sym(z.im.value())};
    // A little is written by the kernel that makes it; much in turn by vectors.
    constexpr int64_t little = 256;
    const bool large = countOf(z.re.shape()) > little;
    return (large ? interleave(both[0], both[1]) : stack(both, z.re.rank())).value();
  }

  Complex partsIn(Value value) {
    auto found = parts.find(value);
    return found == parts.end() ? Complex{ink.sym(value), ink.zero(value.getType())} : found->second;
  }

  LogicalResult split(Operation *op) {
    if (isa<ConstantOp>(op)) {
      parts[op->getResult(0)] = graph::partsOf(ink.sym(op->getResult(0)));
      old.push_back(op);
      return success();
    }
    if (auto row = dyn_cast<GraphOp>(op)) return splitRow(row);
    return handOn(op);
  }

  LogicalResult splitRow(GraphOp op) {
    const Row *row = rowNamed(op->getName().stripDialect());
    auto keep = [&](unsigned index, Complex z) {
      Value result = op->getResult(index);
      if (isComplexTensor(result.getType()))
        parts[result] = z;
      else
        result.replaceAllUsesWith(z.re.value());
    };
    old.push_back(op);
    if (auto join = dyn_cast<JoinPartsOp>(*op))
      return keep(0, {ink.sym(join.getRe()), ink.sym(join.getIm())}), success();
    if (isa<RealPartOp>(op)) return keep(0, {partsIn(op->getOperand(0)).re, {}}), success();
    if (isa<ImagPartOp>(op)) return keep(0, {partsIn(op->getOperand(0)).im, {}}), success();
    if (!row->complex) return op->emitError() << row->name << " takes no complex numbers";
    SmallVector<Complex> operands =
        llvm::map_to_vector(op->getOperands(), [&](Value v) { return partsIn(v); });
    SmallVector<int32_t> segments(row->operands.size(), 1);
    if (auto given = op->getAttrOfType<DenseI32ArrayAttr>("operandSegmentSizes"))
      segments.assign(given.asArrayRef().begin(), given.asArrayRef().end());
    else if (segments.size() == 1)
      segments[0] = static_cast<int32_t>(operands.size());
    else
      for (auto [k, operand] : llvm::enumerate(row->operands)) // one of them may be a list
        if (operand.variadic || operand.optional)
          segments[k] = static_cast<int32_t>(operands.size() + 1 - segments.size());
    ComplexCall call(ink, row->name, operands, segments, op->getAttrDictionary());
    Syms results = row->complex(call);
    if (ink.failed() || results.size() != op->getNumResults()) return failure();
    for (auto [k, result] : llvm::enumerate(results))
      keep(static_cast<unsigned>(k), partsOf(result));
    return success();
  }

  /// Branches, loops, barriers, calls of the host and returns: what they hand on lies in memory.
  LogicalResult handOn(Operation *op) {
    for (OpOperand &operand : op->getOpOperands())
      operand.set(stored(operand.get()));
    ink.builder.setInsertionPointAfter(op);
    for (Value result : op->getResults()) {
      if (!isComplexTensor(result.getType())) continue;
      result.setType(storedType(result.getType()));
      parts[result] = loaded(result);
    }
    return success();
  }

  func::FuncOp function;
  Ink ink;
  llvm::DenseMap<Value, Complex> parts;
  SmallVector<Operation *> old; ///< ops whose results nobody reads any more
};

struct SplitComplexPass : impl::SplitComplexBase<SplitComplexPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || !holdsComplex(function)) continue;
      if (failed(Splitter(function).run())) return signalPassFailure();
    }
  }

  static bool holdsComplex(func::FuncOp function) {
    Block &body = function.front();
    return isAnyComplex(body.getArgumentTypes()) ||
           llvm::any_of(body, [](Operation &op) { return isAnyComplex(op.getResultTypes()); });
  }
};

} // namespace
} // namespace tgc
