// Values come from the reference evaluation, op after op; each suspect becomes a function of its own.
#include "frontend/Locate.h"
#include "compiler/Diagnostics.h"
#include "dialects/graph/Calls.h"
#include "dialects/graph/Evaluate.h"
#include "frontend/Graph.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace tgc::detail {
namespace {

constexpr std::size_t mostSuspects = 64;
constexpr int mostNested = 64;

graph::HostTensor hostOf(const Buffer &buffer, RankedTensorType type) {
  graph::HostTensor tensor(type);
  for (std::int64_t at = 0; at < tensor.count(); ++at) {
    if (buffer.dtype() == DType::i64)
      tensor.set<int64_t>(at, buffer.as<std::int64_t>()[at]);
    else if (buffer.dtype() == DType::u64)
      tensor.set<uint64_t>(at, buffer.as<std::uint64_t>()[at]);
    else
      tensor.set<double>(at, realAt(buffer, at));
  }
  return tensor;
}

Result<Buffer> bufferOf(const graph::HostTensor &tensor, DType dtype) {
  auto made = Buffer::make(dtype, Shape(Ints(tensor.shape().begin(), tensor.shape().end())));
  if (!made) return made;
  auto *bytes = static_cast<std::byte *>(made->data());
  for (std::int64_t at = 0; at < tensor.count(); ++at) {
    if (isFloat(dtype)) {
      setReal(*made, at, tensor.get<double>(at));
      continue;
    }
    const std::int64_t bits = tensor.get<int64_t>(at);
    std::memcpy(bytes + at * static_cast<std::int64_t>(sizeBytes(dtype)), &bits, sizeBytes(dtype));
  }
  return made;
}

/// An op that may be to blame, with the values it gets.
struct Suspect {
  Operation *op;
  graph::HostTensors operands;
};

class Walk {
public:
  explicit Walk(Graph &graph) : graph(graph) {}

  /// Values of the function's results, empty where they cannot be told; gathers suspects on the way.
  graph::HostTensors through(func::FuncOp function, graph::HostTensorsRef arguments, int depth) {
    llvm::DenseMap<Value, graph::HostTensor> held;
    for (auto [argument, tensor] : llvm::zip(function.getArguments(), arguments))
      held.try_emplace(argument, tensor);
    auto gather = [&](ValueRange values) {
      graph::HostTensors out;
      for (Value value : values)
        if (auto found = held.find(value); found != held.end()) out.push_back(found->second);
      return out.size() == values.size() ? out : graph::HostTensors();
    };
    for (Operation &op : function.front().without_terminator()) {
      graph::HostTensors operands = gather(op.getOperands());
      if (operands.size() != op.getNumOperands()) continue;
      graph::HostTensors results = value(op, operands, depth);
      if (results.size() != op.getNumResults()) continue;
      for (auto [result, tensor] : llvm::zip(op.getResults(), results))
        held.try_emplace(result, std::move(tensor));
    }
    return gather(function.front().getTerminator()->getOperands());
  }

  std::vector<Suspect> calls, ops;

private:
  graph::HostTensors value(Operation &op, const graph::HostTensors &operands, int depth) {
    auto suspect = [&](std::vector<Suspect> &list) {
      auto real = [](Value value) { return graph::isFloatTensor(value.getType()); };
      if (list.size() < mostSuspects && llvm::any_of(op.getOperands(), real) &&
          llvm::any_of(op.getResults(), real))
        list.push_back({&op, operands});
    };
    if (auto row = dyn_cast<graph::GraphOp>(op)) {
      suspect(ops);
      return row.evaluate(operands);
    }
    if (auto foreign = dyn_cast<graph::ForeignOp>(op)) {
      auto results = graph::evaluateForeign(foreign, operands);
      return failed(results) ? graph::HostTensors() : *results;
    }
    auto name = op.getAttrOfType<FlatSymbolRefAttr>("callee");
    func::FuncOp callee = name ? graph.function(name.getValue()) : nullptr;
    if (!callee || depth == mostNested || callee.getNumArguments() > operands.size()) return {};
    if (isa<graph::CallOp>(op)) suspect(calls);
    // Below a map the function gets pieces of the operands: the types differ.
    for (auto [argument, operand] : llvm::zip(callee.getArguments(), operands))
      if (argument.getType() != operand.type()) return {};
    auto results =
        through(callee, graph::HostTensorsRef(operands).take_front(callee.getNumArguments()), depth + 1);
    return isa<graph::CallOp>(op) ? results : graph::HostTensors();
  }

