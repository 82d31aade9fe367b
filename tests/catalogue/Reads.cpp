// What an op says it reads, against the reference evaluation: a changed element changes no result beyond
// those that are said to be made of it.
#include "dialects/graph/Evaluate.h"
#include "dialects/graph/Graph.h"
#include "tests/catalogue/Claims.h"
#include <bit>

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {
namespace {

constexpr int64_t mostElements = 64; ///< of an operand that are changed, one after the other

/// The same number, NaN included.
bool same(const HostTensor &a, const HostTensor &b, int64_t at) {
  if (!a.isFloat()) return a.get<int64_t>(at) == b.get<int64_t>(at);
  return std::bit_cast<uint64_t>(a.get<double>(at)) == std::bit_cast<uint64_t>(b.get<double>(at)) ||
         (a.get<double>(at) != a.get<double>(at) && b.get<double>(at) != b.get<double>(at));
}

/// Another number, or NaN, which most ops pass on.
void change(HostTensor &tensor, int64_t at, bool toNaN) {
  if (tensor.kind() == 'b')
    tensor.set(at, !tensor.get<bool>(at));
  else if (!tensor.isFloat())
    tensor.set(at, tensor.get<int64_t>(at) + 1);
  else
    tensor.set(at, toNaN ? std::numeric_limits<double>::quiet_NaN() : tensor.get<double>(at) * 1.5 + 0.25);
}

/// Pairs (result element, operand element) that the only op of a function states; nothing where it is silent.
std::optional<Table> stated(Operation *op, Value argument) {
  std::optional<Table> all;
  for (auto [k, operand] : llvm::enumerate(op->getOperands())) {
    if (operand != argument) continue;
    auto relation = cast<GraphOp>(op).reads(static_cast<unsigned>(k));
    auto table = relation ? relation->table(1 << 20) : std::nullopt;
    if (!table) return std::nullopt;
    if (!all) all.emplace();
    all->insert(all->end(), table->begin(), table->end());
  }
  if (all) llvm::sort(*all);
  return all;
}

} // namespace

Outcome readsAreKnown(const Case &one, MLIRContext *context, Plant plant) {
  Written written = functionOf(one, context);
  Block &body = written.body();
  Operation *op = &body.front();
  if (op->getNextNode() != body.getTerminator() || op->getNumResults() != 1) return {};
  HostTensors inputs = inputsOf(one);
  auto before = evaluateBlock(body, inputs);
  if (failed(before)) return {};
  bool seen = false;
  for (BlockArgument argument : body.getArguments()) {
    auto pairs = stated(op, argument);
    if (!pairs) continue;
    if (plant == Plant::Reads) pairs->clear();
    unsigned position = argument.getArgNumber();
    for (int64_t at = 0; at < std::min(inputs[position].count(), mostElements); ++at)
      for (bool toNaN : {false, true}) {
        HostTensors changed = inputs;
        change(changed[position], at, toNaN);
        auto after = evaluateBlock(body, changed);
        if (failed(after)) continue;
        for (int64_t row = 0; row < before->front().count(); ++row) {
          if (same(before->front(), after->front(), row)) continue;
          seen = true;
          if (!llvm::binary_search(*pairs, std::pair(row, at)))
            return {Outcome::Broken, "element " + std::to_string(row) + " changes with element " +
                                         std::to_string(at) + " of operand " + std::to_string(position) +
                                         ", which it is not said to read"};
        }
      }
  }
  return seen ? Outcome{Outcome::Holds, ""} : Outcome{};
}

} // namespace tgc::catalogue
