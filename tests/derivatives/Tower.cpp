// One step is a walk over the ops of a scalar's cone; what it writes stands before the terminator, which
// keeps hold of all values somebody will ask for.
#include "tests/derivatives/Tower.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"
#include "tests/random/Random.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::derivatives {
namespace {

bool isF64(Type type) { return isFloatTensor(type) && elementOf(type).isF64(); }

/// <a, b> over all elements.
Sym inner(Sym a, Sym b) {
  if (a.isZero() || b.isZero()) return 0.0;
  Sym product = a * b;
  return product.rank() == 0 ? product : sum(product, allAxes(product.rank()));
}

/// Ops of the block that `wanted` are made of, in order.
SmallVector<Operation *> coneOf(Block &block, ArrayRef<Value> wanted) {
  llvm::DenseSet<Operation *> needed;
  for (Value value : wanted)
    if (Operation *op = value.getDefiningOp()) needed.insert(op);
  SmallVector<Operation *> ops;
  for (Operation &op : llvm::reverse(block.without_terminator())) {
    if (!needed.contains(&op)) continue;
    ops.push_back(&op);
    for (Value operand : op.getOperands())
      if (Operation *maker = operand.getDefiningOp()) needed.insert(maker);
  }
  std::reverse(ops.begin(), ops.end());
  return ops;
}

void accumulate(Sym &held, Sym more) { held = held ? held + more : more; }

} // namespace

Tower::Tower(catalogue::Written given, HostTensors inputs, uint64_t seed)
    : inputs(std::move(inputs)), written(std::move(given)), seed(seed) {
  for (BlockArgument argument : body().getArguments())
    if (isF64(argument.getType()) && tensorOf(argument).getNumElements() > 0)
      active.push_back(argument.getArgNumber());
  if (failed(expandComposites(body()))) return;
  addScalar();
}

Value Tower::value(unsigned place) const { return keeper()->getOperand(place); }

unsigned Tower::keep(Value value) {
  keeper()->insertOperands(keeper()->getNumOperands(), value);
  return keeper()->getNumOperands() - 1;
}

catalogue::Written Tower::release() {
  auto type =
      FunctionType::get(keeper()->getContext(), body().getArgumentTypes(), keeper()->getOperandTypes());
  written.function.setFunctionType(type);
  return std::move(written);
}

unsigned Tower::addArgument(RankedTensorType type) {
  Value argument = body().addArgument(type, UnknownLoc::get(type.getContext()));
  catalogue::TensorSpec spec;
  spec.low = -1, spec.high = 1;
  inputs.push_back(catalogue::randomTensor(type, spec, seed * 1000 + inputs.size()));
  return cast<BlockArgument>(argument).getArgNumber();
}

Ink &Tower::freshInk() {
  ink = std::make_unique<Ink>(OpBuilder(keeper()), UnknownLoc::get(keeper()->getContext()));
  return *ink;
}

/// The weighted results become the function; nothing where no result depends on what is moved.
void Tower::addScalar() {
  SmallVector<Value> results(keeper()->getOperands());
  keeper()->setOperands(ValueRange());
  Ink &pen = freshInk();
  Sym total = 0.0;
  for (Value result : results)
    if (isF64(result.getType()) && tensorOf(result).getNumElements() > 0)
      total = total + inner(pen.sym(body().getArgument(addArgument(tensorOf(result)))), pen.sym(result));
  if (pen.failed() || !total.isValue()) return;
  Nesting function;
  function.place = keep(total.value());
  nestings_.push_back(function);
  if (failed(expandComposites(body())) || activeCone(value(function.place)).empty()) nestings_.clear();
}

SmallVector<Operation *> Tower::activeCone(Value value) {
  depends.clear();
  for (unsigned argument : active)
    depends.insert(body().getArgument(argument));
  SmallVector<Operation *> ops;
  for (Operation *op : coneOf(body(), value)) {
    if (llvm::none_of(op->getOperands(), [&](Value operand) { return depends.contains(operand); })) continue;
    for (Value result : op->getResults())
      if (isDifferentiable(result.getType())) depends.insert(result);
    ops.push_back(op);
  }
  return ops;
}

