// Whether compiled results may differ from the reference as they do. How far rounding may carry a whole graph
// is measured, not guessed: the reference runs again and again with every inexact result of every op moved by
// as much as one op is allowed to be off (tests/catalogue/Close.h), and what moves there may move here.
// Before anything is called wrong, the same is done with composites written out: what cancels inside them is
// seen.
#pragma once
#include "tests/random/Graph.h"

namespace tgc::random {

/// What was compared, in elements.
struct Compared {
  uint64_t elements = 0, whole = 0; ///< all; of integers and bools
  uint64_t exact = 0;               ///< equal bit for bit
  uint64_t excused = 0;             ///< integers, and specials, that flip within rounding: not compared
  uint64_t loose = 0;               ///< floats whose tolerance is over a thousandth of the result's size
};

class Judge {
public:
  Judge(const RandomGraph &graph, uint64_t seed);
  const graph::HostTensors &expected() const { return clean; }
  /// Nothing where all results are right, else the first that is not.
  std::optional<std::string> judge(graph::HostTensorsRef got, Compared &compared);

private:
  graph::HostTensors evaluate(bool moved);
  void writeOutComposites();
  void move(graph::HostTensor &tensor, mlir::Operation *op, graph::HostTensorsRef operands);
  void moveUlp(graph::HostTensor &tensor);
  void turnSigns(graph::HostTensor &tensor, bool zeros);
  bool isExact(mlir::Operation *op, const graph::HostTensor &result, graph::HostTensorsRef operands) const;
  void moveMore(unsigned times);
  bool matches(const graph::HostTensor &got, size_t result, int64_t at, Compared &compared) const;
  double tolerance(size_t result, int64_t at) const;

  const RandomGraph &graph;
  Random random;
  mlir::OwningOpRef<mlir::ModuleOp> writtenOut;
  mlir::func::FuncOp moving; ///< what is evaluated: the graph's function, or with composites written out
  graph::HostTensors clean, unmoved;        ///< by the graph's own reference, and by `moving`
  std::vector<double> sizes;                ///< of the results
  std::vector<std::vector<double>> spreads; ///< of the results' elements; infinite: flips
  llvm::DenseMap<mlir::Operation *, bool> exactOps;
  llvm::DenseMap<mlir::Operation *, double> conditions; ///< GraphOp::roundingScale of each op
  unsigned moves = 0;
};

} // namespace tgc::random
