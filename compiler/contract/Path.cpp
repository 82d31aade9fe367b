// See Path.h.
#include "compiler/contract/Path.h"
#include "compiler/contract/Anneal.h"
#include "compiler/contract/Bisect.h"
#include "compiler/contract/Exact.h"
#include "compiler/contract/Greedy.h"
#include "compiler/contract/Slice.h"
#include <array>
#include <thread>

namespace tgc::contract {
namespace {

constexpr std::uint32_t generation = SearchOptions::generation;

/// A tree, what is sliced, and log2 of what that costs.
struct Attempt {
  Tree tree;
  std::vector<std::uint32_t> sliced;
  double value = std::numeric_limits<double>::infinity();
  bool withinMemory = true;
  bool finished = true;

  bool betterThan(const Attempt &other) const {
    if (withinMemory != other.withinMemory) return withinMemory;
    return value < other.value;
  }
};

class Search {
public:
  Search(const Network &network, const SearchOptions &options)
      : network(network), options(options), problem(network), start(Budget::Clock::now()) {
    budget.cancel = options.cancel;
    if (options.maxSeconds > 0)
      budget.deadline = start + std::chrono::duration_cast<Budget::Clock::duration>(
                                    std::chrono::duration<double>(options.maxSeconds));
    pricing.objective = options.objective;
    pricing.roofline = options.roofline;
    if (options.memoryBytes > 0)
      limitLog2 = std::log2(std::max(1.0, options.memoryBytes / options.roofline.bytesPerElement));
  }

  SearchResult run() {
    firstRound();
    std::uint32_t rounds = wantedRounds();
    while (!exact && result.rounds < rounds && !budget.over())
      runGeneration(std::min(generation, rounds - result.rounds));
    return finish();
  }

private:
  std::uint32_t wantedRounds() const {
    if (options.rounds) return options.rounds;
    if (problem.leafCount <= 2) return 1;
    if (options.maxSeconds > 0) return ~std::uint32_t(0);
    if (options.effort == Effort::Greedy) return 1;
    return std::max<std::uint32_t>(1, std::min<std::uint32_t>(64, 20000 / problem.leafCount));
  }

  void firstRound() {
    Tree tree = greedyTree(problem);
    ++result.rounds;
    if (options.effort == Effort::Greedy) return offer(finishAttempt(std::move(tree), false, 0));
    if (limitLog2 == unlimited && problem.leafCount <= WindowSolver::maxLeaves)
      if (auto best = exactTree(problem, tree, {pricing, 0, budget})) {
        exact = true;
        return offer(finishAttempt(std::move(*best), false, 0));
      }
    offer(finishAttempt(std::move(tree), true, 0));
    if (limitLog2 != unlimited || problem.leafCount > 63) return;
    std::uint64_t pairs = options.effort == Effort::Optimal ? 20'000'000'000 : 3'000'000;
    Budget part = budget;
    // Under a time limit most of the time belongs to the rounds: a failed proof brings nothing.
    if (options.maxSeconds > 0 && options.effort != Effort::Optimal)
      part.deadline = std::min(part.deadline, Budget::Clock::now() + (budget.deadline - start) / 10);
    if (auto best = exactTree(problem, elite.tree, {pricing, pairs, part})) {
      exact = true;
      offer(finishAttempt(std::move(*best), false, 0));
    }
  }

  /// Rounds of one generation start from the same elite and are judged in their order, whichever ends first.
  void runGeneration(std::uint32_t count) {
    std::array<Attempt, generation> attempts;
    Attempt base = elite;
    std::uint32_t first = result.rounds;
    unsigned workers = std::max(1U, std::min({options.threads, unsigned(count)}));
    auto work = [&](std::uint32_t worker) {
      for (std::uint32_t i = worker; i < count; i += workers)
        attempts[i] = round(first + i, base);
    };
    std::vector<std::thread> others;
    for (unsigned worker = 1; worker < workers; ++worker)
      others.emplace_back(work, worker);
    work(0);
    for (std::thread &other : others)
      other.join();
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!attempts[i].finished) continue;
      ++result.rounds;
      offer(std::move(attempts[i]));
    }
  }

  Attempt round(std::uint32_t number, const Attempt &base) {
    Random random(options.seed * 0x9e3779b97f4a7c15 + number * 0xd1b54a32d192ed03 + 1);
    if (budget.over()) {
      Attempt none;
      none.finished = false;
      return none;
    }
    if (options.effort == Effort::Greedy) return finishAttempt(freshTree(random), false, random.next());
    if (number % 2 == 0) return finishAttempt(freshTree(random), true, random.next());
    return finishAttempt(base.tree, true, random.next(), true);
  }

  /// Every second fresh start of a larger network comes from cuts, under another balance each time.
  Tree freshTree(Random &random) {
    if (problem.leafCount > 40 && random.below(2) == 0) {
      BisectOptions cuts;
      cuts.imbalance = random.uniform(0.02, 0.4);
      cuts.small = 4 + random.below(24);
      cuts.budget = budget;
      return bisectionTree(problem, random, cuts);
    }
    GreedyOptions greedy;
    greedy.seed = random.next();
    greedy.temperature = std::exp(random.uniform(-5, 0));
    greedy.weight = std::exp(random.uniform(-2, 1.5));
    greedy.score = random.below(4) == 0 ? GreedyOptions::Score::Ratio : GreedyOptions::Score::Difference;
    return greedyTree(problem, greedy);
  }

