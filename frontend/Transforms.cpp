// Each transformation is a new graph function that holds one request; the compiler's stages write it out.
#include "tgc/Transforms.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "frontend/Maker.h"

using namespace mlir;

namespace tgc {

using detail::Maker;

namespace {

Type lifted(Type type, std::int64_t extent) {
  SmallVector<int64_t> shape = {extent};
  llvm::append_range(shape, graph::tensorOf(type).getShape());
  return RankedTensorType::get(shape, graph::elementOf(type));
}

/// grad and value_and_grad: a vjp with a cotangent of one for the first result and zero for the others.
Function gradient(const Function &f, const Wrt &wrt, const char *name, bool values, Arg::Here here) {
  Maker maker(f, name, here);
  auto positions = maker.positions(wrt, /*complexToo=*/true);
  scalarFirst(maker);
  maker.begin();
  if (maker.failed()) return maker.done();
  SmallVector<Value> operands(maker.function.getArguments());
  graph::Ink ink(maker.builder, maker.function.getLoc());
  bool first = true;
  for (Type type : maker.callee.getResultTypes()) {
    if (graph::isDifferentiable(type))
      operands.push_back(
          ink.full(graph::tensorOf(type).getShape(), graph::elementOf(type), first ? 1 : 0).value());
    first = false;
  }
  SmallVector<Type> types(maker.callee.getResultTypes());
  for (int64_t position : positions)
    types.push_back(maker.callee.getArgumentTypes()[position]);
  auto request = graph::VjpOp::create(maker.builder, maker.function.getLoc(), types, operands, maker.f.symbol,
                                      positions);
  unsigned skip = values ? 0 : maker.callee.getNumResults();
  return maker.end(request.getResults().drop_front(skip));
}

} // namespace

Function grad(const Function &f, const Wrt &wrt, Arg::Here here) {
  return gradient(f, wrt, "grad", false, here);
}
Function value_and_grad(const Function &f, const Wrt &wrt, Arg::Here here) {
  return gradient(f, wrt, "value_and_grad", true, here);
}

static Function forward(const Function &f, const Wrt &wrt, const char *name, bool tangentsOnly,
                        Arg::Here here) {
  Maker maker(f, name, here);
  auto positions = maker.positions(wrt, /*complexToo=*/true);
  if (!maker.failed())
    for (int64_t position : positions)
      maker.addParam("d_" + maker.f.params[position].name, maker.f.params[position]);
  maker.begin();
  if (maker.failed()) return maker.done();
  SmallVector<Type> types(maker.callee.getResultTypes());
  for (Type type : maker.callee.getResultTypes())
    if (graph::isDifferentiable(type)) types.push_back(type);
  auto request = graph::JvpOp::create(maker.builder, maker.function.getLoc(), types,
                                      maker.function.getArguments(), maker.f.symbol, positions);
  return maker.end(request.getResults().drop_front(tangentsOnly ? maker.callee.getNumResults() : 0));
}

Function jvp(const Function &f, const Wrt &wrt, Arg::Here here) {
  return forward(f, wrt, "jvp", false, here);
}
// Forward over reverse: the tangent of the gradient.
Function hvp(const Function &f, const Wrt &wrt, Arg::Here here) {
  return forward(grad(f, wrt, here), wrt, "hvp", true, here);
}

Function vjp(const Function &f, const Wrt &wrt, Arg::Here here) {
  Maker maker(f, "vjp", here);
  auto positions = maker.positions(wrt, /*complexToo=*/true);
  if (!maker.failed())
    for (const Param &result : maker.f.results)
      if (isDifferentiable(result.dtype)) maker.addParam("ct_" + result.name, result);
  maker.begin();
  if (maker.failed()) return maker.done();
  SmallVector<Type> types(maker.callee.getResultTypes());
  for (int64_t position : positions)
    types.push_back(maker.callee.getArgumentTypes()[position]);
  auto request = graph::VjpOp::create(maker.builder, maker.function.getLoc(), types,
                                      maker.function.getArguments(), maker.f.symbol, positions);
  return maker.end(request.getResults());
}

/// The types of a row of blocks a parameter of `wrt`: its own extents, then those of the parameter.
static SmallVector<Type> blocksOf(Maker &maker, TypeRange rows, ArrayRef<int64_t> wrt) {
  SmallVector<Type> blocks;
  for (Type row : rows)
    for (int64_t position : wrt) {
      auto by = graph::tensorOf(maker.callee.getArgumentTypes()[position]);
      Ints shape(graph::tensorOf(row).getShape());
      shape.insert(shape.end(), by.getShape().begin(), by.getShape().end());
      if (auto ok = Shape(shape).check(); !ok) maker.fail(ok.error());
      blocks.push_back(RankedTensorType::get(shape, graph::elementOf(row)));
    }
  return blocks;
}

Function jacobian(const Function &f, const Wrt &wrt, JacobianMode mode, Arg::Here here) {
  Maker maker(f, "jacobian", here);
  auto positions = maker.positions(wrt);
  if (!maker.failed())
    for (const Param &result : maker.f.results)
      if (!isFloat(result.dtype))
        maker.refuse("result " + result.name + " is " + std::string(nameOf(result.dtype)) +
                     "; only floating-point results have derivatives");
  maker.begin();
  if (maker.failed()) return maker.done();
  auto blocks = blocksOf(maker, maker.callee.getResultTypes(), positions);
  if (maker.failed()) return maker.done();
  const char *name = mode == JacobianMode::Forward   ? "forward"
                     : mode == JacobianMode::Reverse ? "reverse"
                                                     : "auto";
  auto request = graph::JacobianOp::create(maker.builder, maker.function.getLoc(), blocks,
                                           maker.function.getArguments(), maker.f.symbol, positions, name);
  return maker.end(request.getResults());
}

/// Only the first result.
static Function firstOf(const Function &f) {
  return Function(f.name(), f.params(), [&](std::span<const Expr> all) {
    return f(std::vector<Arg>(all.begin(), all.end())).front();
  });
}

Function hessian(const Function &f, const Wrt &wrt, JacobianMode mode, Arg::Here here) {
  Maker maker(f, "hessian", here);
  auto positions = maker.positions(wrt);
  scalarFirst(maker);
  if (!maker.failed() && mode == JacobianMode::Reverse) return jacobian(grad(f, wrt, here), wrt, mode, here);
  if (!maker.failed() && mode == JacobianMode::Forward)
    return jacobian(jacobian(firstOf(f), wrt, mode, here), wrt, mode, here);
  maker.begin();
  if (maker.failed()) return maker.done();
  SmallVector<Type> rows;
  for (int64_t position : positions)
    rows.push_back(maker.callee.getArgumentTypes()[position]);
  auto blocks = blocksOf(maker, rows, positions);
  if (maker.failed()) return maker.done();
  auto request = graph::HessianOp::create(maker.builder, maker.function.getLoc(), blocks,
                                          maker.function.getArguments(), maker.f.symbol, positions);
  return maker.end(request.getResults());
}

/// The axis counted from the front; refused where it is none of a tensor of `rank` axes.
static std::int64_t axisOf(Maker &maker, std::int64_t axis, std::int64_t rank, const std::string &what) {
  if (axis < -rank || axis >= rank)
    maker.refuse("axis " + std::to_string(axis) + " is out of range for " + what + ", which has " +
                 std::to_string(rank) + (rank == 1 ? " axis" : " axes") + " when mapped");
  return axis < 0 ? axis + rank : axis;
}

static void checkCount(Maker &maker, std::size_t own, std::size_t given, const char *kind, const char *list) {
  if (given && given != own)
    maker.refuse(maker.f.name + " has " + std::to_string(own) + " " + kind + (own == 1 ? "" : "s") + ", " +
                 list + " has " + std::to_string(given) + (given == 1 ? " entry" : " entries"));
}

/// The results with their leading axis moved to where `axes` say.
static SmallVector<Value> moved(Maker &maker, ValueRange results, ArrayRef<int64_t> axes) {
  SmallVector<Value> out(results);
  graph::Ink ink(maker.builder, maker.function.getLoc());
  for (auto [k, axis] : llvm::enumerate(axes)) {
    if (axis == 0) continue;
    SmallVector<int64_t> order;
    for (int64_t from = 1; from < graph::tensorOf(out[k]).getRank(); ++from)
      order.push_back(from);
    order.insert(order.begin() + axis, 0);
    out[k] = graph::permute_dims(ink.sym(out[k]), ArrayRef<int64_t>(order)).value();
  }
  return out;
}

Function vmap(const Function &f, std::int64_t extent, const std::vector<std::optional<std::int64_t>> &axes,
              const Ints &outAxes, Arg::Here here) {
  std::optional<Error> wrongRule; // rules run before anything is locked
  if (!f.state->error && extent >= 0) wrongRule = f.state->graph->traceBatchRules(f.state->symbol, extent);
  Maker maker(f, "vmap", here);
  SmallVector<int64_t> normal, outward;
  if (!maker.failed()) {
    checkCount(maker, maker.f.params.size(), axes.size(), "parameter", "axes");
    checkCount(maker, maker.f.results.size(), outAxes.size(), "result", "outAxes");
    if (extent < 0) maker.refuse("the extent is negative: " + std::to_string(extent));
  }
  for (std::size_t k = 0; !maker.failed() && k < maker.f.params.size(); ++k) {
    Param &param = maker.made->params[k];
    auto rank = static_cast<std::int64_t>(param.extents.size()) + 1;
    std::optional<std::int64_t> axis = axes.empty() ? std::optional<std::int64_t>(0) : axes[k];
    normal.push_back(axis ? axisOf(maker, *axis, rank, "parameter " + param.name) : -1);
    if (!axis || maker.failed()) continue;
    param.extents.insert(param.extents.begin() + normal.back(), extent);
    if (auto ok = Shape(param.extents).check(); !ok) maker.fail(ok.error());
  }
  for (std::size_t k = 0; !maker.failed() && k < outAxes.size(); ++k) {
    const Param &result = maker.f.results[k];
    outward.push_back(axisOf(maker, outAxes[k], static_cast<std::int64_t>(result.extents.size()) + 1,
                             "result " + result.name));
  }
  if (wrongRule) maker.fail(*wrongRule);
  maker.begin();
  if (maker.failed()) return maker.done();
  SmallVector<Type> types;
  for (Type type : maker.callee.getResultTypes())
    types.push_back(lifted(type, extent));
  auto request = graph::VmapOp::create(maker.builder, maker.function.getLoc(), types,
                                       maker.function.getArguments(), maker.f.symbol, normal, extent);
  return maker.end(moved(maker, request.getResults(), outward));
}

Function checkpoint(const Function &f, Arg::Here here) {
  Maker maker(f, "checkpoint", here);
  maker.begin();
  if (maker.failed()) return maker.done();
  auto request =
      graph::CheckpointOp::create(maker.builder, maker.function.getLoc(), maker.callee.getResultTypes(),
                                  maker.function.getArguments(), maker.f.symbol);
  return maker.end(request.getResults());
}

} // namespace tgc
