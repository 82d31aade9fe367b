// Branches and loops on host arrays, in the plainest way: an unwinding keeps all carried values.
#include "dialects/graph/Control.h"
#include "dialects/graph/Evaluate.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc::graph {
namespace {

HostTensor part(const HostTensor &whole, int64_t step) {
  HostTensor out(partOf(whole.type()));
  for (int64_t k = 0; k < out.count(); ++k)
    out.copy(k, whole, step * out.count() + k);
  return out;
}

void place(HostTensor &whole, int64_t step, const HostTensor &part) {
  for (int64_t k = 0; k < part.count(); ++k)
    whole.copy(step * part.count() + k, part, k);
}

class LoopReference {
public:
  LoopReference(Operation *control, HostTensorsRef operands) : control(control), bodies(bodiesOf(control)) {
    ControlOperands parts = operandsOf(control);
    auto take = [&](ValueRange values) {
      HostTensors taken(operands.take_front(values.size()));
      operands = operands.drop_front(values.size());
      return taken;
    };
    head = take(parts.head);
    carried = take(parts.carried);
    sliced = take(parts.sliced);
    shared = take(parts.shared);
    adjoints = take(parts.adjoints);
    streamed = take(parts.streamed);
  }

  FailureOr<HostTensors> run() {
    if (isa<CondOp>(control)) return call(head[0].get<bool>(0) ? 0 : 1, shared);
    if (isa<WhileOp>(control)) return whileLoop();
    return isa<ScanOp>(control) ? scan(cast<ScanOp>(control)) : unwind();
  }

private:
  FailureOr<HostTensors> call(unsigned which, HostTensorsRef arguments) {
    return evaluateBlock(bodies[which].getFunctionBody().front(), arguments);
  }
  HostTensors around(int64_t step, HostTensorsRef values) const {
    HostTensor number(RankedTensorType::get({}, IntegerType::get(control->getContext(), 64)));
    number.set<int64_t>(0, step);
    HostTensors out = {number};
    llvm::append_range(out, values);
    for (const HostTensor &whole : sliced)
      out.push_back(part(whole, step));
    llvm::append_range(out, shared);
    return out;
  }
  /// The results behind the first `count`, whole.
  HostTensors stacks(unsigned count) const {
    HostTensors out;
    for (Value result : control->getResults().drop_front(count))
      out.emplace_back(tensorOf(result));
    return out;
  }

  FailureOr<HostTensors> whileLoop();
  FailureOr<HostTensors> scan(ScanOp op);
  FailureOr<HostTensors> unwind();

  Operation *control;
  SmallVector<FunctionOpInterface, 2> bodies;
  HostTensors head, carried, sliced, shared, adjoints, streamed;
};

FailureOr<HostTensors> LoopReference::whileLoop() {
  while (true) {
    HostTensors arguments = carried;
    llvm::append_range(arguments, shared);
    auto goesOn = call(0, arguments);
    if (failed(goesOn)) return failure();
    if (!(*goesOn)[0].get<bool>(0)) return carried;
    auto next = call(1, arguments);
    if (failed(next)) return failure();
    carried = std::move(*next);
  }
}

FailureOr<HostTensors> LoopReference::scan(ScanOp op) {
  unsigned count = carried.size();
  HostTensors stacked = stacks(count);
  auto length = static_cast<int64_t>(op.getLength());
  for (int64_t done = 0; done < length; ++done) {
    int64_t step = op.getReversed() ? length - 1 - done : done;
    auto next = call(0, around(step, carried));
    if (failed(next)) return failure();
    carried.assign(next->begin(), next->begin() + count);
    for (auto [k, whole] : llvm::enumerate(stacked))
      place(whole, step, (*next)[count + k]);
  }
  llvm::append_range(carried, stacked);
  return carried;
}

FailureOr<HostTensors> LoopReference::unwind() {
  std::vector<HostTensors> kept;
  const bool reversed = cast<UnwindOp>(control).getReversed();
  const int64_t steps = head[0].get<int64_t>(0);
  auto number = [&](int64_t done) { return reversed ? steps - 1 - done : done; };
  for (int64_t done = 0; done < steps; ++done) {
    kept.push_back(carried);
    auto next = call(0, around(number(done), carried));
    if (failed(next)) return failure();
    carried = std::move(*next);
  }
  unsigned count = adjoints.size();
  HostTensors stacked = stacks(count);
  for (int64_t done = steps - 1; done >= 0; --done) {
    int64_t step = number(done);
    HostTensors arguments = around(step, kept[static_cast<size_t>(done)]);
    llvm::append_range(arguments, adjoints);
    for (const HostTensor &whole : streamed)
      arguments.push_back(part(whole, step));
    auto next = call(1, arguments);
    if (failed(next)) return failure();
    adjoints.assign(next->begin(), next->begin() + count);
    for (auto [k, whole] : llvm::enumerate(stacked))
      place(whole, step, (*next)[count + k]);
  }
  llvm::append_range(adjoints, stacked);
  return adjoints;
}

} // namespace

FailureOr<HostTensors> evaluateControl(Operation *control, HostTensorsRef operands) {
  for (FunctionOpInterface body : bodiesOf(control))
    if (!body || body.isExternal()) return control->emitError() << "a body is not there", failure();
  return LoopReference(control, operands).run();
}

} // namespace tgc::graph