  /// A plan keeps the legs of every node; expanders of half a million tensors have too many of them.
  bool tooWide(const Tree &tree) const {
    double total = 0;
    if (problem.leafCount > 2000)
      for (double count : sumSteps(problem, tree).legCount)
        total += count;
    return total > 5e7;
  }

  Attempt asItIs(Tree tree) const {
    Attempt attempt;
    attempt.value = logPriceOf(problem, tree, pricing);
    attempt.tree = std::move(tree);
    attempt.finished = !budget.over();
    return attempt;
  }

  /// Improves a start and slices it if it must be.
  Attempt finishAttempt(Tree tree, bool improve, std::uint64_t seed, bool fromElite = false) {
    Attempt attempt;
    if (problem.leafCount == 1) {
      attempt.tree = std::move(tree);
      attempt.value = 0;
      return attempt;
    }
    if (limitLog2 == unlimited && (!improve || tooWide(tree))) return asItIs(std::move(tree));
    Random random(seed);
    Problem own = problem; // slicing changes weights
    Pricing priced = pricing;
    priced.scale = scaleOf(problem, tree, pricing);
    Plan plan(own, tree, priced);
    WindowSolver solver(own);
    if (improve) {
      if (!fromElite) reconfigure(plan, solver, random, {8, 50, budget});
      if (seed) {
        AnnealOptions annealing;
        annealing.hot = std::exp(random.uniform(std::log(0.05), std::log(1.0)));
        annealing.budget = budget;
        anneal(plan, random, annealing);
        reconfigure(plan, solver, random, {8, 50, budget});
      }
    }
    double slicesLog2 = 0;
    if (limitLog2 != unlimited) {
      attempt.sliced = slicePlan(plan, own, solver, random, {limitLog2, seed ? 0.5 : 0.0, budget});
      for (std::uint32_t index : attempt.sliced)
        slicesLog2 += problem.weight[index];
      attempt.withinMemory = peakLog2(plan) <= limitLog2;
    }
    attempt.tree = plan.tree();
    attempt.value = std::log2(plan.total()) + priced.scale;
    if (options.objective != Objective::Largest) attempt.value += slicesLog2;
    attempt.finished = !budget.over();
    return attempt;
  }

  void offer(Attempt attempt) {
    if (!attempt.betterThan(elite) && elite.tree.leafCount) return;
    bool shown = elite.tree.leafCount == 0 || attempt.value < elite.value - 1e-9;
    elite = std::move(attempt);
    if (!options.progress || !shown) return;
    Figures figures = figuresOf(oneSlice(network, elite.sliced), elite.tree, options.roofline);
    options.progress(
        {result.rounds, seconds(), (figures.flops * slicesOf(elite)).log10(), figures.largest.log2()});
  }

  Wide slicesOf(const Attempt &attempt) const {
    Wide slices(1);
    for (std::uint32_t index : attempt.sliced)
      slices = slices * Wide(double(network.extents[index]));
    return slices;
  }

  double seconds() const { return std::chrono::duration<double>(Budget::Clock::now() - start).count(); }

  SearchResult finish() {
    result.sliced = elite.sliced;
    result.slices = slicesOf(elite);
    if (elite.sliced.empty()) {
      result.tree = inMemoryOrder(problem, elite.tree);
      result.figures = figuresOf(network, result.tree, options.roofline);
    } else {
      Network slice = oneSlice(network, elite.sliced);
      result.tree = inMemoryOrder(Problem(slice), elite.tree);
      result.figures = figuresOf(slice, result.tree, options.roofline);
    }
    result.figures.flops = result.figures.flops * result.slices;
    result.figures.written = result.figures.written * result.slices;
    result.figures.seconds *= result.slices.value();
    result.exact = exact;
    result.withinMemory = elite.withinMemory;
    result.searchSeconds = seconds();
    return std::move(result);
  }

  static constexpr double unlimited = std::numeric_limits<double>::infinity();
  const Network &network;
  const SearchOptions &options;
  Problem problem;
  Pricing pricing;
  Budget budget;
  Budget::Clock::time_point start;
  double limitLog2 = unlimited;
  Attempt elite;
  bool exact = false;
  SearchResult result;
};

} // namespace

Network oneSlice(const Network &network, const std::vector<std::uint32_t> &sliced) {
  Network slice = network;
  for (std::uint32_t index : sliced)
    slice.extents[index] = std::min<std::int64_t>(slice.extents[index], 1);
  return slice;
}

std::optional<std::string> findPath(const Network &network, const SearchOptions &options,
                                    SearchResult &result) {
  if (auto error = network.check()) return error;
  result = Search(network, options).run();
  return std::nullopt;
}

std::optional<std::string> findWorthwhilePath(const Network &network, SearchOptions options,
                                              SearchResult &result) {
  if (auto error = findPath(network, options, result)) return error;
  // A round takes about so long (measured on networks of 100 to 1,000 tensors); one that slices, five times
  // that.
  double roundSeconds = (options.memoryBytes > 0 ? 2.5e-4 : 5e-5) * double(network.inputs.size());
  double worth = std::min(64.0, 10 * result.figures.seconds / roundSeconds);
  if (result.exact || worth <= double(options.rounds)) return std::nullopt;
  options.rounds = std::uint32_t(worth);
  return findPath(network, options, result);
}

} // namespace tgc::contract
