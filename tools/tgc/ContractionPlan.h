// The contractions a compiled function runs, read off the notes of its launches: opt_einsum's table.
#pragma once
#include "compiler/Compiler.h"
#include "compiler/Notes.h"

namespace tgc::tools {

/// One step of one network, however often it runs (once for each slice).
struct PlannedStep {
  ContractionNote note;
  std::vector<std::string> inputs; ///< terms in the network's letters
  std::string output;
  std::string remaining;   ///< the terms still to be contracted after it
  std::size_t scaling = 0; ///< indices of its loop nest
  double flops = 0;        ///< of one run: products of all extents, twice that if an index is summed
  double elements = 0;     ///< of its result
  std::int64_t runs = 0;
  double predicted = 0; ///< seconds, all runs
  double measured = 0;  ///< seconds, all runs; only if steps were measured
  std::string what;     ///< product, matrix-vector, dot, outer, pointwise, sum
  std::string kernel, form;
  bool shared = false; ///< another network's steps read its result too

  std::string term() const;
};

/// A network as its steps show it.
struct PlannedNetwork {
  std::vector<std::string> inputs;
  std::string output;
  double naiveFlops = 0;            ///< of one loop nest over all indices, as opt_einsum counts it
  double flops = 0;                 ///< of this order
  std::size_t first = 0, count = 0; ///< its steps
};

struct ContractionPlan {
  std::vector<PlannedNetwork> networks;
  std::vector<PlannedStep> steps; ///< network by network, in their order
  double flops = 0, largest = 0, predicted = 0, measured = 0;
  bool hasMeasured = false;

  std::string text() const;
  std::string json() const;
  std::string svg(const std::string &title) const;
};

/// The plan of a compiled module's function. `stepSeconds` holds the measured seconds of each step of the
/// program, or nothing.
ContractionPlan contractionPlanOf(mlir::ModuleOp compiled, const std::string &function, const Report &report,
                                  const std::vector<double> &stepSeconds);

} // namespace tgc::tools
