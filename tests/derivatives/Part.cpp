// One walk finds the values, a second chooses among them.
#include "tests/derivatives/Part.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::derivatives {
namespace {

constexpr int64_t mostElements = 64; // of a value: larger ones cost time and show nothing more

/// Ops that depend on an argument, which a value is made of.
using Cone = llvm::SmallDenseSet<Operation *, 32>;

class Values {
public:
  explicit Values(Block &block) {
    for (Value argument : block.getArguments())
      if (isF64(argument) && isSmall(argument))
        cones[argument];
      else if (isF64(argument))
        blocked.insert(argument); // what is made of it is differentiated like the rest
    for (Operation &op : block.without_terminator())
      visit(op);
  }

  llvm::MapVector<Value, Cone> cones; ///< of the values that can be differentiated

private:
  static bool isF64(Value value) { return isFloatTensor(value.getType()) && elementOf(value).isF64(); }
  static bool isSmall(Value value) {
    int64_t count = tensorOf(value).getNumElements();
    return count > 0 && count <= mostElements;
  }

  void visit(Operation &op) {
    Cone cone = {&op};
    bool depends = false, clean = true;
    for (Value operand : op.getOperands()) {
      auto found = cones.find(operand);
      if (found == cones.end()) {
        clean &= !blocked.contains(operand);
        continue;
      }
      depends = true;
      cone.insert(found->second.begin(), found->second.end());
    }
    const Row *row = rowNamed(op.getName().stripDialect());
    for (Value result : op.getResults()) {
      if (!isFloatTensor(result.getType())) { // integers and bools stop a dependence, but not the walk
        if (!clean) blocked.insert(result);
        continue;
      }
      if (depends && clean && isF64(result) && isSmall(result) && row && !*row->noDerivative)
        cones[result] = cone;
      else if (depends || !clean)
        blocked.insert(result);
    }
  }

  llvm::DenseSet<Value> blocked; ///< depend on an argument, but not smoothly
};

} // namespace

bool keepSmoothPart(random::RandomGraph &graph, unsigned most, random::Random &random) {
  Block &block = graph.written.body();
  if (failed(expandComposites(block))) return false;
  Values values(block);
  SmallVector<Value> candidates, kept;
  for (auto &[value, cone] : values.cones)
    if (cone.size() >= 3 && cone.size() <= most) candidates.push_back(value);
  Cone all;
  for (int tries = 0; tries < 8 && kept.size() < 3 && !candidates.empty(); ++tries) {
    Value value = random.pick(candidates);
    Cone joined = all;
    joined.insert(values.cones[value].begin(), values.cones[value].end());
    if (joined.size() > most || llvm::is_contained(kept, value)) continue;
    all = std::move(joined);
    kept.push_back(value);
  }
  block.getTerminator()->setOperands(kept);
  return !kept.empty();
}

} // namespace tgc::derivatives
