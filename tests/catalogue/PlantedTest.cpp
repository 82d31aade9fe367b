// Mistakes planted in what ops answer: the claims must catch every one.
#include "dialects/graph/Evaluate.h"
#include "mlir/IR/MLIRContext.h"
#include "tests/catalogue/Claims.h"
#include <doctest/doctest.h>

using namespace mlir;
using namespace tgc::graph;
using namespace tgc::catalogue;

namespace {

struct Count {
  int asked = 0, caught = 0;
  std::string missed;
};

/// Over all rows: where the claim holds without the plant and the plant can show, it has to break with it.
Count planted(const Claim &claim, Plant plant, llvm::function_ref<bool(const Case &, MLIRContext *)> shows) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  tgc::Compiler compiler(context); // loads the dialects
  Count count;
  for (const Row &row : rows())
    for (const Case &one : plainCases(row, &context, Float64Type::get(&context))) {
      if (claim(one, &context, Plant::None).state != Outcome::Holds || !shows(one, &context)) continue;
      ++count.asked;
      if (claim(one, &context, plant).state == Outcome::Broken)
        ++count.caught;
      else
        count.missed += one.text() + "\n";
    }
  return count;
}

/// Results of the op for the inputs of a round.
std::vector<double> numbersOf(const Case &one, MLIRContext *context, unsigned round) {
  Written plain = functionOf(one, context);
  std::vector<double> out;
  auto results =
      plain.module ? evaluateBlock(plain.body(), inputsOf(one, round)) : FailureOr<HostTensors>(failure());
  if (succeeded(results))
    for (const HostTensor &result : *results)
      for (int64_t at = 0; result.isFloat() && at < result.count(); ++at)
        out.push_back(result.get<double>(at));
  return out;
}
/// Half as much again is something else, and what the inputs are matters.
bool isNotZero(const Case &one, MLIRContext *context) {
  return llvm::any_of(numbersOf(one, context, 0), [](double number) { return number != 0; });
}
bool depends(const Case &one, MLIRContext *context) {
  return numbersOf(one, context, 0) != numbersOf(one, context, 1);
}

/// Whether the claim tells the function from one whose answers are half as large again: not where they are 0.
bool hasTangent(const Case &one, MLIRContext *context) {
  ScopedDiagnosticHandler quiet(context, [](Diagnostic &) { return success(); });
  Written derived = tangentOf(one, context);
  // A derivative that is 0 everywhere is written as a constant.
  return derived.module && llvm::any_of(derived.body().getTerminator()->getOperands(), [](Value value) {
           auto constant = value.getDefiningOp();
           return !constant || constant->getNumOperands() != 0;
         });
}
bool always(const Case &, MLIRContext *) { return true; }

void check(const Count &count, int least) {
  INFO("missed: ", count.missed);
  CHECK(count.asked >= least);
  CHECK(count.caught == count.asked);
}

} // namespace

TEST_CASE("a wrong tangent is caught") {
  check(planted(transformations().at("tangent is slope"), Plant::Tangent, hasTangent), 40);
}
TEST_CASE("a wrong cotangent is caught") {
  check(planted(transformations().at("cotangent is transposed tangent"), Plant::Cotangent, hasTangent), 40);
}
TEST_CASE("a wrong shape rule is caught") {
  check(planted(claims().at("inferred type is evaluated type"), Plant::Shape, always), 60);
}
TEST_CASE("a wrong composite formula is caught") {
  check(planted(claims().at("formula is reference"), Plant::Formula, isNotZero), 10);
}
TEST_CASE("a wrong batching rule is caught") {
  check(planted(transformations().at("batched is a loop"), Plant::Batch, depends), 60);
}

TEST_CASE("an element that is read and not said to be is caught") {
  check(planted(claims().at("results depend on what is read"), Plant::Reads, always), 60);
}

TEST_CASE("a wrong lowering is caught") {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  tgc::Compiler compiler(context);
  std::vector<Case> cases;
  for (const Row &row : rows())
    llvm::append_range(cases, plainCases(row, &context, IntegerType::get(&context, 32)));
  int held = 0, broken = 0;
  auto skip = [](const Case &, const std::string &) {};
  auto tell = [&](const std::string &, const Case &, const Outcome &outcome) {
    ++(outcome.state == Outcome::Broken ? broken : held);
  };
  checkCompiled(cases, compiler, &context, {}, tell, skip, Plant::Lowering);
  CHECK(broken >= 20);
  // A bool cannot be off by one where it already holds.
  CHECK(held <= broken / 2);
}
