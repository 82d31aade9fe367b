// Tangents along the graph: each op of the body is copied, its tangent rule is asked only where a tangent
// arrives.
#include "compiler/autodiff/Derive.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

LogicalResult Derive::forward(func::FuncOp f, Ink &ink, ValueRange arguments, SymsRef tangents, Syms &results,
                              Syms &resultTangents) {
  IRMapping copies;
  llvm::DenseMap<Value, Sym> tangent; // of copied values; absent means zero
  auto tangentOfValue = [&](Value copy) {
    auto found = tangent.find(copy);
    return found == tangent.end() ? ink.zero(copy.getType()) : found->second;
  };
  // An argument of the body may be given the same value twice with different tangents: arguments are kept
  // apart.
  llvm::DenseMap<Value, Sym> ofArgument;
  for (auto [inner, outer, t] : llvm::zip_equal(f.getArguments(), arguments, tangents)) {
    copies.map(inner, outer);
    if (!t.isZero()) ofArgument[inner] = t;
  }
  auto incoming = [&](Value inner) {
    auto found = ofArgument.find(inner);
    return found != ofArgument.end()   ? found->second
           : isa<BlockArgument>(inner) ? ink.zero(inner.getType())
                                       : tangentOfValue(copies.lookup(inner));
  };
  Location outside = ink.loc();
  for (Operation &op : f.front().without_terminator()) {
    ink.setLoc(op.getLoc());
    Operation *copy = ink.builder.clone(op, copies);
    Syms in;
    for (Value operand : op.getOperands())
      in.push_back(incoming(operand));
    if (llvm::all_of(in, [](const Sym &sym) { return sym.isZero(); })) continue;
    if (isControl(copy)) {
      auto made = tangentOfControl(copy, ink, in);
      if (failed(made) || ink.failed()) return failure();
      copies.map(op.getResults(), made->values);
      for (auto [value, t] : llvm::zip_equal(made->values, made->derivatives))
        if (!t.isZero()) tangent[value] = t;
      copy->erase();
      continue;
    }
    auto out = tangentOf(&op, copy, ink, in);
    if (failed(out) || ink.failed()) return failure();
    for (auto [value, t] : llvm::zip_equal(copy->getResults(), *out))
      if (!t.isZero()) tangent[value] = t;
  }
  ink.setLoc(outside);
  for (Value value : f.front().getTerminator()->getOperands()) {
    results.push_back(ink.sym(copies.lookup(value)));
    resultTangents.push_back(incoming(value));
  }
  return success();
}

FailureOr<Syms> Derive::tangentOf(Operation *op, Operation *copy, Ink &ink, SymsRef tangents) {
  if (isa<VmapOp>(copy)) return tangentOfMap(copy, ink, tangents);
  if (isa<CheckpointOp>(copy)) return tangentOfCheckpoint(copy, ink, tangents);
  if (isa<BarrierOp>(copy)) return tangentOfBarrier(copy, ink, tangents);
  if (auto call = dyn_cast<CallOp>(copy)) return tangentOfCall(cast<CallOp>(op), call, ink, tangents);
  auto row = dyn_cast<GraphOp>(copy);
  if (!row) return refuseDerivative(copy), failure();
  return row.tangent(ink, tangents);
}

func::FuncOp Derive::tangentFunction(func::FuncOp f, SymsRef tangents, Location loc) {
  unsigned count = f.getNumArguments();
  SmallVector<unsigned> active;
  SmallVector<Type> inputs(f.getArgumentTypes());
  for (auto [k, t] : llvm::enumerate(tangents)) {
    if (t.isZero()) continue;
    active.push_back(k);
    inputs.push_back(f.getArgumentTypes()[k]);
  }
  auto emit = [&](Ink &inner, ValueRange arguments) -> FailureOr<Syms> {
    Syms in, results, out;
    for (Value argument : arguments.take_front(count))
      in.push_back(inner.zero(argument.getType()));
    for (auto [k, position] : llvm::enumerate(active))
      in[position] = inner.sym(arguments[count + k]);
    if (failed(forward(f, inner, arguments.take_front(count), in, results, out))) return failure();
    return out;
  };
  return function((f.getName() + "_jvp").str(), inputs, loc, emit);
}

// The tangent of a map is the map of the tangent, mapped over the same axes.
FailureOr<Syms> Derive::tangentOfMap(Operation *copy, Ink &ink, SymsRef tangents) {
  auto map = cast<VmapOp>(copy);
  func::FuncOp f = callee(copy);
  func::FuncOp tangent = tangentFunction(f, tangents, copy->getLoc());
  if (!tangent) return failure();
  SmallVector<Value> operands(copy->getOperands());
  SmallVector<int64_t> axes(map.getAxes());
  for (auto [k, t] : llvm::enumerate(tangents)) {
    if (t.isZero()) continue;
    operands.push_back(t.value());
    axes.push_back(map.getAxes()[k]);
  }
  SmallVector<Type> types;
  for (Type type : tangent.getResultTypes()) {
    SmallVector<int64_t> shape = {static_cast<int64_t>(map.getExtent())};
    llvm::append_range(shape, tensorOf(type).getShape());
    types.push_back(RankedTensorType::get(shape, elementOf(type)));
  }
  auto made =
      VmapOp::create(ink.builder, copy->getLoc(), types, operands, tangent.getName(), axes, map.getExtent());
  Syms out = ink.syms(made.getResults());
  for (auto [k, value] : llvm::enumerate(copy->getResults()))
    if (!carriesTangent(value)) out[k] = ink.zero(value.getType());
  return out;
}

} // namespace tgc::autodiff
