// Tangents through branches and loops: the op again, on values and tangents together. A value that goes round
// has a tangent if it has one at the start or after any step.
#include "compiler/autodiff/Bodies.h"
#include "compiler/autodiff/Derive.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {
namespace {

/// One value, or its tangent, among the arguments or results of a function or an op.
struct Port {
  unsigned index;
  bool tangent;
};
using Ports = SmallVector<Port>;

/// Values from `first` on, then the tangents of those that have one.
void addGroup(Ports &ports, unsigned first, ArrayRef<bool> flags) {
  for (unsigned k = 0; k < flags.size(); ++k)
    ports.push_back({first + k, false});
  for (unsigned k = 0; k < flags.size(); ++k)
    if (flags[k]) ports.push_back({first + k, true});
}

/// Groups side by side, beginning at `first`.
Ports groups(std::initializer_list<ArrayRef<bool>> lists, unsigned first = 0) {
  Ports ports;
  for (ArrayRef<bool> flags : lists) {
    addGroup(ports, first, flags);
    first += flags.size();
  }
  return ports;
}

int64_t counted(ArrayRef<bool> flags) {
  return static_cast<int64_t>(flags.size()) + llvm::count(flags, true);
}

SmallVector<Type> typesOf(const Ports &ports, TypeRange types) {
  return llvm::map_to_vector(ports, [&](Port port) { return types[port.index]; });
}

/// Flags of a part of the operands.
struct Parts {
  Flags head, carried, sliced, shared, adjoints, streamed;
  Parts(Operation *op, SymsRef tangents) {
    auto take = [&](ValueRange values) {
      Flags flags;
      for (size_t k = 0; k < values.size(); ++k)
        flags.push_back(!tangents[k].isZero());
      tangents = tangents.drop_front(values.size());
      return flags;
    };
    ControlOperands parts = operandsOf(op);
    head = take(parts.head);
    carried = take(parts.carried);
    sliced = take(parts.sliced);
    shared = take(parts.shared);
    adjoints = take(parts.adjoints);
    streamed = take(parts.streamed);
  }
};

constexpr bool number[] = {false};

} // namespace

/// One branch or loop.
class Derive::ControlTangent {
public:
  ControlTangent(Derive &derive, Operation *op, Ink &ink, SymsRef tangents)
      : derive(derive), op(op), ink(ink), tangents(tangents), parts(op, tangents) {}

  FailureOr<Replaced> run() {
    Operation *made = isa<CondOp>(op)    ? cond()
                      : isa<WhileOp>(op) ? whileLoop()
                      : isa<ScanOp>(op)  ? scan()
                                         : unwind();
    if (!made) return failure();
    if (Attribute keeps = op->getAttr("keeps")) made->setAttr("keeps", keeps);
    Replaced out{made, {}, {}};
    for (Value result : op->getResults())
      out.derivatives.push_back(ink.zero(result.getType()));
    out.values.resize(op->getNumResults());
    for (auto [port, result] : llvm::zip_equal(results, made->getResults())) {
      if (port.tangent)
        out.derivatives[port.index] = ink.sym(result);
      else
        out.values[port.index] = result;
    }
    return out;
  }

private:
  Operation *cond();
  Operation *whileLoop();
  Operation *scan();
  Operation *unwind();

  /// A body on values and tangents, in the order of the ports.
  func::FuncOp moved(unsigned which, const Ports &takes, const Ports &gives);
  SmallVector<Value> operands(const Ports &ports) {
    return llvm::map_to_vector(ports, [&](Port port) {
      return port.tangent ? tangents[port.index].value() : op->getOperand(port.index);
    });
  }
  SmallVector<Type> types() { return typesOf(results, op->getResultTypes()); }

  Derive &derive;
  Operation *op;
  Ink &ink;
  SymsRef tangents;
  Parts parts;
  Ports results; ///< of the new op: results of the old one and their tangents
};

func::FuncOp Derive::ControlTangent::moved(unsigned which, const Ports &takes, const Ports &gives) {
  func::FuncOp f = bodyOf(op, which);
  auto emit = [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    SmallVector<Value> values(f.getNumArguments());
    Syms given, made, derivatives, out;
    for (Type type : f.getArgumentTypes())
      given.push_back(inner.zero(type));
    for (auto [port, value] : llvm::zip_equal(takes, in)) {
      if (port.tangent)
        given[port.index] = inner.sym(value);
      else
        values[port.index] = value;
    }
    // Where only values are asked for, as in conditions, tangents would be made in vain.
    if (llvm::none_of(gives, [](Port port) { return port.tangent; }))
      made = inlined(f, inner, values);
    else if (failed(derive.forward(f, inner, values, given, made, derivatives)))
      return failure();
    for (Port port : gives)
      out.push_back(port.tangent ? derivatives[port.index] : made[port.index]);
    return out;
  };
  return derive.function((f.getName() + "_jvp").str(), typesOf(takes, f.getArgumentTypes()), f.getLoc(),
                         emit);
}

