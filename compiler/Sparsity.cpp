#include "compiler/Scratch.h"
#include "compiler/Structure.h"
#include "compiler/autodiff/Colour.h"
#include "compiler/autodiff/Spread.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc {
namespace {

/// The gradient of the first result.
void takeGradient(Scratch &scratch, ArrayRef<int64_t> wrt) {
  func::FuncOp f = scratch.function();
  scratch.make("tgc_gradient", f.getArgumentTypes(), [&](OpBuilder &builder, ValueRange values) {
    graph::Ink ink(builder, f.getLoc());
    SmallVector<Value> operands(values);
    SmallVector<Type> types(f.getResultTypes());
    for (auto [k, type] : llvm::enumerate(f.getResultTypes()))
      if (graph::isFloatTensor(type))
        operands.push_back(
            ink.full(graph::tensorOf(type).getShape(), graph::elementOf(type), k == 0).value());
    for (int64_t position : wrt)
      types.push_back(f.getArgumentTypes()[position]);
    auto request = graph::VjpOp::create(ink.builder, f.getLoc(), types, operands, f.getName(), wrt);
    return SmallVector<Value>(request.getResults().drop_front(f.getNumResults()));
  });
}

/// The tangents of all results by tangents of `wrt`, which are the last arguments.
void takeTangent(Scratch &scratch, ArrayRef<int64_t> wrt) {
  func::FuncOp f = scratch.function();
  SmallVector<Type> inputs(f.getArgumentTypes());
  for (int64_t position : wrt)
    inputs.push_back(f.getArgumentTypes()[position]);
  scratch.make("tgc_tangent", inputs, [&](OpBuilder &builder, ValueRange values) {
    SmallVector<Type> types(f.getResultTypes());
    types.append(f.getResultTypes().begin(), f.getResultTypes().end());
    auto request = graph::JvpOp::create(builder, f.getLoc(), types, values, f.getName(), wrt);
    return SmallVector<Value>(request.getResults().drop_front(f.getNumResults()));
  });
}

} // namespace

Result<Pattern> sparsity(const StructureRequest &request) {
  ArrayRef<int64_t> wrt(request.wrt.data(), request.wrt.size());
  Scratch scratch(request.module, request.function);
  if (!scratch.function())
    return Error{ErrorKind::Invalid, "no function is named " + request.function, {}, 1, {}};
  if (request.second) takeGradient(scratch, wrt);
  takeTangent(scratch, wrt);
  if (auto done = scratch.simplify(); !done) return done.error();
  func::FuncOp tangent = scratch.function();
  SmallVector<int64_t> tangents;
  for (size_t k = 0; k < wrt.size(); ++k)
    tangents.push_back(static_cast<int64_t>(tangent.getNumArguments() - wrt.size() + k));
  auto pattern = autodiff::colouredPattern(autodiff::spread(tangent, tangents), request.second);
  if (pattern) return std::move(*pattern);
  return Error{ErrorKind::Limit,
               "the sparse form has more than 2^25 nonzeros without a regular structure",
               {},
               1,
               {{"the dense form, or a derivative by fewer arguments", {}, Note::Kind::Help}}};
}

} // namespace tgc
