// Random graphs: orders 1 to 3 in every nesting of the modes, by the reference; a tenth of them compiled.
#include "compiler/Compiler.h"
#include "mlir/IR/MLIRContext.h"
#include "tests/catalogue/Compiled.h"
#include "tests/derivatives/Check.h"
#include "tests/derivatives/Part.h"
#include "tests/derivatives/Requests.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <doctest/doctest.h>

using namespace mlir;
using namespace tgc;
using namespace tgc::graph;
using namespace tgc::derivatives;

namespace {

constexpr unsigned graphs = 1000, everyCompiled = 10, graphsOfOneContext = 100, mostOps = 24;

struct Bench {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  Compiler compiler{context};
};

/// The graph of a seed as far as it can be differentiated; no module where it cannot.
random::RandomGraph partOf(Bench &bench, uint64_t seed) {
  random::Tally ignored;
  random::RandomGraph graph = random::makeGraph(&bench.context, seed, ignored);
  random::Random random{seed * 31 + 7};
  if (!keepSmoothPart(graph, mostOps, random)) graph.written.module = {};
  return graph;
}

Tower towerOf(Bench &bench, uint64_t seed) {
  random::RandomGraph graph = partOf(bench, seed);
  return Tower(std::move(graph.written), graph.inputs, seed);
}

std::string textOf(Bench &bench, uint64_t seed) {
  random::RandomGraph graph = partOf(bench, seed);
  std::string text;
  llvm::raw_string_ostream stream(text);
  // What the kept results are not made of is left out.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(graph.written.body())))
    if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>()) op.erase();
  graph.written.body().print(stream);
  return text;
}

/// One nesting of each order, in turn.
SmallVector<std::string> nestingsOf(unsigned turn) {
  SmallVector<std::string> nestings;
  for (unsigned order = 1; order <= 3; ++order) {
    std::string modes;
    for (unsigned k = 0; k < order; ++k)
      modes += turn >> k & 1 ? 'r' : 'f';
    nestings.push_back(modes);
  }
  return nestings;
}

void checkCompiled(Bench &bench, const Tower &tower, uint64_t seed, unsigned turn, Tally &tally) {
  auto nestings = nestingsOf(turn);
  catalogue::Written written = requestsOf(towerOf(bench, seed), tower, nestings, 3);
  SmallVector<RankedTensorType> types(nestings.size(),
                                      RankedTensorType::get({}, Float64Type::get(&bench.context)));
  auto compiled = bench.compiler.compile({.module = *written.module, .entry = "entry"});
  if (!compiled) return tally.wrong.push_back("does not compile: " + compiled.error().text());
  auto got = catalogue::runProgram(*compiled->program, tower.inputs, types, 1);
  if (!got) return tally.wrong.push_back("does not run: " + got.error().text());
  for (auto [modes, number] : llvm::zip_equal(nestings, *got))
    checkNumber(tower, modes, number.get<double>(0), tally);
}

} // namespace

TEST_CASE("derivatives: of 1,000 random graphs, orders 1 to 3 in every nesting, and compiled") {
  Tally tally, compiled;
  unsigned taken = 0, without = 0;
  std::unique_ptr<Bench> bench;
  for (uint64_t seed = 1; taken < graphs && seed < 20 * graphs; ++seed) {
    if (seed % graphsOfOneContext == 1) bench = std::make_unique<Bench>();
    random::RandomGraph graph = partOf(*bench, seed);
    if (!graph.written.module) {
      ++without;
      continue;
    }
    Tower tower(std::move(graph.written), graph.inputs, seed);
    if (!tower.isActive() || failed(tower.grow(3))) {
      FAIL_CHECK("seed " << seed << " has no derivative\n" << textOf(*bench, seed));
      continue;
    }
    const size_t before = tally.wrong.size(), beforeCompiled = compiled.wrong.size();
    check(tower, tally);
    for (size_t k = before; k < tally.wrong.size() && k < 20; ++k)
      FAIL_CHECK("seed " << seed << ": " << tally.wrong[k] << "\n" << textOf(*bench, seed));
    if (taken % everyCompiled == 0) checkCompiled(*bench, tower, seed, taken / everyCompiled, compiled);
    for (size_t k = beforeCompiled; k < compiled.wrong.size() && k < 20; ++k)
      FAIL_CHECK("seed " << seed << ", compiled: " << compiled.wrong[k]);
    ++taken;
  }
  std::printf("derivatives: random graphs (%u others have no such part): %s\n", without,
              tally.text().c_str());
  std::printf("derivatives: compiled: %s\n", compiled.text().c_str());
  CHECK(taken == graphs);
  CHECK(tally.wrong.empty());
  CHECK(compiled.wrong.empty());
  // Graphs meet kinks and poles by chance, but most of what they compute is judged.
  CHECK(tally.excused() * 10 <= tally.judged());
  CHECK(compiled.excused() * 10 <= compiled.judged());
}