LogicalResult Tower::grow(unsigned orders, const Tamper &tamper) {
  for (size_t at = 0; at < nestings_.size(); ++at) {
    if (nestings_[at].order() == orders) break;
    if (along.size() <= nestings_[at].order()) {
      SmallVector<unsigned> directions;
      for (unsigned argument : active)
        directions.push_back(addArgument(inputs[argument].type()));
      along.push_back(directions);
    }
    for (Mode mode : {Mode::Forward, Mode::Reverse}) {
      auto next = derive(Nesting(nestings_[at]), mode, tamper);
      if (failed(next)) return failure();
      nestings_.push_back(*next);
    }
  }
  return success();
}

FailureOr<Nesting> Tower::derive(const Nesting &from, Mode mode, const Tamper &tamper) {
  Nesting next;
  next.modes = from.modes + static_cast<char>(mode);
  Value of = value(from.place);
  SmallVector<Operation *> ops = activeCone(of);
  Ink &pen = freshInk();
  Sym scalar = pen.zero(of.getType());
  if (mode == Mode::Forward) {
    auto tangent = forward(ops, of, next.order(), tamper);
    if (failed(tangent)) return failure();
    scalar = *tangent;
  } else {
    auto cotangents = reverse(ops, of, tamper);
    if (failed(cotangents)) return failure();
    for (auto [cotangent, direction] : llvm::zip_equal(*cotangents, directions(next.order()))) {
      next.gradient.push_back(keep(cotangent.value()));
      scalar = scalar + inner(cotangent, pen.sym(body().getArgument(direction)));
    }
  }
  if (pen.failed()) return failure();
  next.place = keep(scalar.value());
  if (failed(expandComposites(body()))) return failure();
  return next;
}

FailureOr<Sym> Tower::forward(ArrayRef<Operation *> ops, Value of, unsigned order, const Tamper &tamper) {
  llvm::DenseMap<Value, Sym> tangents;
  for (auto [argument, direction] : llvm::zip_equal(active, directions(order)))
    tangents[body().getArgument(argument)] = ink->sym(body().getArgument(direction));
  auto tangentOf = [&](Value value) {
    auto found = tangents.find(value);
    return found == tangents.end() ? ink->zero(value.getType()) : found->second;
  };
  for (Operation *op : ops) {
    Syms in;
    for (Value operand : op->getOperands())
      in.push_back(tangentOf(operand));
    if (llvm::all_of(in, [](const Sym &tangent) { return tangent.isZero(); })) continue;
    auto out = cast<GraphOp>(op).tangent(*ink, in);
    if (failed(out) || ink->failed()) return failure();
    if (tamper) tamper(op, Mode::Forward, *ink, *out);
    for (auto [result, tangent] : llvm::zip_equal(op->getResults(), *out))
      tangents[result] = tangent;
  }
  return tangentOf(of);
}

FailureOr<Syms> Tower::reverse(ArrayRef<Operation *> ops, Value of, const Tamper &tamper) {
  llvm::DenseMap<Value, Sym> cotangents;
  cotangents[of] = ink->full({}, elementOf(of), 1);
  auto cotangentOf = [&](Value value) {
    auto found = cotangents.find(value);
    return found == cotangents.end() ? ink->zero(value.getType()) : found->second;
  };
  for (Operation *op : llvm::reverse(ops)) {
    Syms in;
    for (Value result : op->getResults())
      in.push_back(cotangentOf(result));
    if (llvm::all_of(in, [](const Sym &cotangent) { return cotangent.isZero(); })) continue;
    auto wanted = llvm::map_to_vector(op->getOperands(), [&](Value v) { return depends.contains(v); });
    auto out = cast<GraphOp>(op).cotangent(*ink, in, wanted);
    if (failed(out) || ink->failed()) return failure();
    if (tamper) tamper(op, Mode::Reverse, *ink, *out);
    for (auto [operand, cotangent, want] : llvm::zip_equal(op->getOperands(), *out, wanted))
      if (want && cotangent) accumulate(cotangents[operand], cotangent);
  }
  Syms out;
  for (unsigned argument : active)
    out.push_back(cotangentOf(body().getArgument(argument)));
  return out;
}

HostTensors Tower::moved(unsigned order, double step) const {
  HostTensors out = inputs;
  for (auto [argument, direction] : llvm::zip_equal(active, directions(order)))
    for (int64_t at = 0; at < out[argument].count(); ++at)
      out[argument].set(at, inputs[argument].get<double>(at) + step * inputs[direction].get<double>(at));
  return out;
}

