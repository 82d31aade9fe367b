// Plans and budgets on plain numbers: a memory in which every read is checked, full searches on small flows,
// and the shapes reverse mode has.
#include "compiler/schedule/Fit.h"
#include "compiler/schedule/Reorder.h"
#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <numeric>
#include <random>
#include <set>

using namespace tgc::schedule;

namespace {

using Hash = std::uint64_t;

Hash mixed(Hash a, Hash b) {
  return (a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdULL;
}

/// What a step's output is: a function of the step and of what it read.
Hash made(const FlowStep &step, std::size_t output, const std::vector<Hash> &read) {
  Hash hash = mixed(step.origin + 1, output + 1);
  for (Hash input : read)
    hash = mixed(hash, input);
  return hash;
}

/// The results by values alone, without any memory.
std::vector<Hash> meaning(const Flow &flow) {
  std::vector<Hash> values(flow.values.size());
  for (std::size_t value = 0; value < values.size(); ++value)
    if (flow.values[value].given) values[value] = mixed(7, value);
  for (const FlowStep &step : flow.steps) {
    std::vector<Hash> read;
    for (std::uint32_t input : step.inputs)
      read.push_back(values[input]);
    for (std::size_t k = 0; k < step.outputs.size(); ++k)
      values[step.outputs[k]] = made(step, k, read);
  }
  std::vector<Hash> results;
  for (std::uint32_t value : flow.returned)
    results.push_back(values[value]);
  return results;
}

/// Runs a plan in a memory of 64-byte cells. Donated arguments lie in their result's memory. Results, or
/// nothing where a cell does not hold what a step wants to read.
class Machine {
public:
  Machine(const Flow &flow, const Placement &placement)
      : flow(flow), placement(placement), arena(std::size_t(placement.arenaBytes / 64)) {
    for (std::uint32_t value = 0; value < flow.values.size(); ++value)
      if (flow.values[value].given) given[value] = mixed(7, value);
    for (std::size_t k = 0; k < flow.returned.size(); ++k)
      results.emplace_back(0);
    for (const FlowDonation &donation : flow.donated)
      results[donation.result] = mixed(7, donation.argument);
  }

  std::vector<Hash> run() {
    for (const FlowStep &step : flow.steps) {
      std::vector<Hash> read;
      for (std::uint32_t input : step.inputs)
        read.push_back(load(input));
      for (std::size_t k = 0; k < step.outputs.size(); ++k)
        if (!mayWrite(step, k)) sound = false;
      for (std::size_t k = 0; k < step.outputs.size(); ++k)
        store(step.outputs[k], made(step, k, read));
    }
    for (const CopiedResult &copy : placement.copied)
      results[copy.result] = load(flow.returned[copy.result]);
    return sound ? results : std::vector<Hash>{};
  }

private:
  std::size_t cells(std::uint32_t value) const { return std::size_t((flow.values[value].bytes + 63) / 64); }

  Hash load(std::uint32_t value) {
    const Home &home = placement.homes[value];
    if (home.kind == Home::Kind::Result) return results[home.result];
    if (home.kind == Home::Kind::Given) {
      for (const FlowDonation &donation : flow.donated)
        if (donation.argument == value) return results[donation.result];
      return given.at(value);
    }
    const std::size_t first = std::size_t(home.offsetBytes / 64);
    if (cells(value) == 0) return 0;
    for (std::size_t k = 0; k < cells(value); ++k)
      sound &= arena.at(first + k) == arena[first];
    return arena[first];
  }

  void store(std::uint32_t value, Hash hash) {
    const Home &home = placement.homes[value];
    if (home.kind == Home::Kind::Result)
      results[home.result] = hash;
    else
      std::fill_n(arena.begin() + home.offsetBytes / 64, cells(value), hash);
  }

  /// An output shares no cell with an input unless the kernel allows it, and none with another output.
  bool mayWrite(const FlowStep &step, std::size_t output) const {
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      const bool allowed = std::count(step.inplace.begin(), step.inplace.end(),
                                      std::pair(std::uint32_t(k), std::uint32_t(output)));
      if (!allowed && meet(step.inputs[k], step.outputs[output])) return false;
    }
    for (std::size_t k = 0; k < output; ++k)
      if (meet(step.outputs[k], step.outputs[output])) return false;
    return true;
  }
  bool meet(std::uint32_t a, std::uint32_t b) const {
    const Home &left = placement.homes[a], &right = placement.homes[b];
    if (right.kind == Home::Kind::Result) {
      if (left.kind == Home::Kind::Result) return left.result == right.result;
      for (const FlowDonation &donation : flow.donated)
        if (left.kind == Home::Kind::Given && donation.argument == a && donation.result == right.result)
          return true;
      return false;
    }
    if (left.kind != Home::Kind::Arena) return false;
    const std::int64_t from = left.offsetBytes, to = right.offsetBytes;
    return from < to + std::int64_t(cells(b)) * 64 && to < from + std::int64_t(cells(a)) * 64;
  }

  const Flow &flow;
  const Placement &placement;
  std::vector<Hash> arena, results;
  std::map<std::uint32_t, Hash> given;
  bool sound = true;
};

/// The plan carried out gives the flow's meaning.
bool holds(const Flow &flow) {
  const Placement placement = placeValues(flow);
  return placement.exchanged || Machine(flow, placement).run() == meaning(flow);
}

/// `steps` steps that read up to three values each; values of up to `mostCells` cells.
Flow randomFlow(std::mt19937 &random, int steps, int mostCells, bool donates = false) {
  Flow flow;
  const int arguments = 1 + int(random() % 3);
  const auto bytes = [&] {
    return 64 * std::int64_t(1 + random() % std::uint32_t(mostCells)) - std::int64_t(random() % 8);
  };
  for (int k = 0; k < arguments; ++k)
    flow.values.push_back({bytes(), true});
  for (int k = 0; k < steps; ++k) {
    FlowStep step;
    step.origin = std::uint32_t(k);
    step.nanoseconds = std::int64_t(random() % 1000);
    for (int reads = 1 + int(random() % 3); reads > 0; --reads)
      step.inputs.push_back(std::uint32_t(random() % flow.values.size()));
    for (int makes = 1 + int(random() % 8 == 0); makes > 0; --makes) {
      step.outputs.push_back(std::uint32_t(flow.values.size()));
      const std::int64_t same = flow.values[step.inputs[0]].bytes;
      flow.values.push_back({random() % 2 ? same : bytes(), false});
    }
    if (random() % 2) step.inplace = {{0, 0}};
    flow.steps.push_back(std::move(step));
  }
  for (int results = 1 + int(random() % 3); results > 0; --results)
    flow.returned.push_back(std::uint32_t(random() % flow.values.size()));
  flow.returned.push_back(flow.steps.back().outputs[0]);
  if (donates)
    for (std::uint32_t result = 0; result < flow.returned.size() && result < std::uint32_t(arguments);
         ++result)
      flow.donated.push_back({result, result});
  return flow;
}

std::int64_t nanosecondsOf(const Flow &flow) {
  std::int64_t sum = 0;
  for (const FlowStep &step : flow.steps)
    sum += step.nanoseconds;
  return sum;
}

std::int64_t mostAlive(const Flow &flow) {
  const auto alive = aliveBytes(flow, placeWithoutOffsets(flow));
  return *std::max_element(alive.begin(), alive.end());
}

/// The least bytes alive at once over all orders of the steps.
std::int64_t bestOrder(const Flow &flow) {
  std::int64_t best = std::int64_t(1) << 60;
  std::vector<std::size_t> order(flow.steps.size());
  std::iota(order.begin(), order.end(), 0);
  do {
    std::vector<bool> there(flow.values.size());
    for (std::size_t value = 0; value < there.size(); ++value)
      there[value] = flow.values[value].given;
    bool legal = true;
    Flow next = flow;
    for (std::size_t at = 0; at < order.size() && legal; ++at) {
      next.steps[at] = flow.steps[order[at]];
      for (std::uint32_t input : next.steps[at].inputs)
        legal &= there[input];
      for (std::uint32_t output : next.steps[at].outputs)
        there[output] = true;
    }
    if (legal) best = std::min(best, mostAlive(next));
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

/// The fewest cells with which values of one cell can be computed when steps may run again: a pebble game
/// over sets of values in memory, searched in full. Every step makes one value; nothing is in place.
int fewestCells(const Flow &flow) {
  std::vector<int> number(flow.values.size(), -1);
  int count = 0;
  for (const FlowStep &step : flow.steps)
    number[step.outputs[0]] = count++;
  for (int cells = 1;; ++cells) {
    std::set<std::pair<unsigned, unsigned>> seen{{0, 0}}; // in memory, results handed over
    std::vector<std::pair<unsigned, unsigned>> open{{0, 0}};
    unsigned wanted = 0;
    for (std::uint32_t value : flow.returned)
      if (number[value] >= 0) wanted |= 1u << number[value];
    while (!open.empty()) {
      const auto [held, given] = open.back();
      open.pop_back();
      if (given == wanted) return cells;
      const auto visit = [&](unsigned nextHeld, unsigned nextGiven) {
        if (seen.insert({nextHeld, nextGiven}).second) open.push_back({nextHeld, nextGiven});
      };
      for (int k = 0; k < count; ++k)
        if (held >> k & 1) visit(held & ~(1u << k), given);
      for (const FlowStep &step : flow.steps) {
        bool ready = true;
        for (std::uint32_t input : step.inputs)
          ready &= number[input] < 0 || ((held | given) >> number[input] & 1); // results can be read again
        const unsigned bit = 1u << number[step.outputs[0]];
        if (!ready || held & bit) continue;
        if (wanted & bit)
          visit(held, given | bit); // computed in the caller's memory
        else if (std::popcount(held) < cells)
          visit(held | bit, given);
      }
    }
  }
}

/// Forward values a0 .. an of `cells` cells, each made from the one before; backward steps read them in
/// reverse.
Flow chain(int length, int cells, std::int64_t nanoseconds) {
  Flow flow;
  flow.values.push_back({64, true});
  std::uint32_t last = 0;
  std::vector<std::uint32_t> forward;
  const auto step = [&](std::vector<std::uint32_t> inputs, std::int64_t bytes) {
    const auto value = std::uint32_t(flow.values.size());
    flow.values.push_back({bytes, false});
    flow.steps.push_back(
        {std::move(inputs), {value}, {}, nanoseconds, false, std::uint32_t(flow.steps.size())});
    return value;
  };
  for (int k = 0; k < length; ++k)
    forward.push_back(last = step({last}, 64 * cells));
  for (int k = length; k-- > 0;)
    last = step({last, forward[std::size_t(k)]}, 64);
  flow.returned = {last};
  return flow;
}

} // namespace

TEST_CASE("flow: every read of a planned program finds what was written there") {
  std::mt19937 random(5);
  for (int round = 0; round < 1000; ++round) {
    const Flow flow = randomFlow(random, 1 + round % 20, 5, round % 2);
    CAPTURE(round);
    REQUIRE(holds(flow));
    REQUIRE(holds(withDonationsLast(flow)));
    REQUIRE(meaning(withDonationsLast(flow)) == meaning(flow));
  }
}

TEST_CASE("flow: a planted overlap is found") {
  std::mt19937 random(5);
  int found = 0;
  for (int round = 0; round < 100; ++round) {
    const Flow flow = randomFlow(random, 12, 3);
    Placement placement = placeValues(flow);
    for (Home &home : placement.homes)
      home.offsetBytes = 0;
    found += Machine(flow, placement).run() != meaning(flow);
  }
  CHECK(found > 80);
}

TEST_CASE("flow: the arena is what is alive at once, or more, and never less") {
  std::mt19937 random(6);
  for (int round = 0; round < 200; ++round) {
    const Flow flow = randomFlow(random, 15, 6);
    REQUIRE(placeValues(flow).arenaBytes >= mostAlive(flow));
  }
}

TEST_CASE("reorder: the same results in no more memory, near the best of all orders") {
  std::mt19937 random(9);
  std::int64_t before = 0, found = 0, best = 0;
  for (int round = 0; round < 150; ++round) {
    const Flow flow = randomFlow(random, 2 + round % 6, 6);
    const Flow next = reordered(flow);
    REQUIRE(meaning(next) == meaning(flow));
    REQUIRE(holds(next));
    REQUIRE(placeValues(next).arenaBytes <= placeValues(flow).arenaBytes);
    before += placeValues(flow).arenaBytes;
    found += placeValues(next).arenaBytes;
    best += bestOrder(flow);
  }
  MESSAGE("given ", before, ", found ", found, ", best ", best);
  CHECK(100 * found <= 106 * best);
}

TEST_CASE("fit: the same results within the budget, exactly as much as the plan says") {
  std::mt19937 random(21);
  for (int round = 0; round < 200; ++round) {
    const Flow flow = randomFlow(random, 4 + round % 40, 8, round % 3 == 0);
    const std::int64_t whole = placeValues(flow).arenaBytes;
    for (std::int64_t budget : {whole, whole * 3 / 4, whole / 2}) {
      const Fitted fitted = fitInto(flow, budget);
      REQUIRE(meaning(fitted.flow) == meaning(flow));
      REQUIRE(holds(fitted.flow));
      REQUIRE(fitted.arenaBytes == placeValues(fitted.flow).arenaBytes);
      REQUIRE(fitted.fits == (fitted.arenaBytes <= budget));
      REQUIRE(nanosecondsOf(fitted.flow) == nanosecondsOf(flow) + fitted.addedNanoseconds);
      REQUIRE(fitted.flow.steps.size() == flow.steps.size() + std::size_t(fitted.again));
    }
  }
}

TEST_CASE("fit: more budget never takes longer, and what fits a budget fits every larger one") {
  std::mt19937 random(22);
  for (int round = 0; round < 60; ++round) {
    const Flow flow = round < 30 ? randomFlow(random, 30, 8) : chain(10 + round, 1 + round % 4, 100 + round);
    const std::int64_t whole = placeValues(flow).arenaBytes;
    std::int64_t slowest = -1;
    bool fitted = true;
    for (std::int64_t budget = whole + 64; budget >= 0;
         budget -= std::max<std::int64_t>(64, whole / 640 * 64)) {
      const Fitted here = fitInto(flow, budget);
      REQUIRE((fitted || !here.fits));
      fitted = here.fits;
      if (!here.fits) continue;
      REQUIRE(here.addedNanoseconds >= slowest);
      slowest = here.addedNanoseconds;
    }
  }
}

TEST_CASE("fit: a chain of 100 read back in reverse fits in a quarter of its memory at about one more pass") {
  const Flow flow = chain(100, 10, 1000);
  CHECK(placeValues(flow).arenaBytes > 99 * 640);
  const Fitted fitted = fitInto(flow, 25 * 640);
  CHECK(fitted.fits);
  CHECK(fitted.addedNanoseconds <= 120 * 1000);
  const Fitted tight = fitInto(flow, 13 * 640);
  CHECK(tight.fits);
  CHECK(tight.addedNanoseconds <= 4 * 100 * 1000);
}

TEST_CASE("fit: a step that runs once only never runs again") {
  Flow flow = chain(20, 10, 1000);
  for (FlowStep &step : flow.steps)
    step.once = true;
  const Fitted fitted = fitInto(flow, 0);
  CHECK(fitted.again == 0);
  CHECK(!fitted.fits);
}

TEST_CASE("fit: a long chain climbs in large rungs") {
  const Flow flow = chain(1000, 10, 1000);
  const Fitted fitted = fitInto(flow, placeValues(flow).arenaBytes / 8);
  CHECK(fitted.fits);
  CHECK(holds(fitted.flow));
  CHECK(fitted.addedNanoseconds <= 2 * 1000 * 1000);
}

TEST_CASE("fit: small programs come near the fewest cells a full search finds") {
  std::mt19937 random(31);
  std::int64_t found = 0, best = 0, before = 0;
  for (int round = 0; round < 200; ++round) {
    Flow flow = randomFlow(random, 3 + round % 6, 1);
    for (FlowStep &step : flow.steps) {
      step.outputs.resize(1);
      step.inplace.clear();
      for (std::uint32_t &input : step.inputs)
        if (!flow.values[input].given &&
            std::none_of(flow.steps.begin(), flow.steps.end(),
                         [&](const FlowStep &maker) { return maker.outputs[0] == input; }))
          input = 0;
    }
    for (std::uint32_t &value : flow.returned)
      if (!flow.values[value].given &&
          std::none_of(flow.steps.begin(), flow.steps.end(),
                       [&](const FlowStep &maker) { return maker.outputs[0] == value; }))
        value = flow.steps.back().outputs[0];
    const std::int64_t least = fewestCells(flow);
    const Fitted fitted = fitInto(flow, 0);
    REQUIRE(fitted.arenaBytes >= 64 * least - 64 * std::int64_t(fitted.again == 0 && least == 1));
    before += placeValues(flow).arenaBytes / 64;
    found += fitted.arenaBytes / 64;
    best += least;
  }
  MESSAGE("given ", before, ", found ", found, ", fewest ", best, " cells");
  CHECK(100 * found <= 130 * best);
}

TEST_CASE("donation: written over where nothing reads the argument any more, else copied with a reason") {
  Flow flow; // w, g: two arguments; s = f(w), w' = step(w, g)
  flow.values = {{640, true}, {640, true}, {640, false}, {640, false}};
  flow.steps = {{{0}, {2}, {}, 1, false, 0}, {{0, 2}, {3}, {{0, 0}}, 1, false, 1}};
  flow.returned = {3};
  flow.donated = {{0, 0}};
  CHECK(placeValues(flow).copied.empty());
  CHECK(holds(flow));
  Flow before = flow; // the update does not allow its operand to be written over
  before.steps[1].inplace.clear();
  REQUIRE(placeValues(before).copied.size() == 1);
  CHECK(placeValues(before).copied[0].why ==
        "its kernel reads the argument whose memory it takes in another order");
  CHECK(holds(before));
  Flow late = flow; // somebody reads w after the update
  late.values.push_back({640, false});
  late.steps.push_back({{0, 2}, {4}, {}, 1, false, 2});
  late.returned.push_back(4);
  REQUIRE(placeValues(late).copied.size() == 1);
  CHECK(placeValues(late).copied[0].why == "the argument whose memory it takes is read afterwards");
  CHECK(placeValues(withDonationsLast(late)).copied.empty());
  Flow exchange = flow;
  exchange.steps.clear();
  exchange.returned = {1, 0};
  exchange.donated = {{0, 0}, {1, 1}};
  CHECK(placeValues(exchange).exchanged.has_value());
}

TEST_CASE("bottleneck: the step whose operands and results take most") {
  const Flow flow = chain(3, 10, 1);
  const Bottleneck most = bottleneckOf(flow);
  CHECK(most.step == 1);
  CHECK(most.readBytes == 640);
  CHECK(most.madeBytes == 640);
}