Operation *Derive::ControlTangent::cond() {
  Flags gives = reached(bodyOf(op, 0), parts.shared);
  for (auto [flag, other] : llvm::zip_equal(gives, reached(bodyOf(op, 1), parts.shared)))
    flag = flag || other;
  results = groups({gives});
  func::FuncOp then = moved(0, groups({parts.shared}), results);
  func::FuncOp otherwise = then ? moved(1, groups({parts.shared}), results) : nullptr;
  if (!otherwise) return nullptr;
  return CondOp::create(ink.builder, op->getLoc(), types(), operands(groups({number, parts.shared})),
                        then.getName(), otherwise.getName());
}

Operation *Derive::ControlTangent::whileLoop() {
  Flags carried = settled(
      parts.carried, [&](ArrayRef<bool> now) { return reached(bodyOf(op, 1), joined({now, parts.shared})); });
  results = groups({carried});
  Ports takes = groups({carried, parts.shared});
  func::FuncOp condition = moved(0, takes, groups({number}));
  func::FuncOp body = condition ? moved(1, takes, results) : nullptr;
  if (!body) return nullptr;
  return WhileOp::create(ink.builder, op->getLoc(), types(), operands(takes), condition.getName(),
                         body.getName(), counted(carried), cast<WhileOp>(op).getSlots());
}

Operation *Derive::ControlTangent::scan() {
  auto old = cast<ScanOp>(op);
  auto around = [&](ArrayRef<bool> now) { return joined({number, now, parts.sliced, parts.shared}); };
  Flags carried =
      settled(parts.carried, [&](ArrayRef<bool> now) { return reached(bodyOf(op, 0), around(now)); });
  Flags gives = reached(bodyOf(op, 0), around(carried));
  results = groups({carried, ArrayRef(gives).drop_front(carried.size())});
  func::FuncOp body = moved(0, groups({number, carried, parts.sliced, parts.shared}), results);
  if (!body) return nullptr;
  return ScanOp::create(ink.builder, op->getLoc(), types(),
                        operands(groups({carried, parts.sliced, parts.shared})), body.getName(),
                        counted(carried), counted(parts.sliced), old.getLength(), old.getReversed(),
                        old.getMemory());
}

Operation *Derive::ControlTangent::unwind() {
  auto old = cast<UnwindOp>(op);
  auto around = [&](ArrayRef<bool> now) { return joined({number, now, parts.sliced, parts.shared}); };
  Flags carried =
      settled(parts.carried, [&](ArrayRef<bool> now) { return reached(bodyOf(op, 0), around(now)); });
  auto behind = [&](ArrayRef<bool> now) { return joined({around(carried), now, parts.streamed}); };
  Flags adjoints =
      settled(parts.adjoints, [&](ArrayRef<bool> now) { return reached(bodyOf(op, 1), behind(now)); });
  Flags gives = reached(bodyOf(op, 1), behind(adjoints));
  results = groups({adjoints, ArrayRef(gives).drop_front(adjoints.size())});
  func::FuncOp step = moved(0, groups({number, carried, parts.sliced, parts.shared}), groups({carried}));
  func::FuncOp back =
      step
          ? moved(1, groups({number, carried, parts.sliced, parts.shared, adjoints, parts.streamed}), results)
          : nullptr;
  if (!back) return nullptr;
  return UnwindOp::create(
      ink.builder, op->getLoc(), types(),
      operands(groups({number, carried, parts.sliced, parts.shared, adjoints, parts.streamed})),
      step.getName(), back.getName(), counted(carried), counted(parts.sliced), counted(parts.shared),
      counted(adjoints), old.getLength(), old.getReversed(), old.getSlots());
}

FailureOr<Derive::Replaced> Derive::tangentOfControl(Operation *op, Ink &ink, SymsRef tangents) {
  return ControlTangent(*this, op, ink, tangents).run();
}

} // namespace tgc::autodiff