Evaluation::Evaluation(Block &block, ArrayRef<Value> wanted)
    : block(block), wanted(wanted), ops(coneOf(block, wanted)) {}

static HostTensors operandsOf(Operation *op, const llvm::DenseMap<Value, HostTensor> &held) {
  HostTensors operands;
  for (Value operand : op->getOperands())
    operands.push_back(held.at(operand));
  return operands;
}

/// Up or down by chance, by `step` of each element.
static void move(HostTensor &tensor, double step, random::Random &random) {
  for (int64_t at = 0; at < tensor.count(); ++at)
    tensor.set(at, tensor.get<double>(at) * (1 + (random.chance(0.5) ? step : -step)));
}

Evaluation::Held Evaluation::hold(HostTensorsRef arguments) const {
  Held held;
  for (auto [argument, tensor] : llvm::zip(block.getArguments(), arguments))
    held.try_emplace(argument, tensor);
  return held;
}

HostTensors Evaluation::operator()(HostTensorsRef arguments, uint64_t seed) const {
  random::Random random{seed};
  Held held = hold(arguments);
  for (Operation *op : ops) {
    HostTensors results = cast<GraphOp>(op).evaluate(operandsOf(op, held));
    for (auto [result, tensor] : llvm::zip_equal(op->getResults(), results)) {
      if (seed != 0 && tensor.isFloat() && !op->hasTrait<OpTrait::ConstantLike>())
        move(tensor, 0x1p-51, random);
      held.try_emplace(result, std::move(tensor));
    }
  }
  HostTensors out;
  for (Value value : wanted)
    out.push_back(held.at(value));
  return out;
}

static bool isFinite(HostTensorsRef tensors) {
  for (const HostTensor &tensor : tensors)
    for (int64_t at = 0; tensor.isFloat() && at < tensor.count(); ++at)
      if (!std::isfinite(tensor.get<double>(at))) return false;
  return true;
}

bool Evaluation::isSmoothInside(HostTensorsRef arguments) const {
  random::Random random{7};
  Held held = hold(arguments);
  for (Operation *op : ops) {
    HostTensors operands = operandsOf(op, held), results = cast<GraphOp>(op).evaluate(operands);
    if (!isFinite(results)) return false;
    for (unsigned run = 0; run < 4; ++run) {
      HostTensors near = operands;
      for (HostTensor &tensor : near)
        for (int64_t at = 0; tensor.isFloat() && at < tensor.count(); ++at)
          tensor.set(at, tensor.get<double>(at) + (random.chance(0.5) ? 1e-6 : -1e-6));
      if (!isFinite(cast<GraphOp>(op).evaluate(near))) return false;
    }
    for (auto [result, tensor] : llvm::zip_equal(op->getResults(), results))
      held.try_emplace(result, std::move(tensor));
  }
  return true;
}

Evaluation::Held Evaluation::holdAll(HostTensorsRef arguments) const {
  Held held = hold(arguments);
  for (Operation *op : ops)
    for (auto [result, tensor] :
         llvm::zip_equal(op->getResults(), cast<GraphOp>(op).evaluate(operandsOf(op, held))))
      held.try_emplace(result, tensor);
  return held;
}

bool Evaluation::isLeftToRounding(HostTensorsRef arguments) const {
  const Held held = holdAll(arguments);
  return llvm::any_of(
      ops, [&](Operation *op) { return std::isinf(cast<GraphOp>(op).roundingScale(operandsOf(op, held))); });
}

bool Evaluation::stepsBetween(HostTensorsRef here, HostTensorsRef there) const {
  const Held a = holdAll(here), b = holdAll(there);
  return llvm::any_of(ops, [&](Operation *op) {
    StringRef name = op->getName().stripDialect();
    const bool quotient = name == "remainder" || name == "floor_divide";
    if (!quotient && !llvm::is_contained({"floor", "ceil", "round", "trunc"}, name)) return false;
    auto whole = [&](const Held &held, int64_t at) {
      if (!quotient) return held.at(op->getResult(0)).get<double>(at);
      return std::floor(held.at(op->getOperand(0)).get<double>(at) /
                        held.at(op->getOperand(1)).get<double>(at));
    };
    for (int64_t at = 0; at < a.at(op->getResult(0)).count(); ++at)
      if (whole(a, at) != whole(b, at)) return true;
    return false;
  });
}

} // namespace tgc::derivatives
