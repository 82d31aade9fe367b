// Every differentiable row at its samples: orders 1 to 3, all nestings of the two modes.
#include "compiler/Compiler.h"
#include "mlir/IR/MLIRContext.h"
#include "tests/derivatives/Check.h"
#include <cstdio>
#include <doctest/doctest.h>

using namespace mlir;
using namespace tgc;
using namespace tgc::graph;
using namespace tgc::derivatives;

TEST_CASE("derivatives: of every row, orders 1 to 3, forward and reverse in every nesting are one number") {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  Compiler compiler(context); // loads the dialects
  Tally tally;
  unsigned rowsHeld = 0, without = 0;
  std::string said;
  ScopedDiagnosticHandler hear(&context, [&](Diagnostic &d) { return said = d.str(), success(); });
  for (const Row &row : rows()) {
    if (*row.noDerivative) {
      ++without;
      continue;
    }
    const unsigned judged = tally.judged();
    for (const catalogue::Case &one : catalogue::plainCases(row, &context, Float64Type::get(&context))) {
      said.clear();
      Tower tower(catalogue::functionOf(one, &context), catalogue::inputsOf(one), one.seed());
      if (!tower.isActive()) continue;
      const size_t wrong = tally.wrong.size();
      if (failed(tower.grow(3)))
        FAIL_CHECK(one.text() << ": no derivative: " << said);
      else
        check(tower, tally);
      for (size_t k = wrong; k < tally.wrong.size(); ++k)
        FAIL_CHECK(one.text() << ": " << tally.wrong[k]);
    }
    rowsHeld += tally.judged() > judged;
  }
  std::printf("derivatives: %u rows (%u have none): %s\n", rowsHeld, without, tally.text().c_str());
  // Samples keep away from kinks and poles.
  CHECK(tally.excused() * 50 <= tally.judged());
  CHECK(rowsHeld >= 150);
}