  Graph &graph;
};

/// The op alone, as a function of its operands.
Function alone(const std::shared_ptr<Graph> &graph, Operation *op) {
  auto made = std::make_shared<FunctionState>();
  OpBuilder builder = OpBuilder::atBlockEnd(graph->module->getBody());
  made->graph = graph;
  made->name = op->getName().stripDialect().str();
  made->symbol = graph->freeName("checked");
  auto function = func::FuncOp::create(builder, op->getLoc(), made->symbol,
                                       builder.getFunctionType(op->getOperandTypes(), op->getResultTypes()));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  IRMapping map;
  for (auto [k, operand] : llvm::enumerate(op->getOperands())) {
    map.map(operand, body->getArgument(k));
    made->params.push_back(paramOf("operand" + std::to_string(k), operand.getType()));
  }
  // One value may stand twice; each place is a parameter of its own.
  Operation *copy = op->clone(map);
  copy->setOperands(body->getArguments());
  builder.insert(copy);
  func::ReturnOp::create(builder, op->getLoc(), copy->getResults());
  for (auto [k, type] : llvm::enumerate(op->getResultTypes()))
    made->results.push_back(paramOf("result" + std::to_string(k), type));
  return Function(std::shared_ptr<const FunctionState>(made));
}

std::string nameOf(Operation *op) {
  if (auto call = dyn_cast<graph::CallOp>(op)) return "the rules of " + call.name().str();
  return "operation " + op->getName().stripDialect().str();
}

/// What is wrong with a suspect, or nothing.
Result<std::string> verdict(const std::shared_ptr<Graph> &graph, const Suspect &suspect,
                            const CheckOptions &options, Tolerances allowed) {
  Function f = alone(graph, suspect.op);
  Buffers at;
  for (auto [k, tensor] : llvm::enumerate(suspect.operands)) {
    auto buffer = bufferOf(tensor, f.params()[k].dtype);
    if (!buffer) return buffer.error();
    at.push_back(std::move(*buffer));
  }
  auto wrt = differentiable(f, {});
  if (!wrt) return std::string();
  Claims claims(options, allowed);
  if (auto done = claims.all(f, *wrt, at); !done) return std::string(); // without a derivative: not to blame
  for (const CheckedClaim &claim : claims.made) {
    if (claim.holds) continue;
    const Place place = placeOf(suspect.op->getLoc());
    std::string where = place.known() ? " (" + place.file + ":" + std::to_string(place.line) + ":" +
                                            std::to_string(place.column) + ")"
                                      : "";
    return nameOf(suspect.op) + where + ": " + claim.name + (claim.where.empty() ? "" : ", " + claim.where);
  }
  return std::string();
}

} // namespace

Result<std::string> locate(const Function &f, const Buffers &at, const CheckOptions &options,
                           Tolerances allowed) {
  const std::shared_ptr<Graph> &graph = f.state->graph;
  std::lock_guard lock(graph->mutex);
  DiagnosticCollector quiet(&graph->context);
  func::FuncOp function = graph->function(f.state->symbol);
  graph::HostTensors arguments;
  for (auto [buffer, type] : llvm::zip(at, function.getArgumentTypes()))
    arguments.push_back(hostOf(buffer, graph::tensorOf(type)));
  Walk walk(*graph);
  walk.through(function, arguments, 0);
  for (const auto *list : {&walk.calls, &walk.ops})
    for (const Suspect &suspect : *list) {
      auto said = verdict(graph, suspect, options, allowed);
      if (!said || !said->empty()) return said;
    }
  return std::string();
}

} // namespace tgc::detail
