// Random graphs against the reference, with two threads. All are compiled at level 2; every fifth at level 0,
// too, where each op is a kernel of its own and takes most of the time.
#include "runtime/Run.h"
#include "tests/catalogue/Compiled.h"
#include "tests/random/Judge.h"
#include "tests/random/Reduce.h"
#include <bit>
#include <chrono>
#include <cstdio>
#include <doctest/doctest.h>

using namespace tgc;
using namespace tgc::random;

namespace {

constexpr size_t graphsOfOneContext = 100; // types and attributes of a context are never freed

struct Bench {
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  Compiler plain{context},
      full{context}; // one for each level: a compiler builds its passes anew where options change
  Compiler &compiler(int level) { return level == 0 ? plain : full; }
};

/// The program with every step declared long, so that even the smallest is split among threads.
Result<Program> splitProgram(const Program &program, std::shared_ptr<const Program> owner) {
  ProgramParts parts;
  parts.arguments = program.arguments();
  parts.results = program.results();
  parts.buffers = program.buffers();
  parts.steps = program.steps();
  parts.arenaBytes = program.arenaBytes();
  for (Step &step : parts.steps)
    step.nanoseconds = 1'000'000;
  for (const Buffer &constant : program.constants())
    parts.constants.push_back(
        Buffer::borrow(constant.dtype(), constant.shape(), const_cast<void *>(constant.data())));
  parts.code = std::const_pointer_cast<Program>(owner);
  return Program::make(std::move(parts));
}

bool sameBits(const graph::HostTensor &a, const graph::HostTensor &b) {
  for (int64_t at = 0; at < a.count(); ++at) {
    if (a.isFloat() ? std::bit_cast<uint64_t>(a.get<double>(at)) != std::bit_cast<uint64_t>(b.get<double>(at))
                    : a.get<int64_t>(at) != b.get<int64_t>(at))
      return false;
  }
  return true;
}

/// What is wrong with a graph compiled at a level; nothing where all is right.
std::optional<std::string> checkLevel(Bench &bench, const RandomGraph &graph, int level, Judge &judge,
                                      Compared &compared) {
  Options options;
  options.level = level;
  std::string said;
  mlir::ScopedDiagnosticHandler quiet(&bench.context, [&](mlir::Diagnostic &d) {
    said += d.str() + "\n";
    return mlir::success();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module = graph.written.module.get().clone();
  auto compiled = bench.compiler(level).compile({.module = *module}, options);
  if (!compiled) return "does not compile: " + compiled.error().text() + said;
  auto split = splitProgram(*compiled->program, compiled->program);
  if (!split) return split.error().text();
  auto one = catalogue::runProgram(*compiled->program, graph.inputs, graph.types, 1);
  auto two = catalogue::runProgram(*split, graph.inputs, graph.types, 2);
  if (!one || !two) return "does not run: " + (one ? two : one).error().text();
  for (auto [a, b] : llvm::zip_equal(*one, *two))
    if (!sameBits(a, b)) return "2 threads give other bits than 1";
  return judge.judge(*one, compared);
}

struct Totals {
  Tally tally;
  Compared compared[2];
  uint64_t calls = 0, ops = 0;
  unsigned failures = 0;
};

void checkSeed(Bench &bench, uint64_t seed, Totals &totals) {
  RandomGraph graph = makeGraph(&bench.context, seed, totals.tally);
  totals.calls += graph.calls;
  totals.ops += graph.written.body().getOperations().size() - 1;
  Judge judge(graph, seed);
  for (int level : {0, 2}) {
    if (level == 0 && seed % 5 != 0) continue;
    auto wrong = checkLevel(bench, graph, level, judge, totals.compared[level / 2]);
    if (!wrong) continue;
    ++totals.failures;
    std::string text = totals.failures > 10 ? "" : smallestText(graph, [&](const RandomGraph &part) {
      Judge own(part, seed);
      Compared ignored;
      return checkLevel(bench, part, level, own, ignored).has_value();
    });
    std::printf("random: seed %llu, level %d: %s\n%s\n", (unsigned long long)seed, level, wrong->c_str(),
                text.c_str());
    std::fflush(stdout);
  }
}

void print(const Totals &totals, const Extent &extent, double seconds) {
  std::printf("random: %d graphs, seeds %llu .. %llu, %llu calls (%llu ops), %.1f s\n", extent.graphs,
              (unsigned long long)extent.seed, (unsigned long long)(extent.seed + extent.graphs - 1),
              (unsigned long long)totals.calls, (unsigned long long)totals.ops, seconds);
  const Tally &tally = totals.tally;
  std::printf(
      "random: %llu calls tried, %llu taken of %zu rows, %llu refused with a message, %llu left out as too "
      "large, %llu for wild numbers\n",
      (unsigned long long)tally.tried, (unsigned long long)tally.taken, tally.rows.size(),
      (unsigned long long)tally.refused, (unsigned long long)tally.large, (unsigned long long)tally.wild);
  for (int level : {0, 2}) {
    const Compared &c = totals.compared[level / 2];
    std::printf(
        "random: level %d: %llu elements compared (%llu whole), %llu equal bit for bit, %llu excused as "
        "flipping within rounding, %llu with a loose tolerance\n",
        level, (unsigned long long)c.elements, (unsigned long long)c.whole, (unsigned long long)c.exact,
        (unsigned long long)c.excused, (unsigned long long)c.loose);
  }
}

} // namespace

TEST_CASE("random: graphs over the catalogue are their reference at levels 0 and 2, with 1 and 2 threads") {
  const Extent &extent = tgc::random::extent();
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  std::unique_ptr<Bench> bench;
  for (int k = 0; k < extent.graphs; ++k) {
    if (k % graphsOfOneContext == 0) bench = std::make_unique<Bench>();
    checkSeed(*bench, extent.seed + k, totals);
  }
  print(totals, extent, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  CHECK(totals.failures == 0);
  if (extent.graphs >= 500) {
    // The generator reaches the whole catalogue, and most of what it computes is really compared.
    for (const graph::Row &row : graph::rows())
      if (!row.internal && !catalogue::isUntried(row))
        CHECK_MESSAGE(totals.tally.rows.count(row.name), row.name << " is in no graph");
    for (const Compared &c : totals.compared)
      CHECK((c.excused + c.loose) * 10 < c.elements);
  }
}

TEST_CASE("random: a graph is a function of its seed") {
  Bench bench;
  std::string texts[3];
  uint64_t seeds[3] = {7, 7, 8};
  for (int k = 0; k < 3; ++k) {
    Tally tally;
    RandomGraph graph = makeGraph(&bench.context, seeds[k], tally);
    llvm::raw_string_ostream(texts[k]) << *graph.written.module.get();
    CHECK(graph.calls >= 5);
  }
  CHECK(texts[0] == texts[1]);
  CHECK(texts[0] != texts[2]);
}

TEST_CASE("random: a wrong element is caught") {
  unsigned caught = 0, planted = 0;
  Bench bench;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Tally tally;
    RandomGraph graph = makeGraph(&bench.context, seed, tally);
    Judge judge(graph, seed);
    graph::HostTensors wrong = judge.expected();
    auto at = llvm::find_if(wrong, [](const graph::HostTensor &t) { return t.count() > 0; });
    if (at == wrong.end()) continue;
    if (at->kind() == 'b')
      at->set(0, !at->get<bool>(0));
    else
      at->set(0, at->get<double>(0) * 1.01 + 1);
    ++planted;
    Compared compared;
    caught += judge.judge(wrong, compared).has_value();
  }
  // An infinite or flipping element takes no harm.
  CHECK(planted >= 15);
  CHECK(caught * 10 >= planted * 8);
}
